"""Trains the nets of lesson 09's searches and records their scores.

    python -m tools.record_searches axes     axes.csv: one hyper-parameter moves, the others stay at the lecture's start
    python -m tools.record_searches table    table.csv: a table of trained points, to search in
    python -m tools.record_searches bdt      bdt_first.csv: boosted trees, logistic regression and nets

Without a name it does all three (about twenty minutes). A file goes to lessons/assets when it is complete; until then
its rows are kept in _build/searches, and the same command goes on from there.

Validation and test score are areas under the ROC curve, weighted for the events, on the samples of `utils.search.data`.
Of the events, nets and trees learn from the first `EXAMPLES` of the training sample alone. Seconds are those of the
processor, all its cores together, with what is compiled, without imports; nets that train side by side share them.
"""

import argparse
import csv
import io
import itertools
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from tools.record_first import first_pieces, first_rows
from tools.search_samples import DATA, EXAMPLES, START, samples
from tools.time_backends import processor
from utils.files import write_whole
from utils.search import net

ROOT = Path(__file__).parents[1]
ASSETS, PARTS = ROOT / "lessons/assets", ROOT / "_build/searches"
NETS, START_NETS = 8, 64  # of a point of an axis, of the start
AXES = {
    "width": (4, 16, 32, 64, 128, 256),
    "depth": (1, 2, 3, 4),
    "epochs": (3, 10, 30, 100),
    "batch_size": (8, 32, 128, 512),
    "activation": ("relu", "leaky_relu", "tanh", "sigmoid"),
    "early_stopping": (False, True),  # True: with at most the most epochs of their axis
    "optimizer": ("adam", "rmsprop", "momentum", "sgd", "adamw"),
    "learning_rate": (1e-5, 1e-4, 1e-3, 1e-2, 1e-1),
    "dropout": (0.0, 0.1, 0.25, 0.5),
    "batch_norm": (False, True),
}
TABLE = {
    "learning_rate": tuple(10 ** (k / 2) for k in range(-10, -2)),
    "width": (16, 64, 128),
    "depth": (1, 2, 3),
    "batch_size": (32,),
    "dropout": (0.0, 0.25),
}
TABLE_NETS, RUNGS = 2, (3, 9, 27)
COLUMNS = {
    "axes": "data,name,value,net,validation,test,epochs,seconds",
    "table": "data,learning_rate,width,depth,batch_size,dropout,validation_3,validation_9,validation_27,test_27"
    ",seconds",
    "bdt_first": "data,model,setting,seed,validation,test,seconds",
}


def train(name, seeds, changed, keep=(), **per_net):
    """Trains nets; gives areas (S, 2) after each epoch of `keep` and at the end (None), epochs (S,), seconds of one."""
    import keras

    three, parameters = samples(name), START | changed
    began = time.process_time()
    keras.utils.set_random_seed(0)
    model = net.build(parameters, three.train.x.shape[1])
    result = net.trained(model, parameters, three, seeds, keep=keep, **per_net)
    seconds = (time.process_time() - began) / len(seeds)
    areas = {e: np.stack([net.areas(result, model, s, e) for s in three[1:]], axis=1) for e in (*keep, None)}
    return areas, net.epochs_of(result), seconds


# --- one hyper-parameter at a time ------------------------------------------------------------------------------------


def axis_pieces():
    """Lists what is trained by one call each: name and value (None: all values of the name but the start)."""
    together = ("learning_rate", "epochs", "dropout")
    yield "start", None
    for name, values in AXES.items():
        if name in together[1:]:
            yield name, None
        elif name not in together:
            yield from ((name, value) for value in values if value != START[name])


def axis_rows(name, axis, value):
    """Trains a piece of the axes; gives its rows."""
    others = [v for v in AXES.get(axis, ()) if v != START[axis]]
    if axis == "start":  # and in the same call the other learning rates
        others = [rate for rate in AXES["learning_rate"] if rate != START["learning_rate"]]
        seeds = [*range(START_NETS), *list(range(NETS)) * len(others)]
        rates = [START["learning_rate"]] * START_NETS + list(np.repeat(others, NETS))
        areas, epochs, seconds = train(name, seeds, {}, learning_rate=rates)
        points = [("start", "start")] * START_NETS
        points += [("learning_rate", rate) for rate in others for _ in range(NETS)]
        rows = [row(name, *p, seeds[n], areas[None][n], epochs[n], seconds) for n, p in enumerate(points)]
        # The start is a point of every axis: its first nets stand there again.
        return rows + [[name, a, START[a], *first[3:]] for a in AXES for first in rows[:NETS]]
    if axis == "epochs":  # one long training passes all of them
        most = max(AXES["epochs"])
        areas, _, seconds = train(name, range(NETS), {"epochs": most}, keep=others)
        return [row(name, axis, v, n, areas[v][n], v, seconds * v / most) for v in others for n in range(NETS)]
    if axis == "dropout":
        rates = list(np.repeat(others, NETS))
        areas, epochs, seconds = train(name, list(range(NETS)) * len(others), {axis: rates[0]}, dropout=rates)
        return [row(name, axis, r, n % NETS, areas[None][n], epochs[n], seconds) for n, r in enumerate(rates)]
    changed = {axis: value} | ({"epochs": max(AXES["epochs"])} if axis == "early_stopping" else {})
    areas, epochs, seconds = train(name, range(NETS), changed)
    return [row(name, axis, value, n, areas[None][n], epochs[n], seconds) for n in range(NETS)]


def row(name, axis, value, number, areas, epochs, seconds):
    """Writes a row of the axes."""
    return [name, axis, value, number, *(f"{a:.5f}" for a in areas), int(epochs), f"{seconds:.3g}"]


# --- a table to search in ---------------------------------------------------------------------------------------------


def table_rows(name, width, depth, batch):
    """Trains all learning rates and dropout rates of a net side by side; gives a row for each of these points."""
    points = list(itertools.product(TABLE["learning_rate"], TABLE["dropout"]))
    rates, drops = np.repeat(points, TABLE_NETS, axis=0).T.tolist()
    changed = {"width": width, "depth": depth, "batch_size": batch, "epochs": max(RUNGS), "dropout": max(drops)}
    seeds = list(range(TABLE_NETS)) * len(points)
    areas, _, seconds = train(name, seeds, changed, keep=RUNGS, learning_rate=rates, dropout=drops)
    mean = {e: both.reshape(len(points), TABLE_NETS, 2).mean(axis=1) for e, both in areas.items()}
    for n, (rate, drop) in enumerate(points):
        scores = [*(mean[e][n, 0] for e in RUNGS), mean[RUNGS[-1]][n, 1]]
        point = [f"{rate:.4g}", width, depth, batch, drop]
        yield [name, *point, *(f"{s:.5f}" for s in scores), f"{seconds * TABLE_NETS:.3g}"]


# --- pieces, and the files --------------------------------------------------------------------------------------------


def pieces(kind):
    """Lists what a file is made of: (function, its arguments), quick ones first."""
    for name in DATA:
        if kind == "axes":
            yield from ((axis_rows, (name, *piece)) for piece in axis_pieces())
        elif kind == "table":
            nets = itertools.product(*(TABLE[key] for key in ("width", "depth", "batch_size")))
            yield from ((table_rows, (name, *piece)) for piece in nets)
        else:
            yield from ((first_rows, (name, *piece)) for piece in first_pieces())


def record(kind):
    """Makes a file, piece by piece; what an earlier run has made is not made again."""
    PARTS.mkdir(parents=True, exist_ok=True)
    kept, wanted = PARTS / f"{kind}.json", list(pieces(kind))
    done = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    for make, piece in wanted:
        if str(piece) in done:
            continue
        began = time.perf_counter()
        done[str(piece)] = [list(row) for row in make(*piece)]
        write_whole(kept, json.dumps(done).encode())
        print(*piece, f"{len(done[str(piece)])} rows in {time.perf_counter() - began:.0f} s", flush=True)
    write_whole(
        ASSETS / f"{kind}.csv", as_text(kind, [row for _, piece in wanted for row in done[str(piece)]]).encode()
    )
    kept.unlink()


def as_text(kind, rows):
    """Writes the rows as text; the first line names the machine."""
    import keras
    import sklearn
    import tensorflow

    versions = (("Keras", keras), ("tensorflow", tensorflow), ("scikit-learn", sklearn))
    machine = [processor().replace("one core of ", ""), *(f"{name} {of.__version__}" for name, of in versions)]
    file = io.StringIO()
    file.write(f"# {'; '.join(machine)}; events to train with: {EXAMPLES}\n{COLUMNS[kind]}\n")
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue()


def main():
    """Makes one file, or all, each in a process of its own."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("kind", nargs="?", choices=("axes", "table", "bdt"))
    choice = made.parse_args()
    if choice.kind is not None:
        record("bdt_first" if choice.kind == "bdt" else choice.kind)
        return
    for kind in ("axes", "table", "bdt"):
        subprocess.run([sys.executable, "-m", "tools.record_searches", kind], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
