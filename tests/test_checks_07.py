"""Exercise 07, tasks 1 to 3: weighted errors, a weighted AUC, expected events; right in many ways and wrong in more."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tests.answers import is_right, is_wrong
from utils.checks import chapter_07 as check

# --- task 1 -----------------------------------------------------------------------------------------------------------


def squares(x, w, edges):
    return np.histogram(x, edges, weights=w**2)[0]


def one_by_one(x, w, edges):
    found = []
    for low, high in zip(edges[:-1], edges[1:], strict=True):
        inside = [v for place, v in zip(x, w, strict=True) if low <= place < high or place == high == edges[-1]]
        found.append(sum(v * v for v in inside) ** 0.5)
    return found


def number(x, edges):
    return np.histogram(x, edges)[0]


def content(x, w, edges):
    return np.histogram(x, edges, weights=w)[0]


@pytest.mark.parametrize(
    "answer",
    [
        lambda x, w, edges: np.sqrt(squares(x, w, edges)),
        one_by_one,
        lambda x, w, edges: squares(x, w, edges)[:, None] ** 0.5,
        lambda x, w, edges: np.sqrt(squares(x, w, edges)).astype("float32"),
    ],
)
def test_errors_right(answer):
    is_right(check.errors.feedback(answer), "an error of 4.2")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x, w, edges: np.sqrt(number(x, edges)), ["the root of N, the number of rows"]),
        (lambda x, w, edges: np.sqrt(content(x, w, edges)), ["the root of the sum of weights"]),
        (squares, ["That is the variance"]),
        (content, ["the content of the bins"]),
        (lambda x, w, edges: number(x, edges), ["the content of the bins"]),
        (lambda x, w, edges: content(x, w, edges) / np.sqrt(np.maximum(number(x, edges), 1)), ["the mean weight"]),
        (lambda x, w, edges: content(x, w, edges) ** 2, ["The sum comes first"]),
        (lambda x, w, edges: content(x, np.sqrt(w), edges), ["The roots of the weights are added"]),
        (lambda x, w, edges: np.sqrt(squares(x, w, edges)) / w.sum(), ["Scaled to a sum of 1?"]),
        (lambda x, w, edges: np.sqrt(squares(x, w, edges)) / np.maximum(number(x, edges), 1), ["no mean is wanted"]),
        (lambda x, w, edges: np.sqrt(squares(x, w, edges)) / content(x, w, edges), ["A bin may be empty"]),
        (lambda x, w, edges: edges, ["are these the edges?"]),
        (lambda x, w, edges: w, ["A number for each event came back"]),
        (lambda x, w, edges: [content(x, w, edges), squares(x, w, edges)], ["Two rows came back"]),
        (lambda x, w, edges: 1.0, ["One number came back"]),
        (lambda x, w, edges: np.histogram(x, edges, weights=w**2), ["several things"]),
        (lambda x, w, edges: 2 * np.sqrt(squares(x, w, edges)), ["two rows of weights 1 and 3"]),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_errors_wrong(answer, words):
    is_wrong(check.errors.feedback(answer), *words)


# --- task 2 -----------------------------------------------------------------------------------------------------------


def pairs(score, y, w, equal=0.5):
    s, b = y == 1, y == 0
    table = (score[s][:, None] > score[b]) + equal * (score[s][:, None] == score[b])
    return w[s] @ table @ w[b], w[s].sum() * w[b].sum()


def loops(score, y, w):
    total = won = 0.0
    signal, background = np.flatnonzero(y), np.flatnonzero(y == 0)
    for i in signal:
        for j in background:
            total += w[i] * w[j]
            won += w[i] * w[j] * (1.0 if score[i] > score[j] else 0.5 if score[i] == score[j] else 0.0)
    return won / total


def area_of_rows(score, y, w):
    """Equal scores pass the cut one after the other, in the order of the rows."""
    order = np.argsort(-score, kind="stable")
    passed = [np.cumsum((w * (y == label))[order]) for label in (1, 0)]
    return np.trapezoid(*(sums / sums[-1] for sums in passed))


@pytest.mark.parametrize(
    "answer",
    [
        lambda score, y, w: np.divide(*pairs(score, y, w)),
        lambda score, y, w: roc_auc_score(y, score, sample_weight=w),
        loops,
        lambda score, y, w: [np.divide(*pairs(score, y, w))],
        lambda score, y, w: np.float32(np.divide(*pairs(score, y, 5 * w))),
    ],
)
def test_weighted_auc_right(answer):
    is_right(check.weighted_auc.feedback(answer), "Weights that differ inside a class")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda score, y, w: roc_auc_score(y, score), ["the AUC without weights"]),
        (lambda score, y, w: roc_auc_score(y, -score, sample_weight=w), ["have changed places"]),
        (lambda score, y, w: np.divide(*pairs(score, y, w, 0)), ["count nothing in yours"]),
        (lambda score, y, w: np.divide(*pairs(score, y, w, 1)), ["count whole in yours"]),
        (lambda score, y, w: roc_auc_score(y, score, sample_weight=np.where(y, w, 1)), ["one of the two classes"]),
        (lambda score, y, w: roc_auc_score(y, score, sample_weight=np.where(y, 1, w)), ["one of the two classes"]),
        (lambda score, y, w: roc_auc_score(y, score, sample_weight=w**2), ["The weights come in twice"]),
        (lambda score, y, w: pairs(score, y, w)[0], ["By what has the sum to be divided?"]),
        (lambda score, y, w: 2 * roc_auc_score(y, score, sample_weight=w) - 1, ["Gini's number"]),
        (lambda score, y, w: np.average((score > np.median(score)) == y, weights=w), ["at one cut"]),
        (lambda score, y, w: score[y == 1][:, None] > score[y == 0], ["The table of all pairs"]),
        (lambda score, y, w: score * w, ["A number for each event"]),
        (lambda score, y, w: (0.5, 0.6), ["Two numbers came back"]),
        (lambda score, y, w: 0.5, ["two signal and two background events by hand"]),
        (lambda score, y, w: np.nan, ["divided by 0"]),
        (lambda score, y, w: -roc_auc_score(y, score, sample_weight=w), ["right but for its sign"]),
        (lambda score, y, w: 100 * roc_auc_score(y, score, sample_weight=w), ["A perfect ranking has the AUC 1"]),
        (lambda score, y, w: max(v := roc_auc_score(y, score, sample_weight=w), 1 - v), ["Do not turn it round"]),
        (lambda score, y, w: area_of_rows(score, y, w), ["in whatever order the rows stand?"]),
    ],
)
def test_weighted_auc_wrong(answer, words):
    is_wrong(check.weighted_auc.feedback(answer), *words)


# --- task 3 -----------------------------------------------------------------------------------------------------------


def good(score, y, w, cut, fraction):
    return [w[(score >= cut) & (y == label)].sum() / fraction for label in (1, 0)]


def bent(bend):
    """The right answer, bent: bend(s, b, fraction) gives what comes back."""
    return lambda score, y, w, cut, fraction: bend(*good(score, y, w, cut, fraction), fraction)


@pytest.mark.parametrize(
    "answer",
    [
        good,
        lambda *a: np.array(good(*a))[:, None],
        lambda score, y, w, cut, f: (w / f * (score >= cut)) @ np.column_stack([y, 1 - y]),
        lambda score, y, w, cut, f: tuple(
            sum(v for p, c, v in zip(score, y, w, strict=True) if p >= cut and c == label) / f for label in (1, 0)
        ),
    ],
)
def test_expected_right(answer):
    is_right(check.expected.feedback(answer), "half of its size")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (bent(lambda s, b, f: (s * f, b * f)), ["It is a part of all events"]),
        (bent(lambda s, b, f: (s * f * f, b * f * f)), ["The fraction multiplies"]),
        (bent(lambda s, b, f: (s / f, b / f)), ["applied twice"]),
        (bent(lambda s, b, f: (s * f**0.5, b * f**0.5)), ["Its root is for errors"]),
        (bent(lambda s, b, f: (s, b * f)), ["Only one of the two numbers"]),
        (bent(lambda s, b, f: (b, s)), ["s and b are exchanged"]),
        (bent(lambda s, b, f: (s, s + b)), ["the sum of both"]),
        (bent(lambda s, b, f: s), ["One number came back"]),
        (bent(lambda s, b, f: (s, b, s / b)), ["Three numbers came back"]),
        (bent(lambda s, b, f: (s + 1, b)), ["how many rows pass"]),
        (bent(lambda s, b, f: (s / (s + b), b / (s + b))), ["These are shares"]),
        (bent(lambda s, b, f: (round(s), round(b))), ["[257.0, 140.0], wanted [257.4, 140.4]", "round them"]),
        (bent(lambda s, b, f: (4 * s * f, 4 * b * f)), ["factor of a quarter"]),
        (bent(lambda s, b, f: (s * f / (1 - f), b * f / (1 - f))), ["what is left over"]),
        (lambda score, y, w, cut, f: (good(score, y, w, cut, f)[0], w[y == 0].sum() / f), ["background has to pass"]),
        (lambda score, y, w, cut, f: (w[score >= cut].sum() / f, w[score < cut].sum() / f), ["is signal says `y`"]),
        (lambda score, y, w, cut, f: good(score, y, w, cut + 1e-6, f), ["at or* above"]),
        (lambda score, y, w, cut, f: good(-score, y, w, -cut + 1e-6, f), ["below the cut"]),
        (lambda score, y, w, cut, f: good(score, y, np.ones(len(w)), cut, 1), ["numbers of rows"]),
        (lambda score, y, w, cut, f: good(score, y, w, -1, f), ["The cut is missing"]),
        (lambda score, y, w, cut, f: w * (score >= cut), ["A number for each event"]),
    ],
)
def test_expected_wrong(answer, words):
    is_wrong(check.expected.feedback(answer), *words)
