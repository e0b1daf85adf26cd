"""Keras callbacks for several nets that train together: early stopping, learning rates that react.

Each net gets its own copy of every callback, and in place of the model a view of its net with what such callbacks
use: `get_weights`, `set_weights`, `stop_training` and `optimizer.learning_rate`.
"""

import copy

from utils.train.taken import HOOKS, take


class _View:
    """Says what it has where something else is asked for."""

    def __getattr__(self, name):
        if name.startswith("__"):  # Python itself asks, when it copies
            raise AttributeError(name)
        has = [own for own in dir(self) if not own.startswith("_")]
        expected = f"utils.train: expected callbacks that use of their {self._is} only {', '.join(has)}; use model.fit"
        raise AttributeError(f"{expected}. Received: {name}")


class NetView(_View):
    """What a callback sees as its `model`: one net of a training.

    Args:
        training: the `utils.train.training.Training` that the net belongs to.
        net: its number.
    """

    _is = "model"

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


class _OptimizerView(_View):
    """The optimiser of one net, as far as its learning rate."""

    _is = "optimizer"

    def __init__(self, training, net):
        self._training, self._net = training, net

    @property
    def learning_rate(self):
        rates = self._training.rates[self._net]
        return _Rate(rates[min(self._training.first_step, len(rates) - 1)])  # after the last step: its rate

    @learning_rate.setter
    def learning_rate(self, rate):
        fixed = not self._training.scheduled[self._net]
        take(fixed, "callbacks that leave the learning rate alone where it has a schedule", f"learning_rate={rate!r}")
        self._training.rates[self._net, self._training.first_step :] = float(rate)


class _Rate(_View, float):
    """A learning rate: a number, which has no `assign`."""

    _is = "learning_rate (which is set with =)"


class Callbacks:
    """Calls every callback of every net at the right moments.

    Args:
        callbacks: list of `keras.callbacks.Callback`. One net uses these objects themselves, several use copies.
        training: the `utils.train.training.Training`.
        epochs: how many there will be at most.
    """

    def __init__(self, callbacks, training, epochs):
        self.views = [NetView(training, net) for net in range(training.plan.nets)]
        self.stopped = [None] * len(self.views)
        self._training = training
        self._each = []
        for view in self.views:
            own = callbacks if len(self.views) == 1 else [copy.deepcopy(c) for c in callbacks]
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
        self._begin(range(len(self.views)), "on_train_begin", {})

    def epoch_begin(self, epoch):
        """Tells the callbacks of running nets that an epoch begins."""
        self._begin(self.running(), "on_epoch_begin", epoch, {})

    def epoch_end(self, epoch):
        """Tells the callbacks about an epoch (its number, from 0), and stops the nets that they want stopped."""
        for net in self.running():
            self._call([net], "on_epoch_end", epoch, self._training.logs(net))
            if self.views[net].stop_training:
                self.stopped[net] = epoch + 1
                self._training.stop(net)

    def train_end(self):
        """Tells all callbacks that training has ended: best weights are put back now."""
        for net in range(len(self.views)):
            last = self._training.logs(net) if self._training.epoch else {}
            self._call([net], "on_train_end", last)

    def _begin(self, nets, hook, *arguments):
        self._call(nets, hook, *arguments)
        early = any(self.views[net].stop_training for net in nets)  # fit would make one step and then stop
        take(not early, f"callbacks that set stop_training in {HOOKS[2]}", f"stop_training set in {hook}")

    def _call(self, nets, hook, *arguments):
        for net in nets:
            for callback in self._each[net]:
                getattr(callback, hook)(*arguments)
