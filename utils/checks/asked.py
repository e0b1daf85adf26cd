"""Asks a student's function for an array of one shape; what comes back in another one, or not at all, gets words."""

import re

import numpy as np

from utils.checks.answer import Stopped, Unusable
from utils.checks.mistakes import explained, first_hint


def ask(answer, *arguments, shape, shapes=None, errors=None, broken=None):
    """Calls a function of a student and gives what it returns, in the shape that is wanted.

    A number may come as an array of one number, and a row of P numbers as (P, 1) or (1, P).

    Args:
        answer: an `Answer`.
        *arguments: what the function is called with.
        shape: what it has to return.
        shapes: other shape -> what is behind it, a hint.
        errors: a pattern in the message of an error -> one more line for the student.
        broken: the hint where nan, inf or a number beyond all bounds comes back.

    Returns:
        Floats of this shape, all finite.

    Raises:
        NotAnswered, Unusable, Stopped: as `Answer.call`; `Unusable` for another shape too.
    """
    try:
        got = answer.call(*arguments)
    except Stopped as stopped:
        stopped.lines += explained(stopped, errors)
        raise
    except Unusable as useless:
        if broken and re.search(r"(nan|inf|e\+\d+)\.$", useless.args[0]):
            raise Unusable(useless.args[0], broken) from None
        if re.search(r"Received: (tuple|list) of \d+\.$", useless.args[0]):
            hint = f"These are several things that do not make one array. Wanted is {in_words(shape)} and nothing else."
            raise Unusable(useless.args[0], hint) from None
        raise
    if got.shape == shape or (len(shape) < 2 and got.size == np.prod(shape) and long_axes(got.shape) <= len(shape)):
        return got.reshape(shape)
    hint = (shapes or {}).get(got.shape, "Print the shape of what you return, and of each part that it is made of.")
    raise Unusable(f"It returns {in_words(got.shape)}, wanted {in_words(shape)}.", hint)


def long_axes(shape):
    """Counts the axes with more than one number."""
    return sum(length > 1 for length in shape)


def in_words(shape):
    """Names a shape: "one number", or "shape (5, 3)"."""
    return f"shape {shape}" if shape else "one number"


def hint_of(got, mistakes, general, rtol=1e-4):
    """Finds the mistake that gives the same numbers as the student's.

    Args:
        got: floats of any shape.
        mistakes: hint -> what this mistake gives, or a list of such.
        general: the hint where no mistake fits.
        rtol: how close it has to be, relative to the largest number of the mistake.

    Returns:
        A hint.
    """

    def same(got, result):
        result = np.asarray(result, dtype=float)
        fits = result.shape in ((), np.shape(got)) and np.isfinite(result).all()
        return fits and np.abs(got - result).max() <= rtol * np.abs(result).max()

    return first_hint(got, mistakes, general, same)
