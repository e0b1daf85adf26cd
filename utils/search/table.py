"""Searches in a table of nets that are trained already: a trial looks its score up, and costs the epochs it would take.

Such a table makes searches cheap to repeat: how good a method is, and how much of it is luck, shows after many of them.
"""

import numpy as np
import optuna
from optuna.distributions import IntDistribution

from utils.search.samplers import FEWEST_EPOCHS, REDUCTION, PlacedSampler, make_pruner
from utils.search.space import HyperParameter
from utils.search.study import quietly

#: What is searched; the lecture's start of each is in `utils.search.space`.
COLUMNS = ("learning_rate", "width", "depth", "batch_size", "dropout")
FULL = 27  # epochs of a net of the table
RUNGS = (FEWEST_EPOCHS, FEWEST_EPOCHS * REDUCTION)  # epochs after which its score is known, too
#: name of a method -> the sampler and the pruner that make it
METHODS = {
    "grid": ("grid", "none"),
    "random": ("random", "none"),
    "quasi-random": ("qmc", "none"),
    "TPE": ("tpe", "none"),
    "successive halving": ("random", "halving"),
    "Hyperband": ("random", "hyperband"),
    "rate only": ("grid", "none"),
}
#: Levels of the grids, 20 points and 8: the others stay at the lecture's start.
_GRID = {"learning_rate": (1e-5, 1e-4, 1e-3, 1e-2, 10**-1.5), "width": (16, 128), "depth": (1, 3)}
_START = {"learning_rate": (1e-3,), "width": (64,), "depth": (1,), "batch_size": (32,), "dropout": (0,)}


class Table:
    """The nets of one data set, a point for each combination of levels.

    Args:
        frame: a pandas table with the columns `COLUMNS`, validation_3, validation_9, validation_27, test_27.

    Attributes:
        levels: name -> its values in ascending order, all on one scale of places 0, 1, 2, ...
        validation: epochs -> scores, (P,).
        test: scores after the full training, (P,).
    """

    def __init__(self, frame):
        self.levels = {name: np.unique(frame[name]) for name in COLUMNS}
        frame = frame.sort_values(list(COLUMNS))
        self.shape = tuple(len(values) for values in self.levels.values())
        if len(frame) != np.prod(self.shape):
            raise ValueError(f"A table has one net for each of {np.prod(self.shape)} points. Received: {len(frame)}")
        self.validation = {epochs: frame[f"validation_{epochs}"].to_numpy() for epochs in (*RUNGS, FULL)}
        self.test = frame["test_27"].to_numpy()

    def place(self, name, value):
        """Gives the place of a value among the levels of a hyper-parameter."""
        return int(np.argmin(np.abs(np.log(self.levels[name] + 1e-9) - np.log(value + 1e-9))))

    def row(self, places):
        """Gives the number of the net whose levels have these places, name -> place."""
        return int(np.ravel_multi_index([places[name] for name in COLUMNS], self.shape))

    def space(self, method):
        """Gives the space of a method, name -> HyperParameter, in places."""
        grid = _GRID if method == "grid" else {"learning_rate": tuple(self.levels["learning_rate"])}
        levels = {name: [self.place(name, value) for value in {**_START, **grid}[name]] for name in COLUMNS}
        return {
            name: HyperParameter(None, IntDistribution(0, size - 1), tuple(levels[name]))
            for name, size in zip(COLUMNS, self.shape, strict=True)
        }


def search(table, method, seed, epochs=20 * FULL):
    """Searches in a table until no trial fits into the budget any more.

    Args:
        table: a `Table`.
        method: one of `METHODS`.
        seed: a number of 0 or more.
        epochs: the budget, in epochs trained.

    Returns:
        `(study, tried)`: Optuna's study, and a list of (epochs spent until then, number of the net, epochs of it).
    """
    sampler, pruner = METHODS[method]
    space, points = table.space(method), 8 if method == "rate only" else 20
    placed = PlacedSampler(sampler, space, seed, lambda: study.get_trials(deepcopy=False))
    # Hyperband draws the bracket of a trial from the name of the study.
    study = optuna.create_study(
        study_name=f"{method} {seed}", direction="maximize", sampler=placed, pruner=make_pruner(pruner, FULL)
    )
    tried = []

    def objective(trial):
        row = table.row({name: trial.suggest_int(name, 0, size.range.high) for name, size in space.items()})
        cost = FULL if pruner == "none" else _train(table, trial, row)
        spent = cost + (tried[-1][0] if tried else 0)
        if spent > epochs:
            study.stop()
            raise optuna.TrialPruned
        tried.append((spent, row, cost))
        if cost < FULL:
            raise optuna.TrialPruned
        return table.validation[FULL][row]

    with quietly():
        study.optimize(objective, n_trials=points if sampler == "grid" else epochs)
    return study, tried


def _train(table, trial, row):
    """Reports the score at each rung and gives the epochs after which the trial ends."""
    for epochs in RUNGS:
        trial.report(table.validation[epochs][row], epochs)
        if trial.should_prune():
            return epochs
    return FULL


def winners(table, tried, tries=20):
    """Gives the number of the best fully trained net after the budget of 1, 2, ..., `tries` full trainings, (tries,)."""
    best, found = -1, []
    ended = iter([*tried, (np.inf, -1, 0)])
    spent, row, cost = next(ended)
    for k in range(1, tries + 1):
        while spent <= k * FULL:
            if cost == FULL and (best < 0 or table.validation[FULL][row] > table.validation[FULL][best]):
                best = row
            spent, row, cost = next(ended)
        found.append(best)
    return np.array(found)
