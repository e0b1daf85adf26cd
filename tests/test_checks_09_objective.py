"""Exercise 09, task 5: an objective for Optuna, right in many ways and wrong in more."""

import random
import statistics

import numpy as np
import optuna
import pytest

from tests.answers import is_refused, is_right
from utils.checks import chapter_09 as check
from utils.checks import trials


@pytest.fixture(autouse=True)
def quiet():
    """Studies of the answers write no lines."""
    with trials.quiet():
        yield


# --- task 5 -----------------------------------------------------------------------------------------------------------


SEEDS = (0, 1, 2)
ASKS = '`trial.suggest_float("learning_rate", ...)` asks a trial'


def a_rate(t):
    return t.suggest_float("learning_rate", 1e-5, 1e-1, log=True)


def a_dropout(t):
    return t.suggest_float("dropout", 0.0, 0.5)


def suggest(t):
    return (a_rate(t), a_dropout(t))


def scores(t, s, seeds=SEEDS):
    a = suggest(t)
    return np.array([s(*a, seed) for seed in seeds])


def keywords(t, s):
    total = 0
    for seed in range(5):
        v, test = s(learning_rate=a_rate(t), dropout=a_dropout(t), seed=seed)
        total += v
    return total / 5


def pruned(t, s):
    a = suggest(t)
    found = []
    for seed in SEEDS:
        found.append(s(*a, seed)[0])
        t.report(np.mean(found), seed)
        t.should_prune()
    return np.mean(found)


def dist(t, s):
    from optuna.distributions import FloatDistribution as F

    a = (t._suggest("learning_rate", F(1e-05, 0.1, log=True)), t._suggest("dropout", F(0, 0.5)))
    return np.mean([s(*a, k)[0] for k in SEEDS])


def asks(name, *ends, by="suggest_float", **how):
    """Asks a trial for one hyper-parameter, in some way."""
    return lambda t: getattr(t, by)(name, *ends, **how)


def opt(rate=None, dropout=None, seeds=SEEDS, reduce=lambda a: a[:, 0].mean()):

    def answer(t, s):
        r = (rate or a_rate)(t)
        d = (dropout or a_dropout)(t)
        return reduce(np.array([s(r, d, k) for k in seeds]))

    return answer


def each_its_own(t, s):
    return np.mean([s(asks(f"learning_rate_{k}", 1e-5, 0.1, log=True)(t), a_dropout(t), k)[0] for k in SEEDS])


def swapped(t, s):
    r, d = suggest(t)
    return np.mean([s(d, r, k)[0] for k in SEEDS])


def forgets(t, s):
    suggest(t)
    return np.mean([s(0.001, 0.0, k)[0] for k in SEEDS])


def no_score(t, s):
    r, d = suggest(t)
    return r + d


def no_seed(t, s):
    return s(*suggest(t))[0]


def search_inside(t, s):
    import optuna

    study = optuna.create_study()
    return study.best_value


def seeds_suggested(t, s):
    a = suggest(t)
    k = t.suggest_int("seed", 0, 2)
    return s(*a, k)[0]


def one_fixed_rate(t, s):
    d = a_dropout(t)
    return np.mean([s(0.001, d, k)[0] for k in SEEDS])


def best_by_test(t, s):
    a = scores(t, s)
    return a[a[:, 1].argmax(), 0]


def returns_in_loop(t, s):
    a = suggest(t)
    for k in SEEDS:
        v, test = s(*a, k)
        return v


@pytest.mark.parametrize(
    "answer",
    [
        lambda t, s: scores(t, s)[:, 0].mean(),
        keywords,
        pruned,
        dist,
        lambda t, s: statistics.mean(v for v, _ in scores(t, s)),
        lambda t, s: float(scores(t, s, (7, 8, 9, 10))[:, 0].mean()),
        lambda t, s: [np.float32(scores(t, s)[:, 0].mean())],
        lambda t, s: scores(t, s).mean(axis=0)[0],
        lambda t, s: (lambda d, r: np.mean([s(r, d, k)[0] for k in SEEDS]))(a_dropout(t), a_rate(t)),
        lambda t, s: sum(s(*suggest(t), k)[0] for k in SEEDS) / 3,
        lambda t, s: next(scores(t, s)[:, 0].mean() for _ in [0]),
    ],
)
def test_objective_right(answer):
    is_right(check.objective.feedback(answer), "mean over seeds")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (opt(reduce=lambda a: a[:, 1].mean()), "The test score is in the objective."),
        (opt(reduce=lambda a: a.mean()), "The test score is in the objective."),
        (opt(seeds=[0]), "1 seed: a lucky start is taken for a good rate."),
        (opt(reduce=lambda a: a[:, 0].max()), "That is the best seed."),
        (opt(reduce=lambda a: a[:, 0].min()), "That is the score of a single seed"),
        (opt(reduce=lambda a: a[:, 0].sum()), "That is the sum over the seeds."),
        (opt(reduce=lambda a: np.median(a[:, 0])), "That is the score of a single seed"),
        (opt(reduce=lambda a: a[-1, 0]), "That is the score of a single seed"),
        (opt(reduce=lambda a: a[0, 0]), "That is the score of a single seed"),
        (opt(reduce=lambda a: -a[:, 0].mean()), "The sign: the study maximises, and a larger score"),
        (opt(reduce=lambda a: 1 - a[:, 0].mean()), "The sign: the study maximises, and a larger score"),
        (opt(reduce=lambda a: a[:, 0]), "A number for each seed came back."),
        (opt(reduce=lambda a: a.mean(axis=0)), "Two numbers came back."),
        (opt(reduce=lambda a: a), "All pairs came back."),
        (opt(reduce=lambda a: a[:, 0].mean() - a[:, 0].std()), "The spread is subtracted."),
        (opt(reduce=lambda a: a[:, 0].std()), "That is the spread over the seeds."),
        (opt(reduce=lambda a: a[:, 1].max()), "The test score is in the objective."),
        (best_by_test, "That is the score of a single seed"),
        (returns_in_loop, "1 seed: a lucky start is taken for a good rate."),
        (opt(rate=asks("learning_rate", 1e-5, 1e-1)), "On a linear axis 9 of 10 tries have a rate above"),
        (
            opt(rate=lambda t: 10 ** t.suggest_float("learning_rate", -5, -1)),
            "These are exponents, so `best_params` would show",
        ),
        (opt(rate=asks("learning_rate", -5, -1)), "These are exponents, so `best_params` would show"),
        (opt(rate=asks("lr", 1e-5, 1e-1, log=True)), "No `learning_rate` was asked for, but `dropout`,"),
        (opt(rate=asks("learning_rate", 1e-4, 1e-1, log=True)), "`learning_rate` lies between 0.0001 and 0.1 in"),
        (opt(rate=asks("learning_rate", 1e-5, 1, log=True)), "`learning_rate` lies between 1e-05 and 1 in yours,"),
        (
            opt(rate=asks("learning_rate", [1e-5, 1e-4, 1e-3, 1e-2, 1e-1], by="suggest_categorical")),
            "`learning_rate` is one of a few choices.",
        ),
        (opt(rate=asks("learning_rate", -5, -1, by="suggest_int")), "These are exponents, so `best_params` would show"),
        (
            opt(rate=lambda t: 10.0 ** t.suggest_int("learning_rate", -5, -1)),
            "These are exponents, so `best_params` would show",
        ),
        (opt(rate=asks("learning_rate", 1e-1, 1e-5, log=True)), "First the lower end of the range, then the higher"),
        (opt(rate=asks("learning_rate", 0, 1e-1, log=True)), "0 has no place on a log axis."),
        (opt(dropout=asks("dropout", 0, 0.5, log=True)), "0 has no place on a log axis."),
        (opt(dropout=asks("dropout", 0, 1)), "`dropout` lies between 0 and 1 in yours, wanted"),
        (opt(dropout=asks("dropout", 1e-5, 0.5, log=True)), "`dropout` lies between 1e-05 and 0.5 in yours,"),
        (opt(dropout=asks("rate", 0, 0.5)), "No `dropout` was asked for, but `learning_rate`,"),
        (opt(dropout=lambda t: 0.25), "No `dropout` was asked for, but `learning_rate`."),
        (opt(dropout=asks("dropout", [0, 0.25, 0.5], by="suggest_categorical")), "`dropout` is one of a few choices."),
        (opt(seeds=[0, 0, 0]), "The same seed each time gives the same net each"),
        (opt(seeds=[0, 1]), "2 seeds: a lucky start is taken for a good rate."),
        (opt(dropout=asks("dropout", 0, 0.5, by="suggest_int")), "`dropout` is a whole number in yours."),
        (opt(dropout=asks("dropout", 0, 0.5, step=0.1)), "`dropout` goes in steps in yours."),
        (each_its_own, "No `learning_rate` was asked for, but `dropout`,"),
        (swapped, "Rate and dropout are exchanged"),
        (forgets, "`score` was called with other numbers than those"),
        (no_score, "`score` was not called"),
        (no_seed, "It is called as `score(learning_rate, dropout,"),
        (search_inside, "The search goes on outside"),
        (seeds_suggested, "A seed is no hyper-parameter"),
        (one_fixed_rate, "No `learning_rate` was asked for, but `dropout`."),
        (lambda t, s: a_rate(t), "No `dropout` was asked for, but `learning_rate`."),
        (lambda t, s: np.mean([s(t["learning_rate"], t["dropout"], k)[0] for k in SEEDS]), ASKS),
        (lambda t, s: np.mean([s(t.learning_rate, t.dropout, k)[0] for k in SEEDS]), ASKS),
        (
            lambda t, s: np.mean([s(10 ** random.uniform(-5, -1), 0.1, k)[0] for k in SEEDS]),
            "It has asked the trial for nothing",
        ),
        (lambda t: 0.8, "It is called with more arguments than it takes."),
        (lambda t, s: np.mean([s(*suggest(t), k) for k in SEEDS]), "The test score is in the objective."),
        (lambda t, s: s, "Print what it returns."),
        (lambda t, s: np.mean([s[k] for k in SEEDS]), "`score` is a function"),
        (lambda t, s: max(s(*suggest(t), k) for k in SEEDS)[0], "That is the best seed."),
        (lambda t, s: t.suggest_loguniform("learning_rate", 1e-5), "It is called with fewer arguments than it takes."),
        (lambda t, s: np.mean(s(*suggest(t), [0, 1, 2])), "One net is trained in each call"),
        (lambda t, s: s(*suggest(t), t.number)[0], "1 seed: a lucky start is taken for a good rate."),
        (lambda t, s: s(*suggest(t), random.randrange(9))[0], "1 seed: a lucky start is taken for a good rate."),
        (lambda t, s: np.mean([s(*suggest(t), k)[0] for k in SEEDS]) * 100, "These are percent."),
        (opt(reduce=lambda a: a[0].mean()), "The test score is in the objective."),
        (opt(reduce=lambda a: a[0, 0] + a[1, 0] + a[2, 0] / 3), "put the sum in brackets"),
        (opt(reduce=lambda a: a[:, 0].sum() / 2), "divided by another number than that of the seeds"),
        (opt(reduce=lambda a: round(a[:, 0].mean(), 2)), "It is rounded"),
        (
            opt(rate=asks("dropout", 1e-5, 1e-1, log=True), dropout=asks("learning_rate", 0, 0.5)),
            "The names, or the ranges, are exchanged",
        ),
        (0.87, "Give the function itself, by its name, without"),
        (opt(dropout=asks("learning_rate", 0, 0.5)), "One name was asked for twice"),
        (opt(rate=lambda t: t.suggest_float("learning_rate", 1e-5, 1e-1, "log")), "`log=True` by its name"),
    ],
)
def test_objective_wrong(answer, words):
    is_refused(check.objective.feedback(answer), words)


def test_without_return():
    assert check.objective.feedback(lambda t, s: print(scores(t, s))).state == "unanswered"


def test_the_check_leaves_optuna_s_lines_as_they_were(capfd):
    optuna.logging.set_verbosity(optuna.logging.INFO)
    check.objective.feedback(lambda t, s: 0.5)
    assert optuna.logging.get_verbosity() == optuna.logging.INFO
    assert capfd.readouterr().err == ""


def test_the_stand_in_gives_the_same_for_the_same_and_notes_it():
    score, calls = trials.recorder()
    assert score(0.01, 0.1, 2) == score(dropout=0.1, seed=2, learning_rate=0.01) == calls[0][3:] == calls[1][3:]
    assert score(0.01, 0.1, 3) != calls[0][3:]
    assert score(0.003, 0.1, 2)[0] > calls[0][3]
    with pytest.raises(TypeError, match="three single numbers"):
        score(0.01, 0.1, [0, 1, 2])
