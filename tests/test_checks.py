"""The framework of the checks reads every right way to write an answer, and says what is wrong with the others."""

import itertools
import math
import time

import numpy as np
import pytest

from utils.checks import digits, right, task, wrong


@task(hint="Two times x is x + x.")
def double(answer):
    """Write `double(x)`: twice x."""
    x = np.array([0.0, 1.0, 2.0])
    y = answer.at(x)
    return right("It is linear.") if np.allclose(y, 2 * x) else wrong(f"At 1: {digits(y[1])}.", "Is it 2?")


@task(hint="One more than two.")
def three(answer):
    """Set `n` to three."""
    n = answer.number()
    return right("Three.") if n == 3 else wrong(f"Received: {digits(n)}.", "How many sides has a triangle?")


# --- an answer is read as generously as it can be --------------------------------------------------------------------


class Model:
    """A model of any library: it has `predict`, which takes a row per example."""

    def predict(self, rows):
        """Gives twice x, a row per example."""
        assert rows.shape == (3, 1)
        return 2 * rows


def only_numbers(x):
    return 2 * x if x > 0 else 0


def a_list(x):
    return [2 * value for value in x]


@pytest.mark.parametrize(
    "answer",
    [
        lambda x: 2 * x,
        lambda x: (2 * x)[:, None],
        lambda x: (2 * x).astype("float32"),
        lambda x: 2 * x + 0j,
        lambda *x: 2 * x[0],
        np.frompyfunc(lambda value: int(2 * value), 1, 1),
        only_numbers,
        a_list,
        lambda x: (2 * value for value in x),
        lambda x: map((2.0).__mul__, x.tolist()),
        lambda x: {i: 2 * value for i, value in enumerate(x)}.values(),
        Model(),
    ],
)
def test_every_way_to_write_a_function_is_read(answer):
    assert double.feedback(answer).state == "right"


@pytest.mark.parametrize(
    "answer",
    [3, 3.0, np.int64(3), np.array(3), np.array([3.0]), [3], (3,), 3 + 0j, {3}, range(3, 4), {"n": 3}.values()],
)
def test_every_way_to_write_a_number_is_read(answer):
    assert three.feedback(answer).state == "right"


def test_the_function_is_given_a_copy_that_it_can_not_spoil():
    def keeps(x):
        seen.append(x)
        return 2 * x

    seen = []
    assert double.feedback(keeps).state == "right"
    seen[0][:] = 7
    assert double.feedback(keeps).state == "right"


@task(hint="`values[0] * factor` is the first of them, and so on.")
def scaled(answer):
    """Write `scaled(values, factor, rng)`: each array of the list times the factor, one after the other."""
    values = [np.array([1.0, 2.0]), np.array([[3.0]])]
    got = answer.call(values, 2.0, np.random.default_rng(0), size=3)
    return right("Right.") if np.allclose(got, [2, 4, 6]) else wrong("Not yet.", "Is it each of them?")


def test_a_list_of_arrays_is_a_copy_too():
    def first_doubled(values, factor, rng):
        values[0] *= factor
        return [*values[0], 6]

    def one_less(values, factor, rng):
        values.pop()
        return 2, 4, 6

    def other_inside(values, factor, rng):
        values[0] = "spoilt"
        return 2, 4, 6

    assert scaled.feedback(lambda v, f, rng: np.concatenate([f * a.ravel() for a in v])).state == "right"
    for answer in (first_doubled, one_less, other_inside):
        assert "changes the list that it is given" in repr(scaled.feedback(answer))
    assert "Received: nan" in repr(scaled.feedback(lambda v, f, rng: np.nan))
    assert "(list of 2, 2, Generator(PCG64))" in repr(scaled.feedback(lambda v, f, rng: rng.no_such_thing))


# --- what is missing, of the wrong kind, or stops --------------------------------------------------------------------


@pytest.mark.parametrize("answer", [None, ..., lambda x: None, lambda x: ..., lambda x: [..., 1, 2], (1, ...)])
def test_what_is_missing_is_not_answered_yet(answer):
    feedback = double.feedback(answer)
    assert feedback.state == "unanswered"
    assert "Write `double(x)`: twice x." in repr(feedback)


def forgets_return(x):
    2 * x


def test_a_missing_return_is_mentioned():
    assert "`forgets_return(array of 3)` gave None" in repr(double.feedback(forgets_return))
    assert "return" not in repr(double.feedback(lambda x: ...))


def in_place(x):
    x *= 2
    return x


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x: np.max(2 * x), "has to give 3 numbers. Received: 1"),
        (lambda x: np.outer(x, x), "Received: 9"),
        (lambda x: "2 x", "Received: str"),
        (lambda x: ["2"] * 3, "text is not a number"),
        (lambda x: {"x": x}, "Received: dict"),
        (lambda x: x * 2j, "complex"),
        (lambda x: [[1], [2, 3]], "Numbers are needed"),
        (lambda x: np.where(x == 1, np.nan, x), "At x = 1 it gives nan"),
        (lambda x: np.where(x == 2, np.inf, x), "At x = 2 it gives inf"),
        (lambda x: x + 1e200, "At x = 0 it gives 1e+200"),
        (in_place, "changes the array that it is given"),
        (np.array([0.0, 2.0, 4.0]), "function or a model is needed. Received: ndarray of 3"),
        ("double", "Received: str"),
        (3, "Received: int"),
    ],
)
def test_an_answer_of_the_wrong_kind_says_which_kind(answer, words):
    feedback = double.feedback(answer)
    assert feedback.state == "wrong"
    assert words in repr(feedback)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ([1, 2, 3], "One number is needed. Received: 3 numbers."),
        ([], "Received: 0 numbers."),
        ([3, None], "there is a None in it"),
        (itertools.repeat(1), "Received: 1000000 numbers."),
        (double, "Received: Task"),
        (len, "Call it"),
        ("3", "text is not a number"),
        (float("nan"), "Received: nan."),
        (10**400, "Numbers are needed. Received: int"),
        (np.datetime64("2024-01-01"), "Received: datetime64"),
    ],
)
def test_a_number_of_the_wrong_kind_says_which_kind(answer, words):
    feedback = three.feedback(answer)
    assert feedback.state == "wrong"
    assert words in repr(feedback)


def stops(x):
    y = 2 * x
    return y / undefined  # noqa: F821


def leaves(x):
    raise SystemExit("bye")


def stops_in_a_library(x):
    return np.linalg.inv(np.zeros((2, 2)))


def takes_two(x, y):
    return 2 * x


class Unprintable(Exception):
    """An error that can not even say what it is."""

    def __str__(self):
        raise ValueError("no text")


def raises_unprintable(x):
    raise Unprintable


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (stops, ["`NameError`: name 'undefined' is not defined", "`return y / undefined"]),
        (leaves, ["`SystemExit`: bye", '`raise SystemExit("bye")`']),
        (stops_in_a_library, ["`LinAlgError`: Singular matrix", "`return np.linalg.inv(np.zeros((2, 2)))`"]),
        (takes_two, ["missing 1 required positional argument: 'y'", "`takes_two(array of 3)`", "just these"]),
        (raises_unprintable, ["`Unprintable`: no message"]),
    ],
)
def test_an_error_of_the_student_is_shown_with_the_line(answer, words):
    feedback = double.feedback(answer)
    assert feedback.state == "stopped"
    for word in words:
        assert word in repr(feedback)


def test_the_stop_button_stops():
    def waits(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        double.feedback(waits)


def for_ever(x):
    while True:
        try:
            x = x + 0
        except Exception:  # noqa: BLE001 - as a student may write it
            x = 0


def test_an_endless_loop_is_stopped_with_a_word(monkeypatch):
    monkeypatch.setattr("utils.checks.limit.SECONDS", 0.3)
    feedback = double.feedback(for_ever)
    assert feedback.state == "wrong"
    assert "was stopped" in repr(feedback)
    assert "Does every loop end?" in repr(feedback)
    assert double.feedback(lambda x: 2 * x).state == "right"
    time.sleep(0.5)  # and nothing arrives later


def test_a_signal_of_the_student_s_own_stops_at_once():
    class Alarm(BaseException):
        pass

    def alarmed(x):
        calls.append(x)
        raise Alarm

    calls = []
    assert double.feedback(alarmed).state == "stopped"
    assert len(calls) == 1


def test_a_generator_can_be_asked_twice():
    @task(hint="none")
    def twice(answer):
        """Set `n`."""
        assert answer.numbers().tolist() == answer.numbers().tolist() == [0, 1, 4]
        return right("Yes.")

    assert twice.feedback(i**2 for i in range(3)).state == "right"
    assert twice.feedback(map(int, "014")).state == "right"


@task(hint="none")
def table(answer):
    """Write `table(a, b)`: two rows of three."""
    return right(str(answer.call(np.ones((2, 3)), np.ones(2)).shape))


def test_without_a_size_the_shape_is_kept():
    assert "(2, 3)" in repr(table.feedback(lambda a, b: a.tolist()))
    assert "(2, 3)" in repr(table.feedback(lambda a, b: (map(float, row) for row in a)))
    assert "()" in repr(table.feedback(lambda a, b: 1))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda a, b: a @ b, "A has 3 columns and B has 2 rows"),
        (lambda a, b: np.dot(a, b), "(2,3) and (2,) do not fit"),
        (lambda a, b: a + b, "(2,3) and (2,) do not fit: they are compared from the end"),
        (lambda a, b: np.hstack([a, b]), "here are 2 and 1. `b[:, None]` makes a column"),
        (lambda a, b: np.vstack([a, a.T]), "equally many columns"),
        (lambda a, b: a if a > 0 else b, "`np.where`"),
        (lambda a, b: math.exp(a), "takes one number"),
        (lambda a, b: a.reshape(2, 2), "It holds 6 numbers"),
        (lambda a: a, "more arguments than it takes"),
        (lambda a, b, c: a, "fewer arguments than it takes"),
        (lambda a, b: a @ 3, "a single number"),
    ],
)
def test_errors_of_numpy_are_answered_in_words(answer, words):
    feedback = table.feedback(answer)
    assert feedback.state == "stopped"
    assert words in repr(feedback)


def test_too_many_answers_and_too_few():
    for feedback in (double.feedback(), double.feedback(1, 2), double.feedback(other=1)):
        assert feedback.state == "wrong"
        assert "called as `check.double(double)`" in repr(feedback)
