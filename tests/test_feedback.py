"""Feedback: a mistake of ours is never called the student's, and text and HTML say the same."""

import re

import numpy as np
import pytest

from utils.checks import chart, digits, right, task, wrong
from utils.checks.feedback import STATES


@task(hint="Two times x is x + x.")
def double(answer):
    """Write `double(x)`: twice x."""
    x = np.array([0.0, 1.0, 2.0])
    y = answer.at(x)
    return right("It is linear.") if np.allclose(y, 2 * x) else wrong(f"At 1: {digits(y[1])}.", "Is it 2?")


# --- a mistake of the course -----------------------------------------------------------------------------------------


def test_an_error_of_the_check_is_a_bug_of_the_course():
    @task(hint="none")
    def broken(answer):
        """Set `n`."""
        return right(f"{answer.number() / 0}")

    feedback = broken.feedback(1)
    assert feedback.state == "bug"
    assert "a bug of the course" in repr(feedback)
    assert "ZeroDivisionError" in repr(feedback)
    assert "answer.number() / 0" in repr(feedback)
    assert "ZeroDivisionError" in feedback._repr_html_()


def test_a_check_that_returns_something_else_is_a_bug_of_the_course():
    @task(hint="none")
    def forgetful(answer):
        """Set `n`."""
        answer.number()

    assert forgetful.feedback(1).state == "bug"
    assert "Received: NoneType" in repr(forgetful.feedback(1))
    assert forgetful.feedback(...).state == "unanswered"


# --- how it is shown -------------------------------------------------------------------------------------------------


def test_a_call_shows_the_feedback_and_hint_shows_the_hint(capsys):
    assert double(lambda x: x) is None
    assert double.hint() is None
    shown = capsys.readouterr().out
    assert shown.splitlines() == [
        "✗ double: not right yet.",
        "At 1: 1.",
        "Is it 2?",
        "For more help: `check.double.hint()`",
        "→ double: hint.",
        "Two times x is x + x.",
    ]


def test_two_hints_come_one_after_the_other(capsys):
    @task(hint=("Add.", "Return `x + x`."))
    def doubled(answer):
        """Write `doubled(x)`."""
        return right("Yes.")

    for _ in range(3):
        doubled.hint()
    assert capsys.readouterr().out.splitlines() == [
        "→ doubled: hint.",
        "Add.",
        "And nearly the code: `check.doubled.hint()` once more.",
        "→ doubled: hint.",
        "Return `x + x`.",
        "→ doubled: hint.",
        "Return `x + x`.",
    ]
    assert doubled.stronger_hint == "Return `x + x`."


def test_text_and_html_say_the_same_and_html_is_accessible():
    @task(hint="none")
    def risky(answer):
        """Set `n`."""
        return wrong("`a < b` & <script>", "Why?")

    feedback = risky.feedback(1)
    html = feedback._repr_html_()
    assert html.startswith('<div role="status"')
    assert '<span aria-hidden="true">✗</span> <strong>risky: not right yet.</strong>' in html
    assert ">a &lt; b</code> &amp; &lt;script&gt;" in html
    assert set(re.findall(r"color:([^;]+);", html)) == {"inherit"}  # the page's own colour, on white and on dark


def test_every_state_has_an_icon_and_words_of_its_own():
    assert (
        len({icon for icon, _, _ in STATES.values()}) == len({words for _, words, _ in STATES.values()}) == len(STATES)
    )


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.07794, "0.0779"), (112.0, "112"), (12_500, "12500"), (-0.0, "0"), (1e-9, "1e-09"), (-2, "-2")],
)
def test_numbers_have_three_digits(number, text):
    assert digits(number) == text


def test_a_chart_draws_both_curves_and_stays_inside_its_frame():
    x = np.linspace(0, 1, 5)
    svg = chart(x, x, 1e12 * x, marks=[0, 0.5, 7])
    assert svg.count("<polyline") == 2
    assert 'points="10,110 105,98 200,85 295,72 390,60"' in svg  # the wanted one: the frame is two heights high
    assert "M10 112" in svg
    assert svg.count("M390 112") == 1
    assert chart(x, 0 * x, 0 * x)  # no height at all
