"""A time limit for the student's code, in a notebook on every system: an endless loop gets a clear word.

No alarm (Windows has none, and it rings in the main thread only) and no second process: a watcher thread asks the
interpreter to raise `TooLong` in the thread that works. Code in Python notices at its next step; what waits, in a sleep
or for a lock, is woken by the signal that the stop button sends. A call that computes in a library ends first.
"""

import contextlib
import ctypes
import signal
import sys
import threading
import traceback

SECONDS = 20
_raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc


class TooLong(BaseException):
    """The student's code ran longer than it may. Not an `Exception`, so that an `except Exception` does not stop it."""


def limited(action, seconds=None):
    """Calls something, and stops it after some seconds, between two steps of Python.

    Args:
        action: a function without arguments.
        seconds: how long it may run, `SECONDS` if None.

    Returns:
        What it returns.

    Raises:
        TooLong: when the time is over.
    """
    watcher = _Watcher(sys._getframe(), SECONDS if seconds is None else seconds)
    try:
        try:
            return action()
        finally:
            while True:
                try:
                    watcher.stop()
                    break
                except (TooLong, KeyboardInterrupt):  # it has arrived in this very moment
                    pass
    except KeyboardInterrupt as woken:
        if not watcher.has_woken:
            raise  # the student's stop button
        raise TooLong from woken


class _Watcher:
    """Waits in a thread of its own, and interrupts the one that made it, again each second: it may be caught."""

    def __init__(self, frame, seconds):
        self.frame, self.seconds, self.worker = frame, seconds, threading.get_ident()
        self.over, self.guard, self.has_woken = threading.Event(), threading.Lock(), False
        with contextlib.suppress(RuntimeError):  # in a browser (Pyodide) there are no threads, and no limit
            threading.Thread(target=self._watch, daemon=True, name="time limit").start()

    def stop(self):
        """Ends the watch, and takes back what was asked for and has not arrived."""
        with self.guard:
            _raise_in(ctypes.c_ulong(self.worker), None)
            self.over.set()
        self.frame = None

    def _watch(self):
        pause, before = self.seconds, None
        while not self.over.wait(pause):
            with self.guard:
                top = frame = sys._current_frames().get(self.worker)
                while frame is not None and frame is not self.frame:
                    frame = frame.f_back
                if self.over.is_set() or frame is None:  # the frame has gone: nothing is left to stop
                    return
                _raise_in(ctypes.c_ulong(self.worker), ctypes.py_object(TooLong))
                if before == (id(top), top.f_lasti):  # it has not moved: perhaps it sleeps
                    self._wake()
                pause, before = 1, (id(top), top.f_lasti)
                top = frame = None

    def _wake(self):
        is_main = self.worker == threading.main_thread().ident
        if not is_main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
            return
        self.has_woken = True
        if hasattr(signal, "pthread_kill"):
            signal.pthread_kill(self.worker, signal.SIGINT)
        else:  # Windows
            signal.raise_signal(signal.SIGINT)


def line_of(error, their_globals):
    """Says in which line of the student's cell an exception came, as a tuple of one line, or of none.

    Args:
        error: an exception with its traceback; where it came while another one was under way, that one counts too.
        their_globals: the globals of the student's functions, dicts; what stands in `__main__` is theirs as well.
    """
    while error is not None:
        frames = [
            f
            for f in traceback.walk_tb(error.__traceback__)
            if f[0].f_globals.get("__name__") == "__main__" or any(f[0].f_globals is known for known in their_globals)
        ]
        if frames:
            last = traceback.StackSummary.extract(iter(frames[-1:]))[0]
            return (f"Line {last.lineno} of your cell: `{(last.line or '').replace('`', '')}`",)
        error = error.__cause__ or error.__context__
    return ()
