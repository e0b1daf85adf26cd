"""Exercise 02, tasks 1 to 5: the solution, other right ways, and typical wrong answers with the hint for each."""

import numpy as np
import pytest

from tests.answers import is_right, is_wrong
from utils.checks import chapter_02 as check


def relu(z):
    return np.maximum(z, 0)


# --- task 1 -----------------------------------------------------------------------------------------------------------


def count_the_arrays(inputs, hidden, outputs):
    shapes = [(hidden, inputs), (hidden,), (outputs, hidden), (outputs,)]
    return sum(np.zeros(shape).size for shape in shapes)


def count_by_keras(inputs, hidden, outputs):
    import keras

    layers = [keras.Input((inputs,)), keras.layers.Dense(hidden), keras.layers.Dense(outputs)]
    return keras.Sequential(layers).count_params()


@pytest.mark.parametrize(
    "answer",
    [
        lambda d, h, c: h * (d + 1) + c * (h + 1),
        lambda d, h, c: float(d * h + h + h * c + c),
        count_the_arrays,
        count_by_keras,
    ],
)
def test_count_right(answer):
    is_right(check.count.feedback(answer), "2368 weights and 42 biases")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda d, h, c: d * h + h * c, ["5 hidden units and 3 outputs yours gives 25, wanted 33.", "the weights"]),
        (lambda d, h, c: h + c, ["yours gives 8", "These are the biases"]),
        (lambda d, h, c: d * h + h * c + d + h + c, ["yours gives 35", "Do the inputs have biases?"]),
        (lambda d, h, c: d * h + h * c + 2, ["yours gives 27", "one bias for each layer"]),
        (lambda d, h, c: d + h + c, ["yours gives 10", "number of nodes"]),
        (lambda d, h, c: d * h + h, ["With 2 inputs, 5 hidden units", "yours gives 15", "And the output layer?"]),
        (lambda d, h, c: 0, ["how many lines, how many biases?"]),
        (13, ["A function or a model is needed"]),
    ],
)  # fmt: skip
def test_count_wrong(answer, words):
    is_wrong(check.count.feedback(answer), *words)


# --- task 2 -----------------------------------------------------------------------------------------------------------


def one_row_at_a_time(X, W1, b1, W2, b2):
    return [list(b2 + W2 @ relu(b1 + W1 @ x)) for x in X]


def with_absorbed_biases(X, W1, b1, W2, b2):
    one = np.ones((len(X), 1))
    hidden = relu(np.hstack([X, one]) @ np.column_stack([W1, b1]).T)
    return np.hstack([hidden, one]) @ np.column_stack([W2, b2]).T


def by_keras(X, W1, b1, W2, b2):
    import keras

    model = keras.Sequential(
        [keras.Input(X.shape[1:]), keras.layers.Dense(len(b1), activation="relu"), keras.layers.Dense(len(b2))]
    )
    model.set_weights([W1.T, b1, W2.T, b2])
    return model(X)


@pytest.mark.parametrize(
    "answer",
    [
        lambda X, W1, b1, W2, b2: relu(X @ W1.T + b1) @ W2.T + b2,
        lambda X, W1, b1, W2, b2: (W2 @ relu(W1 @ X.T + b1[:, None]) + b2[:, None]).T,
        lambda X, W1, b1, W2, b2: np.einsum("ch,bh->bc", W2, relu(np.einsum("hd,bd->bh", W1, X) + b1)) + b2,
        one_row_at_a_time,
        with_absorbed_biases,
        by_keras,
    ],
)
def test_forward_right(answer):
    is_right(check.forward.feedback(answer), "Five rows or five million")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda X, W1, b1, W2, b2: relu(X @ W1 + b1) @ W2 + b2, ["With 3 inputs, 3 hidden units", "Keras' kernel"]),
        (lambda X, W1, b1, W2, b2: relu(X @ W1 + b1) @ W2.T + b2, ["W2 is right, W1 is not."]),
        (lambda X, W1, b1, W2, b2: relu(X @ W1.T + b1) @ W2 + b2, ["W1 is right, W2 is not."]),
        (lambda X, W1, b1, W2, b2: (X @ W1.T + b1) @ W2.T + b2, ["Is the activation forgotten in the hidden layer?"]),
        (lambda X, W1, b1, W2, b2: relu(relu(X @ W1.T + b1) @ W2.T + b2), ["the last layer has no activation"]),
        (lambda X, W1, b1, W2, b2: (relu(X @ W1.T) + b1) @ W2.T + b2, ["Is b1 added after the activation?"]),
        (lambda X, W1, b1, W2, b2: relu(X @ W1.T) @ W2.T + b2, ["Is b1 forgotten?"]),
        (lambda X, W1, b1, W2, b2: relu(X @ W1.T + b1) @ W2.T, ["Is b2 forgotten?"]),
        (lambda X, W1, b1, W2, b2: W2 @ relu(W1 @ X.T + b1[:, None]) + b2[:, None], ["rows and columns exchanged"]),
        (lambda X, W1, b1, W2, b2: X, ["Compute the first row by hand"]),
        (lambda X, W1, b1, W2, b2: b2 + W2 @ relu(b1 + W1 @ X[0]), ["has to give 15 numbers. Received: 3."]),
    ],
)  # fmt: skip
def test_forward_wrong(answer, words):
    is_wrong(check.forward.feedback(answer), *words)


def test_forward_that_stops_shows_the_error():
    feedback = check.forward.feedback(lambda X, W1, b1, W2, b2: W1 @ X)
    assert feedback.state == "stopped"
    assert "ValueError" in repr(feedback)


# --- task 3 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        lambda W, b: np.column_stack([W, b]),
        lambda W, b: np.concatenate([W.T, b[None]]).T,
        lambda W, b: [[*row, bias] for row, bias in zip(W, b, strict=True)],
    ],
)
def test_absorb_right(answer):
    is_right(check.absorb.feedback(answer), "weight of an input that is always 1")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda W, b: np.column_stack([b, W]), ["At one x the first unit gets", "Where does the 1 stand"]),
        (lambda W, b: np.column_stack([W, b]).T, ["Rows and columns are exchanged"]),
        (lambda W, b: np.column_stack([W, np.ones(len(b))]), ["The 1 belongs to x"]),
        (lambda W, b: np.column_stack([W, -b]), ["Is the sign of b right?"]),
        (lambda W, b: np.zeros((len(b), W.shape[1] + 1)), ["gets 0 from your matrix", "unit by unit"]),
        (lambda W, b: W + b[:, None], ["has to give 9 numbers. Received: 6."]),
    ],
)
def test_absorb_wrong(answer, words):
    is_wrong(check.absorb.feedback(answer), *words)


# --- task 4 -----------------------------------------------------------------------------------------------------------


def by_probing(W1, b1, W2, b2):
    """Finds the matrix by asking the two layers, without multiplying anything out."""
    inputs = W1.shape[1]
    at_zero = W2 @ b1 + b2
    columns = [W2 @ (W1 @ unit + b1) + b2 - at_zero for unit in np.eye(inputs)]
    return np.column_stack([*columns, at_zero])


def with_matrices_only(W1, b1, W2, b2):
    below = np.append(np.zeros(W1.shape[1]), 1.0)
    return np.column_stack([W2, b2]) @ np.vstack([np.column_stack([W1, b1]), below])


@pytest.mark.parametrize(
    "answer",
    [lambda W1, b1, W2, b2: np.column_stack([W2 @ W1, W2 @ b1 + b2]), by_probing, with_matrices_only],
)
def test_merge_right(answer):
    is_right(check.merge.feedback(answer), "Two layers, one matrix")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda W1, b1, W2, b2: np.column_stack([W2 @ W1, b2]), ["3 of 4 columns are right.", "the second layer"]),
        (lambda W1, b1, W2, b2: np.column_stack([W2 @ W1, W2 @ b1]), ["3 of 4 columns", "second layer forgotten"]),
        (lambda W1, b1, W2, b2: np.column_stack([W2 @ W1, b1 + b2]), ["3 of 4 columns", "one number per hidden unit"]),
        (lambda W1, b1, W2, b2: np.column_stack([W1 @ W2, W2 @ b1 + b2]), ["1 of 4 columns", "W1 W2 is not W2 W1"]),
        (lambda W1, b1, W2, b2: np.column_stack([W1, b1]), ["0 of 4 columns", "column by column"]),
        (lambda W1, b1, W2, b2: W2 @ W1, ["has to give 12 numbers. Received: 9."]),
    ],
)  # fmt: skip
def test_merge_wrong(answer, words):
    is_wrong(check.merge.feedback(answer), *words)


# --- task 5 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "numbers",
    [
        ([[1, -1], [-1, 1]], [0, 0], [[1, 1]], [0]),
        ([[1, 1], [1, 1]], [0, -1], [[1, -2]], 0),  # counts, and takes back what is too much
        ([[-1, -1], [1, 1]], [1, -1], [-1, -1], 1),  # is on where they agree, and takes that from 1
        (np.array([[2.0, 2], [2, 2]]), np.array([0.0, -2]), np.array([[0.5], [-1.0]]), np.array(0.0)),
    ],
)
def test_exactly_one_right(numbers):
    is_right(check.exactly_one.feedback(*numbers), "Minsky and Papert")


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        (([[1, 1], [1, 1]], [0, -1], [1, -1], 0), ["(1, 1): 1; wanted 0, 1, 1, 0.", "That is 'at least one'"]),
        (([[1, 1]], [-1], [1], 0), ["That is 'both'"]),
        (([[1, 1]], [0], [1], 0), ["(1, 1): 2", "That is x1 + x2"]),
        (([[1, -1], [-1, 1]], [0, 0], [-1, -1], 1), ["That is the opposite"]),
        (([[1, -1]], [0], [1], 0), ["(0, 1): 0", "Can one line do it?"]),
        (([[-1, -1], [-1, -1]], [0, 0], [1, 1], 0), ["It says the same everywhere"]),
        (
            ([[1, 0], [0, 1]], [0, 0], [2, 1], 0),
            ["(0, 1): 1, (1, 0): 2, (1, 1): 3", "Write down the two pre-activations"],
        ),
        (([[1, -1], [-1, 1]], [0, 0, 0], [1, 1], 0), ["With 3 biases, W1 has 6 numbers", "Received: 4, 2, 1."]),
        ((np.ones((3, 2)), np.zeros(3), np.ones(3), 0), ["Two hidden units are allowed. Received: 3."]),
    ],
)
def test_exactly_one_wrong(numbers, words):
    is_wrong(check.exactly_one.feedback(*numbers), *words)


def test_exactly_one_half_answered():
    assert check.exactly_one.feedback([[1, -1], [-1, 1]], ..., [1, 1], 0).state == "unanswered"
