"""Exercise 07, tasks 4 and 5: a significance, and a cut that is chosen and reported; right and wrong."""

import math

import numpy as np
import pytest

from tests.answers import is_right, is_wrong
from utils.checks import chapter_07 as check

# --- task 4 -----------------------------------------------------------------------------------------------------------


def z(s, b):
    safe = np.where(b > 0, b, 1)
    return np.where(b > 0, np.sqrt(2 * ((s + safe) * np.log(1 + s / safe) - s)), 0)


def of_two_numbers(s, b):
    return math.sqrt(2 * ((s + b) * math.log(1 + s / b) - s)) if b > 0 else 0


def guarded(formula):
    """A formula for b > 0, and 0 where b is 0."""
    return lambda s, b: np.where(b > 0, formula(s, np.where(b > 0, b, 1)), 0)


@pytest.mark.parametrize(
    "answer",
    [
        z,
        of_two_numbers,
        lambda s, b: [of_two_numbers(*pair) for pair in zip(s, b, strict=True)],
        lambda s, b: z(s, b)[:, None].astype("float32"),
    ],
)
def test_asimov_right(answer):
    is_right(check.asimov.feedback(answer), "it is 3.39")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (guarded(lambda s, b: s / np.sqrt(b)), ["That is s / sqrt(b)"]),
        (lambda s, b: s / np.sqrt(b), ["What happens where b is 0?"]),
        (lambda s, b: np.sqrt(2 * ((s + b) * np.log(1 + s / b) - s)), ["What happens where b is 0?"]),
        (guarded(lambda s, b: s / np.sqrt(s + b)), ["measures a known signal"]),
        (lambda s, b: z(s, b) ** 2, ["That is Z squared"]),
        (lambda s, b: z(s, b) / np.sqrt(2), ["Where is the factor 2"]),
        (lambda s, b: z(s, b) * np.sqrt(2), ["belongs under the root"]),
        (guarded(lambda s, b: np.sqrt(2 * (s + b) * np.log(1 + s / b))), ["The last term"]),
        (guarded(lambda s, b: np.sqrt(np.maximum(2 * (b * np.log(1 + s / b) - s), 0))), ["multiplied by s + b"]),
        (guarded(lambda s, b: np.sqrt(2 * ((s + b) * np.log10(1 + s / b) - s))), ["not that to the base 10?"]),
        (guarded(lambda s, b: s / b), ["That is s / b"]),
        (lambda s, b: z(s, np.maximum(b, 1e-9)), ["For s = 20 and b = 0", "huge Z out of ignorance"]),
        (guarded(lambda s, b: s + b), ["s = 5, b = 1 by hand"]),
        (guarded(lambda s, b: np.sqrt(2 * (s + b) * np.log(1 + s / b) - s)), ["belongs to both terms"]),
        (guarded(lambda s, b: np.sqrt(2 * ((s + b) * np.log(1 + s / b) + s))), ["is subtracted"]),
        (guarded(lambda s, b: np.sqrt(2) * ((s + b) * np.log(1 + s / b) - s)), ["over the whole bracket"]),
        (lambda s, b: np.round(z(s, b), 2), ["it gives 1.99, wanted 1.987", "is it rounded?"]),
        (lambda s, b: 1.0, ["One number came back"]),
        (lambda s, b: z(s, b)[b > 0], ["is left out"]),
    ],
)
@pytest.mark.filterwarnings("ignore:(divide by zero|invalid value):RuntimeWarning")
def test_asimov_wrong(answer, words):
    is_wrong(check.asimov.feedback(answer), *words)


# --- task 5 -----------------------------------------------------------------------------------------------------------


def each(sample, cuts, of=z):
    score, y, w = sample
    numbers = [[w[(score >= cut) & (y == label)].sum() for cut in cuts] for label in (1, 0)]
    return of(*np.array(numbers))


def good(choose, report, cuts):
    best = each(choose, cuts).argmax()
    return cuts[best], each(report, cuts)[best]


def loop(choose, report, cuts):
    best = max(cuts, key=lambda cut: each(choose, [cut])[0])
    return [best, each(report, [best])[0]]


def plain(sample):
    """The sample without its weights."""
    return [*sample[:2], np.ones(len(sample[0]))]


@pytest.mark.parametrize("answer", [good, loop, lambda *a: np.array(good(*a))[None]])
def test_honest_right(answer):
    is_right(check.honest.feedback(answer), "The second sample has chosen nothing")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda c, r, cuts: good(c, c, cuts), ["picked for being the largest"]),
        (lambda c, r, cuts: good(r, r, cuts), ["chosen on the second sample"]),
        (lambda c, r, cuts: good(r, c, cuts), ["chosen on the second sample"]),
        (lambda c, r, cuts: (good(c, r, cuts)[0], each(r, cuts).max()), ["both the largest of their sample"]),
        (lambda c, r, cuts: (each(c, cuts).argmax(), good(c, r, cuts)[1]), ["the position of the cut"]),
        (lambda c, r, cuts: good(c, r, cuts)[::-1], ["The cut comes first"]),
        (
            lambda c, r, cuts: good([np.concatenate(two) for two in zip(c, r, strict=True)], r, cuts),
            ["Both samples together have chosen"],
        ),
        (
            lambda c, r, cuts: (
                cuts[(best := each(c, cuts, lambda s, b: (b > 0) * s / np.sqrt(np.maximum(b, 1e-9))).argmax())],
                each(r, cuts)[best],
            ),
            ["s / sqrt(b) was chosen"],
        ),
        (lambda c, r, cuts: (cuts[(i := each(c, cuts).argmin())], each(r, cuts)[i]), ["The smallest Z was chosen"]),
        (lambda c, r, cuts: (good(c, r, cuts)[0], 1.0), ["The cut is right"]),
        (lambda c, r, cuts: (cuts[0], 1.0), ["Where is its maximum"]),
        (lambda c, r, cuts: good(c, r, np.linspace(cuts[0], cuts[-1], 500)), ["is none of the cuts"]),
        (lambda c, r, cuts: good(plain(c), r, cuts), ["and at weighted events?"]),
        (lambda c, r, cuts: (good(c, r, cuts)[0], good(c, plain(r), cuts)[1]), ["For its Z count each event"]),
        (lambda c, r, cuts: good(c, r, cuts)[1], ["One number came back"]),
        (lambda c, r, cuts: each(r, cuts), ["A number for each cut"]),
        (lambda c, r, cuts: (*good(c, r, cuts), 1.0), ["Three numbers came back"]),
        (lambda c, r, cuts: (cuts[0], np.nan), ["no background is left"]),
    ],
)
def test_honest_wrong(answer, words):
    is_wrong(check.honest.feedback(answer), *words)
