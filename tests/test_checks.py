"""The framework of the checks reads every right way to write an answer, and says what is wrong with the others."""

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
        Model(),
    ],
)
def test_every_way_to_write_a_function_is_read(answer):
    assert double.feedback(answer).state == "right"


@pytest.mark.parametrize("answer", [3, 3.0, np.int64(3), np.array(3), np.array([3.0]), [3], (3,), 3 + 0j])
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
        (lambda x: (i for i in x), "Received: generator"),
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


def test_too_many_answers_and_too_few():
    for feedback in (double.feedback(), double.feedback(1, 2), double.feedback(other=1)):
        assert feedback.state == "wrong"
        assert "called as `check.double(double)`" in repr(feedback)
