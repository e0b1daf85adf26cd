"""Callbacks that utils.train does not take, and what taken ones can not do: refused, with model.fit as the way."""

import numpy as np
import pytest

from tests.nets import BACKEND, TARGETS, X, net
from utils.train import train

Y = TARGETS["regression"]


def callback(hook, act):
    """Makes a callback of the reader's own with one hook."""
    import keras

    return type("Mine", (keras.callbacks.Callback,), {hook: lambda self, *arguments: act(self)})()


def lambda_callback(hook):
    """Makes a LambdaCallback with one hook, which stands on the object."""
    import keras

    return keras.callbacks.LambdaCallback(**{hook: lambda *arguments: None})


OTHER_HOOKS = ["on_train_batch_end", "on_train_batch_begin", "on_batch_end", "on_test_begin", "on_test_end",
               "on_test_batch_end", "on_predict_begin"]  # fmt: skip


@pytest.mark.parametrize("hook", OTHER_HOOKS)
def test_a_callback_that_would_not_be_called_is_refused_on_its_class_and_on_the_object(hook):
    for one in (callback(hook, lambda self: None), lambda_callback(hook)):
        with pytest.raises(ValueError, match=rf"called per epoch[\s\S]*use model.fit. Received: .* with {hook}"):
            train(net(), X, Y, callbacks=one)


def test_callbacks_of_keras_that_need_the_whole_model_are_refused(tmp_path):
    import keras

    refused = [keras.callbacks.ModelCheckpoint(tmp_path / "a.keras"), keras.callbacks.SwapEMAWeights(1)]
    for one in [*refused, keras.callbacks.TerminateOnNaN(), keras.callbacks.BackupAndRestore(tmp_path)]:
        with pytest.raises(ValueError, match=rf"use model.fit. Received: {type(one).__name__}"):
            train(net(), X, Y, callbacks=[one])


def set_rate(self):
    self.model.optimizer.learning_rate = 0.5


def set_stop(self):
    self.model.stop_training = True


ACTS = {
    "assign": ("on_epoch_end", lambda self: self.model.optimizer.learning_rate.assign(0.1), AttributeError, "assign"),
    "predict": ("on_epoch_end", lambda self: self.model.predict(X), AttributeError, "predict"),
    "layers": ("on_train_begin", lambda self: self.model.layers, AttributeError, "layers"),
    "iterations": ("on_epoch_end", lambda self: self.model.optimizer.iterations, AttributeError, "iterations"),
    "early": ("on_train_begin", set_stop, ValueError, "stop_training set in on_train_begin"),
    "epoch": ("on_epoch_begin", set_stop, ValueError, "stop_training set in on_epoch_begin"),
}


@pytest.mark.parametrize("case", ACTS)
def test_what_a_callback_can_not_do_is_refused_when_it_does_it(case):
    hook, act, kind, received = ACTS[case]
    with pytest.raises(kind, match=rf"expected callbacks that [\s\S]*use model.fit. Received: {received}"):
        train(net(hidden=2), X[:8], Y[:8], callbacks=callback(hook, act))


def test_a_learning_rate_with_a_schedule_can_not_be_set_by_a_callback():
    import keras

    optimizer = keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5))
    with pytest.raises(ValueError, match=r"has a schedule; use model.fit. Received: learning_rate=0.5"):
        train(net(hidden=2), X[:8], Y[:8], optimizer=optimizer, callbacks=[callback("on_epoch_end", set_rate)])
    reference = net(hidden=2)
    reference.compile(optimizer=optimizer, loss="mse")
    if BACKEND != "torch":
        with pytest.raises(TypeError, match="learning rate is not settable"):
            reference.fit(X[:8], Y[:8], callbacks=[callback("on_epoch_end", set_rate)], verbose=0)
    seen = []
    reads = callback("on_epoch_end", lambda self: seen.append(float(self.model.optimizer.learning_rate)))
    train(net(hidden=2), X[:8], Y[:8], optimizer=optimizer, callbacks=reads, epochs=2, batch_size=None)
    np.testing.assert_allclose(seen, [0.1 * 0.5**0.1, 0.1 * 0.5**0.1], rtol=1e-6)  # no step after the last: its rate
