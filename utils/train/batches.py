"""The order in which examples are taken, and batches of one size."""

import copy
from functools import lru_cache
from itertools import islice, repeat

import numpy as np

from utils.train.compiled import all_layers, is_graph, is_of_keras

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


def filled_up(examples, batch, reduction):
    """Gives what weights are multiplied with in an epoch that is filled up to whole batches.

    Args:
        examples: N.
        batch: B.
        reduction: of the loss. Where it divides by B, the true examples of the last batch count B / rest times.

    Returns:
        array (steps * B,), 0 at the places that were added.
    """
    missing = -examples % batch
    share = np.ones(examples + missing)
    if missing:
        share[examples:] = 0.0
        if reduction in ("sum_over_batch_size", "mean"):
            share[examples + missing - batch : examples] = batch / (batch - missing)
    return share


def is_keras_loss(loss):
    """True for a loss whose formula is Keras' own."""
    return is_of_keras(type(loss)) and is_of_keras(getattr(loss, "fn", type(loss)))


def can_fill_up(model, loss):
    """True where examples of weight 0 leave no trace: no layer looks at a whole batch, and the loss is Keras' own."""
    import keras

    layers = all_layers(model)
    return (
        is_graph(model)
        and is_keras_loss(loss)
        and loss.reduction in ("sum_over_batch_size", "mean", "mean_with_sample_weight", "sum")
        and all(is_of_keras(type(layer)) for layer in layers)
        and all(not isinstance(layer, keras.layers.BatchNormalization) for layer in layers)
        and all(getattr(layer, "activity_regularizer", None) is None for layer in layers)
    )
