"""The net behind utils.search: its scores, and that the command trains it."""

import subprocess
import sys

import numpy as np
import optuna
import pytest

from utils.search import data, net, space
from utils.search.command import main

START = {name: parameter.start for name, parameter in space.SPACE.items()}


def test_the_command_trains_nets_prunes_and_tells_the_test_score(tmp_path, capsys):
    url = f"sqlite:///{tmp_path / 'search.db'}"
    options = ["--tune", "learning_rate", "--pruner", "halving", "--nets", "2", "--seed", "5", "--study", "s"]
    assert main(["--trials", "6", "--storage", url, *options]) == 0
    trials = optuna.load_study(study_name="s", storage=url).trials
    complete = [t for t in trials if t.state == optuna.trial.TrialState.COMPLETE]
    assert {t.user_attrs["epochs"] for t in trials} - {30} <= {3, 9, 27}
    assert 0 < len(complete) < 6
    best = max(complete, key=lambda t: t.value)
    assert best.value > 0.9
    assert f"AUC {best.value:.4f}; on the test sample {best.user_attrs['test']:.4f}." in capsys.readouterr().out
    # The same trial by itself gives the same scores: nothing is left over from the others.
    scores = net.score(START | best.params, data.samples("moons"), nets=2)
    assert (scores["validation"], scores["test"]) == pytest.approx((best.value, best.user_attrs["test"]), abs=1e-4)


def test_every_choice_of_the_space_builds_a_net_that_keras_runs():
    for name, (_, distribution, levels) in space.SPACE.items():
        for choice in getattr(distribution, "choices", levels):
            model = net.build(START | {name: choice, "width": 8}, 2)
            assert model(np.zeros((3, 2), "float32")).shape == (3, 1)


def test_early_stopping_and_weights_reach_the_training():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 2))
    three = data.split(x, rng.random(300) < 0.5, rng.uniform(1, 2, 300))  # nothing to learn: the first epochs are best
    chosen = START | {"early_stopping": True, "learning_rate": 0.03, "width": 16}
    scores = net.score(chosen, three, nets=2)
    assert scores["epochs"] < 20
    assert scores["diverged"] == 0


def test_early_stopping_watches_the_loss_that_the_net_learns_by(monkeypatch):
    """Nets learn with balanced weights: with others the validation loss would stop them for what they do not do."""
    rng, given = np.random.default_rng(0), {}
    monkeypatch.setattr("utils.train.train", lambda *_, **named: given.update(named))
    y, weight = rng.random(300) < 0.5, rng.uniform(1, 2, 300)
    three = data.split(rng.normal(size=(300, 2)), y, np.where(y, weight / 50, weight))
    net.trained(None, START | {"early_stopping": True}, three, [0])
    _, y, weight = given["validation_data"]
    assert weight[y == 1].sum() == pytest.approx(weight[y == 0].sum())
    assert weight.mean() == pytest.approx(1)
    assert three.validation.weight[y == 1].sum() < three.validation.weight[y == 0].sum() / 10


def test_the_area_is_exact_and_weighted():
    import keras

    rng = np.random.default_rng(1)
    x, y, weight = rng.normal(size=(40, 2)), rng.integers(0, 2, 40), rng.uniform(0, 3, 40)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    score = np.ravel(model(x))
    pairs = [(i, j) for i in np.flatnonzero(y == 1) for j in np.flatnonzero(y == 0)]
    right = sum(weight[i] * weight[j] * (score[i] > score[j]) for i, j in pairs)
    area = right / sum(weight[i] * weight[j] for i, j in pairs)
    assert net.auc(data.Sample(x, y, weight), model) == pytest.approx(area, abs=1e-6)
    model.set_weights([np.full((2, 1), np.inf), np.zeros(1)])
    assert net.auc(data.Sample(x, y, weight), model) == 0.5


def test_the_command_is_a_command():
    command = [sys.executable, "-m", "utils.search", "--trials", "none"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "expected a whole number of 1 or more. Received: 'none'" in ran.stderr
    assert "Traceback" not in ran.stderr
