"""Exercise 08, tasks 4 and 5: precision, recall and a threshold with a cost, right in several ways, wrong in more."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, precision_score, recall_score

from tests.answers import is_right, is_wrong
from utils.checks import chapter_08 as check
from utils.checks.decisions import decisions, outputs


def counts(p, y, t):
    tn, fp, fn, tp = confusion_matrix(y, p > t).ravel()
    return tp, fp, fn, tn


def of(rates):
    """Makes an answer of a function of the four counts."""
    return lambda p, y, t: rates(*counts(p, y, t))


def in_a_loop(p, survived, threshold):
    said = true = alive = 0
    for output, lives in zip(p, survived, strict=True):
        said += output > threshold
        true += output > threshold and lives == 1
        alive += lives
    return true / said, true / alive


# --- task 4 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        of(lambda tp, fp, fn, tn: (tp / (tp + fp), tp / (tp + fn))),
        lambda p, y, t: [precision_score(y, p > t), recall_score(y, p > t)],
        lambda p, y, t: np.array([y[p > t].mean(), (p > t)[y == 1].mean()], "float32"),
        in_a_loop,
    ],
)
def test_precision_recall_right(answer):
    is_right(check.precision_recall.feedback(answer), "recall at the survivors")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (of(lambda tp, fp, fn, tn: (tp / (tp + fn), tp / (tp + fp))), ["33 true and 7 false letters", "exchanged"]),
        (lambda p, y, t: (y[p > 0.5].mean(), (p > 0.5)[y == 1].mean()), ["Is the threshold always 1/2?"]),
        (of(lambda tp, fp, fn, tn: ((tp + tn) / (tp + fp + fn + tn), tp / (tp + fn))), ["That is the accuracy"]),
        (of(lambda tp, fp, fn, tn: (tp / (tp + fp), tn / (tn + fp))), ["the specificity"]),
        (of(lambda tp, fp, fn, tn: (fp / (fp + tn), tp / (tp + fn))), ["the rate of false positives"]),
        (of(lambda tp, fp, fn, tn: (tn / (tn + fn), tn / (tn + fp))), ["Which class is meant?"]),
        (lambda p, y, t: (y[p < t].mean(), (p < t)[y == 1].mean()), ["Which class is meant?"]),
        (of(lambda tp, fp, fn, tn: (tp / (tp + fp + fn + tn),) * 2), ["Both are divided by all passengers"]),
        (of(lambda tp, fp, fn, tn: (tp, fn)), ["These are counts"]),
        (of(lambda tp, fp, fn, tn: (fp / (tp + fp), fn / (tp + fn))), ["shares of mistakes"]),
        (of(lambda tp, fp, fn, tn: (tp / (tp + (fp + fn) / 2),) * 2), ["F1"]),
        (of(lambda tp, fp, fn, tn: (tp / (tp + fp),) * 2), ["Twice the same"]),
        (of(lambda tp, fp, fn, tn: (tn / (tn + fn), tp / (tp + fn))), ["Which class is meant?"]),
        (of(lambda tp, fp, fn, tn: (tp / (tp + fn), fp / (fp + tn))), ["a point of the ROC curve"]),
        (of(lambda tp, fp, fn, tn: (100 * tp / (tp + fp), 100 * tp / (tp + fn))), ["percent"]),
        (of(lambda tp, fp, fn, tn: (round(tp / (tp + fp), 2), round(tp / (tp + fn), 2))), ["They are rounded"]),
        (
            lambda p, y, t: (precision_score(y, p > t, average="macro"), recall_score(y, p > t, average="macro")),
            ["an average over both classes"],
        ),
        (
            lambda p, y, t: (precision_score(y, p > t, average="weighted"), recall_score(y, p > t, average="weighted")),
            ["an average over both classes"],
        ),
        (of(lambda tp, fp, fn, tn: (tp / fp, tp / fn)), ["These are odds"]),
        (of(lambda tp, fp, fn, tn: tp / (tp + fp)), ["One number came back", "two questions"]),
        (of(lambda tp, fp, fn, tn: (tp, fp, fn)), ["Three numbers came back"]),
        (lambda p, y, t: p > t, ["Is a mean or a sum missing?"]),
        (lambda p, y, t: (0.5, 0.123), ["Write down the four counts"]),
        (lambda p, y, t: (np.nan, 1), ["Is it divided by 0?"]),
    ],
)
def test_precision_recall_wrong(answer, words):
    is_wrong(check.precision_recall.feedback(answer), *words)


# --- task 5 -----------------------------------------------------------------------------------------------------------


def cost(p, y, t, c, missed=1.0):
    return np.mean(c * ((p > t) & (y == 0)) + missed * ((p <= t) & (y == 1)))


def choose(p, y, c, thresholds, missed=1.0, pick=min):
    return pick(thresholds, key=lambda t: cost(p, y, t, c, missed))


def good(pv, yv, pt, yt, c, thresholds):
    t = choose(pv, yv, c, thresholds)
    return t, cost(pt, yt, t, c)


def by_table(pv, yv, pt, yt, c, thresholds):
    def table(p, y):
        said = p[:, None] > thresholds
        return (c * (said & (y[:, None] == 0)) + (~said & (y[:, None] == 1))).mean(axis=0)

    k = table(pv, yv).argmin()
    return [thresholds[k], table(pt, yt)[k]]


def last_of_the_best(pv, yv, pt, yt, c, thresholds):
    t = choose(pv, yv, c, thresholds[::-1])
    return np.array([t, cost(pt, yt, t, c)])


@pytest.mark.parametrize("answer", [good, by_table, last_of_the_best])
def test_decide_right(answer):
    is_right(check.decide.feedback(answer), "The validation sample chooses")


def test_where_several_thresholds_are_best_each_of_them_is_right():
    p, y = np.array([0.2, 0.9]), np.array([0, 1])
    thresholds = np.array([0.1, 0.3, 0.6, 0.95])
    assert decisions((p, y), (p, y), 2, thresholds) == [(0.3, 0), (0.6, 0)]


def of_best(report):
    """Makes an answer that chooses as it should, and reports something else."""
    return lambda pv, yv, pt, yt, c, ts: (choose(pv, yv, c, ts), report(pv, yv, pt, yt, c, choose(pv, yv, c, ts)))


def on_the_test_sample(pv, yv, pt, yt, c, ts):
    return good(pt, yt, pt, yt, c, ts)


def on_both(pv, yv, pt, yt, c, ts):
    t = choose(np.append(pv, pt), np.append(yv, yt), c, ts)
    return t, cost(pt, yt, t, c)


def turned(pv, yv, pt, yt, c, ts):
    t = choose(pv, yv, 1, ts, missed=c)
    return t, cost(pt, yt, t, 1, missed=c)


def turned_in_the_choice(pv, yv, pt, yt, c, ts):
    t = choose(pv, yv, 1, ts, missed=c)
    return t, cost(pt, yt, t, c)


def letters_below(pv, yv, pt, yt, c, ts):
    def below(p, y, t):
        return np.mean(c * ((p < t) & (y == 0)) + ((p >= t) & (y == 1)))

    t = min(ts, key=lambda t: below(pv, yv, t))
    return t, below(pt, yt, t)


def fewest_mistakes(pv, yv, pt, yt, c, ts):
    t = choose(pv, yv, 1, ts)
    return t, cost(pt, yt, t, c)


def highest(pv, yv, pt, yt, c, ts):
    t = choose(pv, yv, c, ts, pick=max)
    return t, cost(pt, yt, t, c)


def place(pv, yv, pt, yt, c, ts):
    t, paid = good(pv, yv, pt, yt, c, ts)
    return list(ts).index(t), paid


def false_hopes_only(pv, yv, pt, yt, c, ts):
    t = choose(pv, yv, c, ts, missed=0)
    return t, cost(pt, yt, t, c, missed=0)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (on_the_test_sample, ["With c = 3 it gives", "chosen on the test sample", "The next ones will not be as kind"]),
        (on_both, ["on both samples together"]),
        (of_best(lambda pv, yv, pt, yt, c, t: cost(pv, yv, t, c)), ["The threshold is right", "validation sample"]),
        (turned, ["The two costs are exchanged"]),
        (fewest_mistakes, ["the fewest mistakes"]),
        (
            of_best(lambda pv, yv, pt, yt, c, t: cost(pt, yt, t, 1)),
            ["The threshold is right", "counts both mistakes alike"],
        ),
        (of_best(lambda pv, yv, pt, yt, c, t: round(cost(pt, yt, t, c), 2)), ["the cost is rounded"]),
        (of_best(lambda pv, yv, pt, yt, c, t: np.mean((pt > t) == yt)), ["The threshold is right. Print the two"]),
        (of_best(lambda pv, yv, pt, yt, c, t: len(pv) * cost(pv, yv, t, c)), ["Per passenger it is a mean"]),
        (letters_below, ["Those with an output above the threshold"]),
        (turned_in_the_choice, ["The two costs are exchanged"]),
        (lambda pv, yv, pt, yt, c, ts: (cost(pv, yv, 0.65, c), cost(pt, yt, 0.65, c)), ["Both are costs"]),
        (lambda pv, yv, pt, yt, c, ts: good(pv, yv, pt, yt, c, np.arange(0, 1, 0.001)), ["none of the thresholds"]),
        (highest, ["the highest cost"]),
        (of_best(lambda pv, yv, pt, yt, c, t: len(pt) * cost(pt, yt, t, c)), ["Per passenger it is a mean"]),
        (of_best(lambda pv, yv, pt, yt, c, t: len(pt) * cost(pt, yt, t, c) / yt.sum()), ["of the whole sample"]),
        (place, ["the place of the threshold in the list"]),
        (false_hopes_only, ["Only the false hopes are counted"]),
        (lambda pv, yv, pt, yt, c, ts: (0.5, cost(pt, yt, 0.5, c)), ["That is 1/2"]),
        (lambda pv, yv, pt, yt, c, ts: good(pv, yv, pt, yt, c, ts)[::-1], ["First the threshold"]),
        (lambda pv, yv, pt, yt, c, ts: choose(pv, yv, c, ts), ["One number came back"]),
        (lambda pv, yv, pt, yt, c, ts: (0.1, 0.456), ["Print the cost of the validation sample"]),
        (lambda pv, yv, pt, yt, c, ts: [cost(pv, yv, t, c) for t in ts], ["shape (19,)"]),
    ],
)
def test_decide_wrong(answer, words):
    is_wrong(check.decide.feedback(answer), *words)


def test_the_rule_is_named_where_the_costs_differ_from_it():
    rule = lambda pv, yv, pt, yt, c, ts: (c / (1 + c), cost(pt, yt, c / (1 + c), c))  # noqa: E731
    is_wrong(check.decide.feedback(rule), "the rule c / (1 + c)")


def test_no_output_of_the_checks_lies_on_a_threshold():
    for seed in (1, 2, 4, 24, 1004, 1024):
        p, survived = outputs(200, seed)
        assert np.abs(p[:, None] - np.arange(0, 1.01, 0.01)).min() > 1e-4
        assert set(survived) == {0, 1}
