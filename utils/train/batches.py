"""The order in which examples are taken."""

import copy
from functools import lru_cache
from itertools import islice, repeat

import numpy as np

_PLACES_KEPT = 1 << 18  # of the orders of one seed: 2 MB


def epoch_orders(examples, seed):
    """Yields, epoch after epoch, the order in which N examples are taken: arrays (N,); without seed as they come."""
    if seed is None:
        yield from repeat(np.arange(examples))
    first, rng = _first_orders(examples, seed)
    yield from first
    rng = copy.deepcopy(rng)
    while True:
        yield rng.permutation(examples)


@lru_cache(maxsize=16)
def _first_orders(examples, seed):
    """Gives the orders of the first epochs and the generator after them: a slider asks for the same ones every time."""
    rng = np.random.default_rng(seed)
    return [rng.permutation(examples) for _ in range(_PLACES_KEPT // examples)], rng


def batch_order(examples, epochs, shuffle_seed=0):
    """Gives the orders in which `train` takes the examples.

    `model.fit(x[order], y[order], shuffle=False)` for one order after the other sees the batches that `train` sees.

    Args:
        examples: N.
        epochs: how many orders; the first ones do not depend on it.
        shuffle_seed: as given to `train`.

    Returns:
        integer array (epochs, N).
    """
    return np.stack(list(islice(epoch_orders(examples, shuffle_seed), epochs)))
