"""One net on every backend of Keras and in plain PyTorch: the same outputs, and the tables that lesson 09 reads."""

import csv
import functools
import json
import zipfile

import numpy as np
import pytest

from tools import time_backends
from tools.time_backends import ASSETS, BACKENDS, BATCHES, NET, OUTPUTS, SMALL, STEPS, WIDTHS, run

KEPT = "plain, epsilon of Keras"


def table(name):
    """Gives what a table says about its machine, and its rows."""
    with (ASSETS / name).open(encoding="utf-8") as file:
        machine = file.readline()
        return machine, list(csv.DictReader(file))


@functools.cache
def recorded():
    """Gives {(backend, way, steps): outputs} on the processor."""
    outputs = {}
    for row in table("backends_outputs.csv")[1]:
        if row["device"] == "cpu":
            outputs.setdefault((row["backend"], row["way"], int(row["steps"])), []).append(float(row["output"]))
    return {key: np.array(ps) for key, ps in outputs.items()}


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_backend_gives_the_outputs_of_the_table(backend):
    result = run(backend, "cpu", only_outputs=True)
    if result is None:
        pytest.skip(f"{backend} is not installed")
    for way, two in result["outputs"].items():
        for steps, outputs in zip((0, STEPS), two, strict=True):
            np.testing.assert_allclose(outputs, recorded()[backend, way, steps], rtol=0, atol=1e-5)


def test_all_backends_agree_and_plain_pytorch_with_them_where_epsilon_is_that_of_keras():
    outputs = recorded()
    assert {key[:2] for key in outputs} == {(b, "keras") for b in BACKENDS} | {("torch", "plain"), ("torch", KEPT)}
    for (_, way, steps), ps in outputs.items():
        apart = np.abs(ps - outputs["tensorflow", "keras", steps]).max()
        assert len(ps) == OUTPUTS
        assert (apart < 1e-5) == (way != "plain" or steps == 0), (way, steps)
    moved = outputs["tensorflow", "keras", STEPS] - outputs["tensorflow", "keras", 0]
    assert np.abs(moved).max() > 0.01  # steps were made


def test_the_table_of_times_is_whole_and_says_whose_it_is():
    machine, rows = table("backends.csv")
    assert all(word in machine for word in ("Keras 3", "tensorflow 2", "jax 0", "torch 2", "one core of"))
    assert ("no GPU" in machine) != any(row["device"] == "gpu" for row in rows)
    wanted = {(b, way, w, n) for b, ways in BACKENDS.items() for way in ways for w in WIDTHS for n in BATCHES}
    for device in {row["device"] for row in rows} | {"cpu"}:
        there = [r for r in rows if r["device"] == device]
        assert {(r["backend"], r["way"], int(r["width"]), int(r["batch"])) for r in there} == wanted
        assert len(there) == len(wanted)
    for row in rows:
        width = int(row["width"])
        assert int(row["parameters"]) == 11 * width + (width + 1) * width + width + 1
        assert 1e-6 < float(row["seconds"]) < 60


def test_the_saved_net_is_what_the_tool_compares():
    with zipfile.ZipFile(NET) as file:
        layers = json.loads(file.read("config.json"))["config"]["layers"]
    assert [layer["config"]["units"] for layer in layers[1:]] == [SMALL, SMALL, 1]


def test_without_one_of_the_backends_nothing_is_measured_or_written(monkeypatch, tmp_path):
    monkeypatch.setattr(time_backends, "ASSETS", tmp_path)
    monkeypatch.setattr(time_backends, "missing", lambda: ["torch"])
    monkeypatch.setattr("sys.argv", ["time_backends"])
    with pytest.raises(SystemExit, match="Received: no torch"):
        time_backends.main()
    assert list(tmp_path.iterdir()) == []
