"""An objective for Optuna, tried out: the trials are real ones, and what trains is a stand-in that keeps a record."""

import contextlib

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution

RATE = ("learning_rate", 1e-5, 1e-1, True)
DROPOUT = ("dropout", 0.0, 0.5, False)
SEEDS = 3


#: the luck of seeds 0, 1, 2, 3, ... on the validation and on the test sample, and so on from the beginning
LUCK = np.array([[0.004, -0.011], [0.021, -0.002], [-0.017, 0.009], [0.013, -0.016], [-0.009, 0.003], [0.001, 0.018]])


def recorder():
    """Makes a stand-in for a training, and the list in which it notes each call.

    Returns:
        a function `score(learning_rate, dropout, seed)` that gives a validation and a test score, and a list that gets
        one entry for each call: rate, dropout, seed, validation, test.
    """
    calls = []

    def score(learning_rate, dropout, seed):
        given = learning_rate, dropout, seed
        if any(np.size(number) != 1 or isinstance(number, str) for number in given):
            raise TypeError("score(learning_rate, dropout, seed) takes three single numbers")
        rate, dropped, number = (float(np.asarray(number).ravel()[0]) for number in given)
        far = (np.log10(max(abs(rate), 1e-9)) + 2.5) ** 2
        place = int(number) % len(LUCK) if abs(number) < 1e9 else 0
        validation, test = (np.array([0.87, 0.84]) - 0.01 * far - 0.02 * dropped + LUCK[place]).tolist()
        calls.append((rate, dropped, number, validation, test))
        return validation, test

    score.__qualname__ = "score"
    return score, calls


@contextlib.contextmanager
def quiet():
    """Keeps Optuna from writing a line about each study."""
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)


def new_trials(number, seed=0):
    """Gives trials of one study, as `study.optimize` would hand them to an objective."""
    with quiet():
        study = optuna.create_study(direction="maximize", sampler=optuna.samplers.RandomSampler(seed=seed))
        return [study.ask() for _ in range(number)]


def fault_of_space(trial):
    """Finds what is wrong with the hyper-parameters that an objective has asked a trial for: a hint, or None."""
    asked = trial.distributions
    if not asked:
        return "It has asked the trial for nothing: `trial.suggest_float(name, low, high)` gives a number."
    for name, low, high, log in (RATE, DROPOUT):
        if name not in asked:
            others = ", ".join(f"`{other}`" for other in sorted(asked)[:4])
            hint = "Names are what `best_params` is read by, and what is fixed is not searched."
            return f"No `{name}` was asked for, but {others}. {hint}"
        if name == RATE[0] and (asked[name].__dict__.get("low"), asked[name].__dict__.get("high")) == DROPOUT[1:3]:
            return "The names, or the ranges, are exchanged: `learning_rate` has the range of `dropout`."
        if found := _fault_of(name, asked[name], low, high, log):
            return found
    if extra := sorted(set(asked) - {RATE[0], DROPOUT[0]}):
        if "seed" in extra[0].lower():
            return "A seed is no hyper-parameter: the search would pick the luckiest one. Take the mean over several."
        return f"Also asked for: `{extra[0]}`. Wanted are `{RATE[0]}` and `{DROPOUT[0]}`, once in a trial."
    return None


def _fault_of(name, asked, low, high, log):
    if isinstance(asked, CategoricalDistribution):
        return f"`{name}` is one of a few choices. Any number in the range is wanted: `suggest_float`."
    if (asked.low, asked.high) == (-5, -1):
        return "These are exponents, so `best_params` would show -2.3 for a rate. `suggest_float` has a `log=True`."
    if not isinstance(asked, FloatDistribution):
        return f"`{name}` is a whole number in yours. Any number in the range is wanted: `suggest_float`."
    if not np.allclose([asked.low, asked.high], [low, high], rtol=1e-6):
        return f"`{name}` lies between {asked.low:g} and {asked.high:g} in yours, wanted between {low:g} and {high:g}."
    if log and not asked.log:
        return "On a linear axis 9 of 10 tries have a rate above 0.01, and the three decades below get the tenth one."
    if asked.log and not log:
        return f"`{name}` is not on a log axis: 0 belongs to its range."
    if asked.step is not None:
        return f"`{name}` goes in steps in yours. Any number in the range is wanted."
    return None


def fault_of_calls(trial, calls):
    """Finds what is wrong with what an objective has given to `score`: a hint, or None."""
    if not calls:
        return "`score` was not called: nothing was trained."
    suggested = [trial.params[name] for name, *_ in (RATE, DROPOUT)]
    rates, dropouts, seeds, *_ = np.transpose(calls)
    for given in zip(rates, dropouts, strict=True):
        if np.allclose(given, suggested, rtol=1e-9):
            continue
        if np.allclose(given[::-1], suggested, rtol=1e-9):
            return "Rate and dropout are exchanged: `score(learning_rate, dropout, seed)`."
        return "`score` was called with other numbers than those that the trial has suggested."
    if len(set(seeds)) == 1 and len(seeds) > 1:
        return "The same seed each time gives the same net each time. Three different ones are wanted."
    if len(set(seeds)) < SEEDS:
        n = len(set(seeds))
        return (
            f"{n} seed{'s' if n > 1 else ''}: a lucky start is taken for a good rate. Wanted are three, and their mean."
        )
    return None


def mistaken_values(calls):
    """What mistakes return in the place of the mean validation score: hint -> numbers."""
    *_, validation, test = np.transpose(calls)
    mean, both, n = validation.mean(), np.array(calls)[:, 3:], len(calls)
    return {
        "The test score is in the objective. What chooses can not report: the test sample is asked once, at the end.": [
            test.mean(),
            both.mean(),
            *test,
            both.min(axis=1).mean(),
            test.sum(),
            *both.mean(axis=1),
        ],
        "That is the best seed. The search would then pick the luckiest start: take the mean.": validation.max(),
        "That is the score of a single seed: the first or last, the worst, the one in the middle, or the one that the "
        "test sample likes best. Each is luck: take the mean of all.": [*validation, np.median(validation)],
        "That is the sum over the seeds. With four seeds it would be larger: take the mean.": validation.sum(),
        "The division takes the last score alone: put the sum in brackets.": mean * n - validation[-1] * (1 - 1 / n),
        "The sum is divided by another number than that of the seeds.": [
            validation.sum() / m for m in range(2, 11) if m != n
        ],
        "It is rounded, and the search can not tell good from better. Give all digits.": [
            np.round(mean, places) for places in (1, 2, 3)
        ],
        "The sign: the study maximises, and a larger score is better.": [-mean, 1 - mean, -validation.max()],
        "That is the spread over the seeds. The mean is wanted.": [validation.std(), validation.std(ddof=1)],
        "The spread is subtracted. That can be wise, but wanted is the mean.": [
            mean - factor * validation.std(ddof=ddof) for ddof in (0, 1) for factor in (1, 0.5, 2)
        ],
        "These are percent. `score` gives numbers between 0 and 1.": 100 * mean,
        "Is it the learning rate or the dropout that comes back?": [*calls[0][:2], sum(calls[0][:2])],
    }
