"""A net for "exactly one" that is wrong in one place: which one it is, found by mending it there."""

import numpy as np

from utils.checks.shapes import network

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
NUMBERS = (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)


def repaired(W1, b1, W2, b2):
    """Finds the one place in which a net has to be mended.

    Args:
        W1, b1, W2, b2: weights and biases, W1 of shape (units, 2).

    Returns:
        Two hints, each of them None where it does not fit: one for a sign or two numbers exchanged, and one for a
        number that is another one.
    """
    arrays = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}

    def mends(name, array):
        given = {**arrays, name: array}
        out = network(CORNERS, given["W1"], given["b1"].ravel(), given["W2"].reshape(1, -1), given["b2"].ravel())
        return np.allclose(out[:, 0], [0, 1, 1, 0], atol=0.01)

    def changed(array, place, number):
        copy = np.array(array, dtype=float)
        copy.ravel()[place] = number
        return copy

    places = [(name, i) for name, array in arrays.items() for i in range(array.size)]
    signs = [name for name, i in places if mends(name, changed(arrays[name], i, -arrays[name].ravel()[i]))]
    pairs = [name for name in ("b1", "W2") if mends(name, arrays[name].ravel()[::-1].reshape(arrays[name].shape))]
    others = [name for name, i in places if any(mends(name, changed(arrays[name], i, n)) for n in NUMBERS)]
    small = signs and f"One sign in {signs[0]} is the wrong one, and all else is right. Which?"
    small = small or (pairs and f"The two numbers in {' or '.join(pairs)} have to change places. Which unit is which?")
    return small or None, (
        others and f"All is right but for one number in {' or '.join(dict.fromkeys(others))}. Which?"
    ) or None
