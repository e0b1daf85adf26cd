"""What a training gives back: losses, weights at the epochs that were kept, and all nets as one function."""

import numpy as np

from utils.train.backend import each_net, kit
from utils.train.compiled import architecture, count_one, once
from utils.train.inputs import examples_of
from utils.train.nets import clone, places_of_weights
from utils.train.taken import expect


class Result:
    """The outcome of `utils.train.train` for S nets.

    Attributes:
        loss: (S, epochs), training loss per epoch: the mean over its examples while the net was learning, as
            `model.fit` reports it, but without penalties (L2). NaN after a net has stopped or diverged.
        step_loss: (S, steps), the same per step.
        val_loss: (S, epochs) or None, loss of the validation data after each epoch.
        diverged: list of S entries, None or "diverged at step 41" (counted from 1): the first step whose loss is not
            a finite number (the last of its epoch, if only the weights after it are not). The net keeps the weights
            that it had before that epoch.
        stopped: list of S entries, None or the number of the epoch after which a callback stopped the net.
        epochs_kept: tuple of the epochs whose weights are here; 0 is before training, the last one is always there.
        nets: S.
        seconds: what the training took, compilation included.
        compiled: how many functions it had to compile.
    """

    def __init__(self, model, loss, step_loss, val_loss, diverged, stopped, kept, seconds, compiled):
        self.loss, self.step_loss, self.val_loss = loss, step_loss, val_loss
        self.diverged, self.stopped = diverged, stopped
        self.epochs_kept, self.nets = tuple(sorted(kept)), len(diverged)
        self.seconds, self.compiled = seconds, compiled
        self._kept, self._model, self._places = kept, model, places_of_weights(model)

    def __repr__(self):
        lost = sum(d is not None for d in self.diverged)
        return f"<{self.nets} nets, {self.loss.shape[1]} epochs, {lost} diverged>"

    def _at(self, epoch):
        epoch = self.epochs_kept[-1] if epoch is None else epoch
        expect(epoch in self._kept, f"The epochs kept are {self.epochs_kept}: name others in `keep`", epoch)
        return self._kept[epoch]

    def weights(self, epoch=None, net=0):
        """Gives the weights of one net.

        Args:
            epoch: one of `epochs_kept`; None is the last one.
            net: 0 to S - 1.

        Returns:
            list of arrays, as `model.get_weights()` gives them.

        Raises:
            ValueError: for an epoch that was not kept.
        """
        stacks = self._at(epoch)
        return [np.array(stacks[kind][i][net]) for kind, i in self._places]

    def load(self, model, net=0, epoch=None):
        """Puts the weights of one net into a Keras model of the same architecture and returns the model."""
        model.set_weights(self.weights(epoch, net))
        return model

    def predict(self, x, epoch=None):
        """Computes the outputs of all nets at once.

        Args:
            x: (B, ...) for all nets, or (S, B, ...) for each its own.
            epoch: one of `epochs_kept`; None is the last one.

        Returns:
            array (S, B, C).
        """
        import keras

        trainable, other = self._at(epoch)
        x, stacked = examples_of("x", x, self._model)
        if keras.backend.backend() == "torch":
            net = clone(self._model)
            return np.stack(
                [self.load(net, s, epoch).predict(x[s] if stacked else x, verbose=0) for s in range(self.nets)]
            )
        rows = x.shape[1] if stacked else x.shape[0]
        padded = 1 << max(rows - 1, 0).bit_length()  # sizes in powers of two: a finer grid rarely compiles anew
        widths = [(0, padded - rows) if axis == int(stacked) else (0, 0) for axis in range(x.ndim)]
        shape = (*x.shape[: int(stacked)], padded, *x.shape[int(stacked) + 1 :])
        key = ("predict", keras.backend.backend(), architecture(self._model), self.nets, shape, str(x.dtype))
        predict = once(key, lambda: make_prediction(self._model, self.nets, stacked))
        tensor = kit().tensor
        out = predict(*([tensor(a) for a in stack] for stack in (trainable, other)), tensor(np.pad(x, widths)))
        return np.array(out)[:, :rows]


def make_prediction(model, nets, stacked):
    """Makes the compiled function predict(trainable, other, x) -> (S, B, C) of S nets; x is (B, ...) or (S, B, ...)."""

    def run(trainable, other, x):
        count_one()

        def one(net):
            return model.stateless_call(net["trainable"], net["other"], net.get("x", x), training=False)[0]

        own = {"x": x} if stacked else {}
        return each_net(one, {"trainable": trainable, "other": other, **own}, nets)

    return kit().jit(run)
