"""What lesson 09 draws of trained nets: the tables are whole, and two of their points come out again."""

import csv
import itertools

import pytest

from tools import record_first, record_searches
from tools.record_searches import ASSETS, AXES, COLUMNS, DATA, EXAMPLES, NETS, RUNGS, START, START_NETS, TABLE
from utils.search import data


def table(kind):
    """Gives the first line and the rows of a recorded file."""
    with (ASSETS / f"{kind}.csv").open(newline="", encoding="utf-8") as file:
        machine, rows = next(file), csv.DictReader(file)
        assert rows.fieldnames == COLUMNS[kind].split(",")
        return machine, list(rows)


def points(rows, *names):
    """Gives how often each combination of these columns is there."""
    counted = {}
    for row in rows:
        key = tuple(row[name] for name in names)
        counted[key] = counted.get(key, 0) + 1
    return counted


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_file_says_whose_it_is_and_its_numbers_are_scores_and_seconds(kind):
    machine, rows = table(kind)
    assert machine.startswith("# ")
    assert all(word in machine for word in ("Keras 3", "tensorflow 2", f"events to train with: {EXAMPLES}"))
    for row in rows:
        for name, value in row.items():
            if name.startswith(("validation", "test")):
                assert 0.3 < float(value) < 1  # a net that has hardly learned may rank the wrong way round
                assert len(value) == len("0.12345")
            elif name == "seconds":
                assert 0 < float(value) < 600
    assert {row["data"] for row in rows} == set(DATA)


def test_every_point_of_the_axes_is_there_with_its_nets():
    _, rows = table("axes")
    wanted = {(d, name, str(v)): NETS for d in DATA for name, values in AXES.items() for v in values}
    wanted |= {(d, "start", "start"): START_NETS for d in DATA}
    assert points(rows, "data", "name", "value") == wanted
    assert set(points(rows, "data", "name", "value", "net").values()) == {1}
    for name, values in AXES.items():
        assert START[name] in values
    starts = {(r["data"], r["net"]): (r["validation"], r["test"]) for r in rows if r["name"] == "start"}
    for row in rows:
        if row["value"] == str(START.get(row["name"])):  # the start stands in every axis
            assert (row["validation"], row["test"]) == starts[row["data"], row["net"]]
        epochs = int(row["epochs"])
        if row["name"] == "early_stopping" and row["value"] == "True":
            assert 5 < epochs <= 100
        else:
            assert epochs == (int(row["value"]) if row["name"] == "epochs" else START["epochs"])
    assert all(float(row["validation"]) > 0.8 for row in rows if row["name"] == "start")


def test_every_point_of_the_table_is_there_once_and_more_epochs_help_on_average():
    _, rows = table("table")
    wanted = set(itertools.product(DATA, *([*map(_written, values)] for values in TABLE.values())))
    assert points(rows, "data", *TABLE) == dict.fromkeys(wanted, 1)
    for name in DATA:
        means = [_mean(float(r[f"validation_{e}"]) for r in rows if r["data"] == name) for e in RUNGS]
        assert means == sorted(means)
        assert max(float(r["test_27"]) for r in rows if r["data"] == name) > 0.85


def _written(value):
    return f"{value:.4g}" if isinstance(value, float) and 0 < value < 0.1 else str(value)


def _mean(values):
    values = list(values)
    return sum(values) / len(values)


def test_trees_and_nets_stand_beside_each_other():
    _, rows = table("bdt_first")
    once = [("logistic", "C=1"), *(("trees", str(n)) for n in record_first.TREES)]
    nets = [(m, f"{s}, {e} epochs") for m in ("net", "net, compiled") for s in record_first.SHAPES
            for e in record_first.EPOCHS]  # fmt: skip
    wanted = {(d, *point): 1 for d in DATA for point in once}
    wanted |= {(d, *point): len(record_first.SEEDS) for d in DATA for point in nets}
    assert points(rows, "data", "model", "setting") == wanted
    for name in DATA:  # more trees and more epochs take longer
        for model, settings in (("trees", [s for _, s in once[1:]]), ("net", [s for m, s in nets[:3]])):
            seconds = [_mean(float(r["seconds"]) for r in rows if (r["data"], r["model"], r["setting"]) ==
                       (name, model, setting)) for setting in settings]  # fmt: skip
            assert seconds[0] < seconds[-1]


def test_the_events_learn_from_a_part_and_the_other_samples_are_whole():
    part, whole = record_searches.samples("events"), data.samples("events")
    assert len(part.train.y) == EXAMPLES < len(whole.train.y)
    assert (part.train.x == whole.train.x[:EXAMPLES]).all()
    assert part[1:] == whole[1:]
    weight, y = part.train.weight, part.train.y
    assert weight[y == 1].sum() == pytest.approx(weight[y == 0].sum()) == pytest.approx(EXAMPLES / 2)


# Another processor rounds differently. Inputs changed by 1e-5 of themselves, a hundred times more than float32 rounds,
# moved these scores by less than 0.0001 for rates up to 0.003, and by 0.0017 above; an untrained net or another seed is
# 0.005 and more away.
ROUNDING, OF_LARGE_RATES = 0.002, 0.01


def test_points_of_the_passengers_come_out_again():
    made = record_searches.axis_rows("titanic", "optimizer", "sgd")
    kept = {tuple(r[n] for n in ("name", "value", "net")): r for r in table("axes")[1] if r["data"] == "titanic"}
    assert len(made) == NETS
    for row in made:
        there = kept["optimizer", "sgd", str(row[3])]
        assert [float(a) for a in row[4:6]] == pytest.approx(
            [float(there[n]) for n in ("validation", "test")], abs=ROUNDING
        )
        assert row[6] == int(there["epochs"])


def test_a_net_of_the_table_comes_out_again():
    made = [list(map(str, row)) for row in record_searches.table_rows("titanic", 16, 1, 32)]
    kept = {tuple(r[n] for n in TABLE): r for r in table("table")[1] if r["data"] == "titanic"}
    assert len(made) == len(TABLE["learning_rate"]) * len(TABLE["dropout"])
    for row in made:
        there = [float(kept[tuple(row[1:6])][f"{n}"]) for n in COLUMNS["table"].split(",")[6:10]]
        near = ROUNDING if float(row[1]) < 0.005 else OF_LARGE_RATES
        assert [float(a) for a in row[6:10]] == pytest.approx(there, abs=near), row


# --- the tool ---------------------------------------------------------------------------------------------------------


def test_a_run_that_is_interrupted_goes_on_where_it_was(tmp_path, monkeypatch):
    calls, broken = [], True

    def make(*piece):
        calls.append(piece)
        if piece == ("b", 2) and broken:
            raise KeyboardInterrupt
        return [[*piece, "x, y"]]

    monkeypatch.setattr(record_searches, "pieces", lambda kind: [(make, ("a", 1)), (make, ("b", 2))])
    monkeypatch.setattr(record_searches, "ASSETS", tmp_path / "assets")
    monkeypatch.setattr(record_searches, "PARTS", tmp_path / "parts")
    with pytest.raises(KeyboardInterrupt):
        record_searches.record("axes")
    assert not (tmp_path / "assets").exists()
    broken = False
    record_searches.record("axes")
    assert calls == [("a", 1), ("b", 2), ("b", 2)]
    lines = (tmp_path / "assets/axes.csv").read_text(encoding="utf-8").splitlines()
    assert lines[1:] == [COLUMNS["axes"], 'a,1,"x, y"', 'b,2,"x, y"']
    assert list((tmp_path / "parts").iterdir()) == []


def test_the_parts_that_the_tool_makes_are_all_of_the_axes():
    made = list(record_searches.axis_pieces())
    assert len(made) == len(set(made)) == 1 + 5 + 3 + 1 + 3 + 3 + 1 + 4 + 1 + 1
