"""Whether two weighted samples can come from the same distribution: the test of Kolmogorov and Smirnov."""

import numpy as np
from scipy.special import kolmogorov


def ks_distance(first, second, first_weight, second_weight):
    """Gives the largest distance between two cumulative distributions, and its p-value.

    The p-value takes for the number of events of a sample the effective one, (sum w)^2 / sum w^2. It is exact for
    many events of equal weights, and good where weights and values have little to do with each other.

    Args:
        first, second: values, (A,) and (B,).
        first_weight, second_weight: their weights, all positive, of the same shapes.

    Returns:
        distance, 0 to 1; probability of this distance or a larger one if both samples come from one distribution.

    Raises:
        ValueError: for weights that are not positive.
    """
    if min(np.min(first_weight), np.min(second_weight)) <= 0:
        lowest = min(np.min(first_weight), np.min(second_weight))
        raise ValueError(f"The test is made for positive weights. Received: {lowest:g}")
    values = np.concatenate([first, second])
    steps = np.concatenate([first_weight / np.sum(first_weight), -second_weight / np.sum(second_weight)])
    order = np.argsort(values, kind="stable")
    last = np.append(np.diff(values[order]) > 0, True)  # equal values step together
    distance = np.abs(np.cumsum(steps[order])[last]).max()
    a, b = (np.sum(w) ** 2 / np.sum(np.square(w)) for w in (first_weight, second_weight))
    return distance, float(kolmogorov(distance * np.sqrt(a * b / (a + b))))
