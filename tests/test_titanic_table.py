"""The passengers of lesson 08: the file as it was published, and the copy of OpenML that scikit-learn ships."""

import gzip
import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.externals import _arff

from tests.built_book import ROOT

FILE = ROOT / "lessons/assets/train.csv"
COLUMNS = ["PassengerId", "Survived", "Pclass", "Name", "Sex", "Age", "SibSp", "Parch", "Ticket", "Fare", "Cabin"]
COLUMNS += ["Embarked"]


@pytest.fixture(scope="module")
def table():
    return pd.read_csv(FILE)


def open_ml():
    """The 1,309 passengers of OpenML's data set 40945, with the names of columns that the contest uses."""
    place = Path(sklearn.__file__).parent / "datasets/tests/data/openml/id_40945/data-v1-dl-16826755.arff.gz"
    read = _arff.loads(gzip.decompress(place.read_bytes()).decode())
    everybody = pd.DataFrame(read["data"], columns=[name for name, _ in read["attributes"]])
    names = {name.lower(): name for name in COLUMNS}
    everybody = everybody.rename(columns=names)
    whole, real = ["Survived", "Pclass", "SibSp", "Parch"], ["Age", "Fare"]
    return everybody.astype(dict.fromkeys(whole, float)).astype(dict.fromkeys(whole, int) | dict.fromkeys(real, float))


def keys(passengers):
    """Names and tickets: two pairs of passengers have one name."""
    return list(zip(passengers.Name.str.replace('"', "'").str.strip(), passengers.Ticket, strict=True))


def others(table):
    """The 418 passengers of OpenML that are not in the table."""
    everybody, here = open_ml(), set(keys(table))
    return everybody[[key not in here for key in keys(everybody)]]


def test_the_file_is_as_published_to_the_byte(table):
    published = FILE.read_bytes()
    assert hashlib.sha256(published).hexdigest() == "7d118fef8b6ccf7f81111877bc388536f7b1e498a655e3d649d19aaa010e9f6f"
    assert published.count(b"\n") == published.count(b"\r\n") == 892
    assert "lessons/assets/** -text" in (ROOT / ".gitattributes").read_text(encoding="utf-8").splitlines()
    assert list(table.columns) == COLUMNS


def test_what_the_lesson_says_of_the_table(table):
    assert len(table) == 891
    assert table.PassengerId.tolist() == list(range(1, 892))
    assert table.Survived.sum() == 342
    holes = table.isna().sum()
    assert holes[holes > 0].to_dict() == {"Age": 177, "Cabin": 687, "Embarked": 2}
    assert (table.Fare.min(), round(table.Fare.max())) == (0, 512)
    assert table.Ticket.duplicated(keep=False).sum() == 344
    assert table.duplicated(["Ticket", "Fare"], keep=False).sum() == 342
    assert ((table.Sex == "female") == table.Survived).sum() == 701
    girls = table[(table.Pclass == 1) & (table.Sex == "female") & (table.Age < 10)]
    assert girls[["Age", "Survived"]].to_numpy().tolist() == [[2, 0]]


def test_it_agrees_with_open_ml_for_every_passenger(table):
    everybody = open_ml()
    assert len(everybody) == 1309
    assert len(set(keys(everybody))) == 1309
    places = {key: row for row, key in enumerate(keys(everybody))}
    rows = [places[key] for key in keys(table)]
    print(f"matched by name and ticket: {len(rows)} of {len(table)}")
    there = everybody.iloc[rows].reset_index(drop=True)
    for name in ("Survived", "Pclass", "SibSp", "Parch"):
        assert (there[name] == table[name]).all(), name
    for name in ("Age", "Fare"):
        assert np.allclose(there[name], table[name], atol=0.0051, equal_nan=True), name  # ages of babies: to 0.01
    for name in ("Sex", "Cabin", "Embarked"):
        assert ((there[name] == table[name]) | (there[name].isna() & table[name].isna())).all(), name


def test_the_others_and_the_lifeboats(table):
    rest, everybody = others(table), open_ml()
    assert len(rest) == 418
    assert ((rest.Sex == "female") == rest.Survived).sum() == 320
    wanted = np.array([0.766, 0.775, 0.797])  # "women survive", the median entry, 95 % of the entries
    assert np.rint(wanted * 418).tolist() == [320, 324, 333]
    assert np.mean(everybody.boat.notna() == (everybody.Survived == 1)) == pytest.approx(0.976, abs=0.0005)
