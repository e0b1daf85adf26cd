"""The hyper-parameters of the lecture's list: where to begin, what to search, and the levels of a grid."""

import json
from collections import namedtuple

from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution, distribution_to_json

from utils.search.errors import SearchError

#: start: the lecture's advice; range: an Optuna distribution; levels: the values of a grid.
HyperParameter = namedtuple("HyperParameter", "start range levels")

SPACE = {
    "width": HyperParameter(64, IntDistribution(8, 256, log=True), (32, 64, 128)),
    "depth": HyperParameter(1, IntDistribution(1, 4), (1, 2, 3)),
    "epochs": HyperParameter(30, IntDistribution(5, 60, log=True), (10, 30)),
    "batch_size": HyperParameter(32, IntDistribution(16, 256, log=True), (32, 128)),
    "activation": HyperParameter("relu", CategoricalDistribution(["relu", "leaky_relu", "tanh"]), ("relu", "tanh")),
    "optimizer": HyperParameter("adam", CategoricalDistribution(["adam", "rmsprop", "momentum"]), ("adam", "momentum")),
    "learning_rate": HyperParameter(1e-3, FloatDistribution(1e-5, 1e-1, log=True), (1e-4, 1e-3, 1e-2)),
    "dropout": HyperParameter(0.0, FloatDistribution(0.0, 0.5), (0.0, 0.25)),
    "batch_norm": HyperParameter(False, CategoricalDistribution([False, True]), (False, True)),
    "early_stopping": HyperParameter(False, CategoricalDistribution([False, True]), (False, True)),
}


def chosen(names):
    """Gives the part of the space that has these names, in the order of the list.

    Raises:
        SearchError: for a name that is not in the list, or none.
    """
    unknown = [name for name in names if name not in SPACE]
    if unknown or not names:
        raise SearchError(f"expected names among {', '.join(SPACE)}. Received: {', '.join(unknown) or 'no name'}")
    return {name: SPACE[name] for name in SPACE if name in names}


def suggest(trial, space):
    """Gives all hyper-parameters for a trial: drawn where they are searched, the lecture's start where not."""
    values = {name: parameter.start for name, parameter in SPACE.items()}
    for name, (_, choice, _) in space.items():
        if isinstance(choice, CategoricalDistribution):
            values[name] = trial.suggest_categorical(name, choice.choices)
        elif isinstance(choice, IntDistribution):
            values[name] = trial.suggest_int(name, choice.low, choice.high, log=choice.log)
        else:
            values[name] = trial.suggest_float(name, choice.low, choice.high, log=choice.log)
    return values


def described(space):
    """Gives the space as plain lists and numbers: name -> [kind, limits or choices, whether on a log axis]."""
    plain = {}
    for name, parameter in space.items():
        said = json.loads(distribution_to_json(parameter.range))
        of = said["attributes"]
        plain[name] = of["choices"] if "choices" in of else [of["low"], of["high"], "log" if of["log"] else "linear"]
    return plain
