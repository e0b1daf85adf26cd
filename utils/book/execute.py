"""Runs the notebooks of the book side by side, each in a kernel of its own."""

import asyncio
import copy
import dataclasses
import json
import logging
import os
import re
import sys
import threading
import time
from pathlib import Path

from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from traitlets import default

from utils.book.kernel import NOTES_VARIABLE, ROOT_VARIABLE, read_notes
from utils.explore import BAKE_VARIABLE
from utils.surroundings import kernel_environment

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_LOG = logging.getLogger("utils.book.kernels")  # what nbclient says beside its errors, which are shown
_LOG.addHandler(logging.NullHandler())
_LOG.propagate = False
_LOOK = 0.3  # seconds between two looks at what the kernels have written


class _Specs(KernelSpecManager):
    """Knows one kernel: ours, with the Python that builds the book, whatever else is installed."""

    def get_kernel_spec(self, kernel_name):
        argv = [sys.executable, str(Path(__file__).with_name("kernel.py")), "-f", "{connection_file}"]
        # Without this word the manager takes the kernel for one that can not encrypt.
        return KernelSpec(argv=argv, language="python", metadata={"supported_encryption": ["curve"]})


class _Manager(AsyncKernelManager):
    """Starts our kernel, and talks to it over an encrypted line: other users of a machine can listen on its ports."""

    @default("kernel_spec_manager")
    def _our_kernels(self):
        return _Specs()

    @default("transport_encryption")
    def _encrypted(self):
        return "auto"


@dataclasses.dataclass
class Settings:
    """How the notebooks of a build are run.

    Attributes:
        root: the folder of the project; what a notebook reads in it counts.
        environment: `environment_hash()`.
        bake: whether the figures are baked.
        timeout: seconds after which a cell has to have finished, or a figure its next stop; None for no end.
        workers: how many notebooks run at a time.
    """

    root: Path
    environment: str
    bake: bool
    timeout: float | None
    workers: int


def execute(notebooks, settings, progress):
    """Runs notebooks side by side and keeps their outputs; Ctrl-C ends them all.

    Args:
        notebooks: a list of `Notebook`, the first ones start first.
        settings: a `Settings`.
        progress: a `Progress`, told what is going on.

    Returns:
        What went wrong, a text for each notebook that failed.
    """
    runs = [_Run(notebook, settings, progress) for notebook in notebooks]

    async def run_all():
        free = asyncio.Semaphore(settings.workers)

        async def in_turn(run):
            async with free:
                await run.run()

        # All of them, or the first one to be cancelled would leave the others without time to end their kernels.
        for result in await asyncio.gather(*map(in_turn, runs), return_exceptions=True):
            if result is not None:
                raise result

    # In a thread of its own, and not here: on the main thread nbclient would take Ctrl-C for itself.
    runner = asyncio.Runner()
    loop = runner.get_loop()
    # Where a kernel ends early, nbclient leaves tasks that wait for it: their errors are no news. Ours are in `task`.
    loop.set_exception_handler(lambda loop, context: _LOG.debug(context["message"], exc_info=context.get("exception")))
    task = loop.create_task(run_all())

    async def wait():
        await asyncio.wait({task})

    ended = threading.Event()  # Ctrl-C during `Thread.join` makes Python 3.11 forget that the thread runs

    def work():
        try:
            with runner:  # at its end it cancels what a stopped notebook has left
                runner.run(wait())
        finally:
            ended.set()

    threading.Thread(target=work, name="notebooks").start()
    try:
        while not ended.wait(_LOOK):
            progress.show()
    finally:
        if not ended.is_set():
            loop.call_soon_threadsafe(task.cancel)
            ended.wait()
    task.result()
    return [run.failure for run in runs if run.failure]


async def _stop(client, task):
    """Ends a client that still runs: too slow, or Ctrl-C."""
    while not task.done():
        # Without a kernel it ends by itself, in its own order; cancelled it would leave pieces of itself behind.
        if client.km is not None and client.km.has_kernel:
            await client.km.provisioner.kill()  # at once: interrupted first, it would complain
        elif client.kc is None:
            task.cancel()
        await asyncio.wait({task}, timeout=_LOOK)


class _Run:
    """One notebook while it runs."""

    def __init__(self, notebook, settings, progress):
        self.notebook, self.settings, self.progress = notebook, settings, progress
        self.executed = copy.deepcopy(notebook.notebook)
        self.failure, self.seconds, self.cell, self.event, self.heard = None, [], None, None, 0
        self.started = self.alive = None  # the cell, and its last sign of life
        self.events = notebook.folder / "progress.jsonl"

    async def run(self):
        """Runs the notebook; at the end its outputs are kept, or `failure` says why not."""
        self.progress.start(self.notebook)
        self.notebook.make_ready()
        self.events.write_text("", encoding="utf-8")
        notes = self.notebook.folder / f"notes.{os.getpid()}.part"
        notes.unlink(missing_ok=True)
        variables = {NOTES_VARIABLE: str(notes), ROOT_VARIABLE: str(self.settings.root)}
        # Several kernels share a GPU; by itself TensorFlow would take all of its memory for the first.
        variables["TF_FORCE_GPU_ALLOW_GROWTH"] = os.environ.get("TF_FORCE_GPU_ALLOW_GROWTH", "true")
        if self.settings.bake:
            variables[BAKE_VARIABLE] = str(self.notebook.folder)
        client = NotebookClient(
            self.executed,
            timeout=None,  # of a cell as a whole: a figure may take long, as long as it gets on
            kernel_manager_class=_Manager,
            kernel_name="python3",
            store_widget_state=False,
            iopub_timeout=60,  # a loaded machine is slow; what does not come is an error and not an empty output
            raise_on_iopub_timeout=True,
            log=_LOG,
            on_cell_execute=self.start_cell,
            on_cell_executed=self.end_cell,
        )
        task = asyncio.create_task(
            client.async_execute(cwd=str(self.notebook.path.parent), env=kernel_environment(**variables))
        )
        try:
            while not (await asyncio.wait({task}, timeout=_LOOK))[0]:
                self.listen()
                if self.is_stuck():
                    self.fail(f"nothing was finished in {self.settings.timeout} s (timeout in _config.yml)")
                    return
            self.listen()
            task.result()
            self.notebook.keep(self.executed, read_notes(notes), self.settings.environment, self.seconds)
            self.progress.end(self.notebook)
        except CellExecutionError as error:
            self.fail(_COLOURS.sub("", str(error)).strip())
        except DeadKernelError:
            self.fail("its kernel died (is there enough memory?)")
        except CellTimeoutError as error:  # of the outputs, which come after the cell has ended
            self.fail(str(error))
        finally:
            await _stop(client, task)
            notes.unlink(missing_ok=True)

    def start_cell(self, cell, cell_index):
        """Notes that a cell starts."""
        self.listen()  # to what the cell before has still written
        self.cell, self.event = cell_index, None
        self.started = self.alive = time.monotonic()

    def end_cell(self, cell, cell_index, execute_reply):
        """Notes what a cell has taken."""
        self.seconds.append(round(time.monotonic() - self.started, 2))
        self.progress.cell_done(self.notebook, len(self.seconds))

    def listen(self):
        """Reads what the kernel has written of its figures."""
        with self.events.open("rb") as file:
            file.seek(self.heard)
            for line in file:
                if not line.endswith(b"\n"):  # still being written
                    break
                self.heard += len(line)
                self.event, self.alive = json.loads(line), time.monotonic()
                self.progress.hear(self.notebook, self.event)

    def is_stuck(self):
        """True where a cell, or the next stop of its figure, takes longer than is allowed."""
        allowed = self.settings.timeout
        return allowed is not None and self.alive is not None and time.monotonic() - self.alive > allowed

    def fail(self, reason):
        """Says which cell of which notebook failed, and how far its figure was."""
        where = f"{self.notebook.name}.ipynb"
        if self.cell is not None:
            where += f", cell {self.cell + 1} of {len(self.executed.cells)}"
        if self.event:
            where += ", figure {figure}, {done} of {total} stops drawn".format(**self.event)
        self.failure = f"{where}: {reason}"
        self.progress.fail(self.notebook, self.failure)
