"""A layer of ReLUs: which of its units are dead, the way back through it, and what typical mistakes make of both."""

import numpy as np


def relu(z):
    """The larger of z and 0."""
    return np.maximum(z, 0)


# --- dead units -------------------------------------------------------------------------------------------------------


def layers():
    """Gives two layers of ReLUs with their samples: X (B, D), W (D, H), b (H,), and what is special in each unit."""
    rng = np.random.default_rng(9)
    X = rng.uniform(0.2, 3.0, size=(300, 2))
    X[:32] = X[:32] / 6 + 0.1  # the first rows are all small
    X[-32:, 1] = 0.25  # in the last ones the second feature is small
    X[217] = 3.4, 3.3  # and one of them stands out
    units = {
        "always on": ((1.0, 0.5), 0.3),
        "on now and then": ((1.0, -1.0), -0.1),
        "on for one example, number 217": ((1.0, 1.0), -6.5),
        "off everywhere, by a large negative bias": ((1.0, 1.0), -9.0),
        "0 for every example, with weights of 0": ((0.0, 0.0), 0.0),
        "off in the first 32 rows only": ((1.0, 1.0), -1.4),
        "off in the last 32 rows only": ((0.0, 1.0), -0.26),
        "off everywhere, in spite of its positive bias": ((-1.0, -1.5), 0.2),
        "on for small features, with negative weights": ((-1.0, -1.0), 2.5),
        "on in the first 32 rows only": ((-1.0, -1.0), 1.4),
        "on for its positive bias only": ((0.1, -2.0), 1.0),
        "off everywhere, with weights of 0": ((0.0, 0.0), -1.0),
        "hardly on, but on": ((1e-4, 1e-4), -2e-4),
    }
    W, b = np.array([w for w, _ in units.values()]).T, np.array([bias for _, bias in units.values()])
    square = (
        rng.normal(size=(40, 3)),
        np.array([[1.0, -2.0, 0.1], [0.3, 1.0, 0.2], [0.2, -0.4, -0.1]]),
        [0.1, 0.5, -4.0],
    )
    return [(X, W, b, list(units)), (*map(np.array, square), ["on now and then", "on now and then", "off everywhere"])]


def are_dead(X, W, b):
    """Tells for each unit whether it gives 0 on the whole sample, shape (H,)."""
    return (relu(X @ W + b) == 0).all(axis=0)


def mistaken_deaths(X, W, b):
    """Gives hint -> what this mistake makes of the dead units, shape (H,); or a list of such."""
    z = X @ W + b
    a = relu(z)
    off = z <= 0
    return {
        "These are the units that are alive. Wanted is True for the dead ones.": ~off.all(axis=0),
        "One example at which a unit is off does not make it dead. `any`, or `all`?": off.any(axis=0),
        "Is that one batch, or one example? A unit that is off for 32 examples may be on for the next one. Ask the "
        "whole sample.": [part.all(axis=0) for n in (1, 16, 32) for part in (off[:n], off[-n:])],
        "A unit that is off in any one of the batches is not dead. It has to be off in all of them.": np.array(
            [off[i : i + 32].all(axis=0) for i in range(0, len(X), 32)]
        ).any(axis=0),
        "Is the mean of the pre-activations negative? (Or is it off for most examples?) It may be on now and then.": [
            z.mean(axis=0) < 0,
            z.mean(axis=0) <= 0,
            np.median(z, axis=0) <= 0,
            np.median(z, axis=0) < 0,
        ],
        "A sum over the pre-activations does not tell: a few large negative ones outweigh the others.": z.sum(axis=0)
        < 0,
        "A negative bias does not kill: weights and features can lift the sum above 0. And a positive one does not "
        "save.": [b < 0, b <= 0],
        "Negative weights do not kill: the bias can lift the sum above 0. Look at what the unit gives.": [
            (W < 0).all(axis=0),
            (W <= 0).all(axis=0),
        ],
        "Weights of 0 are one way to be dead. There are others: look at what the unit gives.": (W == 0).all(axis=0),
        "These are the units that are on for every example. Dead is one that is off for every example.": [
            (z > 0).all(axis=0),
            (z >= 0).all(axis=0),
        ],
        "Is the bias subtracted?": (X @ W - b <= 0).all(axis=0),
        "Is the bias added after the ReLU? Inside it decides whether the unit is on.": [
            (relu(X @ W) + b <= 0).all(axis=0),
        ],
        "Is `X` used? Whether a unit is on depends on the example.": [W.sum(axis=0) + b <= 0, W.sum(axis=0) + b < 0],
        "Is the bias forgotten?": (X @ W <= 0).all(axis=0),
        "A unit whose pre-activation is 0 everywhere gives 0 everywhere. < or <= ?": (z < 0).all(axis=0),
        "Is the pre-activation compared with 0? Off is everything below 0 too.": (z == 0).all(axis=0),
        "Is something rounded? An activation that is small, but not 0, has a gradient as large as any other.": [
            np.isclose(a, 0, atol=1e-3).all(axis=0),
            (a.mean(axis=0) < 1e-3),
            (a.max(axis=0) < 0.01),
            (a.mean(axis=0) < 0.01),
        ],
        "Off for most of the examples is not dead: one example is enough to move the weights.": [
            off.mean(axis=0) > share for share in (0.5, 0.9, 0.95, 0.99)
        ],
        "That says that no unit is dead.": np.zeros(len(b)),
        "That says that every unit is dead.": np.ones(len(b)),
        "These are shares of the examples. Dead is a unit whose share is 1, and only that.": [
            off.mean(axis=0),
            (a > 0).mean(axis=0),
        ],
        "These are counts of examples. Dead is a unit that is off at all of them.": [
            off.sum(axis=0),
            (a > 0).sum(axis=0),
        ],
        "These are sums, or means, of the activations. At which of their values is a unit dead?": [
            a.sum(axis=0),
            a.mean(axis=0),
            a.max(axis=0),
        ],
        "These are pre-activations. Is their largest one above 0?": [z.max(axis=0), z.mean(axis=0), z.sum(axis=0)],
    }


# --- the way back -----------------------------------------------------------------------------------------------------


def back(delta, z, W):
    """The gradient one layer down: dL/dz, shape (B, H), where relu(z) W + b has the gradient delta."""
    return (delta @ W.T) * (z > 0)


def mistaken_backs(delta, z, W):
    """Gives hint -> what this mistake makes of the gradient, shape (B, H); or a list of such."""
    mask, through, s = z > 0, delta @ W.T, 1 / (1 + np.exp(-z))
    square = delta.shape == z.shape and len(set(W.shape)) == 1
    mistakes = {
        "Where a unit is off, does its pre-activation have any effect on the loss?": through,
        "That is the gradient of the units that are off. Which ones let it through?": through * (z < 0),
        "The derivative of a ReLU is 0 or 1. Yours multiplies by the activation.": [through * relu(z), through * z],
        "The ReLU is applied to the gradient. A gradient may be negative; what decides is z.": [
            relu(through),
            relu(through) * mask,
            relu(delta) @ W.T * mask,
        ],
        "That decides by the sign of the gradient. Whether a unit is on says its pre-activation.": [
            through * (through > 0),
            (delta * (delta > 0)) @ W.T,
        ],
        "That is the derivative of a sigmoid. Here the units are ReLUs.": through * s * (1 - s),
        "That is the derivative of a hyperbolic tangent. Here the units are ReLUs.": through * (1 - np.tanh(z) ** 2),
        "Is there a leaky ReLU? Here nothing passes below 0.": [
            through * np.where(mask, 1, slope) for slope in (0.01, 0.1, 0.2, 0.3)
        ],
        "The derivative of a ReLU is 0 or 1, never -1: `np.sign` gives -1 where the unit is off.": through * np.sign(z),
        "That is the derivative of a softplus. Here the units are ReLUs.": through * s,
        "That is the derivative of an ELU. Here nothing passes below 0.": through * np.where(mask, 1, np.exp(z)),
        "The sign: it is the gradient itself, not the step against it.": -through * mask,
        "Divided by the number of examples? The mean is in `delta` already.": through * mask / len(z),
        "Each example has its own gradient. Are they added up, and given to all?": np.ones_like(z)
        * (through * mask).sum(axis=0),
        "Is the mask made of the whole row? Each unit of each example has its own z.": [
            through * (z.sum(axis=1, keepdims=True) > 0),
            through * (z.mean(axis=0) > 0),
            through * mask.all(axis=0),
            through * mask.any(axis=0),
        ],
        "Is W squared, or its size only taken? The weight itself carries the gradient, with its sign.": [
            delta @ np.abs(W).T * mask,
            delta @ (W**2).T * mask,
        ],
        "Is `delta` 1 everywhere in yours? It says how much each output is to blame.": (np.ones_like(delta) @ W.T)
        * mask,
        "Is the slope of a sigmoid taken, with z in it? A ReLU has the slope 0 or 1.": through * z * (1 - z),
        "Are negative weights cut off to 0? Whether a unit is on says z.": [
            delta @ relu(W).T,
            delta @ relu(W).T * mask,
        ],
        "Is W inverted? The way back goes through the same weights, turned round: that is the transpose.": (
            delta @ np.linalg.pinv(W) * mask
        ),
        "All gradients are 0 here. Are True and False compared the right way round?": np.zeros_like(z),
        "That is the mask alone. And the gradient?": mask,
    }
    if square:
        mistakes |= {
            "Are z and W exchanged? The order is `delta, z, W`.": back(delta, W, z),
            "Where is `delta`? It says how much each output is to blame.": [mask @ W, mask @ W.T, W * mask],
            "Are `delta` and z exchanged? The first argument is the gradient.": back(z, delta, W),
            "That decides by `delta`. Whether a unit is on says its pre-activation.": np.where(delta > 0, through, 0),
            "On the way forward it is a @ W: each input times its row. On the way back it goes along the columns: what "
            "does that make of W?": [delta @ W * mask, delta @ W],
            "W times delta? A row is an example, so `delta` stands on the left.": [
                W @ delta * mask,
                W.T @ delta * mask,
            ],
            "That is the way forward. On the way back `delta` goes through W.": [relu(z) @ W, z @ W, relu(z) @ W.T],
            "That is the gradient by the weights of W. Asked for is the one by z.": [relu(z).T @ delta, z.T @ delta],
            "First through the weights, then through the ReLU: it is met last on the way back.": (delta * mask) @ W.T,
            "Where are the weights? Each output is reached through a row of W.": [delta * mask, delta],
            "Rows and columns are exchanged: one row per example is wanted.": (through * mask).T,
            "Number by number? Each unit feeds all outputs: a product of matrices.": [
                delta * W * mask,
                delta * W.T * mask,
            ],
        }
    return mistakes
