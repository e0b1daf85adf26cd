"""What all tests share: figures without a screen, property tests that repeat, the built book and a browser."""

import gc
import os
import signal
import sys

from utils.surroundings import our_settings

os.environ.update(our_settings())  # before Matplotlib and Keras are imported

import hypothesis
import matplotlib
import matplotlib.pyplot as plt
import pytest

from tests.browser import DESKTOP, NAMES, Watch, chromium, find_chromium, serve

# Set here and not by MPLBACKEND: the kernels that the tests start inherit the environment and need their own backend.
matplotlib.use("Agg")

# The same examples in every run, and no time limit for one of them: two loaded cores can be slow.
hypothesis.settings.register_profile("course", deadline=None, derandomize=True)
hypothesis.settings.load_profile("course")


def pytest_configure(config):
    """Has the suite share what can be shared; the tests of `utils` alone need nothing of it."""
    from tests.suite import Suite

    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # `make test &` in a script: then nothing hears Ctrl-C
        signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.set_threshold(50_000, 10, 10)  # what is imported now makes many objects that stay: not looked through every 700
    config.pluginmanager.register(Suite(config), "suite")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keeps together on one worker what belongs together, and starts with what takes long."""
    from xdist.scheduler import LoadFileScheduling

    from tests.suite import piece_of_work

    class Together(LoadFileScheduling):
        def _split_scope(self, nodeid):
            return piece_of_work(nodeid)

    config.option.loadscopereorder = False
    return Together(config, log)


@pytest.fixture(autouse=True)
def close_figures():
    """Closes what a test has left open, so that the next one starts with none."""
    yield
    plt.close("all")


@pytest.fixture(autouse=True)
def patient_checks(monkeypatch):
    """Gives an answer more time than a student's has: a machine that runs two tests at once is slow."""
    if limit := sys.modules.get("utils.checks.limit"):
        monkeypatch.setattr(limit, "SECONDS", 120)


@pytest.fixture(scope="session")
def book(request):
    """Builds the book where something has changed, and gives the folder of its pages."""
    return request.config.pluginmanager.get_plugin("suite").book()


@pytest.fixture
def bake_folder(tmp_path, monkeypatch):
    """Has figures baked, as in the kernel of one notebook of a book build, and gives the folder."""
    from utils.explore import BAKE_VARIABLE
    from utils.explore.bake import _baked_ids

    _baked_ids.clear()
    monkeypatch.setenv(BAKE_VARIABLE, str(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def browser():
    """Starts a headless Chromium; where there is none the test is skipped, except in CI.

    For one file, not for the session: while Playwright runs, nothing else in the process can start an event loop.
    """
    if find_chromium() is None and os.environ.get("CI") != "true":
        pytest.skip(f"no Chromium: set CHROME to one, or install {NAMES[0]}")
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def homes(book):
    """Gives where the book is, by the two ways to open it: served, and as a file."""
    with serve(book) as address:
        yield {"http": address, "file": f"{book.as_uri()}/"}


@pytest.fixture
def open_page(browser, homes):
    """Gives a function that opens a page of the book; at the end no page may have complained or left the site.

    Where formulas do not matter they are left as they are written: to set them takes half the time of a page.
    """
    contexts, watches = [], []

    def open_page(document, way="http", *, address="", viewport=DESKTOP, formulas=True, **settings):
        contexts.append(browser.new_context(viewport=viewport, reduced_motion="reduce", **settings))
        contexts[-1].set_default_timeout(90_000)  # a loaded machine is slow
        if not formulas:
            contexts[-1].route("**/mathjax/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
        page = contexts[-1].new_page()
        watches.append(Watch(page, homes[way]))
        page.watch = watches[-1]
        page.goto(f"{homes[way]}{document}.html{address}", wait_until="load")
        return page

    yield open_page
    for context in contexts:
        context.close()
    for watch in watches:
        watch.check()
