"""A time limit for the student's code, in a notebook on every system: an endless loop gets a clear word."""

import contextlib
import ctypes
import threading

SECONDS = 20


class TooLong(BaseException):
    """The student's code ran longer than it may. Not an `Exception`, so that an `except Exception` does not stop it."""


@contextlib.contextmanager
def time_limit(seconds=None):
    """Stops what runs inside after some seconds, between two steps of Python; a call into a library ends first.

    Signals would not do: Windows has no alarm, and a notebook may run its cells in another thread than the first.

    Args:
        seconds: how long, `SECONDS` if None.

    Raises:
        TooLong: when the time is over.
    """
    stop, guard, thread = threading.Event(), threading.Lock(), ctypes.c_ulong(threading.get_ident())
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
    wait = SECONDS if seconds is None else seconds

    def watch():
        pause = wait
        while not stop.wait(pause):  # and again each second: their code may catch it
            pause = 1
            with guard:
                if not stop.is_set():
                    raise_in(thread, ctypes.py_object(TooLong))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        while not stop.is_set():
            with contextlib.suppress(TooLong), guard:  # it may arrive in this very moment
                raise_in(thread, None)  # takes back one that has not arrived yet
                stop.set()
