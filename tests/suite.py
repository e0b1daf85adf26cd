"""What the whole suite shares: each training and each notebook is run once, and what a file has cost is told.

A plugin that `conftest.py` registers, because a conftest's own hooks do not reach the notebooks beside its folder. A
notebook that is tested alone (`pytest lessons/NN.ipynb`) does not need it.
"""

import collections
import gc
import json
import os
import re
import shutil
import tempfile
import time
from pathlib import Path

import pytest
from nbval.plugin import IPyNbCell, coalesce_streams

from tests.built_book import ROOT, build, recorded_outputs
from utils.files import one_after_the_other
from utils.train.shared import VARIABLE

#: Where the costs of the last whole run are written, for `make bench`.
COSTS = ROOT / "_build" / "suite.json"

#: What takes long starts first, or one worker would wait for the other at the end: the book is built at once, with its
#: readings and notebooks compared; JupyterLab and the other backends are a few tests that take minutes. What looks at
#: the built book in a browser comes last, when it is there.
_LOOKING = ("test_book.py", "test_access.py", "test_pages.py", "test_fit.py")
BOOK = ("test_readings.py", *_LOOKING)
_FIRST = (
    "test_readings.py",
    ".ipynb",
    "test_lab.py",
    "test_train_backends.py",
    "test_lesson_",
    "test_book_",
    "test_checks_",
)
#: Whose trainings are those of the book.
_SHARING = (".ipynb", "test_lesson_", "test_lab.py", *BOOK)


def piece_of_work(nodeid):
    """Gives the name of the tests that stay together on one worker.

    They are those of a file; those that compare with the built book; and a third of the pages that a file looks at, or
    one worker would look at the last pages while the others have nothing left to do.
    """
    file = nodeid.partition("::")[0].rpartition("/")[2]
    if file == "test_readings.py" or file.endswith(".ipynb"):
        return "the built book"
    if file in _LOOKING:
        chapter = re.search(r"(?:lessons|exercises|solutions)/(\d+)", nodeid)
        return f"{file}, {int(chapter[1]) % 3 if chapter else 0}"
    return file


def place(name):
    """Gives where the tests of a file stand in the order, a number."""
    if name in _LOOKING:
        return len(_FIRST) + 1 + _LOOKING.index(name)
    found = (k for k, word in enumerate(_FIRST) if name.startswith(word) or name.endswith(word))
    return next(found, len(_FIRST))


class Suite:
    """The plugin.

    Attributes:
        folder: a folder of this run, for all its workers.
        began: when the run began, in seconds since 1970.
    """

    def __init__(self, config):
        given = getattr(config, "workerinput", {}).get("suite")  # a worker gets it from the process that started it
        self.folder, self.began = given or (tempfile.mkdtemp(prefix="suite-"), time.time())
        self.owner, self.config = given is None, config
        self.costs, self.here, self.tests = collections.Counter(), None, 0

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node):
        """Tells a worker what this run shares."""
        node.workerinput["suite"] = (self.folder, self.began)

    def pytest_unconfigure(self):
        """Removes what this run shared; lets a worker end at once."""
        if self.owner:
            shutil.rmtree(self.folder, ignore_errors=True)
        # pytest collects garbage five times now. With TensorFlow loaded that takes longer than the five seconds after
        # which a worker is interrupted, and Hypothesis' timer of the collector then prints a traceback.
        gc.callbacks.clear()
        gc.freeze()

    def pytest_collection_modifyitems(self, items):
        """Puts first what takes long."""
        items.sort(key=lambda item: place(item.path.name))

    def pytest_itemcollected(self, item):
        """Has a notebook's cell compared by nbval with what the book's kernel has just given for it, if it has."""
        if isinstance(item, IPyNbCell):
            start, run = item.parent.setup, item.runtest
            item.parent.setup = lambda: None if self._outputs(item.parent) else start()
            item.runtest = lambda: compare(item, outputs) if (outputs := self._outputs(item.parent)) else run()

    def book(self):
        """Gives the folder of the built book; in one run of the suite it is built once, and the other workers wait."""
        built = Path(self.folder) / "book"
        with one_after_the_other(built.with_suffix(".lock")):
            if not built.exists():
                build()
                built.touch()
        return ROOT / "_build" / "html"

    def _outputs(self, notebook):
        """Gives the outputs of each code cell, run by the book build of this very run of the suite; or None."""
        if not hasattr(notebook, "of_the_book"):
            notebook.of_the_book = recorded_outputs(notebook.path, since=self.began)
        return notebook.of_the_book

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        """Has a test share its trainings, in this process and in those that it starts."""
        self.here = _processor_seconds()
        if item.path.name.startswith(_SHARING) or item.path.name.endswith(_SHARING):
            os.environ[VARIABLE] = self.folder
        try:
            return (yield)
        finally:
            os.environ.pop(VARIABLE, None)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        """Notes what a test has cost, with its fixtures and the processes that have ended in it."""
        if call.when == "teardown":
            item.user_properties.append(("processor seconds", round(_processor_seconds() - self.here, 2)))
        return (yield)

    def pytest_runtest_logreport(self, report):
        """Adds up what the files have cost."""
        if report.when == "teardown":
            self.tests += 1
            self.costs[report.location[0]] += dict(report.user_properties)["processor seconds"]

    def pytest_terminal_summary(self, terminalreporter):
        """Shows the files that have cost most."""
        if not self.owner or not self.costs:
            return
        terminalreporter.section("processor seconds")
        for name, seconds in self.costs.most_common(15):
            terminalreporter.write_line(f"{seconds:8.1f} {name}")
        wall = time.time() - self.began
        terminalreporter.write_line(f"{self.costs.total():8.1f} in {self.tests} tests, {wall:.0f} s")
        if "lessons" in {Path(name).parts[0] for name in self.costs} and "tests" in str(self.config.args):
            COSTS.parent.mkdir(exist_ok=True)
            COSTS.write_text(json.dumps({"tests": self.tests, "wall": wall, "processor": dict(self.costs)}, indent=1))


def _processor_seconds():
    return sum(os.times()[:4])  # of this process and of those of its children that have ended


def compare(item, outputs):
    """Compares a notebook's cell with what it has given, as nbval does after running it; raises as nbval does."""
    if item.options["skip"]:
        pytest.skip()
    given = outputs[item.cell_num]
    for output in given:
        if output.output_type == "error" and not item.options["check_exception"]:
            item.raise_cell_error("Cell execution caused an exception", "\n".join(output.traceback))
    ran = item.cell.execution_count is not None
    if item.cell.outputs and not ran:
        item.raise_cell_error("Unrun reference cell has outputs")
    kept = coalesce_streams(item.cell.outputs)
    if ran and item.options["check"] and not item.compare_outputs(coalesce_streams(given), kept):
        item.raise_cell_error("Cell outputs differ", "\n".join(item.comparison_traceback))
