"""Exercise 08, task 2: ages with holes, filled and scaled in right ways and in wrong ones."""

import numpy as np
import pytest

from tests.answers import is_right, is_wrong
from utils.checks import chapter_08 as check
from utils.checks.holes import ages, prepared

isnan, stack = np.isnan, np.column_stack


def fill(x, value):
    return np.where(isnan(x), value, x)


def good(training, new, fill_with=np.nanmedian, fit=None, scale=None):
    """The solution; fit: whose ages are filled with whose median, scale: whose mean and width."""
    value = fill_with(training if fit is None else fit)
    full = fill(training if scale is None else scale, value)
    return stack([(fill(new, value) - full.mean()) / full.std(), isnan(new)])


def by_scikit_learn(training, new):
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    pipeline = make_pipeline(SimpleImputer(strategy="median"), StandardScaler()).fit(training[:, None])
    return np.hstack([pipeline.transform(new[:, None]), isnan(new)[:, None]])


def by_pandas(training, new):
    import pandas as pd

    training, new = pd.Series(training), pd.Series(new)
    full = training.fillna(training.median())
    age = (new.fillna(training.median()) - full.mean()) / full.std()
    return pd.DataFrame({"age": age, "hole": new.isna().astype(int)})


def one_by_one(training, new):
    value = np.median([a for a in training if a == a])
    full = [a if a == a else value for a in training]
    return [[((a if a == a else value) - np.mean(full)) / np.std(full), float(a != a)] for a in new]


@pytest.mark.parametrize("answer", [good, by_scikit_learn, by_pandas, one_by_one])
def test_prepare_right(answer):
    is_right(check.prepare.feedback(answer), "come from the training sample", "alone")


def together(training, new):
    return np.concatenate([training, new])


def in_place(training, new):
    new[isnan(new)] = np.nanmedian(training)
    return good(training, new)


def known(x):
    return x[~isnan(x)]


LEAK, THEIRS = "fits before the split", "A passenger who comes alone has no median"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda t, n: good(t, n, fit=together(t, n), scale=together(t, n)), [LEAK]),
        (lambda t, n: good(t, n, fit=together(t, n)), [LEAK]),
        (lambda t, n: good(t, n, scale=together(t, n)), [LEAK]),
        (lambda t, n: good(n, n), [THEIRS]),
        (lambda t, n: good(t, n, fit=n), [THEIRS]),
        (lambda t, n: good(t, n, scale=n), [THEIRS]),
        (lambda t, n: good(t, n, fill_with=lambda x: 0), ["A hole became 0, so these passengers are newborn"]),
        (
            lambda t, n: stack([(np.nan_to_num(n) - good_mean(t)) / good_width(t), isnan(n)]),
            ["A hole became 0", "column 0"],
        ),
        (lambda t, n: good(t, n, fill_with=np.nanmean), ["hold the mean"]),
        (
            lambda t, n: stack([(fill(n, np.nanmedian(t)) - known(t).mean()) / known(t).std(), isnan(n)]),
            ["Fill the training sample first"],
        ),
        (lambda t, n: stack([fill(n, np.nanmedian(t)), isnan(n)]), ["still years"]),
        (lambda t, n: stack([fill(n, np.nanmedian(t)) - good_mean(t), isnan(n)]), ["By what is it divided?"]),
        (lambda t, n: stack([fill(n, np.nanmedian(t)) / good_width(t), isnan(n)]), ["the mean is not subtracted"]),
        (
            lambda t, n: stack([(fill(n, np.nanmedian(t)) - good_mean(t)) / good_width(t) ** 2, isnan(n)]),
            ["divided by the variance"],
        ),
        (lambda t, n: stack([good(t, n)[:, 0], ~isnan(n)]), ["wrong way round"]),
        (lambda t, n: stack([good(t, n)[:, 0], isnan(fill(n, 0))]), ["Where is the hole marked?"]),
        (lambda t, n: stack([good(t, n)[:, 0], 2 * isnan(n) - 1]), ["The ages are right", "column 1"]),
        (lambda t, n: stack([good(t, fill(n, np.nanmean(n)))[:, 0], isnan(n)]), [THEIRS]),
        (lambda t, n: good(t, n)[:, ::-1], ["exchanged"]),
        (lambda t, n: good(t, n)[:, 0], ["returns shape (14,), wanted shape (14, 2)", "Where is the mark"]),
        (lambda t, n: good(t, n).T, ["Rows and columns"]),
        (lambda t, n: good(t, known(n)), ["Passengers with a hole are dropped"]),
        (lambda t, n: good(t, known(n))[:, 0], ["Passengers with a hole are dropped"]),
        (lambda t, n: good(t, t), ["That is the training sample"]),
        (lambda t, n: good(t, together(t, n)), ["all passengers together"]),
        (lambda t, n: stack([fill(n, np.median(t)), isnan(n)]), ["A hole is left", "np.nanmedian"]),
        (lambda t, n: stack([(n - np.nanmean(t)) / np.nanstd(t), isnan(n)]), ["A hole is left"]),
        (in_place, ["It changes the array that it is given"]),
        (lambda t, n: stack([good(t, n)[:, 0] + 1, isnan(n)]), ["Print the three numbers"]),
        (np.zeros((14, 2)), ["A function or a model is needed"]),
    ],
)
def test_prepare_wrong(answer, words):
    is_wrong(check.prepare.feedback(answer), *words)


def good_mean(t):
    return fill(t, np.nanmedian(t)).mean()


def good_width(t):
    return fill(t, np.nanmedian(t)).std()


def test_scaled_first_and_zeros_in_the_holes_is_the_mean():
    answer = lambda t, n: stack([np.nan_to_num((n - np.nanmean(t)) / np.nanstd(t)), isnan(n)])  # noqa: E731
    is_wrong(check.prepare.feedback(answer), "hold the mean")


def test_the_mark_scaled_as_by_the_pipeline_of_the_lesson():
    def answer(training, new):
        from sklearn.impute import SimpleImputer
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        pipeline = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
        return pipeline.fit(training[:, None]).transform(new[:, None])

    is_wrong(check.prepare.feedback(answer), "scaled, too, as the lesson's pipeline does")


def test_the_two_groups_differ_so_that_a_leak_shows():
    for case in (1, 2):
        training, new = ages(case)
        alone = [prepared(training, new[k : k + 1]) for k in range(len(new))]
        assert np.allclose(np.concatenate(alone), prepared(training, new))
        assert abs(np.nanmedian(training) - np.nanmedian(new)) > 5
