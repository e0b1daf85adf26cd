"""What a student wrote, turned into numbers that a check can trust.

A check never touches the student's objects itself: it asks an `Answer`. Whatever happens in the student's code becomes
one of three exceptions, so that any other exception is known to come from the check.
"""

import itertools
import re
import traceback
from collections.abc import Iterator, KeysView, Set, ValuesView

import numpy as np

from utils.checks.limit import TooLong
from utils.checks.words import meaning

ABSURD = 1e15  # no answer of this course is larger: something has diverged
ENDLESS = 1_000_000  # no generator of this course gives more numbers
ADDRESS = r" at 0x[0-9a-fA-F]+"  # of an object in memory: another one in every run


class NotAnswered(Exception):
    """There is no answer yet. Its argument, if any, is one more line for the student."""


class Unusable(Exception):
    """The answer is of the wrong kind. Its arguments are those of `wrong`: what is wrong, and a hint."""


class Stopped(Exception):
    """The student's code raised an error: `name` is its type, `lines` tell what and in which of their lines."""

    def __init__(self, error, call, their_globals):
        super().__init__(type(error).__name__)
        self.name, self.ends = type(error).__name__, not isinstance(error, Exception)
        frames = [f for f in traceback.walk_tb(error.__traceback__) if f[0].f_globals.get("__name__") != __name__]
        theirs = [f for f in frames if f[0].f_globals is their_globals or f[0].f_globals.get("__name__") == "__main__"]
        self.lines = (f"`{type(error).__name__}`: {message_of(error)}", f"It was called as `{call}`.")
        if theirs:
            summary = traceback.StackSummary.extract(iter(theirs[-1:]))[0]
            self.lines += (f"Line {summary.lineno} of your cell: `{(summary.line or '').replace('`', '')}`",)
        elif not frames:
            self.lines += ("Python could not begin with it: does it take just these arguments?",)
        if words := meaning(message_of(error)):
            self.lines += (words,)


class NoNumber(TypeError):
    """Something that NumPy would turn into numbers, or into half of them, and that is none."""


class Answer:
    """One answer of a student.

    Args:
        raw: the object that the student gave to the check.
        name: the parameter's name in the check, used when speaking of it.

    Each method raises `NotAnswered`, `Unusable` or `Stopped` where it can not give what it promises.
    """

    def __init__(self, raw, name):
        self.raw, self.name = raw, name

    def number(self):
        """Gives the answer as one float."""
        numbers = self.numbers()
        if numbers.size != 1:
            raise Unusable(f"One number is needed. Received: {numbers.size} numbers.", "Which one do you mean?")
        return float(numbers[0])

    def numbers(self):
        """Gives the answer as floats, shape (N,)."""
        self._require_answer(self.raw)
        return self.array().ravel()

    def array(self):
        """Gives the answer as floats, in its own shape."""
        self._require_answer(self.raw)
        if callable(self.raw):
            raise Unusable(f"Numbers are needed. Received: {kind(self.raw)}.", "Call it, and give its result.")
        self.raw = self._run(lambda: listed(self.raw), self.name)  # a generator gives its numbers only once
        return self._floats(self.raw, f"Print `{self.name}` and look at it.")

    def at(self, x):
        """Gives the values of the answer, a function or a trained model, at given points.

        A function may take the whole array or one number at a time. A model is asked with `predict`.

        Args:
            x: points, shape (B,), or (B, D) for D features.

        Returns:
            Values, shape (B,), all finite.
        """
        try:
            return self.call(x, size=len(x))
        except Stopped as stopped:
            if self._is_model() or stopped.ends:
                raise
            try:
                return np.array([self.call(point, size=1)[0] for point in x])
            except (NotAnswered, Stopped):
                raise stopped from None  # the error of the whole array is the one that the student can repeat

    def call(self, *arguments, size=None):
        """Calls the answer, a function, and gives what it returns as floats.

        Args:
            *arguments: what it is called with; arrays and lists, also of arrays, are copied, so that nothing that it
                does can harm the check.
            size: how many numbers it has to return; None: any, and they keep their shape.

        Returns:
            Floats, shape (size,) or as they are returned, all finite.
        """
        self._require_answer(self.raw)
        copies = [copied(a) for a in arguments]
        name = attribute(self.raw, "__name__")
        name = name if isinstance(name, str) and name.isidentifier() else self.name
        call = f"{name}({', '.join(describe(a) for a in arguments)})"
        if self._is_model():
            returned = self._run(lambda: self._predict(*copies), call)
        elif callable(self.raw):
            returned = self._run(lambda: self.raw(*copies), call)
        else:
            hint = "Give the function itself, by its name, without brackets and without its results."
            if type(self.raw).__name__ == "History":
                hint = "`fit` trains the model and returns a record of it. Give the model itself."
            raise Unusable(f"A function or a model is needed. Received: {kind(self.raw)}.", hint)
        if returned is None:
            raise NotAnswered(f"`{call}` gave None. If you have written it: does it end in `return`?")
        returned = self._run(lambda: listed(returned), call)
        self._require_answer(returned)
        places = arguments[:1] if len(arguments) < 2 or isinstance(arguments[0], np.ndarray) else ()
        floats = self._floats(returned, "Print what it returns.", *places)
        changed = [a for a, b in zip(arguments, copies, strict=True) if not unchanged(a, b)]
        if changed:
            given = "array" if isinstance(changed[0], np.ndarray) else "list"
            what = f"It changes the {given} that it is given, so the next line of a notebook would find other numbers."
            hint = (
                "`x -= 1`, `x.sort()` and `rng.shuffle(x)` change x itself for everybody; `x = x - 1`, `np.sort(x)` "
                "and `rng.permutation(x)` make a new array."
            )
            if given == "list":
                hint = (
                    "`x.sort()` and `x.pop()` change x itself for everybody; `sorted(x)` and `x[1:]` make a new list."
                )
            raise Unusable(what, hint)
        if size is None:
            return floats
        if floats.size != size:
            what = f"`{call}` has to give {size} number{'s' if size > 1 else ''}. Received: {floats.size}."
            hint = "Print the shape of what it returns."
            if floats.size == 1:
                hint = (
                    "`np.maximum` compares number by number, `np.max` gives one for all; a `return` in a loop does too."
                )
            raise Unusable(what, hint)
        return floats.ravel()

    def _is_model(self):
        return callable(attribute(self.raw, "predict"))

    def _predict(self, x):
        rows = x if x.ndim == 2 else x[:, None]
        quiet = {"verbose": 0} if hasattr(self.raw, "compile") else {}  # Keras draws a progress bar, others do not
        return self.raw.predict(rows, **quiet)

    def _run(self, action, call):
        try:
            return action()
        except (KeyboardInterrupt, TooLong):
            raise  # the student's stop button, and the time limit
        except BaseException as error:  # their code may do anything, sys.exit() too
            raise Stopped(error, call, attribute(self.raw, "__globals__")) from error

    def _require_answer(self, value):
        if value is None or value is ... or (isinstance(value, list | tuple) and any(item is ... for item in value)):
            raise NotAnswered

    def _floats(self, value, hint, points=()):
        try:
            detach = attribute(value, "detach")  # a PyTorch tensor may still remember how it was computed
            array = np.asarray(detach() if callable(detach) else value)
            if array.dtype.kind in "USmM":
                raise NoNumber("text is not a number")
            if array.dtype.kind == "c" and array.imag.any():
                raise NoNumber("complex numbers have no place here")
            if array.dtype.kind == "O" and any(item is None for item in array.flat):
                raise NoNumber("there is a None in it")
            floats = np.array(array.real if array.dtype.kind == "c" else array, dtype=float)
        except (KeyboardInterrupt, TooLong):
            raise
        except BaseException as error:  # the conversion runs code of the student's object
            reason = f" ({error})" if isinstance(error, NoNumber) else ""
            raise Unusable(f"Numbers are needed. Received: {kind(value)}{reason}.", hint) from error
        flat = floats.ravel()
        broken = np.flatnonzero(~(np.abs(flat) < ABSURD))
        if broken.size:
            first, points = broken[0], np.atleast_1d(points)
            where = f"At x = {describe(points[first])} it gives" if points.shape == flat.shape else "Received:"
            hint = "Is something divided by zero, or the root or the logarithm of a negative number taken?"
            if not np.isnan(flat[first]):
                hint = "Is something divided by zero, or does it grow without end?"
            if self._is_model():
                hint = "Its weights have grown without end. Was the learning rate too large, or is a nan in the data?"
            raise Unusable(f"{where} {flat[first]:.3g}.", hint)
        return floats


def copied(argument):
    """Copies an array or a list with what is in it; anything else is given as it is."""
    if isinstance(argument, list):
        return [copied(item) for item in argument]
    return np.array(argument) if isinstance(argument, np.ndarray) else argument


def unchanged(before, after):
    """Tells whether an argument that is an array or a list still holds what it held before the call."""
    if isinstance(before, list):
        return len(before) == len(after) and all(
            type(a) is type(b) and unchanged(a, b) and (isinstance(a, list | np.ndarray) or a == b)
            for a, b in zip(before, after, strict=True)
        )
    if not isinstance(before, np.ndarray):
        return True
    return np.array_equal(before, after, equal_nan=before.dtype.kind in "fc")  # a hole, nan, is still the same hole


def listed(value):
    """Makes lists of what gives its numbers one by one: generators, maps, sets, the values of a dict."""
    if isinstance(value, Iterator | Set | KeysView | ValuesView):
        value = list(itertools.islice(value, ENDLESS))
    if isinstance(value, list | tuple) and any(isinstance(item, Iterator | ValuesView) for item in value):
        return [listed(item) for item in value]
    return value


def attribute(value, name):
    """Gives an attribute of a student's object, or None where it has none or can not give it."""
    try:
        return getattr(value, name, None)
    except Exception:  # noqa: BLE001 - a property of theirs that fails: for a check it is not there
        return None


def message_of(error):
    """Gives an exception's message in one line, without colours and memory addresses."""
    try:
        message = re.sub(rf"\x1b\[[0-9;]*m|{ADDRESS}", "", str(error))
    except Exception:  # noqa: BLE001 - an exception of theirs that can not be printed
        message = ""
    return " ".join(message.split())[:300] or "no message"


def kind(value):
    """Names the kind of a student's object: its type, and how much is in it."""
    size = f" of {size_of(value)}" if isinstance(value, np.ndarray | list | tuple) else ""
    return type(value).__name__ + size


def size_of(value):
    """Writes how many numbers an array or a list holds: "81", or "200 x 2"."""
    return " x ".join(map(str, value.shape)) if isinstance(value, np.ndarray) else str(len(value))


def describe(argument):
    """Writes an argument of a call: an array or a list by its size, a function by its name, a number as it is."""
    if isinstance(argument, np.ndarray):
        return f"array of {size_of(argument)}"
    if callable(argument):
        return argument.__name__
    if isinstance(argument, list):
        return kind(argument)
    return f"{argument:.3g}" if isinstance(argument, float) else re.sub(ADDRESS, "", repr(argument))
