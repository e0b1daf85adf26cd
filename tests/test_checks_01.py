"""Exercise 01, tasks 1 to 3: the solution, other right ways, and typical wrong answers with the hint for each."""

import numpy as np
import pytest

from tests.answers import is_right, is_wrong
from utils.checks import chapter_01 as check


def relu(z):
    return np.maximum(z, 0)


def f(x):
    return np.exp(-10 * x)


# --- task 1 -----------------------------------------------------------------------------------------------------------


def triangle_by_cases(x):
    if x < 0 or x > 1:
        return 0
    return 2 * x if x < 1 / 2 else 2 - 2 * x


def triangle_in_a_loop(x):
    y = []
    for value in x:
        y.append(max(0, 1 - abs(2 * value - 1)))
    return y


@pytest.mark.parametrize(
    "answer",
    [
        lambda x: 2 * relu(x) - 4 * relu(x - 1 / 2) + 2 * relu(x - 1),
        lambda x: 2 * relu(x) - relu(4 * x - 2) + 2 * relu(x - 1),  # a weight inside in place of outside
        lambda x: relu(1 - relu(2 * x - 1) - relu(1 - 2 * x)),  # three ReLUs in two layers
        lambda x: np.interp(x, [0, 1 / 2, 1], [0, 1, 0]),
        lambda x: np.clip(1 - np.abs(2 * x - 1), 0, None).astype("float32")[:, None],
        triangle_by_cases,
        triangle_in_a_loop,
    ],
)
def test_triangle_right(answer):
    is_right(check.triangle.feedback(answer), "any broken line")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x: 2 * relu(x) - 4 * relu(x - 1 / 2), ["At x = 2 yours gives -2, wanted 0.", "A ReLU never ends"]),
        (
            lambda x: 2 * relu(x) - 4 * relu(x - 1 / 2) + 4 * relu(x - 1),
            ["At x = 2 yours gives 2", "sum of all weights"],
        ),
        (lambda x: 2 * relu(x) - 2 * relu(x - 1 / 2), ["At x = 0.75 yours gives 1, wanted 0.5.", "change of slope"]),
        (lambda x: relu(x) - 2 * relu(x - 1 / 2) + relu(x - 1), ["At x = 0.5 yours gives 0.5, wanted 1.", "height"]),
        (lambda x: 2 * relu(x) - 4 * relu(x + 1 / 2) + 2 * relu(x + 1), ["x = -b/a"]),
        (lambda x: 1 - np.abs(2 * x - 1), ["At x = -1 yours gives -2, wanted 0.", "What cuts negative numbers"]),
        (lambda x: 0 * x, ["At x = 0.05 yours gives 0, wanted 0.1.", "left half"]),
        (lambda x: 1 + 0 * x, ["does not begin at 0"]),
        (lambda x: np.where((x > 0) & (x < 1), 1, 0), ["This jumps from 0 to 1"]),
        (lambda x: relu(np.sin(np.pi * x)) * (x < 1), ["This is a curve"]),
        (lambda x: np.clip(4 * x * (1 - x), 0, 1), ["This is a curve"]),
        (lambda x: relu(x) - 2 * relu(x - 1) + relu(x - 2), ["Its top is at x = 1, wanted at 1/2"]),
        (lambda x: 2 * relu(x) - 4 * relu(1 / 2 - x) + 2 * relu(x - 1), ["opens to the left where a is negative"]),
        (lambda x: relu(x) - relu(x - 1 / 2) + relu(x - 1), ["left half"]),
        (lambda x: 4 * relu(x) - 8 * relu(x - 1 / 2) + 4 * relu(x - 1), ["height"]),
        (lambda x: relu(1 - np.abs(x - 0.5)), ["Left of 0 it has to be 0"]),
        (lambda x: 2 * relu(x) + 4 * relu(x - 1 / 2) + 2 * relu(x - 1), ["change of slope"]),
        (np.vectorize(triangle_by_cases), ["At x = 0.05 yours gives 0, wanted 0.1.", "Whole numbers only"]),
        (lambda x: np.max([np.zeros(len(x)), x]), ["has to give 81 numbers. Received: 1.", "np.maximum"]),
    ],
)
def test_triangle_wrong(answer, words):
    feedback = check.triangle.feedback(answer)
    is_wrong(feedback, *words)
    assert "<svg" in feedback._repr_html_() or "Received" in words[0]


# --- task 2 -----------------------------------------------------------------------------------------------------------


def largest_error(t, x=np.linspace(0, 1, 10_001)):  # noqa: B008 - read only
    return np.abs(f(x) - np.interp(x, t, f(t))).max()


def smallest_n(how, points=10_001, start=1):
    x = np.linspace(0, 1, points)
    errors = (np.abs(f(x) - np.interp(x, t, f(t))) for n in range(1, 300) for t in [np.linspace(0, 1, n + 1)])
    return start + next(i for i, error in enumerate(errors) if how(error) <= 0.001)


def rms(error):
    return np.sqrt(np.mean(error**2))


@pytest.mark.parametrize("answer", [np.ceil(np.sqrt(100 / 0.008)), 112, np.array([112]), 112.0])
def test_predicted_right(answer):
    is_right(check.predicted.feedback(answer), "112 hinges", "100 times smaller costs 10 times")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (np.floor(np.sqrt(100 / 0.008)), ["To which side"]),
        (np.sqrt(100 / 0.008), ["n = 111.803", "whole"]),
        (np.sqrt(0.008 / 100), ["n = 0.00894", "Is this the step h?"]),
        (100 / 0.008, ["n = 12500", "8e-08", "Is a root missing?"]),
        (np.ceil(np.sqrt(100 / 0.001)), ["n = 317", "Is the 8"]),
        (np.ceil(np.sqrt(100 / 0.002)), ["n = 224", "Is the interval from -1 to 1?"]),
        (np.ceil(np.sqrt(10 / 0.008)), ["n = 36", "largest slope", "largest |f''|"]),
        (np.ceil(np.sqrt(1 / 0.008)), ["n = 12.", "largest value", "second derivative"]),
        (113, ["n + 1 knots"]),
        (50, ["The bound for it is 0.005", "Where on [0, 1] does f bend most"]),
        (-5, ["n = -5.", "positive"]),
        (110, ["what measuring gives"]),
        (11, ["largest value of f"]),
        (np.ceil(np.sqrt(100 / 0.004)), ["n = 159", "Is the 8"]),
        (np.ceil(np.sqrt(100 / 0.0008)), ["n = 354", "Is the error 0.001?"]),
        (1 / 0.008, ["n = 125", "Is f'' in it?"]),
        (float("nan"), ["Received: nan.", "divided by zero, or the root"]),
        (float("inf"), ["Received: inf.", "grow without end?"]),
        ("112", ["text is not a number"]),
        (lambda: 112, ["Call it"]),
    ],
)
def test_predicted_wrong(answer, words):
    is_wrong(check.predicted.feedback(answer), *words)


@pytest.mark.parametrize("answer", [smallest_n(np.max), 110.0, np.array(110)])
def test_measured_right(answer):
    is_right(check.measured.feedback(answer), "Predicted 112, measured 110")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (1, ["Its largest error is 0.6", "at the knots only"]),
        (smallest_n(np.mean), ["n = 29.", "mean error reaches 0.001"]),
        (smallest_n(rms), ["n = 46.", "root of the mean squared error"]),
        (smallest_n(np.max, start=0), ["n = 109.", "too large", "index"]),
        (smallest_n(np.max, points=1001), ["n = 109.", "grid"]),
        (smallest_n(np.max, start=2), ["n = 111.", "small enough", "knots"]),
        (112, ["That is the prediction"]),
        (299, ["small enough, but so it is with fewer", "one after the other"]),
        (60, ["too large"]),
        (smallest_n(lambda e: np.mean(e**2)), ["n = 8.", "not squared"]),
        (smallest_n(lambda e: e.max() / 10), ["n = 33.", "Wanted is 0.001"]),
        (0.001, ["Is this an error, or the step h?"]),
        (0, ["A whole number is wanted"]),
        (109.6, ["A whole number is wanted"]),
        (10**9, ["A whole number is wanted"]),
    ],
)
def test_measured_wrong(answer, words):
    is_wrong(check.measured.feedback(answer), *words)


# --- task 3 -----------------------------------------------------------------------------------------------------------

K = np.linspace(0, 1, 11)


def halves_the_worst_piece():
    x, t = np.linspace(0, 1, 10_001), np.array([0.0, 1.0])
    while t.size < 11:
        worst = x[np.abs(f(x) - np.interp(x, t, f(t))).argmax()]
        right = np.searchsorted(t, worst)
        t = np.insert(t, right, (t[right - 1] + t[right]) / 2)
    return t


@pytest.mark.parametrize(
    "answer",
    [
        -np.log(1 - K * (1 - np.exp(-5))) / 5,
        halves_the_worst_piece(),
        [0, 0.03, 0.06, 0.1, 0.14, 0.19, 0.25, 0.32, 0.42, 0.6, 1],
        (value for value in [0, 0.03, 0.06, 0.1, 0.14, 0.19, 0.25, 0.32, 0.42, 0.6, 1]),
        {0, 0.03, 0.06, 0.1, 0.14, 0.19, 0.25, 0.32, 0.42, 0.6, 1},
        dict(enumerate([0, 0.03, 0.06, 0.1, 0.14, 0.19, 0.25, 0.32, 0.42, 0.6, 1])).values(),
        [1, 0.6, 0.42, 0.32, 0.25, 0.19, 0.14, 0.1, 0.06, 0.03, 0],
        np.concatenate([[0], np.geomspace(0.02, 1, 10)])[:, None],
        tuple(np.expm1(3 * K) / np.expm1(3)),
    ],
)
def test_knots_right(answer):
    answer = answer if isinstance(answer, np.ndarray) else list(answer)
    error = largest_error(np.sort(np.ravel(answer)))
    is_right(check.knots.feedback(answer), f"The largest error is {error:.3g}", f"{0.0779 / error:.3g} times smaller")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (K, ["The largest error is 0.0779, between the knots 0 and 0.1", "uniform"]),
        (K**2, ["0.0178", "put it between the knots 0.09 and 0.16"]),
        (1 - K**2, ["Uniform knots do better", "bend most"]),
        (-np.log(1 - K * (1 - np.exp(-10))) / 10, ["0.0605", "between the knots 0.23 and 1", "left is crowded"]),
        (np.diff(K), ["Received: 10.", "The budget is the game"]),
        (K[:-1], ["11 knots are needed", "Received: 10.", "Is the last knot, 1, missing?"]),
        (np.linspace(0, 1, 41) ** 2, ["Received: 41.", "The budget is the game"]),
        (K[1:-1], ["Received: 9.", "These are the inner ones"]),
        (np.append(K**2, 0.5), ["Received: 12.", "ten hinges have eleven"]),
        (f(K), ["Are these the values f(t)?"]),
        (np.geomspace(0.01, 1, 11), ["Put one knot there"]),
        ([0, 0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1], ["Two knots lie in one place"]),
        (K / 2, ["Received: from 0 to 0.5.", "Keep a knot at each end"]),
        (K - 0.5, ["Received: from -0.5 to 0.5."]),
        (np.full(11, np.nan), ["Received: nan."]),
        (lambda: K, ["Call it"]),
    ],
)
def test_knots_wrong(answer, words):
    is_wrong(check.knots.feedback(answer), *words)


def test_knots_uniform_error_is_the_one_that_the_text_names():
    assert f"{largest_error(K):.3g}" == "0.0779"


@pytest.mark.parametrize("task", [check.triangle, check.predicted, check.measured, check.knots, check.fit, check.net])
def test_every_task_has_an_idea_and_then_nearly_the_code(task):
    idea, code = task.hints
    assert "`" in code
    assert len(idea) > 60
