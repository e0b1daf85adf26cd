"""Typical mistakes in a loss and in its gradient: for each the hint, and the numbers that it gives."""

import numpy as np

from utils.checks.rare import sigmoid


def of_mean_squared_error(y, h, pairs):
    """Mistakes in the mean squared error; `pairs` is the hint for (B,) minus (B, 1)."""
    residuals, n = y - h, len(y)
    squares = residuals**2
    wanted = np.mean(squares)
    return {
        "Is this the sum? Twice as many examples would make it twice as large, and its gradient too: a learning "
        "rate that suits ten examples would be far too large for a thousand.": np.sum(residuals**2),
        "Is this half the sum, as in the lecture? Here the mean is wanted, which is what Keras computes.": np.sum(
            residuals**2
        )
        / 2,
        "The factor 1/2 belongs to the lecture's sum; Keras leaves it out.": wanted / 2,
        "Are these the absolute residuals? Their minimum is at another place: at the median.": [
            np.mean(np.abs(residuals)),
            np.sum(np.abs(residuals)),
        ],
        "Is a root taken? Then the derivative by h is another one.": [np.sqrt(wanted), np.linalg.norm(residuals)],
        "Residuals of opposite sign cancel here. What has to come first, the square or the mean?": [
            np.mean(residuals) ** 2,
            np.abs(np.mean(residuals)),
            -np.abs(np.mean(residuals)),
            np.sum(residuals) ** 2,
        ],
        pairs: np.mean((y[:, None] - h) ** 2),
        "Is this the variance of the residuals? It forgives an error that is the same for all examples.": np.var(
            residuals
        ),
        "Is it divided by one less than the number of examples? A mean divides by their number.": np.sum(squares)
        / (n - 1),
        "Squares are subtracted here, not differences squared: (y - h)^2 is not y^2 - h^2.": [
            np.mean(y**2 - h**2),
            np.mean(h**2 - y**2),
        ],
        "A loss is not negative: it falls when things get better.": -wanted,
        "That is the largest of the squares. Wanted is their mean.": np.max(squares),
        "That is the median of the squares, the middle one. Wanted is their mean.": np.median(squares),
        "Where is h? A residual is y - h.": [np.mean(y**2), np.sum(y**2)],
        "Where is y? A residual is y - h.": [np.mean(h**2), np.sum(h**2)],
        "Multiplied by the number of examples, or divided? A mean is divided.": [np.sum(squares) * n, wanted * n**2],
        "Added, or subtracted? A residual is y - h.": [np.mean((y + h) ** 2), np.sum((y + h) ** 2)],
        "Is it divided by the number of examples twice? The mean has done so already.": wanted / n,
        "`* 2` doubles, `** 2` squares.": [
            part for f in (np.mean, np.sum) for part in (2 * f(residuals), -2 * f(residuals))
        ],
        "Is the first example left out? Positions begin at 0.": [np.sum(squares[1:]) / n, np.mean(squares[1:])],
        "Is the last example left out? Where does the loop end?": [np.sum(squares[:-1]) / n, np.mean(squares[:-1])],
        "Only one example counts. Does the sum begin anew in each turn of a loop, or does `return` stand inside?": [
            part for i in (0, -1) for part in (squares[i], squares[i] / n)
        ],
    }


def of_cross_entropy(y, p):
    """Mistakes in the cross-entropy, the sum over all events."""
    signal, background = np.sum(y * np.log(p)), np.sum((1 - y) * np.log(1 - p))
    wanted, q = -(signal + background), sigmoid(p)
    each = -np.log(np.where(y == 1, p, 1 - p))
    return {
        "Is the bracket missing? The minus belongs to both terms. As it stands, calling background a signal is "
        "rewarded.": -signal + background,
        "Is the minus missing? Logarithms of probabilities are negative, and a loss has to fall when things get "
        "better.": -wanted,
        "Is this the mean? The lecture's loss is a sum, and the next task differentiates the sum.": wanted / len(y),
        "This sees the signal only. What happens to a net that says 1 everywhere?": -signal,
        "This sees the background only. What happens to a net that says 0 everywhere?": -background,
        "Which logarithm? `np.log10` has another base: wanted is the natural one.": wanted / np.log(10),
        "Which logarithm? `np.log2` has another base: wanted is the natural one.": wanted / np.log(2),
        "Are p and 1 - p exchanged? A signal event with p near 1 has to cost little.": -np.sum(
            y * np.log(1 - p) + (1 - y) * np.log(p)
        ),
        "Both terms have ln p here. What is the probability that the net gives to background?": -np.sum(np.log(p)),
        "Both terms have ln(1 - p) here. What is the probability that the net gives to signal?": -np.sum(np.log(1 - p)),
        "Where is the logarithm? These are the probabilities themselves, and sums of them are no probabilities.": [
            factor * np.sum(y * p + (1 - y) * (1 - p)) for factor in (1, -1)
        ],
        "That is the probability of all events together. Minus its logarithm is wanted.": np.prod(
            np.where(y == 1, p, 1 - p)
        ),
        "The logarithm of a sum is not the sum of the logarithms: which of the two comes first?": [
            -np.log(np.sum(y * p + (1 - y) * (1 - p))),
            -np.log(np.mean(y * p + (1 - y) * (1 - p))),
        ],
        "`np.log(1) - p` is -p: does the bracket of the second logarithm hold 1 - p?": -(signal + np.sum((1 - y) * -p)),
        "Are these squares? That is the other loss, which has little to say where a net is wrong and sure.": [
            np.sum((y - p) ** 2),
            np.mean((y - p) ** 2),
            np.sum((y - p) ** 2) / 2,
        ],
        "Are these distances |y - p|? A logarithm is wanted: being wrong and sure has to cost much.": [
            np.sum(np.abs(y - p)),
            np.mean(np.abs(y - p)),
        ],
        "`1 - y * ...` is not `(1 - y) * ...`: is a bracket missing?": -(signal + len(y) - np.sum(y * np.log(1 - p))),
        "Multiplied, or added? One of the two terms is 0 for every event, and so is their product.": 0.0,
        "1 + y, or 1 - y? Of the two terms one has to be switched off.": -(signal + np.sum((1 + y) * np.log(1 - p))),
        "The first logarithm is that of p alone. Is it divided by 1 - p?": -(
            background + np.sum(y * np.log(p / (1 - p)))
        ),
        "Is a sigmoid applied to p? It is a probability already.": -np.sum(np.log(np.where(y == 1, q, 1 - q))),
        "Only one event counts. Does the sum begin anew in each turn of a loop, or does `return` stand inside?": [
            each[0],
            each[-1],
        ],
        "Where does a factor come from?": [2 * wanted, wanted / 2],
    }


def of_gradient(w, b, x, y):
    """Mistakes in the two derivatives of the cross-entropy of sigmoid(w x + b)."""
    p = sigmoid(w * x + b)

    def total(miss):
        return np.array([np.sum(miss * x), np.sum(miss)])

    def ahead(h):
        """What a step of width h to one side makes of the two derivatives."""
        return [(cost(w + h, b) - cost(w, b)) / h, (cost(w, b + h) - cost(w, b)) / h]

    def cost(w, b):
        return np.sum(np.logaddexp(0, w * x + b) - y * (w * x + b))

    wanted = total(p - y)
    return {
        "Is there a factor p (1 - p)? It belongs to the squared error. In the cross-entropy the derivative of the "
        "logarithm cancels it, and that is its strength.": total((p - y) * p * (1 - p)),
        "That is the gradient of the mean, the sum is wanted. How many events are there?": wanted / len(x),
        "The sign: downhill is against the gradient, but the gradient itself points uphill.": -wanted,
        "Is the derivative by b the first of yours? The order is w, b.": wanted[::-1],
        "How does z depend on w? An event at x = 0 can not feel it.": np.sum(p - y),
        "Is this the gradient of a straight line? The output is sigmoid(w x + b).": total(w * x + b - y),
        "Is b in your z? Here it is 0.7, and p = sigmoid(w x + b).": total(sigmoid(w * x) - y),
        "Is w in your z? Here it is -2, and p = sigmoid(w x + b).": total(sigmoid(x + b) - y),
        "The sigmoid has exp(-z) below the line: is the sign of z the other one here?": total(sigmoid(-w * x - b) - y),
        "dz/dw is x. Is it w here?": np.array([np.sum((p - y) * w), np.sum(p - y)]),
        "dz/db is 1. Is it b here, or x?": [
            np.array([np.sum((p - y) * x), np.sum((p - y) * factor)]) for factor in (b, x)
        ],
        "A factor 2 belongs to the squared error.": [2 * wanted, total(2 * (p - y) * p * (1 - p))],
        "That is the derivative by p. And how does p depend on z?": total((p - y) / (p * (1 - p))),
        "The mean over the events in one of the two, the sum in the other: is it the sum in both?": [
            np.array([wanted[0] / len(x), wanted[1]]),
            np.array([wanted[0], wanted[1] / len(x)]),
        ],
        "Is the sum squared, or the sum of x multiplied by that of p - y? Event by event, then the sum.": np.array(
            [np.sum(p - y) * np.sum(x), np.sum(p - y)]
        ),
        "These are absolute values. An event may push to either side.": [np.abs(wanted), total(np.abs(p - y))],
        "Where is the bracket? The exponent is -(w x + b): both parts have the minus.": [
            total(sigmoid(w * x - b) - y),
            total(sigmoid(b - w * x) - y),
        ],
        "That is the derivative of the signal's term by p. How does p depend on z, and where is the background?": [
            total(-y / p),
            total(-y),
        ],
        "Where is y? The derivative by z is what was given minus what was wanted.": total(p),
        "One of the two is 0. z = w x + b depends on w and on b.": [wanted * [1, 0], wanted * [0, 1]],
        "A factor x too many: dz/dw is x, and dz/db is 1.": np.array([np.sum((p - y) * x**2), np.sum((p - y) * x)]),
        "Is p rounded to 0 or 1? It enters as it is.": [total((p > 0.5) - y), total((p >= 0.5) - y)],
        "That is w and b after a step. Wanted is the gradient itself.": [
            sign * rate * wanted + [w, b] for rate in (1, 0.5, 0.1, 0.05, 0.01, 0.001) for sign in (-1, 1)
        ],
        "Is it a difference of two losses with a wide step? Take a smaller one, or the formula.": [
            np.array(ahead(sign * h)) for h in (1, 0.5, 0.1, 0.05, 0.01) for sign in (1, -1)
        ],
        "That is the formula without the bracket: the background pushes the wrong way.": total(
            np.where(y == 1, p - 1, -p)
        ),
    }
