"""What utils.train promises beyond `model.fit`: many nets at once, nothing compiled twice, divergence with a name.

These tests, test_train_fit.py and test_train_parts.py run on the backend of the process, TensorFlow or KERAS_BACKEND.
"""

import signal

import numpy as np
import pytest

from tests.nets import BACKEND, TARGETS, WEIGHTS, X, distance, float64, needs_compiler, net
from utils.train import compilations, threads, train
from utils.train.compiled import forget


@pytest.fixture
def double():
    """Lets Keras compute in float64 during a test."""
    with float64():
        yield


def test_nets_trained_together_end_where_they_end_one_by_one(double):
    """Seed, L2, learning rate, dropout rate, examples, targets and weights differ from net to net."""
    x = np.stack([X, 2 * X, X + 1])
    y = np.stack([TARGETS["regression"], -TARGETS["regression"], X[:, :1]])
    weight = np.stack([np.ones(200), WEIGHTS, 1 / WEIGHTS])
    own = {"seeds": [4, 5, 6], "l2": [0.0, 0.01, 0.1], "learning_rate": [0.01, 0.02, 0.03], "dropout": [0.0, 0.2, 0.5]}
    model = net(dropout=0.1)
    choice = {"optimizer": "adam", "epochs": 5, "batch_size": 64, "keep": (0, 2)}
    together = train(model, x, y, sample_weight=weight, **own, **choice)
    assert together.loss.shape == (3, 5)
    outputs = together.predict(X)
    for s in range(3):
        mine = {name: [values[s]] for name, values in own.items()}
        alone = train(model, x[s], y[s], sample_weight=weight[s], **mine, **choice)
        np.testing.assert_allclose(together.loss[s], alone.loss[0], atol=1e-9)
        for epoch in (0, 2, 5):
            assert distance(together.weights(epoch, s), alone.weights(epoch)) < 1e-9
        np.testing.assert_allclose(outputs[s], alone.predict(X)[0], atol=1e-9)
        keras_says = together.load(net(dropout=0.1), s).predict(X, verbose=0)
        np.testing.assert_allclose(outputs[s], keras_says, atol=1e-9)
    np.testing.assert_allclose(together.predict(x)[1], together.predict(x[1])[1], atol=1e-12)


@needs_compiler
@pytest.mark.parametrize("cores", [2, 4])
def test_nets_dealt_out_to_cores_end_where_they_end_on_one(double, monkeypatch, cores):
    """Four nets go in 2 and 4 parts; data stacked and shared, validation too."""
    weight, y_validation = np.stack([WEIGHTS, 1 / WEIGHTS] * 2), np.stack([X[:50, :1], X[:50, 1:]] * 2)

    def run(number):
        monkeypatch.setattr(threads, "cpu_cores", lambda: number)
        forget()
        choice = {"seeds": range(4), "l2": [0, 0.1, 0, 0.1], "learning_rate": [0.01, 0.02, 0.03, 1e200], "epochs": 3}
        data = {"sample_weight": weight, "validation_data": (X[:50], y_validation)}
        return train(net(), X, TARGETS["regression"], optimizer="sgd", batch_size=64, keep=(1,), **data, **choice)

    assert threads.parts_of(4) >= 1
    one, many = run(1), run(cores)
    assert (one.compiled, many.compiled) == (1, 1)
    assert one.diverged == many.diverged
    assert [d is None for d in one.diverged] == [True, True, True, False]
    np.testing.assert_allclose(one.step_loss[:3], many.step_loss[:3], atol=1e-12)
    np.testing.assert_allclose(one.val_loss, many.val_loss, atol=1e-12)
    for s in range(4):
        assert distance(one.weights(1, s), many.weights(1, s)) < 1e-12
        assert distance(one.weights(net=s), many.weights(net=s)) < 1e-12


def test_any_part_of_the_data_may_be_one_per_net(double):
    """Examples shared, weights and the validation's targets of each net its own."""
    weight = np.stack([np.ones(200), WEIGHTS])
    y, y_validation = TARGETS["regression"], np.stack([X[:50, :1], X[:50, 1:]])
    choice = {"optimizer": "sgd", "epochs": 2, "batch_size": 64}
    both = train(net(), X, y, seeds=[0, 1], sample_weight=weight, validation_data=(X[:50], y_validation), **choice)
    for s in (0, 1):
        mine = {"sample_weight": weight[s], "validation_data": (X[:50], y_validation[s])}
        alone = train(net(), X, y, seeds=[s], **mine, **choice)
        assert distance(both.weights(net=s), alone.weights()) < 1e-12
        np.testing.assert_allclose(both.val_loss[s], alone.val_loss[0], atol=1e-12)


def test_mixed_precision_trains():
    import keras

    before = keras.config.dtype_policy().name
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        result = train(net(), X, TARGETS["regression"], optimizer=keras.optimizers.Adam(0.01), epochs=20, seeds=[0, 1])
    finally:
        keras.config.set_dtype_policy(before)
    assert (result.loss[:, -1] < 0.5 * result.loss[:, 0]).all()
    assert result.weights()[0].dtype == "float32"


def test_a_seed_gives_the_weights_of_a_model_built_under_it():
    model = net(seed=99)
    before = model.get_weights()
    result = train(model, X, TARGETS["regression"], seeds=[3, 7], keep=(0,))
    assert distance(result.weights(0, net=0), net(seed=3).get_weights()) == 0
    assert distance(result.weights(0, net=1), net(seed=7).get_weights()) == 0
    assert distance(model.get_weights(), before) == 0, "training seeds must leave the model alone"


def test_without_seeds_the_model_holds_the_trained_weights():
    model = net()
    start = model.get_weights()
    result = train(model, X, TARGETS["regression"], epochs=2, keep="all")
    assert result.epochs_kept == (0, 1, 2)
    assert distance(result.weights(0), start) == 0
    assert distance(result.weights(), model.get_weights()) == 0
    again = train(model, X, TARGETS["regression"], epochs=1, initial_weights=start)
    assert distance(again.weights(), result.weights(1)) == 0, "a shorter training is the beginning of a longer one"
    with pytest.raises(ValueError, match=r"epochs kept are \(0, 1, 2\).*Received: 7"):
        result.weights(7)


@needs_compiler
def test_moving_numbers_compiles_nothing_and_a_new_shape_compiles_once():
    import keras

    def run(seed=0, rate=0.01, own=0.1, rows=200, shift=0.0, nets=(1, 2), **choice):
        return train(
            net("relu", dropout=own, seed=seed, hidden=2),
            X[:rows] + shift,
            TARGETS["binary"][:rows],
            optimizer=keras.optimizers.SGD(rate),
            loss="mse",
            seeds=nets,
            **{"epochs": 2, "batch_size": 40, **choice},
        ).compiled

    keras.backend.clear_session()
    assert run() == 1
    before = compilations()
    assert run(seed=5, rate=0.5, own=0.7, shift=1.0, nets=(8, 9)) == 0
    assert run(l2=[0.1, 0.2], dropout=0.3, learning_rate=[0.1, 0.01], keep="all", epochs=7, shuffle_seed=3) == 0
    assert run(sample_weight=WEIGHTS, initial_weights=net("relu", seed=8, hidden=2).get_weights()) == 0
    assert run(learning_rate=keras.optimizers.schedules.ExponentialDecay(0.1, 5, 0.5)) == 0
    assert compilations() == before
    assert run(batch_size=50) == 1
    assert run(rows=160) == 1
    assert run(nets=(1, 2, 3)) == 1
    assert compilations() == before + 3


def test_divergence_has_a_name_and_a_step_and_leaves_finite_weights():
    """A line through (1, 1) by gradient descent: w' = w - 2 rate (w - 1), so the loss grows by (1 - 2 rate)^2."""
    import keras

    line = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
    rates = [0.1, 1e6, 30.0]
    result = train(
        line, [[1.0]], [[1.0]], optimizer=keras.optimizers.SGD(0.1), epochs=60, batch_size=None, learning_rate=rates
    )
    expected = []
    for rate in np.float32(rates):
        w, found = np.float32(0), None
        for step in range(1, 61):
            with np.errstate(over="ignore"):
                loss, w = (w - 1) ** 2, w - rate * 2 * (w - 1)
            if not (np.isfinite(loss) and np.isfinite(w)):
                found = f"diverged at step {step}"
                break
        expected.append(found)
    assert expected[0] is None
    assert None not in expected[1:]
    assert result.diverged == expected
    assert result.loss[0, -1] < 1e-9
    for s in (1, 2):
        step = int(expected[s].split()[-1])
        assert np.isfinite(result.step_loss[s, : step - 1]).all()
        assert not np.isfinite(result.step_loss[s, step - 1])
        assert np.isnan(result.step_loss[s, step:]).all()
        assert all(np.isfinite(w).all() for w in result.weights(net=s))
    assert np.isfinite(result.predict([[1.0]])).all()


def test_ctrl_c_leaves_the_weights_of_the_last_whole_epoch():
    import keras

    class Impatient(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 2:
                signal.raise_signal(signal.SIGINT)

    interrupted, short = net(), net()
    with pytest.raises(KeyboardInterrupt):
        train(interrupted, X, TARGETS["regression"], epochs=100, callbacks=[Impatient()])
    train(short, X, TARGETS["regression"], epochs=3)
    assert distance(interrupted.get_weights(), short.get_weights()) == 0


def test_a_training_prints_nothing(capfd):
    if BACKEND == "torch":
        pytest.skip("on PyTorch it says once that it is slow")
    train(net(hidden=3), X, TARGETS["regression"], epochs=2, seeds=[1])
    captured = capfd.readouterr()
    assert captured.out + captured.err == ""
