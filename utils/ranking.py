"""How well a score ranks signal above background, exactly and with weights."""

import numpy as np


def roc(score, y, weight):
    """Gives the ROC curve: for each cut from the highest to the lowest, the shares that pass.

    Args:
        score: (B,), higher for signal.
        y: (B,), 1 for signal, 0 for background.
        weight: (B,), or (R, B) for R sets of weights at once, as a bootstrap has them.

    Returns:
        shares of background and of signal, each (K + 1,) or (R, K + 1) for K different scores, from 0 to 1.
    """
    score, y, weight = np.asarray(score), np.asarray(y), np.asarray(weight, float)
    order = np.argsort(-score, kind="stable")
    last = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)  # equal scores pass together
    shares = []
    for label in (0, 1):
        passed = np.cumsum(weight[..., order] * (y[order] == label), axis=-1)[..., last]
        passed = np.concatenate([np.zeros((*passed.shape[:-1], 1)), passed], axis=-1)
        shares.append(passed / passed[..., -1:])
    return tuple(shares)


def auc(score, y, weight):
    """Gives the area under the ROC curve: the share of pairs, weighted, in which signal stands above background.

    Args:
        score, y, weight: as for `roc`.

    Returns:
        the area, a number or (R,). A pair with equal scores counts one half.
    """
    background, signal = roc(score, y, weight)
    return np.trapezoid(signal, background, axis=-1)


def bootstrap_weights(weight, replicas=200, seed=0):
    """Gives weights as if the events had been drawn again: each comes 0, 1, 2, ... times (Poisson, mean 1).

    Args:
        weight: (B,).
        replicas: R.
        seed: of the draws: the same seed draws the same events again, so that differences are paired.

    Returns:
        (R, B).
    """
    return np.random.default_rng(seed).poisson(1.0, (replicas, len(weight))) * weight
