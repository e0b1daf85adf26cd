"""The data sets that a search knows by name: their samples, and that only the training sample prepares them."""

import numpy as np
import pytest
from sklearn.model_selection import train_test_split

from tests.cells import run_cells
from tests.search_worker import cheap
from utils import events, titanic
from utils.search import data
from utils.search.command import main
from utils.search.errors import SearchError


def rows_of(y):
    """The rows of the three samples, as scikit-learn gives them."""
    train, rest = train_test_split(np.arange(len(y)), test_size=0.4, stratify=y, random_state=0)
    return train, *train_test_split(rest, test_size=0.5, stratify=np.asarray(y)[rest], random_state=0)


def test_the_events_are_those_of_lesson_07_with_their_weights():
    table, three = events.load(), data.samples("events")
    assert [len(part.y) for part in three] == [20_764, 6_921, 6_922]
    for part, rows in zip(three, rows_of(table.signal), strict=True):
        assert np.array_equal(part.y, table.signal.iloc[rows])
        x = table[list(events.FEATURES)].to_numpy()
        training = x[rows_of(table.signal)[0]]
        np.testing.assert_allclose(part.x, (x[rows] - training.mean(axis=0)) / training.std(axis=0), atol=1e-4)
    for part in three[1:]:  # each stands for 1/fb
        for label, expected in ((1, 148), (0, 1691)):
            assert part.weight[part.y == label].sum() == pytest.approx(expected, rel=0.03)
    train = three.train
    assert train.weight[train.y == 1].sum() == pytest.approx(train.weight[train.y == 0].sum())
    assert train.weight.mean() == pytest.approx(1)
    assert len(np.unique(train.weight[train.y == 0])) == 2  # the slice above 60 GeV still counts four times
    assert np.ptp(train.weight[train.y == 0]) == pytest.approx(3 * train.weight[train.y == 0].min(), rel=1e-4)


def test_the_passengers_are_those_of_lesson_08_and_no_holes_are_left():
    table, three = titanic.load(), data.samples("titanic")
    assert [part.x.shape for part in three] == [(534, 13), (178, 13), (179, 13)]
    assert sum(part.y.sum() for part in three) == 342
    for part, rows in zip(three, rows_of(table.Survived), strict=True):
        assert np.array_equal(part.y, table.Survived.iloc[rows])
        assert np.isfinite(part.x).all()
        assert part.weight is None
        assert np.array_equal(part.x[:, 5], table.Sex.iloc[rows] == "female")
        assert set(np.unique(part.x[:, 5:])) == {0, 1}


def test_the_pipeline_is_the_one_that_lesson_08_writes_out():
    lesson = run_cells("08_titanic", ["setup", "pipeline"])
    table = titanic.load()
    rows = rows_of(table.Survived)[0]
    assert lesson["FEATURES"] == titanic.FEATURES
    expected = lesson["to_numbers"]().fit(table.iloc[rows]).transform(table)
    assert np.array_equal(titanic.to_numbers().fit(table.iloc[rows]).transform(table), expected)
    np.testing.assert_allclose(data.samples("titanic").train.x, expected[rows], atol=1e-6)


@pytest.mark.parametrize(("name", "module", "label"), [("events", events, "signal"), ("titanic", titanic, "Survived")])
def test_nothing_of_the_other_samples_prepares_the_first(name, module, label, monkeypatch):
    table, before = module.load(), data.samples(name)
    train, *others = rows_of(table[label])
    numbers = [c for c in module.FEATURES if table[c].dtype.kind == "f"]
    for rows in others:
        table.loc[rows, numbers] = table.loc[rows, numbers] * 50 + 1000
    monkeypatch.setattr(module, "load", lambda: table)
    changed = getattr(data, name)()  # past the cache
    assert np.array_equal(changed.train.x, before.train.x)
    assert changed.test.x.max() > before.test.x.max() + 1
    assert len(train) == len(changed.train.y)


def test_they_are_found_from_any_folder_and_searched_by_name(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(data, "_registered", {"titanic": data.titanic, "events": data.events})  # past the cache
    for name in ("events", "titanic"):
        options = ["--data", name, "--storage", "sqlite:///search.db", "--tune", "width", "learning_rate"]
        assert main(["--trials", "2", *options], cheap) == 0
        assert f"Study {name}-tpe-" in capsys.readouterr().out


def test_a_name_that_nobody_registered():
    expected = r"expected one of the data sets events, moons, titanic\. Received: 'Titanic'"
    with pytest.raises(SearchError, match=expected):
        data.samples("Titanic")
