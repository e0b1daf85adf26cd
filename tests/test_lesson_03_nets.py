"""Lesson 03, what its nets learn: the minimisers, the plateau, event weights, temperature."""

import numpy as np
import pytest

from tests.test_lesson_03 import run_cells


@pytest.fixture(scope="module")
def lesson():
    return run_cells(
        ["setup", "five-times", "mean-and-median", "cross-entropy", "gradients", "weights-formula", "softmax"]
    )


@pytest.mark.parametrize(("loss", "wanted"), [("mse", np.mean), ("mae", np.median)])
def test_nets_find_the_mean_and_the_median_of_five_times(lesson, loss, wanted):
    keras, times = lesson["keras"], lesson["times"]
    net = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    rate = keras.optimizers.schedules.CosineDecay(0.1, 500)
    result = lesson["train"](
        net, np.zeros((5, 1)), times[:, None], loss=loss, optimizer=keras.optimizers.Adam(rate), epochs=500,
        batch_size=None, seeds=range(8),
    )  # fmt: skip
    assert result.predict(np.zeros((1, 1))).ravel() == pytest.approx(wanted(times), abs=0.01)


@pytest.mark.parametrize(("loss", "factor"), [("mse", 1), ("mae", np.log(2))])
def test_nets_find_the_mean_and_the_median_at_each_x(lesson, loss, factor):
    x = np.linspace(0, 1, 51)[:, None]
    answers = lesson["trained"][loss].predict(x)[..., 0]
    assert np.abs(answers - factor * (1 + x[:, 0])).max() < 0.1


def test_event_weights_move_the_output_as_the_formula_says(lesson):
    run_cells(["weights-train", "weights-measure"], lesson)
    nets, true_p = lesson["ON_AXIS"]["evenly spaced"], lesson["TRUE_P"]
    for outputs, weight in zip(nets, lesson["WEIGHTS"], strict=True):
        assert np.abs(outputs - lesson["weighted"](true_p, weight)).max() < 0.01
        unweighted = nets[lesson["WEIGHTS"].index(1.0)]
        assert np.abs(outputs - lesson["weighted"](unweighted, weight)).max() < 0.01
    for weight in (0.1, 10.0):  # weighted events lie on the diagonal of the calibration plot, the others do not
        p = lesson["ON_SAMPLE"]["evenly spaced"][lesson["WEIGHTS"].index(weight), 0]
        output, share = map(np.array, lesson["observed_share"](p, weight))
        assert np.abs(share - output).mean() < 0.03
        output, share = map(np.array, lesson["observed_share"](p, 1))
        assert np.abs(share - output).mean() > 0.15


def test_the_plateau_is_as_long_as_the_table_says(lesson):
    run_cells(["bad-start", "bad-start-train"], lesson)
    x_new, y_new = lesson["two_bumps"](2000, np.random.default_rng(2))
    wanted = {"cross-entropy": [6, 9, 9], "squared error": [28, 120, 961]}
    for name, loss in lesson["LOSSES"].items():
        last = 50 if loss != "mse" else 1500
        settings = lesson["settings"] | {"epochs": last, "keep": "all"}
        result = lesson["train"](lesson["unit"], lesson["x_bumps"], lesson["y_bumps"], loss=loss, **settings)
        p = np.stack([result.predict(x_new, epoch=step)[..., 0] for step in range(last + 1)])
        trust = np.where(y_new[:, 0] == 1, p, 1 - p).mean(axis=-1)  # (steps, 3 x 8)
        first = np.median((trust > 0.8).argmax(axis=0).reshape(3, 8), axis=1)
        assert first == pytest.approx(wanted[name], rel=0.15)


def test_the_push_of_the_squared_error_shrinks_as_the_text_says(lesson):
    """At the start, by the derivative of half the squared error: the middle event, and the mean of all of them."""
    run_cells(["bad-start", "bad-start-train"], lesson)
    x, y, sizes = lesson["x_bumps"], lesson["y_bumps"], []
    for w1, b1, w2, b2 in lesson["starts"]:
        p = lesson["sigmoid"](np.tanh(x @ w1 + b1) @ w2 + b2)
        cross, square = np.abs(p - y), np.abs((p - y) * p * (1 - p))
        sizes.append([np.median(square), square.mean(), cross.mean()])
    middle, mean, cross = np.median(np.reshape(sizes, (3, 8, 3)), axis=1).T
    assert middle[0] / middle[1:] == pytest.approx([7, 52], rel=0.03)
    assert mean[0] / mean[1:] == pytest.approx([2.7, 5.2], abs=0.06)
    assert (cross > 0.9).all()


def test_nets_are_too_sure_of_new_pictures_and_a_temperature_changes_no_decision(lesson):
    run_cells(["digits-train", "temperature-measure"], lesson)
    cost, at = lesson["COST"], lesson["TEMPERATURES"].index
    assert np.all(np.minimum(cost[at(1.5)], cost[at(2.0)]) < cost[at(1.0)] - 0.01)
    logits = lesson["logits"]
    for temperature in lesson["TEMPERATURES"]:
        assert np.array_equal(lesson["log_softmax"](logits, temperature).argmax(axis=-1), logits.argmax(axis=-1))
    assert 0.915 < np.median(lesson["right"]) < 0.935
    assert lesson["new_loss"](1000.0) == pytest.approx(np.log(4), abs=0.02)


def test_missions_of_the_last_figure_can_be_done(lesson):
    run_cells(["digits-train", "temperature-measure"], lesson)
    surprising = lesson["PICTURES"]["a surprising picture"]
    p = np.exp(lesson["log_softmax"](lesson["logits"][0, surprising], 3.0))
    assert p[lesson["truth"][surprising]] == pytest.approx(0.18, abs=0.015)
    assert np.median(lesson["new_loss"](3.0)) == pytest.approx(0.28, abs=0.008)


def test_an_ordinary_start_needs_few_steps_with_both_losses_and_twice_the_rate_halves_the_plateau(lesson):
    run_cells(["bad-start", "bad-start-train"], lesson)
    train, unit, x, y = (lesson[name] for name in ("train", "unit", "x_bumps", "y_bumps"))
    x_new, y_new = lesson["two_bumps"](2000, np.random.default_rng(2))

    def steps_needed(loss, rate, last, **start):
        optimizer = lesson["keras"].optimizers.SGD(rate)
        result = train(unit, x, y, loss=loss, optimizer=optimizer, epochs=last, batch_size=None, keep="all", **start)
        p = np.stack([result.predict(x_new, epoch=step)[..., 0] for step in range(last + 1)])
        return (np.where(y_new[:, 0] == 1, p, 1 - p).mean(axis=-1) > 0.8).argmax(axis=0)

    for loss in lesson["LOSSES"].values():
        steps = steps_needed(loss, 0.5, 40, seeds=range(8))
        assert steps.min() > 0
        assert steps.max() <= 20
    sure = lesson["starts"][8:16]
    slow, fast = (np.median(steps_needed("mse", rate, 200, initial_weights=sure)) for rate in (0.5, 1.0))
    assert slow / fast == pytest.approx(2, rel=0.1)


def test_what_keras_does_with_a_p_that_is_nearly_one(lesson):
    keras = lesson["keras"]
    if keras.backend.backend() != "tensorflow":
        pytest.skip("the lesson says so of TensorFlow only")
    import tensorflow as tf

    net = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, activation="sigmoid", kernel_initializer="ones")])
    x, y, loss = tf.constant([[30.0]]), tf.constant([[0.0]]), keras.losses.BinaryCrossentropy()
    kernel = net.trainable_weights[0].value
    with tf.GradientTape(persistent=True) as tape:
        from_layer, by_hand = loss(y, net(x)), loss(y, 1 / (1 + tf.exp(-x @ kernel)))
    assert float(from_layer) == pytest.approx(30)
    assert float(by_hand) == pytest.approx(16, abs=0.2)
    assert float(tape.gradient(from_layer, kernel)[0, 0]) == pytest.approx(30)
    assert float(tape.gradient(by_hand, kernel)[0, 0]) == 0
