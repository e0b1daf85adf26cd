"""Searches in a table of nets that are trained already: a trial looks its score up, and costs the epochs it would take.

Such a table makes searches cheap to repeat: how good a method is, and how much of it is luck, shows after many of them.
"""

import numpy as np
import optuna
from optuna.distributions import IntDistribution

from utils.search.samplers import FEWEST_EPOCHS, REDUCTION, PlacedSampler, make_pruner
from utils.search.space import SPACE, HyperParameter
from utils.search.study import quietly

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
#: Levels of the grid, 20 points; what is not named stays at the lecture's start.
GRID = {"learning_rate": (1e-5, 1e-4, 1e-3, 1e-2, 10**-1.5), "width": (16, 128), "depth": (1, 3)}


class Table:
    """The nets of one data set, a point for each combination of levels.

    Args:
        frame: a pandas table with a column for each hyper-parameter, validation_3, ..., test_27.

    Attributes:
        levels: name -> its values in ascending order; a value is named by its place 0, 1, 2, ... among them.
        validation: epochs -> scores, (P,).
        test: scores after the full training, (P,).
    """

    def __init__(self, frame):
        every = {name: np.unique(frame[name]) for name in SPACE if name in frame}
        self.levels = {name: values for name, values in every.items() if len(values) > 1}
        frame = frame.sort_values(list(self.levels))
        self.shape = tuple(len(values) for values in self.levels.values())
        if len(frame) != np.prod(self.shape):
            raise ValueError(f"A table has one net for each of {np.prod(self.shape)} points. Received: {len(frame)}")
        self.validation = {epochs: frame[f"validation_{epochs}"].to_numpy() for epochs in (*RUNGS, FULL)}
        self.test = frame["test_27"].to_numpy()

    def place(self, name, value):
        """Gives the place of the level that is nearest to a value, on a logarithmic axis."""
        return int(np.argmin(np.abs(np.log(self.levels[name] + 1e-9) - np.log(value + 1e-9))))

    def row(self, places):
        """Gives the number of the net whose levels have these places, name -> place."""
        return int(np.ravel_multi_index([places[name] for name in self.levels], self.shape))

    def net(self, **values):
        """Gives the number of the net with these values; what is not named stays at the lecture's start."""
        return self.row({name: self.place(name, values.get(name, SPACE[name].start)) for name in self.levels})

    def space(self, method):
        """Gives the space of a method, name -> HyperParameter, in places."""
        grid = GRID if method == "grid" else {"learning_rate": self.levels["learning_rate"]}
        space = {}
        for name, values in self.levels.items():
            tried = tuple(self.place(name, value) for value in grid.get(name, [SPACE[name].start]))
            space[name] = HyperParameter(
                self.place(name, SPACE[name].start), IntDistribution(0, len(values) - 1), tried
            )
        return space


def search(table, method, seed, epochs=20 * FULL):
    """Searches in a table until the next trial does not fit into the budget any more, or the grid ends.

    Args:
        table: a `Table`.
        method: one of `METHODS`.
        seed: a number of 0 or more.
        epochs: the budget, in epochs trained.

    Returns:
        `(study, tried)`: Optuna's study, and a list of (epochs spent until then, number of the net, epochs of it).
    """
    sampler, pruner = METHODS[method]
    space, tried = table.space(method), []
    points = np.prod([len(of.levels) for of in space.values()]) if sampler == "grid" else epochs
    placed = PlacedSampler(sampler, space, seed, lambda: study.get_trials(deepcopy=False))
    # Hyperband draws the bracket of a trial from the name of the study.
    study = optuna.create_study(
        study_name=f"{method} {seed}", direction="maximize", sampler=placed, pruner=make_pruner(pruner, FULL)
    )

    def objective(trial):
        row = table.row({name: trial.suggest_int(name, 0, of.range.high) for name, of in space.items()})
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
        study.optimize(objective, n_trials=int(points))
    return study, tried


def _train(table, trial, row):
    """Reports the score at each rung and gives the epochs after which the trial ends."""
    for epochs in RUNGS:
        trial.report(table.validation[epochs][row], epochs)
        if trial.should_prune():
            return epochs
    return FULL


def winners(table, tried, tries=20):
    """Gives the number of the best fully trained net after the budget of 1, 2, ... full trainings, (tries,)."""
    full = [(spent, row) for spent, row, epochs in tried if epochs == FULL]
    found = []
    for budget in range(FULL, FULL * tries + 1, FULL):
        ended = [row for spent, row in full if spent <= budget]
        found.append(max(ended, key=table.validation[FULL].__getitem__))
    return np.array(found)
