"""Finding a student's mistake: an answer's numbers are compared with what typical mistakes give."""

import re

import numpy as np

from utils.checks.answer import Stopped, Unusable
from utils.checks.feedback import digits


def close(got, numbers):
    """Tells whether numbers agree, each with its own."""
    return np.allclose(got, numbers, rtol=1e-4, atol=1e-9)


def first_hint(got, mistakes, otherwise, same=close):
    """Finds the mistake that gives the same numbers as the student's.

    Args:
        got: the student's numbers, one or shape (N,).
        mistakes: hint -> the numbers that this mistake gives, one or shape (N,); a list holds several possibilities.
        otherwise: the hint where no mistake fits.
        same: a function `(got, numbers)` that tells whether the two are the same answer.

    Returns:
        A hint.
    """
    for hint, numbers in mistakes.items():
        several = numbers if isinstance(numbers, list) else [numbers]
        if any(same(got, each) for each in several):
            return hint
    return otherwise


def one_number(answer, *arguments, several, broken=None, errors=None):
    """Calls a function that has to give one number.

    Args:
        answer: an `Answer`.
        *arguments: what it is called with.
        several: the hint where it gives more than one, or none.
        broken: the hint where it gives nan or inf; None: the general one.
        errors: a pattern in the message of an error -> one more line for the student.

    Returns:
        A float.

    Raises:
        Unusable: where it is no number; with the hints above.
    """
    try:
        got = answer.call(*arguments)
    except Stopped as stopped:
        stopped.lines += explained(stopped, errors)
        raise
    except Unusable as unusable:
        what, _ = unusable.args
        if broken is None or not what.endswith((" nan.", " inf.", " -inf.")):
            raise
        raise Unusable(what, broken) from unusable
    if got.size != 1:
        raise Unusable(f"It has to give 1 number. Received: {got.size}.", several)
    return float(got.ravel()[0])


def explained(stopped, errors):
    """Gives the lines, a tuple, that belong to an error of the student's code; `errors` is pattern -> line, or None."""
    return tuple(words for pattern, words in (errors or {}).items() if re.search(pattern, stopped.lines[0]))


def list_of(numbers):
    """Writes a short array as a list."""
    return f"[{', '.join(digits(number) for number in numbers)}]"


def apart(number, other):
    """Writes two numbers with as many digits as it takes to see that they differ, three at least."""
    texts = digits(number), digits(other)
    for places in range(4, 10):
        if texts[0] != texts[1]:
            break
        texts = f"{number:.{places}g}", f"{other:.{places}g}"
    return texts
