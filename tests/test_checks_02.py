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
    import keras  # noqa: F401 - on a loaded machine the import takes longer than an answer may

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
        (lambda d, h, c: c * (h + 1), ["yours gives 18", "And the hidden layer?"]),
        (lambda d, h, c: h * (d + c + 1), ["yours gives 30", "Have the outputs no biases?"]),
        (lambda d, h, c: d * h + c * h + c, ["yours gives 28", "Have the hidden units no biases?"]),
        (lambda d, h, c: (d + 1) * h + h + 1, ["yours gives 21"]),
        (lambda d, h, c: (d + 1) * h + h * c + 1, ["yours gives 31", "one for each output"]),
        (lambda d, h, c: d * h * c, ["yours gives 30"]),
        (lambda d, h, c: (d + 1) * h * (h + 1) * c, ["yours gives 270", "not multiplied"]),
        (lambda d, h, c: d * h + h * c + 2 * (h + c), ["yours gives 41", "counted twice"]),
        (lambda d, h, c: 2 * (d * h + h * c), ["yours gives 50", "A bias for each line?"]),
        (lambda d, h, c: (d + 1) * h + (d + 1) * c, ["yours gives 24", "Its inputs are the hidden units"]),
        (lambda d, h, c: (d * h + h * c, h + c), ["two numbers, wanted one", "in all"]),
        (lambda d, h, c: [(h, d), (h,)], ["Numbers are needed"]),
        (lambda d, h, c: 0, ["Does it use what it is given?"]),
        (lambda d, h, c: d * h + 9 * c, ["how many lines, how many biases?"]),
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
        lambda X, W1, b1, W2, b2: (relu(x @ W1.T + b1) @ W2.T + b2 for x in X),
        lambda X, W1, b1, W2, b2: (relu(X @ W1.T + b1) @ W2.T + b2).astype("float32"),
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
        (lambda X, W1, b1, W2, b2: W2 @ relu(W1 @ X.T + b1[:, None]) + b2[:, None], ["rows and columns are exchanged"]),
        (lambda X, W1, b1, W2, b2: (relu(X @ W1.T + b1) @ W2.T + b2).ravel(), ["shape (15,)", "their shape is not"]),
        (
            lambda X, W1, b1, W2, b2: (relu(X @ W1.T + b1) @ W2.T + b2).reshape(len(b2), len(X)),
            ["shape (3, 5)", "Rows and columns are exchanged"],
        ),
        (lambda X, W1, b1, W2, b2: (X @ W1.T + b1) @ W2.T + b2 * 0, ["Compute the first row by hand"]),
        (lambda X, W1, b1, W2, b2: relu((X @ W1.T + b1) @ W2.T + b2), ["The ReLU belongs between the two layers"]),
        (lambda X, W1, b1, W2, b2: relu(X @ W1.T) @ W2.T, ["Are both biases forgotten?"]),
        (lambda X, W1, b1, W2, b2: relu(X @ W1.T + b2) @ W2.T + b1, ["Are the two biases exchanged?"]),
        (lambda X, W1, b1, W2, b2: relu(X @ W2.T + b2) @ W1.T + b1, ["Are the two layers exchanged?"]),
        (lambda X, W1, b1, W2, b2: np.tanh(X @ W1.T + b1) @ W2.T + b2, ["hyperbolic tangent"]),
        (lambda X, W1, b1, W2, b2: relu(X) @ W1.T @ W2.T, ["Compute the first row"]),
        (lambda X, W1, b1, W2, b2: relu(X @ W1.T - b1) @ W2.T + b2, ["Is b1 subtracted?"]),
        (lambda X, W1, b1, W2, b2: np.abs(X @ W1.T + b1) @ W2.T + b2, ["absolute value"]),
        (lambda X, W1, b1, W2, b2: relu(X @ W1.T + b1), ["the activations of the hidden layer"]),
        (lambda X, W1, b1, W2, b2: X, ["Compute the first row by hand"]),
        (lambda X, W1, b1, W2, b2: b2 + W2 @ relu(b1 + W1 @ X[0]), ["shape (5, 3) is wanted. Received: shape (3,)."]),
    ],
)  # fmt: skip
def test_forward_wrong(answer, words):
    is_wrong(check.forward.feedback(answer), *words)


def test_forward_that_stops_shows_the_error():
    feedback = check.forward.feedback(lambda X, W1, b1, W2, b2: W1 @ X)
    assert feedback.state == "stopped"
    assert "ValueError" in repr(feedback)
    assert "A has 3 columns and B has 5 rows. Write down both shapes" in repr(feedback)


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
        (lambda W, b: np.c_[W, b].ravel(), ["Received: shape (9,).", "their shape is not"]),
        (lambda W, b: np.c_[W, b][None], ["Received: shape (1, 3, 3).", "their shape is not"]),
        (lambda W, b: np.c_[W, b].reshape(W.shape[1] + 1, -1), ["4 inputs", "Received: shape (5, 2).", "exchanged"]),
        (lambda W, b: np.append(W, b), ["makes one long row"]),
        (lambda W, b: np.column_stack([b, W]).T, ["Rows and columns are exchanged, and where"]),
        (lambda W, b: np.column_stack([W, 0 * b]), ["Is the new column 0?"]),
        (lambda W, b: W * b[:, None], ["multiplied by b"]),
        (lambda W, b: W, ["Is b joined at all?"]),
        (lambda W, b: np.column_stack([W, b, b]), ["Is b there twice?"]),
        (lambda W, b: np.vstack([np.column_stack([W, b]), [*np.zeros(W.shape[1]), 1]]), ["row of zeros and a 1"]),
        (lambda W, b: [W, b], ["not yet one matrix"]),
        (lambda W, b: np.zeros((len(b), W.shape[1] + 1)), ["gets 0 from your matrix", "unit by unit"]),
        (lambda W, b: W + b[:, None], ["Received: shape (3, 2).", "b is added to each weight here"]),
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
    ("answer", "words"),
    [
        (lambda W, b: W + b, "(3,2) and (3,) do not fit"),
        (lambda W, b: np.hstack([W, b]), "here are 2 and 1. `b[:, None]` makes a column of b."),
        (lambda W, b: W @ b, "Write down both shapes"),
        (lambda W, b: np.vstack([W, b]), "what stands one below the other equally many columns"),
        (lambda W, b: np.concatenate([W, b]), "`b[:, None]` makes a column of b."),
        (lambda W, b: np.concatenate([W, b[:, None]]), "equally many"),
    ],
)
def test_absorb_that_stops_is_answered_in_words(answer, words):
    feedback = check.absorb.feedback(answer)
    assert feedback.state == "stopped"
    assert words in repr(feedback)


def test_merge_by_two_absorbed_matrices_lacks_the_1():
    def absorb(W, b):
        return np.column_stack([W, b])

    feedback = check.merge.feedback(lambda W1, b1, W2, b2: absorb(W2, b2) @ absorb(W1, b1))
    assert feedback.state == "stopped"
    assert "The second one waits for a 1 behind its inputs" in repr(feedback)


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
        (lambda W1, b1, W2, b2: np.column_stack([W2 @ W1, W2 @ b1 + b2]).ravel(), ["their shape is not"]),
        (lambda W1, b1, W2, b2: np.column_stack([W2 @ W1, W2 @ b1 + b2]).T, ["exchanged: the outputs are the rows"]),
        (lambda W1, b1, W2, b2: np.column_stack([W2 @ b1 + b2, W2 @ W1]), ["before x or behind it"]),
        (lambda W1, b1, W2, b2: np.column_stack([W1 @ W2, W1 @ b2 + b1]), ["W1 W2 is not W2 W1"]),
        (lambda W1, b1, W2, b2: np.column_stack([W2 @ W1, W2 @ (b1 + b2)]), ["Does b2 go through the second layer"]),
        (lambda W1, b1, W2, b2: np.column_stack([W2 @ W1, W2 @ b2 + b1]), ["Which bias goes through"]),
        (lambda W1, b1, W2, b2: np.column_stack([W2 * W1, W2 @ b1 + b2]), ["product of matrices is `@`"]),
        (lambda W1, b1, W2, b2: np.column_stack([W2 @ W1, W2 @ relu(b1) + b2]), ["Is there a ReLU in it?"]),
        (lambda W1, b1, W2, b2: np.column_stack([W1 + W2, b1 + b2]), ["Are the two matrices added?"]),
        (lambda W1, b1, W2, b2: W2 @ W1 + (W2 @ b1 + b2)[:, None], ["It is one more column"]),
        (lambda W1, b1, W2, b2: W2 @ b1 + b2, ["This is the bias."]),
        (lambda W1, b1, W2, b2: np.column_stack([W1, b1]), ["0 of 4 columns", "the first layer alone"]),
        (lambda W1, b1, W2, b2: W2 @ W1, ["Received: shape (3, 3).", "These are the weights."]),
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
        (np.array([[2.0, 2], [2, 2]]), np.array([0.0, -2]), np.array([0.5, -1.0]), np.array(0.0)),
        ((row for row in [[1, -1], [-1, 1]]), (0, 0), map(float, "11"), {0}),
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
        (([[1, -1]], [0], [1], 0), ["(0, 1): 0", "That is one half of it", "Can one line do both?"]),
        (([[-1, -1], [-1, -1]], [0, 0], [1, 1], 0), ["It says the same everywhere"]),
        (([[1, 1], [1, 1]], [-0.5, -1.5], [1, -1], 0), ["are thresholds", "A ReLU does not jump"]),
        (([[1, -1], [-1, 1]], [0, 0], [0.5, 0.5], 0), ["its height is 0.5"]),
        (([[1, -1], [-1, 1]], [0, 0], [1, 1], 1), ["added everywhere"]),
        (([[1, -1], [-1, 1]], [0, 0], [-1, -1], 0), ["wrong sign"]),
        (([[1, 1], [1, 1]], [0, -1], [1, -3], 0), ["takes too much"]),
        (([[1, 1], [1, 1]], [0, -1], [1, -1.5], 0), ["takes too little"]),
        (([1, -1, -1, 1], [0, 0], [1, 1], 0), ["W1 has to have the shape (2, 2). Received: (4,)."]),
        (([[1, -1], [-1, 1]], [0, 0], [[1], [1]], 0), ["W2 has to have the shape (1, 2). Received: (2, 1)."]),
        (([[np.nan, -1], [-1, 1]], [0, 0], [1, 1], 0), ["Received: nan.", "divided by zero"]),
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


def test_the_numbers_of_the_rings_nets():
    assert [count_by_keras(2, hidden, 3) for hidden in (16, 32)] == [99, 195]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda W1, b1, W2, b2: np.column_stack([W2 @ W1, b1 @ W2 + b2]), "`b1 @ W2` is not `W2 @ b1`"),
        (lambda W1, b1, W2, b2: np.column_stack([W2 @ W1, W1 @ b2 + b1]), "Which bias goes through"),
        (lambda W1, b1, W2, b2: np.column_stack([W2 * W1, b2]), "A product of matrices is `@`."),
        (lambda W1, b1, W2, b2: np.column_stack([W2.T @ W1.T, b2]), "Transposed matrices belong to rows"),
        (lambda W1, b1, W2, b2: np.column_stack([W2 @ relu(W1), W2 @ relu(b1) + b2]), "Is there a ReLU in it?"),
        (lambda W1, b1, W2, b2: W2 @ W1 + W2 @ b1 + b2, "The bias is added to the weights here"),
        (lambda W1, b1, W2, b2: (W2 @ W1, W2 @ b1 + b2), "not yet one matrix"),
        (
            lambda W1, b1, W2, b2: (
                np.column_stack([W2, b2]) @ np.vstack([np.column_stack([W1, b1]), np.ones(W1.shape[1] + 1)])
            ),
            "zeros, and then 1",
        ),
        (lambda W1, b1, W2, b2: np.column_stack([W2, b2]), "the second layer alone"),
    ],
)
def test_merge_with_two_mistakes_or_a_rare_one(answer, words):
    is_wrong(check.merge.feedback(answer), words)


@pytest.mark.parametrize("task", [check.count, check.forward, check.absorb, check.merge, check.exactly_one, check.net])
def test_every_task_has_an_idea_and_then_nearly_the_code(task):
    idea, code = task.hints
    assert len(idea) > 60
    assert len(code) > 60
