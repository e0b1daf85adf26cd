"""What the book build does with its notebooks: what they read is noted, they run side by side, and can be stopped."""

import json
import os
import signal
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import pytest

from tests.built_book import ROOT, write_notebook
from utils.book.execute import Settings, execute
from utils.book.progress import Progress, expected_seconds
from utils.book.records import Notebook, environment_hash

# Each of these names a file of the project in a way that its text does not show.
READER = [
    "import importlib, os, pathlib, shutil, subprocess, glob",
    "%%capture kept\nimport package.magic",
    "open('../assets/' + 'pie' + 'ces.csv').read()",
    "import beside",
    "importlib.import_module('package.' + 'late').below()",
    "%run script.py",
    "for path in sorted(glob.glob('../globbed/*.csv')):\n    print(pathlib.Path(path).read_text())",
    "!cat ../assets/shell.txt",
    "subprocess.run(['cat', '../assets/process.txt'], check=True)",
    "try:\n    open('../assets/not_there_yet.csv')\nexcept FileNotFoundError:\n    print('later')",
    "pathlib.Path('product.txt').write_text('mine')\nprint(pathlib.Path('product.txt').read_text())",
    "import matplotlib\nprint(matplotlib.rcParams['lines.linewidth'], 'startup' in globals())",
    "print(os.environ['KERAS_HOME'], 'KERAS_BACKEND' in os.environ)",
]
FILES = {
    "package/__init__.py": "",
    "package/magic.py": "",
    "package/late.py": "def below():\n    from . import deep",
    "package/deep.py": "",
    "package/unused.py": "",
    "lessons/beside.py": "import sys",
    "lessons/script.py": "print('ran')",
    "lessons/other.py": "",
    "assets/pieces.csv": "1",
    "assets/shell.txt": "2",
    "assets/process.txt": "3",
    "assets/unused.csv": "4",
    "globbed/a.csv": "5",
    "globbed/b.csv": "6",
}
READ = {name for name in FILES if not any(word in name for word in ("unused", "other"))}


def run(root, *names, timeout=60, workers=2):
    """Runs notebooks of a folder as the book build does; gives them and what failed."""
    notebooks = [Notebook(name, root / f"{name}.ipynb", root / "_build" / name) for name in names]
    settings = Settings(root=root, environment="here", bake=True, timeout=timeout, workers=workers)
    expected = {notebook: expected_seconds(notebook, root / "none.json") for notebook in notebooks}
    progress = Progress(expected, len(notebooks), workers)
    return notebooks, execute(notebooks, settings, progress)


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    """Gives a project's folder and its notebook, run once, by a user with settings of his own."""
    root, home = tmp_path_factory.mktemp("project"), tmp_path_factory.mktemp("home")
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    write_notebook(root / "lessons/reader.ipynb", "assets/unused.csv, only named in the text", *READER)
    for name, text in {
        ".ipython/profile_default/startup/mine.py": "startup = 1",
        ".keras/keras.json": '{"floatx": "float64"}',
        "matplotlibrc": "lines.linewidth: 9",
    }.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(root), str(ROOT)]))
        patch.setenv("HOME", str(home))
        patch.setenv("MATPLOTLIBRC", str(home / "matplotlibrc"))
        patch.setenv("IPYTHONDIR", str(home / ".ipython"))
        patch.setenv("KERAS_HOME", str(home / ".keras"))
        patch.setenv("KERAS_BACKEND", "torch")
        (notebook,), failures = run(root, "lessons/reader")
    assert failures == []
    return root, notebook


def printed(notebook):
    return ["".join(output.get("text", "") for output in cell["outputs"]) for cell in notebook.record["cells"]]


def test_what_a_kernel_opens_is_noted_and_nothing_else(reader):
    root, notebook = reader
    files = set(notebook.record["files"])
    assert {name for name in files if name in FILES} == READ
    assert files - READ == {"assets/not_there_yet.csv"}
    assert set(notebook.record["folders"]) == {"globbed"}
    assert notebook.is_fresh(root, "here")
    assert not notebook.is_fresh(root, "another Python")


@pytest.mark.parametrize("name", [*sorted(READ), "assets/not_there_yet.csv", "globbed/c.csv"])
def test_a_change_in_what_was_read_makes_the_outputs_stale(reader, name):
    root, notebook = reader
    before = (root / name).read_text() if (root / name).exists() else None
    (root / name).write_text("x = 1")
    try:
        assert not notebook.is_fresh(root, "here")
    finally:
        (root / name).unlink() if before is None else (root / name).write_text(before)
    assert notebook.is_fresh(root, "here")


@pytest.mark.parametrize(
    "name", ["package/unused.py", "lessons/other.py", "assets/unused.csv", "lessons/product.txt", "new"]
)
def test_a_change_in_anything_else_does_not(reader, name):
    root, notebook = reader
    (root / name).write_text("x = 2")
    assert notebook.is_fresh(root, "here")


def test_the_outputs_hang_on_code_and_not_on_prose(reader):
    root, notebook = reader
    write_notebook(root / "lessons/reader.ipynb", "Other words", *READER)
    again = Notebook("lessons/reader", notebook.path, notebook.folder)
    assert again.is_fresh(root, "here")
    assert "Other words" in again.fill(notebook.path.read_text())
    write_notebook(root / "lessons/reader.ipynb", "Other words", *READER, "1 + 1")
    assert not Notebook("lessons/reader", notebook.path, notebook.folder).is_fresh(root, "here")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"code": 1}'])
def test_a_damaged_record_is_none(reader, tmp_path, text):
    root, notebook = reader
    (tmp_path / "record.json").write_text(text)
    assert not Notebook("lessons/reader", notebook.path, tmp_path).is_fresh(root, "here")


def test_what_a_killed_build_left_is_swept_up(tmp_path):
    write_notebook(tmp_path / "a.ipynb", "A", "1")
    notebook = Notebook("a", tmp_path / "a.ipynb", tmp_path / "kept")
    notebook.make_ready()
    old, new, damaged = (notebook.folder / "frames" / name for name in ("a.1.part", "b.2.part", "0123456789abcdef.png"))
    for path in (old, new, damaged):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    notebook.make_ready()
    assert [path.name for path in (old, new, damaged) if path.exists()] == [new.name]


def test_the_settings_of_the_user_stay_out(reader):
    root, notebook = reader
    linewidth, keras = printed(notebook)[-2:]
    assert linewidth == "1.5 False\n"
    home, backend = keras.split()
    assert json.loads(Path(home, "keras.json").read_text())["floatx"] == "float32"
    assert backend == "False"


# --- side by side -----------------------------------------------------------------------------------------------------

MEET = """
import pathlib, time
pathlib.Path({me!r}).write_text("here")
for _ in range(600):
    if pathlib.Path({other!r}).exists():
        break
    time.sleep(0.1)
else:
    raise TimeoutError("alone")
print("met")
"""
# Bakes as utils.explore does: a line for each stop.
SLOW_FIGURE = """
import json, os, pathlib, time
with open(pathlib.Path(os.environ["EXPLORE_BAKE"]) / "progress.jsonl", "a") as file:
    for done in range(1, 9):
        time.sleep(0.6)
        print(json.dumps({"figure": "slow", "total": 200, "done": done}), file=file, flush=True)
"""


def test_notebooks_run_side_by_side_and_an_error_of_one_names_its_place(tmp_path, capfd):
    write_notebook(tmp_path / "a.ipynb", "A", MEET.format(me="a", other="b"), "1 / 0")
    write_notebook(tmp_path / "b.ipynb", "B", MEET.format(me="b", other="a"))
    (a, b), (failure,) = run(tmp_path, "a", "b")
    assert printed(b) == ["met\n"]
    assert failure.startswith("a.ipynb, cell 3 of 3: ")
    assert "1 / 0" in failure
    assert "ZeroDivisionError" in failure
    assert not a.is_fresh(tmp_path, "here")
    assert b.is_fresh(tmp_path, "here")
    said = capfd.readouterr()
    assert failure in said.out
    assert said.err == ""  # nothing that nobody can act on: the line to the kernels is encrypted


def test_a_cell_may_take_long_as_long_as_its_figure_gets_on(tmp_path):
    write_notebook(tmp_path / "slow.ipynb", "Slow", SLOW_FIGURE, SLOW_FIGURE + "time.sleep(100)")
    begun = time.monotonic()
    _, (failure,) = run(tmp_path, "slow", timeout=3)
    assert time.monotonic() - begun < 60
    assert failure.startswith("slow.ipynb, cell 3 of 3, figure slow, 8 of 200 stops drawn: nothing was finished in 3 s")


def test_a_kernel_that_dies_is_named(tmp_path):
    write_notebook(tmp_path / "dies.ipynb", "Dies", "import os\nos._exit(1)")
    _, (failure,) = run(tmp_path, "dies")
    assert failure.startswith("dies.ipynb, cell 2 of 2: its kernel died")


def test_ctrl_c_ends_the_build_and_its_kernels(tmp_path):
    sleep = "import os, pathlib, time\npathlib.Path(f'{os.getpid()}.pid').write_text('')\ntime.sleep(100)"
    for name in ("a", "b"):
        write_notebook(tmp_path / f"{name}.ipynb", "Sleeps", sleep)
    code = f"import pathlib; from tests.test_book_kernel import run; run(pathlib.Path({str(tmp_path)!r}), 'a', 'b')"
    build = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    wait_for(lambda: len(list(tmp_path.glob("*.pid"))) == 2)
    build.send_signal(signal.SIGINT)
    _, error = build.communicate(timeout=120)
    assert build.returncode != 0
    assert error.rstrip().endswith("KeyboardInterrupt")
    wait_for(lambda: not any(Path("/proc", path.stem).exists() for path in tmp_path.glob("*.pid")))


def wait_for(condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


# --- how long it will take --------------------------------------------------------------------------------------------


def test_the_time_is_what_it_took_last_or_a_guess_from_the_stops(tmp_path):
    figure = "@explore(n=(1, 3))\ndef three_stops(n=1):\n    pass"
    write_notebook(tmp_path / "a.ipynb", "A", "1", figure, figure.replace("three_stops", "unknown"))
    (tmp_path / "readings.json").write_text(json.dumps({"three-stops": {"n=1": "", "n=2": "", "n=3": ""}}))
    notebook = Notebook("a", tmp_path / "a.ipynb", tmp_path / "kept")
    first, known, unknown = expected_seconds(notebook, tmp_path / "readings.json")
    assert first > known > 0
    assert unknown > known
    notebook.record = {"seconds": [1.0, 2.0, 3.0]}
    assert expected_seconds(notebook, tmp_path / "readings.json") == [1.0, 2.0, 3.0]
    notebook.record = {"seconds": [1.0, 2.0]}  # of the notebook before a cell was added
    assert expected_seconds(notebook, tmp_path / "readings.json") == [first, known, unknown]


def test_a_build_says_at_the_start_and_then_how_long_it_takes(tmp_path, capsys, monkeypatch):
    now = [100.0]
    monkeypatch.setattr("utils.book.progress.time.monotonic", lambda: now[0])
    figure = "@explore(n=(1, 3))\ndef wave(n=1):\n    pass"
    for name in ("a", "b"):
        write_notebook(tmp_path / f"{name}.ipynb", "A", figure, "1")
    a, b = (Notebook(name, tmp_path / f"{name}.ipynb", tmp_path / name) for name in ("a", "b"))
    progress = Progress({a: [100.0, 20.0], b: [30.0, 10.0]}, 5, workers=2)
    assert "Running 2 of 5 notebooks with 2 figures, 2 at a time: about 2 min" in capsys.readouterr().out
    progress.start(a)
    progress.start(b)
    now[0] += 200  # twice as slow as expected
    progress.cell_done(a, 1)
    progress.hear(b, {"figure": "wave", "total": 3, "done": 3, "seconds": 8.25, "bytes": 12345})
    progress.cell_done(b, 1)
    progress.end(b)
    progress.hear(a, {"figure": "wave", "total": 2, "done": 1, "seconds": 8.25, "bytes": 12345})
    # Half of 20 s of work is left, for one kernel alone; 150 s of it took 2 * 200 s, and 30 s count as expected.
    assert "[2 of 2 figures, about 24 s left] baked wave: 2 frames, 12 kB, 8.2 s" in capsys.readouterr().out
    progress.end(a)
    progress.close()
    assert "The notebooks took 3 min." in capsys.readouterr().out
    Progress({}, 5, workers=2).close()
    assert capsys.readouterr().out == "Nothing has changed for the 5 notebooks: none of them runs.\n"


def test_a_package_that_is_found_in_two_folders_counts_once(tmp_path, monkeypatch):
    """As the project itself, in whoever has its folder on the path: the tests have, and the build has not."""
    again, other = tmp_path / "again/nbval-1.dist-info", tmp_path / "other/nowhere_else-1.dist-info"
    for folder, name, version in ((again, "nbval", metadata.version("nbval")), (other, "nowhere-else", "1")):
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    before = environment_hash.__wrapped__()
    monkeypatch.syspath_prepend(again.parent)
    assert environment_hash.__wrapped__() == before
    monkeypatch.syspath_prepend(other.parent)
    assert environment_hash.__wrapped__() != before
