"""The data sets that a search knows by name, each in three samples: to train, to choose, to report.

Another one takes two lines and a function that reads it:

    @register("wine")
    def wine():
        return split(table[COLUMNS], table["good"], prepare=PIPELINE)
"""

import functools
import hashlib
from collections import namedtuple

import numpy as np

from utils.search.errors import SearchError

#: x: (N, D) numbers; y: (N,) of 0 and 1; weight: (N,) or None, where all examples count the same.
Sample = namedtuple("Sample", "x y weight")
#: train: of this a net learns; validation: by this hyper-parameters are chosen; test: this steers nothing.
Samples = namedtuple("Samples", "train validation test")

_registered = {}


def register(name):
    """Gives a decorator that makes a data set known by its name.

    Args:
        name: what is written after `--data`. The decorated function takes no arguments and gives `Samples`.
    """

    def known(read):
        _registered[name] = functools.cache(read)
        return read

    return known


def names():
    """Lists the data sets that are known."""
    return sorted(_registered)


def samples(name):
    """Gives the three samples of a data set.

    Raises:
        SearchError: for a name that nobody has registered.
    """
    if name not in _registered:
        raise SearchError(f"expected one of the data sets {', '.join(names())}. Received: {name!r}")
    return _registered[name]()


def fingerprint(three):
    """Gives a short text that differs where a number of the three samples differs."""
    digest = hashlib.sha256()
    for array in (a for sample in three for a in sample if a is not None):
        digest.update(str(array.shape).encode() + np.ascontiguousarray(array, "float64").tobytes())
    return digest.hexdigest()[:12]


def split(x, y, weight=None, *, prepare=None, seed=0):
    """Splits examples at random into 60 % to train, 20 % to choose and 20 % to report, with the same share of classes.

    Weights to train with are balanced: both classes weigh the same, an example 1 in the mean. The other two samples
    keep theirs, divided by the sample's share, so that their sums are those of all examples.

    Args:
        x: (N, D), an array or a table.
        y: (N,) of 0 and 1.
        weight: (N,) or None.
        prepare: a transformer of scikit-learn, fitted to the training sample alone. None: mean 0 and deviation 1.
        seed: of the split.

    Returns:
        `Samples`.
    """
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    y = np.asarray(y, "float32")
    rows = np.arange(len(y))
    train, rest = train_test_split(rows, test_size=0.4, stratify=y, random_state=seed)
    validation, test = train_test_split(rest, test_size=0.5, stratify=y[rest], random_state=seed)
    prepare = StandardScaler() if prepare is None else prepare
    take = x.iloc.__getitem__ if hasattr(x, "iloc") else np.asarray(x).__getitem__
    prepare.fit(take(train), y[train])

    def sample(part):
        own = None if weight is None else np.asarray(weight, "float64")[part] * len(y) / len(part)
        return Sample(np.asarray(prepare.transform(take(part)), "float32"), y[part], own)

    learned = sample(train)
    if weight is not None:
        learned = learned._replace(weight=balanced(learned.y, learned.weight))
    return Samples(learned, sample(validation), sample(test))


def balanced(y, weight):
    """Gives weights of which both classes have half, with a mean of 1."""
    weight = np.array(weight, "float64")
    for label in (0, 1):
        weight[y == label] *= 0.5 * len(y) / weight[y == label].sum()
    return weight


@register("moons")
def moons():
    """Two half circles with noise, 2,000 points: quick, and known from lesson 04."""
    from sklearn.datasets import make_moons

    return split(*make_moons(2000, noise=0.3, random_state=0))


@register("events")
def events():
    """Collisions of protons, H to WW and WW, 34,607 with weights: those of lesson 07, all features."""
    from utils.events import FEATURES, load

    table = load()
    return split(table[list(FEATURES)], table["signal"], table["weight"])


@register("titanic")
def titanic():
    """The 891 passengers of lesson 08, with its pipeline."""
    from utils.titanic import FEATURES, load, to_numbers

    table = load()
    return split(table[FEATURES], table["Survived"], prepare=to_numbers())
