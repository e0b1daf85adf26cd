"""Derivatives of sigmoids, alone and one behind the other, as typical mistakes make them."""

import numpy as np


def sigmoid(z):
    """The logistic function, without an overflow."""
    return (1 + np.tanh(np.asarray(z) / 2)) / 2


def slope_of_sigmoid(z):
    """Its derivative."""
    return sigmoid(z) * (1 - sigmoid(z))


def mistaken_slopes(z):
    """Gives hint -> what this mistake makes of the derivative at z, shape (B,); or a list of such."""
    s, tanh, e = sigmoid(z), np.tanh(z), np.exp(-z)
    return {
        "`1 / 1 + e` is 1 + e: the sigmoid needs brackets below the line.": [
            1 + e,
            -e * (1 + e),
            1 + e * e,
            1 + e * (1 - 1 + e),
        ],
        "A factor 1/2 belongs to an integral of s. The derivative s - s^2 has none.": s - s**2 / 2,
        "`np.gradient` takes the points for one apart, and neighbours are too far away. There is a formula.": [
            np.gradient(s),
        ],
        "It jumps. The sigmoid has no corner, so its derivative has no jump.": [
            (z > 0) / 4,
            (z >= 0) / 4,
            (s > 0.5) * s,
        ],
        "That is z itself, the inverse of the sigmoid.": z,
        "Is s (1 - s) taken with z in the place of s? The formula wants the activation, and z is the pre-activation.": (
            z * (1 - z)
        ),
        "The sigmoid is applied twice: this is the derivative at the activation. Wanted is the one at z.": (
            slope_of_sigmoid(s)
        ),
        "Half of it is the sigmoid of z, the other half is z itself. Which of the two belongs into s (1 - s)?": [
            s * (1 - z),
            z * (1 - s),
        ],
        "That is the sigmoid itself. How fast does it grow?": s,
        "That is 1 minus the sigmoid, one factor of two. Is a square missing in the denominator?": 1 - s,
        "1 - s^2 belongs to the hyperbolic tangent.": 1 - s**2,
        "That is the derivative of the hyperbolic tangent. It is four times as steep at 0.": 1 - tanh**2,
        "The sign: the sigmoid grows everywhere, so its derivative is positive everywhere.": [
            -s * (1 - s),
            s * (s - 1),
        ],
        "Plus or minus? Far to the right the sigmoid is flat.": s * (1 + s),
        "One of the factors is squared, or both are. How often does each of the two occur?": [
            s**2 * (1 - s),
            s * (1 - s) ** 2,
            (s * (1 - s)) ** 2,
        ],
        "That is the square of the sigmoid. Is a factor exp(-z) missing in the numerator?": s**2,
        "The exponents above and below have opposite signs. Which of the two is e^(-z)?": [
            np.exp(z) / (1 + np.exp(-z)) ** 2,
            np.exp(-z) / (1 + np.exp(z)) ** 2,
        ],
        "That is the square of 1 minus the sigmoid. The two factors differ.": (1 - s) ** 2,
        "Where z is negative nothing is left. The sigmoid grows there too: its derivative is symmetric.": [
            np.where(z > 0, s * (1 - s), 0),
            np.where(z >= 0, s * (1 - s), 0),
        ],
        "That is the softplus, whose derivative is the sigmoid.": np.log1p(np.exp(z)),
        "That belongs to swish, z times the sigmoid.": [s + z * s * (1 - s), z * s],
        "That is the hyperbolic tangent of z / 2, a sigmoid between -1 and 1.": 2 * s - 1,
        "Is the base 10, or is z doubled? `np.exp` has the base e.": [
            10.0**-z / (1 + 10.0**-z) ** 2,
            slope_of_sigmoid(2 * z),
            slope_of_sigmoid(z / 2),
        ],
        "Is it divided by its sum? Each z has a derivative of its own, whatever the others are.": (
            s * (1 - s) / np.sum(s * (1 - s))
        ),
        "There is a factor z too many. The derivative by a weight has such a factor, the one by z has not.": (
            z * s * (1 - s)
        ),
        "It is scaled so that its largest value is 1. How steep is the sigmoid at 0?": 4 * s * (1 - s),
        "A factor 2 is too many, or missing. How steep is the sigmoid at 0?": [2 * s * (1 - s), s * (1 - s) / 2],
        "That is its largest value, at every z. Far from 0 the sigmoid is nearly flat.": 0.25,
        "That is the derivative of the ReLU.": (z > 0).astype(float),
        "That is a ReLU.": np.maximum(z, 0),
        "That is the second derivative: how fast the slope changes.": s * (1 - s) * (1 - 2 * s),
        "A root is taken. Wanted is s (1 - s) itself.": np.sqrt(s * (1 - s)),
        "That is a bell curve of another kind. The tails of the derivative fall like exp(-|z|).": [
            np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi),
            np.exp(-(z**2)),
            np.exp(-(z**2)) / 4,
            np.exp(-(z**2) / 4) / 4,
        ],
        "That is a logarithm of it. Wanted is the derivative itself.": [np.log(s), np.log(s * (1 - s))],
    }


def forward(x, weights):
    """Gives pre-activations z and activations a of a chain of sigmoids, shapes (L,) and (L + 1,); a begins with x."""
    z, a = [], [x]
    for w in weights:
        z.append(w * a[-1])
        a.append(float(sigmoid(z[-1])))
    return np.array(z), np.array(a)


def slope_of_chain(x, weights):
    """The derivative of the last activation by x: the chain rule."""
    return np.prod(weights * slope_of_sigmoid(forward(x, weights)[0]))


def slope_with_bias(x, weights, bias):
    """The same where each layer adds a bias."""
    slope = 1.0
    for w in weights:
        slope, x = slope * w * slope_of_sigmoid(w * x + bias), sigmoid(w * x + bias)
    return slope


def mistaken_chains(x, weights):
    """Gives hint -> the number that this mistake makes of the derivative; or a list of such."""
    (z, a), w, L = forward(x, weights), np.asarray(weights), len(weights)
    each = w * slope_of_sigmoid(z)
    right = np.prod(each)
    return {
        "That is the activation at the end. How does it change when x changes a little?": a[-1],
        "Each layer has two factors: the derivative of the sigmoid, and another one, which comes from z = w a.": (
            np.prod(slope_of_sigmoid(z))
        ),
        "That is what a chain without sigmoids does: the product of the weights.": np.prod(w),
        "The derivative of the sigmoid is taken at the activation here, so the sigmoid is applied twice. It belongs at "
        "z.": np.prod(w * slope_of_sigmoid(a[1:])),
        "The derivative of the sigmoid is taken at what comes into the layer. Where is the weight?": np.prod(
            w * slope_of_sigmoid(a[:-1])
        ),
        "Is z (1 - z) the derivative? In s (1 - s) the s is the activation.": [
            np.prod(w * z * (1 - z)),
            np.prod(z * (1 - z)),
        ],
        "That is the bound, a quarter for each layer. It would be reached at z = 0; where is z here?": [
            0.25**L,
            np.prod(w) * 0.25**L,
            np.prod(np.abs(w)) * 0.25**L,
        ],
        "Does every layer get x? The second one gets what the first one gives.": [
            np.prod(w * slope_of_sigmoid(w * x)),
            np.prod(w * slope_of_sigmoid(x)),
            np.prod(slope_of_sigmoid(w * x)),
        ],
        "Is the sigmoid missing on the way forward? Each layer passes on its activation, not its pre-activation.": [
            np.prod(w * slope_of_sigmoid(np.cumprod(w) * x)),
            np.prod(slope_of_sigmoid(np.cumprod(w) * x)),
        ],
        "Layers one behind the other multiply. Yours are added.": [
            each.sum(),
            1 + each.sum(),
            each.mean(),
            slope_of_sigmoid(z).sum(),
        ],
        "The last layer is missing in the product.": np.prod(each[:-1]),
        "The first layer is missing in the product.": np.prod(each[1:]),
        "Is the first weight left out? The chain begins with it, next to x.": slope_of_chain(x, w[1:]),
        "Is a (1 - a) taken with what comes into the layer? It wants what goes out.": np.prod(
            w * a[:-1] * (1 - a[:-1])
        ),
        "Is there a bias in it? Here z is w times a.": [
            slope_with_bias(x, w, 1.0),
            slope_with_bias(x, w, -1.0),
        ],
        "That is the derivative by the first pre-activation. From x to it there is one factor more.": right / w[0],
        "One weight is missing, the last one. Each layer has its own.": right / w[-1],
        "That is the derivative by the first weight. Asked for is the one by x.": right / w[0] * x,
        "A factor x too many, or a: it belongs to the derivative by a weight.": [
            right * x,
            right * x**L,
            np.prod(each * a[:-1]),
            np.prod(slope_of_sigmoid(z) * a[:-1]),
            np.prod(slope_of_sigmoid(z) * a[1:]),
        ],
        "Which weight acts first? The first of the list is next to x.": slope_of_chain(x, w[::-1]),
        "The last factor alone is not enough: the chain rule multiplies all of them.": [each[-1], each[0]],
        "The sign: count the negative weights.": [-right, np.abs(right) if right < 0 else -np.abs(right)],
        "1 - a^2 belongs to the hyperbolic tangent. What is it for a sigmoid?": np.prod(w * (1 - a[1:] ** 2)),
        "One factor of two in a (1 - a) is missing.": [np.prod(w * (1 - a[1:])), np.prod(w * a[1:])],
        "Is each weight used twice? Once on the way forward, once in the chain rule: in that it stands once.": np.prod(
            w**2 * slope_of_sigmoid(z)
        ),
        "Is there a sigmoid in each layer? Yours has one at the end.": np.prod(w) * slope_of_sigmoid(np.prod(w) * x),
        "Is x used? The derivative depends on where it is taken.": [
            slope_of_chain(other, w) for other in (0.0, 1.0) if other != x
        ],
        "There is a weight too many. Each layer has one.": [right * w[-1], right * w[0]],
        "The derivative of the sigmoid comes twice in each layer.": [
            np.prod(each * slope_of_sigmoid(z)),
            np.prod(each * slope_of_sigmoid(a[1:])),
        ],
        "The difference of two outputs, and by what is it divided?": [right * 10.0**-k for k in range(2, 9)],
        "It is upside down.": 1 / right,
        "A root, or a power, of the derivative is not wanted: only the product itself.": [
            np.sqrt(np.abs(right)),
            right**2,
            np.exp(right),
        ],
        "That is a logarithm. Wanted is the derivative itself.": [np.log(np.abs(right)), np.log10(np.abs(right))],
        "It is 0. Does the product begin at 0, not at 1? (Or is a position used as the weight, or is it the derivative "
        "of a chain of ReLUs, with one of them off?)": 0,
        "That is the derivative of a chain of ReLUs.": np.prod(w * (z > 0)),
    }
