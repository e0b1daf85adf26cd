"""An answer that never ends is stopped with a word that helps: in a test, in another thread, in a notebook's kernel."""

import contextlib
import threading
import time

import pytest

from utils.checks import right, task
from utils.checks.limit import SECONDS, TooLong, limited


@task(hint="Two times x is x + x.")
def double(answer):
    """Write `double(x)`: twice x."""
    answer.call(1.0, size=1)
    return right("It ends.")


@pytest.fixture
def half_a_second(monkeypatch):
    monkeypatch.setattr("utils.checks.limit.SECONDS", 0.5)


def never_ends(x):
    while x > 0:
        x = x + 1e-9


def swallows_even_the_stop_button(x):
    while x > 0:
        try:
            x = x + 1e-9
        except:  # noqa: E722
            x = 1


def sleeps(x):
    time.sleep(60)


def waits_for_a_lock(x):
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


class NeverANumber:
    """Something whose conversion to a number never ends."""

    def __array__(self, dtype=None, copy=None):
        while True:
            pass


@pytest.mark.usefixtures("half_a_second")
@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (never_ends, "x"),
        (swallows_even_the_stop_button, ""),
        (sleeps, "time.sleep(60)"),
        (waits_for_a_lock, "lock.acquire()"),
        (lambda x: NeverANumber(), ""),
    ],
)
def test_what_never_ends_is_stopped_and_the_line_is_shown(answer, line):
    began = time.monotonic()
    feedback = double.feedback(answer)
    assert time.monotonic() - began < 10
    assert feedback.state == "wrong"
    assert "seconds and was stopped." in repr(feedback)
    assert "of your cell: `" in repr(feedback)
    assert line in repr(feedback)


@pytest.mark.usefixtures("half_a_second")
def test_it_is_stopped_in_a_thread_that_is_not_the_main_one():
    found = []
    thread = threading.Thread(target=lambda: found.append(repr(double.feedback(never_ends))))
    thread.start()
    thread.join(10)
    assert "was stopped" in found[0]


def test_what_ends_in_time_is_left_alone_and_so_is_what_comes_after():
    for _ in range(100):
        assert double.feedback(lambda x: 2 * x).state == "right"
    assert limited(lambda: 7, 0.1) == 7
    until(time.perf_counter() + 0.4)


def until(end):
    while time.perf_counter() < end:
        pass


def test_nothing_is_left_over_where_the_end_and_the_limit_meet():
    for k in range(60):
        with contextlib.suppress(TooLong):
            limited(lambda k=k: until(time.perf_counter() + 0.0095 + 0.00002 * k), 0.01)
        sum(range(2000))  # an exception that came too late would strike here


def test_where_there_are_no_threads_there_is_no_limit(monkeypatch):
    def can_not(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", can_not)
    assert double.feedback(lambda x: 2 * x).state == "right"


def test_it_works_in_a_kernel_which_lives_on():
    from jupyter_client.manager import run_kernel

    assert SECONDS == 20
    with run_kernel(kernel_name="python3") as client:

        def run(code):
            shown = []
            client.execute_interactive(code, timeout=90, output_hook=lambda message: shown.append(message["content"]))
            return str(shown)

        run("import utils.checks.limit\nutils.checks.limit.SECONDS = 1\nkept = 41")
        run("from utils.checks import chapter_03 as check")
        for body in ("while True: pass", "import time; time.sleep(60)"):
            shown = run(f"def f(y, p):\n    {body}\ncheck.cross_entropy(f)")
            assert "was stopped" in shown, shown
            assert f"Line 2 of your cell: `{body}`" in shown, shown
        assert "42" in run("print(kept + 1)")
