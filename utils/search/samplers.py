"""Optuna's samplers, so that what is drawn at a place follows from the seed and the place.

Left alone, two workers with the same seed draw the same random trials, and Optuna's grid and Sobol samplers count in
the data base in two steps, between which another worker can count the same.
"""

import copy
import math

import numpy as np
from optuna import pruners, samplers

from utils.search.places import place

SAMPLERS = ("grid", "random", "qmc", "tpe")
PRUNERS = ("none", "halving", "hyperband")
#: A trial is compared with others after so many epochs, and three times as many, and so on: one of three goes on.
FEWEST_EPOCHS, REDUCTION = 3, 3


def grid_of(space):
    """Gives name -> levels, as Optuna's GridSampler takes it."""
    return {name: list(parameter.levels) for name, parameter in space.items()}


def grid_size(space):
    """Counts the points of the grid."""
    return math.prod(len(parameter.levels) for parameter in space.values())


def make_pruner(name, most_epochs):
    """Makes a pruner: "none", "halving" (successive halving) or "hyperband"."""
    if name == "halving":
        return pruners.SuccessiveHalvingPruner(min_resource=FEWEST_EPOCHS, reduction_factor=REDUCTION)
    if name == "hyperband":
        return pruners.HyperbandPruner(FEWEST_EPOCHS, max_resource=most_epochs, reduction_factor=REDUCTION)
    return pruners.NopPruner()


class PlacedSampler(samplers.BaseSampler):
    """One of Optuna's samplers, made anew for every trial from the seed and the trial's place.

    Args:
        name: one of SAMPLERS.
        space: name -> HyperParameter.
        seed: a number of 0 or more; workers on one study use the same.
        trials: function that gives all trials of the study (that of Hyperband shows a sampler only a part of them).
    """

    def __init__(self, name, space, seed, trials):
        self._name, self._space, self._seed, self._trials = name, space, seed, trials
        self._now = samplers.RandomSampler(seed)

    def before_trial(self, study, trial):
        """Makes the sampler of this trial. Called by Optuna, as are the others."""
        here = place(self._trials(), trial)
        seed = int(np.random.SeedSequence([self._seed, here]).generate_state(1)[0])
        if self._name == "grid":
            self._now = samplers.GridSampler(grid_of(self._space), seed=self._seed)
            trial = copy.copy(trial)
            trial.number = here  # the point of the grid is the number of the trial
        elif self._name == "qmc":
            self._now = _Sobol({n: p.range for n, p in self._space.items()}, self._seed, here)
        elif self._name == "tpe":
            self._now = samplers.TPESampler(seed=seed)
        else:
            self._now = samplers.RandomSampler(seed)
        self._now.before_trial(study, trial)

    def infer_relative_search_space(self, study, trial):
        """As in Optuna."""
        return self._now.infer_relative_search_space(study, trial)

    def sample_relative(self, study, trial, search_space):
        """As in Optuna."""
        return self._now.sample_relative(study, trial, search_space)

    def sample_independent(self, study, trial, param_name, param_distribution):
        """As in Optuna."""
        return self._now.sample_independent(study, trial, param_name, param_distribution)

    def after_trial(self, study, trial, state, values):
        """As in Optuna."""
        self._now.after_trial(study, trial, state, values)


class _Sobol(samplers.QMCSampler):
    """A point of the scrambled Sobol sequence: the one of a place."""

    def __init__(self, distributions, seed, here):
        super().__init__(scramble=True, seed=seed)
        self._distributions, self._here = distributions, here

    def infer_relative_search_space(self, study, trial):
        return self._distributions  # known from the start; Optuna looks at the first trial, and draws that at random

    def _find_sample_id(self, study, search_space):
        return self._here
