"""How significant a counting experiment is: s signal events expected on top of b background events."""

import numpy as np


def asimov(s, b, uncertainty=0.0):
    """Gives the median significance of a discovery, in standard deviations, for expected numbers of events.

    Args:
        s: expected signal events, a number or any shape.
        b: expected background events, the same shape.
        uncertainty: the relative systematic uncertainty of b, 0.05 for 5 %.

    Returns:
        Z, the shape of s. NaN where b is 0 or less: nothing is known there about what the background does.

    Raises:
        ValueError: for a negative uncertainty.

    Reference:
        Cowan, Cranmer, Gross and Vitells, arXiv:1007.1727, equation 97; with an uncertainty: Cowan, "Discovery
        sensitivity for a counting experiment with background uncertainty" (2012), equation 20.
    """
    if uncertainty < 0:
        raise ValueError(f"An uncertainty is 0 or more. Received: {uncertainty}")
    s, b = np.broadcast_arrays(np.asarray(s, float), np.asarray(b, float))
    known = b > 0
    s, b = np.where(known, np.maximum(s, 0), 0.0), np.where(known, b, 1.0)
    if uncertainty == 0:
        q = 2 * ((s + b) * np.log1p(s / b) - s)
    else:
        v = (uncertainty * b) ** 2
        q = 2 * (
            (s + b) * np.log((s + b) * (b + v) / (b**2 + (s + b) * v)) - b**2 / v * np.log1p(v * s / (b * (b + v)))
        )
    return np.where(known, np.sqrt(np.maximum(q, 0)), np.nan)[()]


def slopes(s, b, uncertainty=0.0, step=1e-4):
    """Gives dZ/ds and dZ/db, by small steps."""
    s, b = np.asarray(s, float), np.asarray(b, float)
    ds, db = step * np.maximum(s, 1e-9), step * b
    by_s = (asimov(s + ds, b, uncertainty) - asimov(s - ds, b, uncertainty)) / (2 * ds)
    by_b = (asimov(s, b + db, uncertainty) - asimov(s, b - db, uncertainty)) / (2 * db)
    return by_s, by_b


def above(score, y, weight, cuts):
    """Counts the weighted events at or above each cut, and the variances of these sums.

    Args:
        score: (B,), higher for signal.
        y: (B,), 1 for signal, 0 for background.
        weight: (B,), the events that each one stands for; or (R, B), as a bootstrap has them.
        cuts: (K,).

    Returns:
        s, b, and the variances of both, sums of squared weights; each (K,), or (R, K).
    """
    order = np.argsort(-score, kind="stable")
    passing = np.searchsorted(-score[order], -np.asarray(cuts), side="right")
    sums = []
    for label in (1, 0):
        for power in (1, 2):
            each = (weight[..., order] * (y[order] == label)) ** power
            heads = np.concatenate([np.zeros((*each.shape[:-1], 1)), np.cumsum(each, axis=-1)], axis=-1)
            sums.append(heads[..., passing])
    s, var_s, b, var_b = sums
    return s, b, var_s, var_b


def curve(score, y, weight, cuts, uncertainty=0.0, background_rows=20):
    """Gives Z and its statistical uncertainty for cuts on a score: how well these simulated events tell Z.

    Args:
        score, y, weight, cuts: as for `above`.
        uncertainty: the relative systematic uncertainty of b.
        background_rows: a cut that leaves fewer background rows (effective ones, (sum w)^2 / sum w^2) gets NaN: from
            so few b is not known.

    Returns:
        Z and its standard deviation from the finite number of simulated events; each (K,), or (R, K).
    """
    s, b, var_s, var_b = above(score, y, weight, cuts)
    with np.errstate(divide="ignore", invalid="ignore"):
        enough = np.where(var_b > 0, b**2 / var_b, 0) >= background_rows
        z = np.where(enough, asimov(s, b, uncertainty), np.nan)
        by_s, by_b = slopes(s, b, uncertainty)
        return z, np.where(enough, np.sqrt(by_s**2 * var_s + by_b**2 * var_b), np.nan)
