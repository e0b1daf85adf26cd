"""Keras callbacks for several nets that train together: early stopping, learning rates that react.

Each net gets its own copy of every callback, and in place of the model a view of its net with what such callbacks
use: `get_weights`, `set_weights`, `stop_training` and `optimizer.learning_rate`.
"""

import copy


class NetView:
    """What a callback sees as its `model`: one net of a training.

    Args:
        training: the `utils.train.training.Training` that the net belongs to.
        net: its number.
    """

    def __init__(self, training, net):
        self._training, self._net = training, net
        self.stop_training = False
        self.optimizer = _OptimizerView(training, net)

    def get_weights(self):
        """Gives the net's weights."""
        return self._training.weights(self._net)

    def set_weights(self, weights):
        """Replaces the net's weights."""
        self._training.set_weights(self._net, weights)


class _OptimizerView:
    """The optimiser of one net, as far as its learning rate."""

    def __init__(self, training, net):
        self._training, self._net = training, net

    @property
    def learning_rate(self):
        rates = self._training.rates[:, self._net]
        return rates[min(self._training.first_step, len(rates) - 1)]  # after the last step: its rate

    @learning_rate.setter
    def learning_rate(self, rate):
        self._training.rates[self._training.first_step :, self._net] = float(rate)


class Callbacks:
    """Calls every callback of every net at the right moments.

    Args:
        callbacks: list of `keras.callbacks.Callback`. One net uses these objects themselves, several use copies.
        training: the `utils.train.training.Training`.
        epochs: how many there will be at most.

    Raises:
        ValueError: for something that is not a callback, or one that wants to be called at every batch.
    """

    def __init__(self, callbacks, training, epochs):
        import keras

        base = keras.callbacks.Callback
        batch_hooks = ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end")
        for callback in callbacks:
            if not isinstance(callback, base):
                raise ValueError(f"callbacks are keras.callbacks.Callback objects. Received: {callback!r}")
            used = [h for h in batch_hooks if getattr(type(callback), h) is not getattr(base, h)]
            if used:
                raise ValueError(
                    "Between the batches of a compiled loop no Python runs: callbacks are called per epoch. "
                    f"Received: {type(callback).__name__} with {', '.join(used)}"
                )
        self.views = [NetView(training, net) for net in range(training.plan.nets)]
        self.stopped = [None] * len(self.views)
        self._training = training
        self._each = []
        for view in self.views:
            own = list(callbacks) if len(self.views) == 1 else [copy.deepcopy(c) for c in callbacks]
            for callback in own:
                callback.set_model(view)
                callback.set_params({"epochs": epochs, "steps": training.steps, "verbose": 0})
            self._each.append(own)

    def running(self):
        """Lists the nets that no callback has stopped and that have not diverged."""
        lost = self._training.diverged()
        return [s for s, stopped in enumerate(self.stopped) if stopped is None and not lost[s]]

    def train_begin(self):
        """Tells all callbacks that training begins."""
        self._call(range(len(self.views)), "on_train_begin", {})

    def epoch_begin(self, epoch):
        """Tells the callbacks of running nets that an epoch begins."""
        self._call(self.running(), "on_epoch_begin", epoch, {})

    def epoch_end(self, epoch, logs):
        """Tells the callbacks about an epoch, and stops the nets that they want stopped.

        Args:
            epoch: its number, from 0.
            logs: function of the net's number that gives the dict of its losses.
        """
        for net in self.running():
            self._call([net], "on_epoch_end", epoch, logs(net))
            if self.views[net].stop_training:
                self.stopped[net] = epoch + 1
                self._training.stop(net)

    def train_end(self):
        """Tells all callbacks that training has ended: best weights are put back now."""
        self._call(range(len(self.views)), "on_train_end", {})

    def _call(self, nets, hook, *arguments):
        for net in nets:
            for callback in self._each[net]:
                getattr(callback, hook)(*arguments)
