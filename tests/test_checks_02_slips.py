"""Exercise 02: slips of a tired student that had no hint of their own."""

import numpy as np
import pytest

from tests.answers import is_right, is_wrong
from utils.checks import chapter_02 as check


def relu(z):
    return np.maximum(z, 0)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda d, h, c: d * h + h + h * c + h, "not for each hidden unit"),
        (lambda d, h, c: (d + 1) * (h + 1) + (h + 1) * c, "Nothing leads into it"),
        (lambda d, h, c: d * h + h + c, "between the hidden units and the outputs?"),
        (lambda d, h, c: h * c + h + c, "between the inputs and the hidden units?"),
        (lambda d, h, c: d * c + h + c, "joined directly"),
        (lambda c, h, d: (d + 1) * h + (h + 1) * c, "Or are the arguments in another order?"),
        (lambda d, h, c: (d + 1) ** h + (h + 1) * c, "raised to a power?"),
    ],
)
def test_count(answer, words):
    is_wrong(check.count.feedback(answer), words)


def test_count_with_a_function_of_python_in_the_place_of_a_number():
    feedback = check.count.feedback(lambda inputs, hidden, outputs: (input + 1) * hidden + (hidden + 1) * outputs)
    assert feedback.state == "stopped"
    assert "as `input` for `inputs`" in repr(feedback)


def right(X, W1, b1, W2, b2):
    return relu(X @ W1.T + b1) @ W2.T + b2


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda X, W1, b1, W2, b2: relu(X @ W1.T) + b1 @ W2.T + b2, "Is a bracket missing"),
        (lambda X, W1, b1, W2, b2: X @ relu(W1.T) @ W2.T + b2, "applied to the weights?"),
        (lambda X, W1, b1, W2, b2: right(X[:1], W1, b1, W2, b2), "Only one example"),
        (lambda *given: right(*given)[0], "Only one example"),
        (lambda *given: right(*given).argmax(axis=1), "the places of the largest outputs"),
        (lambda *given: right(*given).sum(axis=1), "Wanted is each of them"),
        (lambda *given: right(*given).mean(axis=0), "one row for each of them"),
        (lambda X, W1, b1, W2, b2: right(X, W1, -b1, W2, -b2), "Are both biases subtracted?"),
        (lambda *given: 1 / (1 + np.exp(-right(*given))), "Is a sigmoid, or a softmax"),
    ],
)
def test_forward(answer, words):
    is_wrong(check.forward.feedback(answer), words)


def test_forward_with_a_product_number_by_number():
    feedback = check.forward.feedback(lambda X, W1, b1, W2, b2: relu(X * W1 + b1) * W2 + b2)
    assert feedback.state == "stopped"
    assert "a product of matrices is meant, that is `@`" in repr(feedback)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda W, b: np.vstack([np.c_[W, b], np.ones(W.shape[1] + 1)]), "A row of ones"),
        (lambda W, b: np.zeros((len(W), W.shape[1] + 1)), "It is 0 everywhere"),
    ],
)
def test_absorb(answer, words):
    is_wrong(check.absorb.feedback(answer), words)


@pytest.mark.parametrize(
    ("answer", "words"),
    [(lambda W, b: W + b, "Is b added to W"), (lambda W, b: W @ b, "the x comes later")],
)
def test_absorb_stopped(answer, words):
    feedback = check.absorb.feedback(answer)
    assert feedback.state == "stopped"
    assert words in repr(feedback)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda W1, b1, W2, b2: W2 @ (W1 + b1) + b2, "The bias is added to the weights here"),
        (lambda W1, b1, W2, b2: np.c_[W2 @ W1, (W2 @ b1 + b2) / 2], "biases averaged?"),
        (lambda W1, b1, W2, b2: np.c_[W2 @ W1, b1 * b2], "biases multiplied?"),
        (lambda W1, b1, W2, b2: W2 @ np.c_[W1, b1] + b2[:, None], "Or is b2 added to every column"),
        (lambda W1, b1, W2, b2: np.c_[W2 @ W1, W2 @ b1 + b1], "The weights are right."),
        (lambda W1, b1, W2, b2: np.c_[W2 @ W2, W2 @ b1 + b2], "The bias is right"),
    ],
)
def test_merge(answer, words):
    is_wrong(check.merge.feedback(answer), words)


SUM = [[1, 1], [1, 1]]


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((SUM, [0, 1], [[1, -2]], 0), "One sign in b1"),
        ((SUM, [0, -1], [[1, 2]], 0), "One sign in W2"),
        ((SUM, [0, -1], [[-2, 1]], 0), "have to change places"),
        ((SUM, [-1, 0], [[1, -2]], 0), "The two numbers in b1"),
        (([[2, 2], [2, 2]], [0, -1], [[1, -2]], 0), "but for one number in W2"),
        (([[1, 0], [0, 1]], [0, 0], [[1, 1]], -1), "x1 + x2 - 1"),
        ((SUM, [[0], [-1]], [[1, -2]], 0), "b1 has to have the shape (2,). Received: (2, 1)."),
    ],
)
def test_exactly_one(numbers, words):
    is_wrong(check.exactly_one.feedback(*numbers), words)


def test_exactly_one_with_lists_and_small_floats():
    is_right(check.exactly_one.feedback(((-3, 3), (0.5, -0.5)), (0, 0), ((1 / 3, 2),), (0,)), "Minsky and Papert")
    small = (np.array(numbers, "float32") for numbers in ([[1, 1], [-1, -1]], [-1, 1], [[-1, -1]], [1]))
    is_right(check.exactly_one.feedback(*small), "Minsky and Papert")
