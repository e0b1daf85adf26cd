"""Where no typical mistake fits: the answer is asked again, for something simpler, and the place is narrowed down."""

import numpy as np

from utils.checks.answer import NotAnswered, Stopped, Unusable
from utils.checks.feedback import digits


def again(answer, *arguments):
    """Asks a student's function once more: gives floats, or None where it does not give any."""
    try:
        return answer.call(*arguments)
    except (NotAnswered, Stopped, Unusable):
        return None


def same(got, wanted):
    """Tells whether these are the wanted numbers, in whichever shape."""
    wanted = np.asarray(wanted, dtype=float)
    return got is not None and got.size == wanted.size and np.allclose(got.ravel(), wanted.ravel(), 1e-3, 1e-6)


def times(answer, first, second):
    """Tells by which factor one number grows between two calls; None where there are no two numbers, or one is 0."""
    a, b = again(answer, *first), again(answer, *second)
    if a is None or b is None or a.size != 1 or b.size != 1 or not a.any():
        return None
    return float(b.ravel()[0] / a.ravel()[0])


def scaled(answer, given, changes):
    """Finds what makes a number grow by another factor than it has to.

    Args:
        answer: an `Answer`, a function that gives one number.
        given: its arguments.
        changes: what is changed, in words -> the arguments then, and the factor that is wanted.

    Returns:
        A sentence, or "" where all of them fit.
    """
    for words, (arguments, wanted) in changes.items():
        factor = times(answer, given, arguments)
        if factor is not None and not np.isclose(factor, wanted, rtol=1e-3):
            return f"{words}: yours becomes {digits(factor)} times as large, wanted {digits(wanted)} times."
    return ""


def in_forward(answer, network, X, W1, b1, W2, b2, general):
    """Finds which bias is at fault in a forward pass, or whether none is."""
    none1, none2 = 0 * b1, 0 * b2
    if not same(again(answer, X, W1, none1, W2, none2), network(X, W1, none1, W2, none2)):
        return "Without biases it is wrong too. " + general
    first = same(again(answer, X, W1, b1, W2, none2), network(X, W1, b1, W2, none2))
    second = same(again(answer, X, W1, none1, W2, b2), network(X, W1, none1, W2, b2))
    if first and not second:
        return "If b2 is 0, it is right. What happens with b2?"
    if second and not first:
        return "If b1 is 0, it is right. What happens with b1?"
    return "If both biases are 0, it is right. Where is each of them added?"


def in_chain(answer, slope, general):
    """Finds out whether a chain is right with one layer, or with two."""
    if not same(again(answer, 0.9, np.array([1.5])), slope(0.9, [1.5])):
        return "Take one layer first: it is wrong for one already. a = sigmoid(w x), and how does a change with x?"
    if not same(again(answer, 0.9, np.array([1.5, 0.8])), slope(0.9, [1.5, 0.8])):
        return (
            "For one layer it is right, for two it is not. What does the second layer get, and what does it multiply?"
        )
    return general


def in_adam(answer, adam, gradients, w, rate, general):
    """Finds out whether Adam's first step is right, or the first two."""
    for steps, words in (
        (1, "The first step is wrong already. "),
        (2, "The first step is right, the second one is not. "),
    ):
        got = again(answer, gradients[:steps], w, rate)
        if got is None or got.shape != w.shape or not np.allclose(got, adam(gradients[:steps], w, rate), 0, 3e-6):
            return words + (general if steps == 1 else "What goes on from one step to the next?")
    return general


def in_sgd(answer, sgd, X, y, w, rate, general):
    """Finds out whether a single step with all examples is right, or three of them."""
    one, three = ((X, y, w, rate, len(y), epochs) for epochs in (1, 3))
    if not same(again(answer, *one), sgd(*one)):
        return f"One step with all examples is wrong already. {general}"
    if not same(again(answer, *three), sgd(*three)):
        return "One step with all examples is right, three are not. Where does the second one begin?"
    return "With all examples in one batch it is right. Which rows are in each batch, and in which order?"


def in_gradient(answer, x, y, general):
    """Finds out whether a gradient is right where p is 1/2."""
    miss = 0.5 - y
    if same(again(answer, 0.0, 0.0, x, y), [np.sum(miss * x), np.sum(miss)]):
        return "At w = b = 0, where p is 1/2, it is right. So look at p: how is it made of w, x and b?"
    return general


def in_backward(answer, back, delta, z, W, general):
    """Finds out whether the way back is right where all units are on, or all are off."""
    if same(again(answer, delta, np.abs(z), W), back(delta, np.abs(z), W)):
        return "Where all units are on, it is right. Which numbers are to become 0, and which of them stay as they are?"
    if same(again(answer, delta, -np.abs(z), W), 0 * z):
        return f"Where all units are off, it is right. {general}"
    return general


def in_sigmoid(answer, z, got, wanted, general):
    """Finds out whether the slope of a sigmoid is right at 0."""
    if np.isclose(got[z == 0], wanted[z == 0], atol=1e-5).all():
        return "At z = 0 it is right. And far away, where the sigmoid is flat?"
    slope = digits(got[z == 0][0])
    return f"Draw the sigmoid s. At z = 0 yours gives {slope}, and (s(0.1) - s(-0.1)) / 0.2 is the slope there, nearly."
