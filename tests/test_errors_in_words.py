"""What Python and NumPy say of a mistake is said in words too: each meaning with an error that really occurs."""

import numpy as np
import pytest

from utils.checks import right, task
from utils.checks.words import MEANINGS, meaning

A = np.ones((2, 3))


@task(hint="Two times x is x + x.")
def double(answer):
    """Write `double(x)`: twice x."""
    answer.call(np.array([1.0, 2.0]), size=2)
    return right("It is linear.")


def uses_a_local_name_too_early(x):
    total = total + x  # noqa: F821, F823
    return total


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x: np.add(x, A[:, :2], out=x), "on the left"),
        (lambda x: range(x), "whole number"),
        (lambda x: list(x)[0.5], "whole number"),
        (lambda x: x[0.5], "whole number"),
        (lambda x: x[x], "whole number"),
        (lambda x: np.array([[1, 2], [3]]), "different lengths"),
        (lambda x: x[2], "Positions begin at 0"),
        (lambda x: list(x)[2], "Positions begin at 0"),
        (lambda x: len(x)[0], "square brackets"),
        (lambda x: (lambda two: two(x))(2), "a sign of times"),
        (lambda x: [1, 2] * 2.0, "`np.array(...)`"),
        (lambda x: [1, 2] - [1, 2], "`np.array(...)`"),
        (lambda x: x.tolist().shape, "is `shape` meant for"),
        (lambda x: no_such_name, "Is `no_such_name` spelt"),  # noqa: F821
        (uses_a_local_name_too_early, "on some ways through"),
    ],
)
def test_an_error_is_said_in_words(answer, words):
    feedback = double.feedback(answer)
    assert feedback.state == "stopped"
    assert words in repr(feedback), repr(feedback)


def test_each_meaning_is_a_sentence_and_an_unknown_message_has_none():
    assert all(words.endswith((".", "?")) for words in MEANINGS.values())
    assert meaning("division by zero") == ""
