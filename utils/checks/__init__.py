"""Exercises that answer back: what a check is, and how it answers.

A chapter has one module, `chapter_NN.py`, with one function per task. The function reads the student's answer through
an `Answer`, looks at what it does (values, shapes, errors), and returns `right(...)` or `wrong(...)`:

    @task(hint="Two times x is x + x.")
    def double(answer):
        "Write `double(x)`: twice x."
        x = np.linspace(-1, 1, 21)
        y = answer.at(x)
        if np.allclose(y, 2 * x):
            return right("A line through the origin needs one weight and no bias.")
        return wrong(f"At x = 1 yours gives {digits(y[-1])}, wanted 2.", "Is the weight 2?", chart(x, 2 * x, y))

In a notebook: `from utils.checks import chapter_01 as check`, then `check.double(double)` shows the feedback and
`check.double.hint()` a stronger hint. With `hint=(idea, code)` there are two: the first call shows the idea, the next
one what is nearly the code. Nothing has to be registered. A check never raises: an answer that is missing, of the
wrong kind, that stops with an error, or that runs longer than `SECONDS`, gets feedback too. An error in the check
itself is shown as what it is, a bug of the course, with its traceback.
"""

import functools
import inspect
import traceback

from IPython.display import display

from utils.checks.answer import Answer, NotAnswered, Stopped, Unusable, attribute
from utils.checks.feedback import Feedback, chart, digits
from utils.checks.limit import SECONDS, TooLong, limited, line_of

__all__ = ["Answer", "Feedback", "Task", "chart", "digits", "right", "task", "wrong"]


def right(shows, picture=""):
    """Says that the answer is right.

    Args:
        shows: what the answer shows: one to three sentences, with a number at most three digits long.
        picture: a `chart`, or nothing.
    """
    return Feedback("right", (shows,), picture)


def wrong(what, hint, picture=""):
    """Says what is wrong, with a number, and hints at the idea behind the mistake.

    Args:
        what: what is wrong, with the number that shows it.
        hint: a question or a sentence towards the misconception; it does not give the answer away.
        picture: a `chart`, or nothing.
    """
    return Feedback("wrong", (what, hint), picture)


class Task:
    """One task of an exercise notebook. Call it with the answer to see the feedback; made by `task`."""

    def __init__(self, examine, hint):
        functools.update_wrapper(self, examine)
        self.examine, self.name = examine, examine.__name__
        self.hints, self._shown = ((hint,) if isinstance(hint, str) else tuple(hint)), 0
        self.todo = " ".join(examine.__doc__.split())
        self.signature = inspect.signature(examine)
        #: what to call each answer when speaking of it: a parameter `answer` goes by the name of the task
        self.names = {name: self.name if name == "answer" else name for name in self.signature.parameters}

    def __call__(self, *answers, **named):
        """Shows the feedback on the answers."""
        display(self.feedback(*answers, **named))

    @property
    def stronger_hint(self):
        """The last hint, which is nearly the code."""
        return self.hints[-1]

    def hint(self):
        """Shows a stronger hint: the idea first, and from the next call on what is nearly the code."""
        step = min(self._shown, len(self.hints) - 1)
        self._shown, lines = step + 1, (self.hints[step],)
        if step < len(self.hints) - 1:
            lines += (f"And nearly the code: `check.{self.name}.hint()` once more.",)
        display(Feedback("hint", lines, task=self.name))

    def feedback(self, *answers, **named):
        """Examines the answers and returns the feedback without showing it. Never raises.

        Args:
            *answers, **named: what the student wrote, one object for each parameter of the check.

        Returns:
            A `Feedback`; its `state` is "unanswered", "wrong", "right", "stopped" or "bug".
        """
        try:
            given = self.signature.bind(*answers, **named).arguments
        except TypeError:
            usage = f"`check.{self.name}({', '.join(self.names.values())})`"
            what = f"This check is called as {usage}. Received: {len(answers) + len(named)} answers."
            return wrong(what, "Put what you have defined between the brackets.").of(self.name)
        try:
            wrapped = {name: Answer(raw, self.names[name]) for name, raw in given.items()}
            result = limited(lambda: self.examine(**wrapped))
            if not (isinstance(result, Feedback) and result.state in ("right", "wrong")):
                raise TypeError(f"A check returns right(...) or wrong(...). Received: {type(result).__name__}")
        except NotAnswered as missing:
            result = Feedback("unanswered", (self.todo, *missing.args))
        except Unusable as answer:
            result = wrong(*answer.args)
        except Stopped as stopped:
            result = Feedback("stopped", stopped.lines)
        except TooLong as late:
            what = f"It ran for {SECONDS} seconds and was stopped."
            where = line_of(late, [attribute(raw, "__globals__") for raw in given.values()])
            hint = "Does every loop end? Print what its condition looks at, in each round."
            result = Feedback("wrong", (what, *where, hint))
        except Exception:  # noqa: BLE001 - not swallowed: the traceback is shown. `Answer` caught what is the student's.
            result = Feedback("bug", ("Your answer is not to blame. Please report this text.", traceback.format_exc()))
        return result.of(self.name)

    def __repr__(self):
        return f"check.{self.name}: call it with your answer, or ask for check.{self.name}.hint()"


def task(*, hint):
    """Makes a `Task` of a function that examines one answer (or several: one parameter each).

    Args:
        hint: the stronger hint, shown when the student asks for it; or a pair: an idea, and what is nearly the code.

    Returns:
        A decorator. The function gets one `Answer` per parameter and returns `right(...)` or `wrong(...)`. Its
        docstring says what the student has to do, and is shown as long as the task is not answered.
    """
    return lambda examine: Task(examine, hint)
