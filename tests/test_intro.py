"""The title page: what its prose says of the eight nets, by its own trainings."""

import nbformat
import numpy as np
import pytest

from tests.built_book import ROOT


@pytest.fixture(scope="module")
def intro():
    cells = {cell.id: cell.source for cell in nbformat.read(ROOT / "intro.ipynb", as_version=4).cells}
    space = {}
    for name in ("intro-01", "intro-02", "intro-03", "intro-10", "intro-11"):
        exec(compile(cells[name], name, "exec"), space)
    return space


def best_line(x, y):
    """Gives the largest share of points that a straight line has on the right side."""
    shares = []
    for angle in np.linspace(0, 2 * np.pi, 361)[:-1]:
        order = np.argsort(x @ [np.cos(angle), np.sin(angle)])
        left, right = np.cumsum(y[order] == 0), (y == 1).sum() - np.cumsum(y[order] == 1)
        shares.append((left + right).max() / len(y))
    return max(shares)


def test_what_a_straight_line_does(intro):
    moons, rings, corners = (best_line(*intro["points"](data, 20_000, 2)) for data in ("moons", "rings", "corners"))
    assert moons == pytest.approx(0.87, abs=0.005)
    assert 0.62 < rings < 0.68
    assert 0.65 < corners < 0.68


def test_which_one_takes_longest(intro):
    first = {}
    for data, shares in intro["SHARES"].items():
        median = np.median(shares, axis=1)
        first[data] = intro["STOPS"][np.argmax(median >= 0.945)]  # 95 in 100, rounded
        if data == "moons":
            assert median[intro["STOPS"].index(3)] == pytest.approx(0.87, abs=0.02)
    assert first["moons"] == 11
    assert max(first["rings"], first["corners"]) <= 4


def test_where_the_nets_agree(intro):
    def agreement(data, epoch):
        x, _ = intro["points"](data, 300, 1)
        far = np.linalg.norm(intro["GRID"][:, None] - x, axis=-1).min(axis=1) > 0.4
        says = intro["results"][data].predict(intro["GRID"], epoch=epoch)[..., 0] > 0.5
        same = (says == says[0]).all(axis=0)
        return same[far].mean(), same[~far].mean()

    assert all(agreement("rings", epoch)[0] > 0.999 for epoch in intro["STOPS"] if epoch >= 4)
    assert agreement("moons", 8)[0] > 0.9 > agreement("moons", 20)[0] > 0.82 > agreement("moons", 80)[0]
    assert all(agreement(data, 80)[1] > 0.94 for data in intro["results"])


def test_the_thick_line_is_a_net_near_the_median(intro):
    for data, shares in intro["SHARES"].items():
        after = intro["STOPS"].index(4)
        off = np.abs(shares[:, intro["SHOWN"][data]] - np.median(shares, axis=1))
        assert off[after:].max() < 0.03


def test_the_number_of_weights(intro):
    assert intro["small_net"]().count_params() == 337 == 2 * 16 + 16 + 16 * 16 + 16 + 16 + 1
