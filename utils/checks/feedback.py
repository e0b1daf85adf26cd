"""What a student sees: one piece of feedback, as text and as accessible HTML, and a small chart in it.

Both forms say the same and are the same on every machine: nbval compares them with the ones in the repository.
"""

import html
import re
from dataclasses import dataclass, replace

import numpy as np

#: state -> icon, words, colour of the edge. The text takes the page's own colour, so that it is legible on white and
#: on dark; icon and words say everything that the colour says.
STATES = {
    "unanswered": ("○", "not answered yet", "#6E6E6E"),
    "wrong": ("✗", "not right yet", "#D55E00"),
    "right": ("✓", "right", "#009E73"),
    "stopped": ("!", "your code stopped with an error", "#D55E00"),
    "bug": ("!!", "a bug of the course", "#CC79A7"),
    "hint": ("→", "hint", "#0072B2"),
}


@dataclass(frozen=True)
class Feedback:
    """What a check answers.

    Args:
        state: a key of `STATES`.
        lines: paragraphs; text between backticks is shown as code.
        picture: a `chart`, or "".
        task: the name of the task.
    """

    state: str
    lines: tuple
    picture: str = ""
    task: str = ""

    def of(self, task):
        """Gives the same feedback with the name of its task."""
        return replace(self, task=task)

    def _paragraphs(self):
        more = f"For more help: `check.{self.task}.hint()`"
        return (*self.lines, more) if self.state in ("wrong", "stopped") else self.lines

    def __repr__(self):
        icon, words, _ = STATES[self.state]
        return "\n".join([f"{icon} {self.task}: {words}.", *self._paragraphs()])

    def _repr_html_(self):
        icon, words, colour = STATES[self.state]
        head = f'<span aria-hidden="true">{icon}</span> <strong>{html.escape(self.task)}: {words}.</strong>'
        body = [_rich(line) for line in self._paragraphs()]
        paragraphs = "".join(f'<p style="margin:0.3em 0;white-space:pre-wrap">{line}</p>' for line in [head, *body])
        style = f"border-left:0.35em solid {colour};padding:0.1em 0.9em;margin:0.4em 0"
        return f'<div role="status" style="{style}">{paragraphs}{self.picture}</div>'


def _rich(line):
    # The book's theme has a colour for code on dark, and puts outputs on a light box: the text's own colour fits both.
    code = r'<code style="color:inherit;background:none;border:none;padding:0">\1</code>'
    return re.sub(r"`([^`\n]+)`", code, html.escape(line, quote=False))


def digits(number):
    """Writes a number with three digits, or whole.

    Args:
        number: a float.

    Returns:
        Text such as "0.0779", "12500" or "-2".
    """
    number = float(number) + 0.0  # makes -0.0 a 0
    return f"{number:.0f}" if number.is_integer() and abs(number) < 1e6 else f"{number:.3g}"


def chart(x, wanted, yours, marks=()):
    """Draws the student's curve (solid) over the wanted one (dashed).

    The picture is a few lines of SVG inside the feedback, rounded to whole pixels: the same text on every machine.
    Do not chart a trained net: its last digits differ between machines.

    Args:
        x: where, shape (B,), growing.
        wanted: the wanted values, shape (B,).
        yours: the student's values, shape (B,); cut off one height above and below the wanted ones.
        marks: places on the x axis to mark, shape (M,).

    Returns:
        HTML text: the SVG picture, and a line that says which curve is which.
    """
    x, wanted, yours = (np.asarray(values, dtype=float) for values in (x, wanted, yours))
    height = np.ptp(wanted) or 1.0
    yours = np.clip(yours, wanted.min() - height, wanted.max() + height)
    low, high = min(wanted.min(), yours.min()), max(wanted.max(), yours.max())

    def right_of(values):
        return np.rint(10 + 380 * (np.clip(values, x[0], x[-1]) - x[0]) / (x[-1] - x[0])).astype(int)

    def down(values):
        return np.rint(110 - 100 * (values - low) / (high - low or 1.0)).astype(int)

    def line(values, look):
        points = " ".join(f"{a},{b}" for a, b in zip(right_of(x), down(values), strict=True))
        return f'<polyline points="{points}" fill="none" {look}/>'

    ticks = "".join(f'<path d="M{a} 112v8" stroke="currentColor"/>' for a in right_of(marks))
    words = "Solid: your curve. Dashed: the wanted one." + (" Ticks: your points." if ticks else "")
    return (
        f'<svg role="img" aria-label="{words}" viewBox="0 0 400 122" style="width:100%;max-width:400px">'
        + line(wanted, 'stroke="currentColor" stroke-width="1.5" stroke-dasharray="6 4"')
        + line(yours, 'stroke="#0072B2" stroke-width="2.5"')
        + f'{ticks}</svg><p aria-hidden="true" style="margin:0.3em 0">{words}</p>'
    )
