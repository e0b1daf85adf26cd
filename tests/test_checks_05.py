"""Exercise 05, tasks 1 to 3: the solution, other right ways, and typical wrong answers with the hint for each."""

import math

import numpy as np
import pytest

from tests.answers import is_right, is_wrong
from utils.checks import chapter_05 as check
from utils.checks.curvature import QUADRATICS
from utils.checks.slopes import LOSSES

# --- task 1 -----------------------------------------------------------------------------------------------------------


def by_cutting(examples, batch_size, epochs):
    steps = 0
    for _ in range(epochs):
        rows = list(range(examples))
        while rows:
            rows = rows[batch_size:]
            steps += 1
    return [steps]


@pytest.mark.parametrize(
    "answer",
    [
        lambda n, b, e: math.ceil(n / b) * e,
        lambda n, b, e: e * np.ceil(n / b),
        lambda n, b, e: -(-n // b) * e,
        lambda n, b, e: e * ((n + b - 1) // b),
        lambda n, b, e: np.float32(e * len(range(0, n, b))),
        lambda n, b, e: np.array([[e * (n // b + (n % b > 0))]]),
        lambda n, b, e: (steps for steps in [e * -(-n // b)]),
        by_cutting,
    ],
)
def test_count_steps_right(answer):
    is_right(check.count_steps.feedback(answer), "21 steps an epoch")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda n, b, e: n // b * e, ["batches of 48 and 10 epochs it gives 200, wanted 210", "a full one?"]),
        (lambda n, b, e: e, ["gives 10", "A step is counted as an epoch"]),
        (lambda n, b, e: math.ceil(n * e / b), ["gives 209", "run on from one epoch into the next"]),
        (lambda n, b, e: n * e // b, ["gives 208", "run on from one epoch into the next"]),
        (lambda n, b, e: n * e / b, ["gives 208", "A step is a whole thing"]),
        (lambda n, b, e: math.ceil(n / b), ["gives 21", "That is one epoch"]),
        (lambda n, b, e: n // b, ["That is one epoch"]),
        (lambda n, b, e: n * e, ["a step for each example"]),
        (lambda n, b, e: n, ["These are the examples"]),
        (lambda n, b, e: n // b * e + 1, ["once in every epoch, not once"]),
        (lambda n, b, e: (n // b + 1) * e, ["For 640 examples", "when all of them are full"]),
        (lambda n, b, e: n * b * e, ["Multiplied, or divided?"]),
        (lambda n, b, e: b * e, ["Multiplied, or divided?"]),
        (lambda n, b, e: b / n * e, ["Which by which?"]),
        (lambda n, b, e: e * (n // b) + n % b, ["not a step each"]),
        (lambda n, b, e: e * (n // b + n % b), ["not a step each"]),
        (lambda n, b, e: n % b, ["how many examples the last batch holds"]),
        (lambda n, b, e: math.ceil(n / b) * (e - 1), ["The last epoch is missing"]),
        (lambda n, b, e: math.ceil(n / b) * (e + 1), ["One epoch too many"]),
        (lambda n, b, e: round(n / b) * e, ["For 90 examples", "a smaller batch is a step too"]),
        (lambda n, b, e: (n - 1) // b * e, ["a smaller batch is a step too"]),
        (lambda n, b, e: max(1, math.ceil(n / b)) * e if b <= n else 0, ["larger than the sample"]),
        (lambda n, b, e: (math.ceil(n / b), math.ceil(n / b) * e), ["returns shape (2,)", "which is it?"]),
        (lambda n, b, e: list(range(0, n, b)), ["returns shape (21,)", "where each batch begins?"]),
        (lambda n, b, e: [math.ceil(n / b)] * e, ["returns shape (10,)", "A number for each epoch"]),
        (lambda n, b, e: math.ceil(n / (b * e)), ["divided by the number of epochs?"]),
        (lambda n, b, e: math.ceil(n / b) + e, ["Added, or multiplied?"]),
        (lambda n, b, e: math.ceil(n / b) ** e, ["Raised to a power?"]),
        (lambda n, b, e: b, ["the size of a batch"]),
        (lambda n, b, e: -math.ceil(n / b) * e, ["negative number of steps"]),
        (lambda n, b, e: 7, ["Try it on paper"]),
        (210, ["A function or a model is needed"]),
    ],
)
def test_count_steps_wrong(answer, words):
    is_wrong(check.count_steps.feedback(answer), *words)


def test_whole_numbers_are_shown_whole():
    assert "(1000, 48, 10)` gave None" in repr(check.count_steps.feedback(lambda n, b, e: None))


# --- task 2 -----------------------------------------------------------------------------------------------------------


def slopes(ahead=1e-5, back=1e-5, width=None):
    """Makes a gradient by small steps."""
    width = width or ahead + back

    def answer(loss, w):
        unit = np.eye(len(w))
        return np.array([(loss(w + ahead * e) - loss(w - back * e)) / width for e in unit])

    return answer


good = slopes()


def in_a_loop(loss, w):
    result = []
    for i in range(len(w)):
        up, down = w.copy(), w.copy()
        up[i] += 1e-5
        down[i] -= 1e-5
        result.append((loss(up) - loss(down)) / 2e-5)
    return result


def one_by_one(loss, w):
    for e in np.eye(len(w)):
        yield (loss(w + 1e-6 * e) - loss(w - 1e-6 * e)) / 2e-6


def by_scipy(loss, w):
    from scipy.optimize import approx_fprime

    return approx_fprime(w, loss, 1e-7)


@pytest.mark.parametrize(
    "answer",
    [
        good,
        in_a_loop,
        one_by_one,
        by_scipy,
        slopes(1e-6, 0),
        slopes(1e-4, 1e-4),
        lambda loss, w: good(loss, w)[:, None],
        lambda loss, w: good(loss, w).astype("float32"),
        lambda loss, w: map(float, good(loss, w)),
    ],
)
def test_numerical_gradient_right(answer):
    is_right(check.numerical_gradient.feedback(answer), "no formula")


def test_the_losses_of_the_check_have_these_gradients():
    from scipy.optimize import check_grad

    for _, loss, gradient, w in LOSSES:
        assert check_grad(loss, gradient, w) < 1e-6


def never_back(loss, w):
    u, result = w.copy(), []
    for i in range(len(w)):
        u[i] += 1e-6
        result.append((loss(u) - loss(w)) / 1e-6)
    return result


def returns_in_the_loop(loss, w):
    result = np.zeros(len(w))
    for i, e in enumerate(np.eye(len(w))):
        result[i] = (loss(w + 1e-5 * e) - loss(w - 1e-5 * e)) / 2e-5
        return result


def made_anew(loss, w):
    for i, e in enumerate(np.eye(len(w))):
        result = np.zeros(len(w))
        result[i] = (loss(w + 1e-5 * e) - loss(w - 1e-5 * e)) / 2e-5
    return result


def spoils(loss, w):
    for i in range(len(w)):
        w[i] += 1e-5
    return good(loss, w)


def in_float32(loss, w):
    w = w.astype("float32")
    return [(loss(w + e) - loss(w - e)) / 2e-9 for e in 1e-9 * np.eye(len(w), dtype="float32")]


def of_the_notebook(loss, w):
    return good(LOSSES[0][1], w)


def three_weights(loss, w):
    return [(loss(w + e) - loss(w - e)) / 2e-5 for e in 1e-5 * np.eye(len(w))[:3]]


def second(loss, w):
    return [(loss(w + e) - 2 * loss(w) + loss(w - e)) / 1e-8 for e in 1e-4 * np.eye(len(w))]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda loss, w: -good(loss, w), ["Along weight", "positive where it grows"]),
        (slopes(1e-5, 1e-5, 1e-5), ["Twice as steep", "it is two steps"]),
        (slopes(1e-5, 0, 2e-5), ["Half as steep"]),
        (slopes(1e-5, 1e-5, 1), ["as small as your step"]),
        (slopes(1e-5, 1e-5, 1e-10), ["by the same factor", "divided by the step once"]),
        (lambda loss, w: 4 * good(loss, w), ["4 times what it should be"]),
        (slopes(0.1, 0), ["One side only", "half the step times the curvature"]),
        (slopes(0, 1e-3), ["One side only"]),
        (slopes(1e-4, 0), ["One side only"]),
        (slopes(0.5, 0.5), ["so wide that the loss bends"]),
        (slopes(0.1, 0.1), ["so wide that the loss bends"]),
        (slopes(1e-13, 1e-13), ["so small that the two losses agree", "rounding"]),
        (slopes(1e-12, 0), ["so small that the two losses agree"]),
        (slopes(1e-18, 1e-18), ["It is 0 everywhere", "16 digits"]),
        (in_float32, ["It is 0 everywhere", "7 of 32 bits"]),
        (lambda loss, w: np.full(len(w), np.nan), ["Received: nan", "divided by 0"]),
        (lambda loss, w: [loss(w + e) for e in 1e-5 * np.eye(len(w))], ["These are losses"]),
        (lambda loss, w: np.full(len(w), loss(w)), ["These are losses"]),
        (
            lambda loss, w: (loss(w + 1e-5) - loss(w - 1e-5)) / 2e-5,
            ["returns one number, wanted shape (3,)", "a slope of its own"],
        ),
        (lambda loss, w: [(loss(w + 1e-5) - loss(w - 1e-5)) / 2e-5] * len(w), ["move all weights at once"]),
        (never_back, ["stay moved while the next one is tried"]),
        (returns_in_the_loop, ["Only the first slope is filled in"]),
        (made_anew, ["Only the last slope is filled in"]),
        (spoils, ["changes the array that it is given"]),
        (lambda loss, w: np.abs(good(loss, w)), ["sign of each slope lost"]),
        (lambda loss, w: good(loss, w) / np.linalg.norm(good(loss, w)), ["divided by its length"]),
        (second, ["That is the curvature"]),
        (lambda loss, w: good(loss, w) / loss(w), ["slope of its logarithm"]),
        (lambda loss, w: good(loss, w) * w, ["in units of the weight"]),
        (lambda loss, w: w - good(loss, w), ["the slope alone"]),
        (lambda loss, w: good(loss, w)[::-1], ["reverse order"]),
        (of_the_notebook, ["another loss, with five weights", "always the one of the notebook"]),
        (three_weights, ["returns shape (3,), wanted shape (5,)", "five weights"]),
        (lambda loss, w: np.diag(good(loss, w)), ["A whole table came back"]),
        (lambda loss, w: good(loss, 0 * w), ["That is the slope at another place"]),
        (lambda loss, w: good(loss, w) ** 2, ["is no slope"]),
        (slopes(1, 1, 1), ["it is two steps, and here they are so wide"]),
        (lambda loss, w: np.diff(w), ["returns shape (2,), wanted shape (3,)", "It is the loss that changes"]),
        (lambda loss, w: (good(loss, w), loss(w)), ["several things"]),
        (slopes(0.02, 0), ["One side only"]),
        (lambda loss, w: np.sin(w), ["draw the loss along it"]),
        (lambda loss, w: good(loss, w) * 1.001 + 1e-3, ["Nearly"]),
    ],
)
def test_numerical_gradient_wrong(answer, words):
    is_wrong(check.numerical_gradient.feedback(answer), *words)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda loss, w: np.gradient(loss(w), w), "`np.gradient` wants values of a function on a grid"),
        (lambda w, loss: good(loss, w), "The loss comes first, and the weights second"),
        (lambda w: good(np.sum, w), "`loss` is a function of one argument"),
    ],
)
def test_numerical_gradient_stopped_by_what_it_is_given(answer, words):
    feedback = check.numerical_gradient.feedback(answer)
    assert feedback.state == "stopped"
    assert words in repr(feedback)


def test_numerical_gradient_stopped():
    feedback = check.numerical_gradient.feedback(lambda loss, w: [(loss(x + 1e-5) - loss(x)) / 1e-5 for x in w])
    assert feedback.state == "stopped"
    assert "wants all the weights at once" in repr(feedback)


# --- task 3 -----------------------------------------------------------------------------------------------------------


def by_search(A):
    """Halves the interval between a rate that converges and one that does not."""
    low, high = 0.0, 10.0
    while high - low > 1e-4 * high:
        rate, w = (low + high) / 2, np.array([1.0, 0.3, -0.7, 0.2])[: len(A)]
        for _ in range(4000):
            w = np.clip(w - rate * A @ w, -1e6, 1e6)
        converges = np.linalg.norm(A @ w) < 1e-2
        low, high = (rate, high) if converges else (low, rate)
    return low


def by_power_iteration(A):
    w = np.ones(len(A)) + 0.1 * np.arange(len(A))
    for _ in range(200):
        w = A @ w / np.linalg.norm(A @ w)
    return [2 / (w @ A @ w)]


@pytest.mark.parametrize(
    "answer",
    [
        lambda A: 2 / np.linalg.eigvalsh(A)[-1],
        lambda A: 2 / max(np.linalg.eigvals(A)),
        lambda A: 2 / np.linalg.norm(A, 2),
        lambda A: np.float32(2 / np.linalg.svd(A)[1].max()),
        lambda A: min(2 / v for v in np.linalg.eigvalsh(A) if v > 1e-9),
        lambda A: np.array([[2 / np.linalg.eigh(A).eigenvalues.max()]]),
        by_power_iteration,
        by_search,
    ],
)
def test_largest_rate_right(answer):
    is_right(check.largest_rate.feedback(answer), "Two divided by the largest curvature")


def test_below_the_rate_descent_converges_and_above_it_does_not():
    for A in QUADRATICS:
        limit = 2 / np.linalg.eigvalsh(A)[-1]
        for factor, converges in [(0.98, True), (1.02, False)]:
            w = np.array([1.0, 0.3, -0.7])[: len(A)]
            for _ in range(1000):
                w = w - factor * limit * A @ w
            assert (w @ A @ w < 1e-6) == converges


def eig(A):
    return np.linalg.eigvalsh(A)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda A: 1 / eig(A)[-1], ["For A = [[7.0, 2.0, 0.0],", "the loss falls", "at its minimum after one step"]),
        (lambda A: 2 / eig(A)[0], ["the loss grows", "the flat one or the steep one?"]),
        (lambda A: 1 / eig(A)[0], ["the flat one or the steep one?"]),
        (lambda A: 2 / (eig(A)[0] + eig(A)[-1]), ["the fastest rate"]),
        (lambda A: 2 / np.diag(A).max(), ["The valley lies across"]),
        (lambda A: 2 / np.trace(A), ["all curvatures together"]),
        (lambda A: 2 / eig(A).mean(), ["all curvatures together"]),
        (lambda A: 2 / np.linalg.det(A), ["The determinant"]),
        (lambda A: 2 / np.linalg.norm(A), ["This norm looks at all entries"]),
        (lambda A: 2 / np.abs(A).sum(axis=0).max(), ["This norm looks at all entries"]),
        (lambda A: 4 / eig(A)[-1], ["Did the 1/2 come in twice?"]),
        (lambda A: eig(A)[-1], ["That is the largest curvature"]),
        (lambda A: eig(A)[0], ["That is the smallest curvature"]),
        (lambda A: eig(A)[-1] / eig(A)[0], ["the ratio of the curvatures"]),
        (lambda A: (eig(A)[-1] - eig(A)[0]) / (eig(A)[-1] + eig(A)[0]), ["the ratio of the curvatures"]),
        (lambda A: np.sqrt(2 / eig(A)[-1]), ["Where does a root come from?"]),
        (lambda A: 2 / eig(A)[-1] ** 2, ["Is the curvature squared?"]),
        (lambda A: 4 / (np.sqrt(eig(A)[0]) + np.sqrt(eig(A)[-1])) ** 2, ["with momentum"]),
        (lambda A: 2 / np.linalg.eigvals(A)[0], ["[0.0, 8.0, 0.0]", "does not sort"]),
        (lambda A: 2 / np.linalg.eigvals(A)[-1], ["does not sort"]),
        (lambda A: 0.2577, ["[0.0, 8.0, 0.0]", "another A"]),
        (lambda A: 0, ["stays where it is"]),
        (lambda A: -2 / eig(A)[-1], ["uphill"]),
        (lambda A: 2 / eig(A), ["returns shape (3,), wanted one number", "which of these numbers limits it"]),
        (lambda A: 2 / A, ["Received: inf", "curvature of 0"]),
        (lambda A: A / 2, ["A whole matrix came back"]),
        (lambda A: 0.25, ["Near. The limit is sharp"]),
        (lambda A: 0.123, ["Try it: 1,000 steps"]),
        (lambda A: float("inf"), ["curvature of 0"]),
    ],
)
def test_largest_rate_wrong(answer, words):
    with np.errstate(divide="ignore"):
        is_wrong(check.largest_rate.feedback(answer), *words)


def test_largest_rate_stopped():
    feedback = check.largest_rate.feedback(lambda A: 2 / np.linalg.eig(A))
    assert feedback.state == "stopped"
    assert "`np.linalg.eig` gives two things" in repr(feedback)
