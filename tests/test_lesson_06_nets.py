"""Lesson 06, activation functions: what its text says about trained nets, and about nets that are born dead."""

import contextlib

import numpy as np
import pytest

from tests.built_book import ROOT
from tests.cells import reading
from tests.nets import float64
from tests.test_lesson_06 import needs_tensorflow, run_cells
from tools.record_race import CELLS, rows

pytestmark = needs_tensorflow


@pytest.fixture(scope="module")
def lesson():
    with float64():
        yield run_cells([*CELLS, "race-measure"])


@pytest.fixture(scope="module")
def race(lesson):
    with contextlib.chdir(ROOT / "lessons"):
        return run_cells(["race-run", "race-axes", "game-data", "game-draw", "game-figure"], lesson)


@pytest.fixture(scope="module")
def dying(lesson):
    return run_cells(["dead-train", "dead-measure"], lesson)


def ends(race, name, depth):
    rate, losses = race["validation"](name, depth)
    return rate, np.median(losses[:, -1])


def test_the_depth_race_goes_as_the_text_says(race):
    at = {(n, d): ends(race, n, d)[1] for n in race["RACERS"] for d in race["DEPTHS"]}
    assert [at["sigmoid", d] for d in (2, 5, 10)] == pytest.approx([0.20, 2.30, 2.30], abs=0.01)
    assert [at["tanh", 10], at["ReLU", 10]] == pytest.approx([0.31, 0.40], abs=0.02)
    assert max(at[n, d] for n in ("tanh", "ReLU") for d in (2, 5, 10)) < 0.5
    assert max(at[n, 2] for n in race["RACERS"]) - min(at[n, 2] for n in race["RACERS"]) < 0.05
    assert ends(race, "sigmoid", 2)[0] == 2.0
    assert max(ends(race, n, 2)[0] for n in ("tanh", "ReLU")) < 2.0
    for losses in (race["recorded"]("validation", "sigmoid", d) for d in (5, 10)):
        assert losses[:, :, -1].min() > 2.2


def test_every_net_of_the_race_and_of_the_game_is_recorded_once(race):
    assert len(race["RACE"]) == 2 * 3 * (3 + 3 + 8) * 5
    assert not race["RACE"].index.has_duplicates
    for loss in ("training", "validation"):
        for name in race["RACERS"]:
            for depth in race["DEPTHS"]:
                assert race["recorded"](loss, name, depth).shape == (len(race["TRIED"][name]), 5, 20)


@pytest.mark.parametrize(("name", "depth"), [("sigmoid", 2), ("ReLU", 5)])
def test_nets_of_the_race_that_are_trained_again_have_the_recorded_losses(race, name, depth):
    compared, made = 0, rows(race, name, depth)
    for _, _, rate, seed, loss, *losses in made:
        again, before = np.array(losses, float), race["RACE"].loc[loss, name, depth, rate, seed].to_numpy()
        assert np.array_equal(np.isnan(again), np.isnan(before)), (rate, seed, loss)
        # A net that jumps about makes much of a rounding error; of the others each digit that is written counts.
        if before[0] < 3 and np.nanmax(np.diff(before)) < 0.1:
            assert again == pytest.approx(before, rel=1e-4), (rate, seed, loss)
            compared += 1
    assert compared >= len(made) / 2


def test_the_game_has_the_optimum_that_the_text_says(race):
    assert race["LARGEST"] == [1.0, 0.3, 0.1]
    trains = {d: [r for r, good in zip(race["RATES"], race["TRAINS"][d], strict=True) if good] for d in race["DEPTHS"]}
    assert len(trains[2]) == 6
    assert trains[10] == [0.05, 0.1]
    assert min(min(rates) for rates in trains.values()) == 0.05
    for depth in race["DEPTHS"]:
        for rate in race["RATES"]:
            says = reading(race["largest_learning_rate"], depth, rate)
            assert (": trains;" in says) == (rate in trains[depth])
    half = race["GAME"][5][race["RATES"].index(0.5)][:, -1]
    assert (half < 0.3).sum() == 3
    assert (half > 9).sum() == 1
    assert ((half > 1) & (half < 9)).sum() == 1


def test_dead_units_go_as_the_text_says(dying):
    rates = dying["DEATH_RATES"]

    def share(name, rate):
        return np.median(dying["DEAD"][name][rates.index(rate), :, -1])

    def loss(name, rate):
        return np.median(dying["DEAD_LOSS"][name][rates.index(rate), :, -1])

    assert (dying["DEAD"]["leaky ReLU"] == 0).all()
    assert [share("ReLU", r) for r in (1.0, 1.2, 1.5, 2.0)] == pytest.approx([0.06, 0.27, 0.84, 1], abs=0.01)
    assert max(loss("ReLU", 1.0), loss("ReLU", 1.2)) < 0.025
    assert loss("ReLU", 2.0) == pytest.approx(2.32, abs=0.01)
    assert loss("leaky ReLU", 1.5) < 0.02
    assert loss("leaky ReLU", 2.0) > 9
    assert max(share(n, r) for n in ("GELU", "swish") for r in (0.1, 0.5, 1.0, 1.2)) == 0
    assert [share("GELU", 2.0), share("swish", 2.0)] == pytest.approx([0.30, 0.11], abs=0.01)
    assert [max(r for r in rates if loss(n, r) < 0.05) for n in ("swish", "GELU")] == [1.5, 1.2]


def test_a_dead_relu_of_the_only_hidden_layer_stays_dead(dying):
    assert (np.diff(dying["DEAD"]["ReLU"], axis=-1) >= 0).all()
    result, raw = dying["DYING"]["ReLU"], dying["raw"][:500]
    for net in range(result.nets):
        (early, bias), (late, after) = (result.weights(epoch, net)[:2] for epoch in (5, 20))
        dead = (raw @ early + bias <= 0).all(axis=0)
        assert (early[:, dead] == late[:, dead]).all()
        assert (bias[dead] == after[dead]).all()


def test_narrow_nets_are_born_dead_as_often_as_the_formula_says(lesson):
    lost = run_cells(["break-code"], dict(lesson))["lost"]
    for width, depth in ((2, 3), (2, 10), (3, 5), (4, 10)):
        one, every = lost(width, depth, nets=3000, seed=1)
        assert one == pytest.approx(1 - (1 - 0.5**width) ** depth, abs=0.03)
        assert every < one
