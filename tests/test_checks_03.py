"""Exercise 03, tasks 1 to 4: the solution, other right ways, and typical wrong answers with the hint for each."""

import numpy as np
import pytest

from tests.answers import is_right, is_wrong
from utils.checks import chapter_03 as check
from utils.checks.waits import WAITS

# --- task 1 -----------------------------------------------------------------------------------------------------------


def mse_in_a_loop(y, h):
    total = 0
    for wanted, answered in zip(y, np.ravel(h), strict=True):
        total += (wanted - answered) ** 2
    return [total / len(y)]


@pytest.mark.parametrize(
    "answer",
    [
        lambda y, h: np.mean((np.ravel(y) - np.ravel(h)) ** 2),
        lambda y, h: np.square(h.reshape(y.shape) - y).mean(),
        lambda y, h: np.float32((y - h.ravel()) @ (y - h.ravel()) / len(y)),
        lambda y, h: np.var(y - h.ravel()) + np.mean(y - h.ravel()) ** 2,
        mse_in_a_loop,
    ],
)
def test_mean_squared_error_right(answer):
    is_right(check.mean_squared_error.feedback(answer), "does not depend on how many examples")


def flat(formula):
    return lambda y, h: formula(y - h.ravel())


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (flat(lambda r: np.sum(r**2)), ["it gives 11, wanted 2.75", "Is this the sum?", "learning rate"]),
        (flat(lambda r: np.sum(r**2) / 2), ["it gives 5.5, wanted 2.75", "half the sum"]),
        (flat(lambda r: np.mean(r**2) / 2), ["it gives 1.38", "The factor 1/2"]),
        (flat(lambda r: np.mean(np.abs(r))), ["it gives 1.25, wanted 2.75", "absolute residuals", "median"]),
        (flat(lambda r: np.sqrt(np.mean(r**2))), ["it gives 1.66", "Is a root taken?"]),
        (flat(lambda r: np.mean(r) ** 2), ["it gives 0.0625, wanted 2.75", "cancel"]),
        (lambda y, h: np.mean((y - h) ** 2), ["With h of shape (4, 1)", "(B, B) of (B,) minus (B, 1)"]),
        (flat(lambda r: r**2), ["has to give 1 number. Received: 4.", "what makes one number for all?"]),
        (flat(lambda r: np.sum(np.abs(r))), ["it gives 5, wanted 2.75", "absolute residuals"]),
        (flat(np.linalg.norm), ["Is a root taken?"]),
        (flat(np.mean), ["cancel"]),
        (flat(lambda r: np.sum(r) ** 2), ["cancel"]),
        (flat(np.var), ["it gives 2.69", "the same for all examples"]),
        (flat(lambda r: np.sum(r**2) / (len(r) - 1)), ["it gives 3.67", "one less than the number"]),
        (lambda y, h: np.mean(y**2 - h.ravel() ** 2), ["Squares are subtracted"]),
        (flat(lambda r: -np.mean(r**2)), ["not negative"]),
        (flat(lambda r: np.max(r**2)), ["largest of the squares"]),
        (lambda y, h: np.mean((y[:, None] - h) ** 2), ["(B, B) of (B,) minus (B, 1)"]),
        (lambda y, h: np.mean((y[:, None] - h.ravel()) ** 2), ["(B, B) of (B,) minus (B, 1)"]),
        (lambda y, h: (y - h) ** 2 if h.ndim == 2 else np.mean((y - h) ** 2), ["Received: 16", "(B, B)"]),
        (flat(lambda r: np.mean(r**3)), ["which of the three steps differs?"]),
        (0.5, ["A function or a model is needed"]),
    ],
)
def test_mean_squared_error_wrong(answer, words):
    is_wrong(check.mean_squared_error.feedback(answer), *words)


# --- task 2 -----------------------------------------------------------------------------------------------------------


def by_search(late):
    c = np.linspace(0, 25, 2501)[:, None]
    costs = np.where(c < WAITS, late * (WAITS - c), c - WAITS).sum(axis=1)
    return c[costs.argmin(), 0]


@pytest.mark.parametrize(
    "answers",
    [
        (WAITS.mean(), np.median(WAITS), by_search(4)),
        (7, 4, 12),
        (np.array([7.0]), by_search(1), np.quantile(WAITS, 0.8, method="inverted_cdf")),
    ],
)
def test_constants_right(answers):
    is_right(check.constants.feedback(*answers), "7, 4 and 12 minutes")


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ((4, 4, 12), ["c_squared = 4 has the loss 543; the best has 462", "middle one of the waits"]),
        ((np.unique(WAITS).mean(), 4, 12), ["2 occurs twice"]),
        ((13, 4, 12), ["between the shortest and the longest"]),
        ((63, 4, 12), ["the sum of the waits"]),
        ((20, 4, 12), ["derivative of the sum"]),
        ((63 / 8, 4, 12), ["There are nine days"]),
        ((38 / 8, 4, 12), ["Is the 25 left out?"]),
        ((np.linspace(0, 25, 100)[28], 4, 12), ["has the loss 462.04; the best has 462.", "Nearly", "smaller steps"]),
        ((7, 2, 12), ["occurs most often"]),
        ((7, 43, 12), ["the smallest loss itself"]),
        ((7, 4, np.quantile(WAITS, 0.8)), ["c_late = 9.6", "draws a straight line between two waits"]),
        ((7, 4, 11.9), ["c_late = 11.9 has the loss 110.1; the best has 110.", "Nearly"]),
        ((7, 4, np.quantile(WAITS, 0.75)), ["not 3/4"]),
        ((7, 4, 16), ["four times the answer"]),
        ((7, 4, 7), ["the answer for equal costs"]),
        ((7, 7, 12), ["c_absolute = 7 has the loss 48; the best has 43", "the 25 pulls at it"]),
        ((7, 1, 12), ["the fifth in the list"]),
        ((7, 5, 12), ["2 occurs twice"]),
        ((7, 6, 12), ["As many waits above c as below"]),
        ((7, 4, by_search(1 / 4)), ["c_late = 2", "the two costs are exchanged"]),
        ((7, 4, 4), ["the answer for equal costs"]),
        ((7, 4, 25), ["costs nothing for long waits"]),
        ((7, 4, 10), ["Four times as many waits below"]),
        ((7, 4, [3, 12]), ["One number is needed"]),
    ],
)
def test_constants_wrong(answers, words):
    is_wrong(check.constants.feedback(*answers), *words)


def test_one_of_three_constants_alone_is_not_answered_yet():
    assert check.constants.feedback(7, 4, ...).state == "unanswered"


# --- task 3 -----------------------------------------------------------------------------------------------------------


def entropy_in_a_loop(y, p):
    return sum(-np.log(pi) if yi else -np.log(1 - pi) for yi, pi in zip(y, p, strict=True))


@pytest.mark.parametrize(
    "answer",
    [
        lambda y, p: -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)),
        lambda y, p: -(np.log(p[y == 1]).sum() + np.log(1 - p[y == 0]).sum()),
        lambda y, p: -np.sum(np.log(np.where(y == 1, p, 1 - p)), dtype="float32"),
        lambda y, p: -np.sum(y * np.log(np.clip(p, 1e-7, 1)) + (1 - y) * np.log(np.clip(1 - p, 1e-7, 1))),
        lambda y, p: np.sum(np.logaddexp(0, (1 - 2 * y) * np.log(p / (1 - p)))),
        entropy_in_a_loop,
    ],
)
def test_cross_entropy_right(answer):
    is_right(check.cross_entropy.feedback(answer), "0.734")


def terms(formula):
    return lambda y, p: formula(np.sum(y * np.log(p)), np.sum((1 - y) * np.log(1 - p)), len(y))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (terms(lambda s, b, n: -s + b), ["it gives -0.288, wanted 0.734", "Is the bracket missing?", "both terms"]),
        (terms(lambda s, b, n: s + b), ["it gives -0.734", "Is the minus missing?"]),
        (terms(lambda s, b, n: -(s + b) / n), ["it gives 0.367", "Is this the mean?"]),
        (terms(lambda s, b, n: -s), ["it gives 0.223", "the signal only"]),
        (terms(lambda s, b, n: -b), ["it gives 0.511", "the background only"]),
        (terms(lambda s, b, n: -(s + b) / np.log(2)), ["`np.log2`"]),
        (terms(lambda s, b, n: -(s + b) / np.log(10)), ["`np.log10`"]),
        (lambda y, p: -np.sum(y * np.log(1 - p) + (1 - y) * np.log(p)), ["Are p and 1 - p exchanged?"]),
        (
            lambda y, p: -np.log(np.prod(np.where(y == 1, p, 1 - p))),
            ["Received: inf", "the product of all", "add them"],
        ),
        (lambda y, p: -np.sum(p * np.log(y) + (1 - p) * np.log(1 - y)), ["Are the two exchanged in yours?"]),
        (lambda y, p: -np.sum(np.log(y - p)), ["Is the logarithm of 0 taken?"]),
        (lambda y, p: -np.sum(y * np.log(p) + (1 - y) * np.log(p)), ["Both terms have ln p here", "to background?"]),
        (
            lambda y, p: -np.sum(y * np.log(1 - p) + (1 - y) * np.log(1 - p)),
            ["Both terms have ln(1 - p)", "to signal?"],
        ),
        (lambda y, p: -np.sum(y * p + (1 - y) * (1 - p)), ["Where is the logarithm?"]),
        (lambda y, p: np.prod(np.where(y == 1, p, 1 - p)), ["all events together"]),
        (lambda y, p: -np.log(np.sum(np.where(y == 1, p, 1 - p))), ["The logarithm of a sum"]),
        (lambda y, p: -np.sum(y * np.log(p) + (1 - y) * (np.log(1) - p)), ["`np.log(1) - p` is -p"]),
        (lambda y, p: np.sum((y - p) ** 2), ["Are these squares?"]),
        (lambda y, p: np.sum(np.abs(y - p)), ["distances |y - p|"]),
        (lambda y, p: -2 * np.sum(np.log(np.where(y == 1, p, 1 - p))), ["Where does a factor come from?"]),
        (lambda y, p: -np.log(np.where(y == 1, p, 1 - p)), ["Received: 2", "the sum over all of them"]),
        (lambda y, p: -np.sum(np.log(p) ** 2), ["What does one signal event"]),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_cross_entropy_wrong(answer, words):
    is_wrong(check.cross_entropy.feedback(answer), *words)


# --- task 4 -----------------------------------------------------------------------------------------------------------


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def gradient_by_small_steps(w, b, x, y, step=1e-5):
    def loss(w, b):
        return np.sum(np.logaddexp(0, (1 - 2 * y) * (w * x + b)))

    by_w = (loss(w + step, b) - loss(w - step, b)) / (2 * step)
    return [by_w, (loss(w, b + step) - loss(w, b - step)) / (2 * step)]


def from_miss(formula):
    """A gradient made of what the derivative by z is said to be, of p and y."""

    def gradient(w, b, x, y):
        miss = formula(sigmoid(w * x + b), y)
        return np.sum(miss * x), np.sum(miss)

    return gradient


solution = from_miss(lambda p, y: p - y)


@pytest.mark.parametrize(
    "answer",
    [
        from_miss(lambda p, y: p - y),
        gradient_by_small_steps,
        lambda w, b, x, y: np.column_stack([x, np.ones_like(x)]).T @ (sigmoid(w * x + b) - y),
    ],
)
def test_gradient_right(answer):
    is_right(check.gradient.feedback(answer), "size of its mistake")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (from_miss(lambda p, y: (p - y) * p * (1 - p)), ["factor p (1 - p)", "squared error"]),
        (from_miss(lambda p, y: (p - y) / len(y)), ["gradient of the mean"]),
        (from_miss(lambda p, y: y - p), ["points uphill"]),
        (from_miss(lambda p, y: np.where(y == 1, p - 1, -p)), ["without the bracket"]),
        (lambda w, b, x, y: from_miss(lambda p, y: p - y)(w, b, x, y)[::-1], ["The order is w, b"]),
        (lambda w, b, x, y: [np.sum(sigmoid(w * x + b) - y)] * 2, ["How does z depend on w?"]),
        (lambda w, b, x, y: [np.sum((w * x + b - y) * x), np.sum(w * x + b - y)], ["sigmoid(w x + b)"]),
        (from_miss(lambda p, y: 1 - p), ["The chain rule"]),
        (lambda w, b, x, y: sigmoid(w * x + b) - y, ["has to give 2 numbers. Received: 5.", "as p - y is"]),
        (lambda w, b, x, y: np.sum((sigmoid(w * x + b) - y) * x), ["Received: 1.", "There are two derivatives"]),
        (lambda w, b, x, y: ((sigmoid(w * x + b) - y) * x, sigmoid(w * x + b) - y), ["Received: 10", "for each event"]),
        (lambda w, b, x, y: np.ones(3), ["Received: 3", "are both returned?"]),
        (lambda w, b, x, y: (1.0, None), ["there is a None in it", "Which one is None"]),
        (lambda w, b, x, y: solution(w, 0, x, y), ["Is b in your z?"]),
        (lambda w, b, x, y: solution(1, b, x, y), ["Is w in your z?"]),
        (lambda w, b, x, y: solution(-w, -b, x, y), ["the sign of z"]),
        (lambda w, b, x, y: (np.sum((sigmoid(w * x + b) - y) * w), solution(w, b, x, y)[1]), ["Is it w here?"]),
        (lambda w, b, x, y: (solution(w, b, x, y)[0], solution(w, b, x, y)[1] * b), ["Is it b here, or x?"]),
        (lambda w, b, x, y: [solution(w, b, x, y)[0]] * 2, ["Is it b here, or x?"]),
        (from_miss(lambda p, y: 2 * (p - y)), ["A factor 2"]),
        (from_miss(lambda p, y: (p - y) / (p * (1 - p))), ["That is the derivative by p"]),
        (lambda w, b, x, y: (solution(w, b, x, y)[0] / 5, solution(w, b, x, y)[1]), ["the sum in both"]),
        (lambda w, b, x, y: (solution(w, b, x, y)[1] * np.sum(x), solution(w, b, x, y)[1]), ["Event by event"]),
        (from_miss(lambda p, y: np.abs(p - y)), ["absolute values"]),
    ],
)
def test_gradient_wrong(answer, words):
    is_wrong(check.gradient.feedback(answer), *words)
