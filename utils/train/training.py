"""A training on the move: the nets' state on the device, the losses so far, and calls of the compiled loop."""

import time

import numpy as np

from utils.train.backend import kit
from utils.train.loop import State, steps_of
from utils.train.nets import places_of_weights

_SECONDS_PER_CALL = 0.25  # a call of the compiled loop ends after about so long: the bar moves, Ctrl-C is heard


class Training:
    """The state of S nets and what was recorded.

    Args:
        loop: a `Loop` of `utils.train.loop` or `utils.train.loop_torch`.
        model: the Keras model, for the places of its weights.
        begin: the stacks (trainable, other) that the nets start from.
        data, validation: each a `utils.train.inputs.Data`; validation may be None.
        orders: iterator over the orders of examples, one per epoch.
        rates: array (S, steps), learning rates of all steps; callbacks may change it on the way.
        scheduled: list of S booleans: the rates are those of a schedule.
        knobs: dict of arrays "l2" (S,), "dropout" (S, layers), "key" (S,).
        epochs: how many there will be at most.
    """

    def __init__(self, loop, model, begin, data, validation, orders, rates, scheduled, knobs, epochs):
        import keras

        self._tensor = kit().tensor
        self.loop, self.plan, self.steps = loop, loop.plan, steps_of(loop.plan)
        self.rates, self.scheduled, self.epoch, self._orders = rates, scheduled, 0, orders
        self._floatx, self._places, self._stacks = keras.config.floatx(), places_of_weights(model), tuple(begin)
        trainable, other = (self._tensors(stack) for stack in begin)
        self.state = State(trainable, other, *loop.fresh)
        check = validation or ({}, {})
        self._own = self._tensors({"data": data.own, "validation": check[0], "knobs": knobs})
        self._shared = self._tensors({"data": data.shared, "validation": check[1]})
        nets = self.plan.nets
        self._step_loss = np.full((2, nets, epochs * self.steps), np.nan)  # without penalties and with them
        self._val_loss = np.full((2, nets, epochs), np.nan) if validation else None

    def _tensors(self, arrays):
        import keras

        return keras.tree.map_structure(self._tensor, arrays)

    @property
    def first_step(self):
        """The number of steps so far: the index of the next one."""
        return self.epoch * self.steps

    def advance(self, most):
        """Trains for some epochs: at most `most`, and no more than fit into one call."""
        began = time.perf_counter()
        count = min(most, self.plan.epochs, max(1, int(_SECONDS_PER_CALL / self.loop.seconds)))
        rates = np.zeros((self.plan.nets, self.plan.epochs * self.steps), self._floatx)
        here = slice(self.first_step, self.first_step + count * self.steps)
        rates[:, : count * self.steps] = self.rates[:, here]
        rates = rates.reshape(self.plan.nets, self.plan.epochs, self.steps)
        own = {**self._own, "state": self.state, "rates": self._tensors(rates)}
        shared = self._shared
        if self.plan.shuffled:
            order = np.zeros((self.plan.epochs, self.plan.examples), "int32")  # rows from `count` on are not looked at
            for row in order[:count]:
                row[:] = next(self._orders)
            shared = {**shared, "order": self._tensors(order)}
        state, *losses = self.loop.run(own, shared, *self._tensors([np.int32(count), np.int32(self.first_step)]))
        step_loss, val_loss = (np.asarray(a)[:, :count] for a in losses)
        self.loop.seconds = max((time.perf_counter() - began) / count, 1e-6)
        self._step_loss[:, :, here] = np.moveaxis(step_loss.reshape(self.plan.nets, -1, 2), 2, 0)
        for net, step in enumerate(np.asarray(state.diverged)):
            if step:
                self._step_loss[:, net, step:] = np.nan
        if self._val_loss is not None:
            self._val_loss[:, :, self.epoch : self.epoch + count] = np.moveaxis(val_loss, 2, 0)
        self.state, self._stacks, self.epoch = state, None, self.epoch + count

    def stacks(self):
        """Gives the present weights: the stacks (trainable, other) as arrays (S, ...)."""
        if self._stacks is None:
            now = (self.state.trainable, self.state.other)
            self._stacks = tuple([np.asarray(a) for a in stack] for stack in now)
        return self._stacks

    def weights(self, net):
        """Gives the present weights of one net, as `model.get_weights()` would."""
        stacks = self.stacks()
        return [stacks[kind][i][net] for kind, i in self._places]

    def set_weights(self, net, weights):
        """Replaces the weights of one net."""
        stacks = tuple([np.array(a) for a in stack] for stack in self.stacks())
        for w, (kind, i) in zip(weights, self._places, strict=True):
            stacks[kind][i][net] = w
        self._stacks = stacks
        self.state = self.state._replace(trainable=self._tensors(stacks[0]), other=self._tensors(stacks[1]))

    def stop(self, net):
        """Lets a net keep its weights from here on."""
        active = np.array(self.state.active)
        active[net] = False
        self.state = self.state._replace(active=self._tensors(active))

    def diverged(self):
        """Lists, per net, the number of the step (from 1) at which it diverged, or 0."""
        return [int(step) for step in np.asarray(self.state.diverged)]

    def _per_epoch(self, steps):
        """Gives the means over the examples of each epoch: (S, steps) becomes (S, epochs)."""
        sizes = np.full(self.steps, self.plan.batch)
        sizes[-1] = self.plan.examples - self.plan.batch * (self.steps - 1)
        return steps.reshape(len(steps), -1, self.steps) @ (sizes / self.plan.examples)

    def history(self):
        """Gives the losses: per epoch (S, epochs), per step (S, steps), of validation (S, epochs) or None."""
        val_loss = None if self._val_loss is None else self._val_loss[0]
        return self._per_epoch(self._step_loss[0]), self._step_loss[0], val_loss

    def logs(self, net):
        """Gives what `model.fit` tells its callbacks after the last epoch: "loss" and "val_loss", with penalties."""
        last = self._step_loss[1, [net], self.first_step - self.steps : self.first_step]
        told = {"loss": float(self._per_epoch(last)[0, 0])}
        if self._val_loss is not None:
            told["val_loss"] = float(self._val_loss[1, net, self.epoch - 1])
        return told
