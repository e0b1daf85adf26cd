"""A training on the move: the nets' state on the device, the losses so far, and calls of the compiled loop."""

import time

import numpy as np

from utils.train.batches import filled_up
from utils.train.loop import State, steps_of
from utils.train.nets import places_of_weights

_SECONDS_PER_CALL = 0.25  # a call of the compiled loop ends after about so long: the bar moves, Ctrl-C is heard


class Training:
    """The state of S nets and what was recorded.

    Args:
        loop: a `Loop` of `utils.train.loop` or `utils.train.loop_torch`.
        model: the Keras model, for the places of its weights.
        begin: the stacks (trainable, other) that the nets start from.
        data, validation: dicts of arrays "x", "y", "weight"; validation may be None.
        orders: iterator over the orders of examples, one per epoch.
        rates: array (steps, S), learning rates of all steps; callbacks may change it on the way.
        knobs: dict of arrays "l2" (S,), "dropout" (S, layers), "key" (S,).
        epochs: how many there will be at most.
    """

    def __init__(self, loop, model, begin, data, validation, orders, rates, knobs, epochs):
        import keras

        self.loop, self.plan, self.steps = loop, loop.plan, steps_of(loop.plan)
        self.floatx = keras.config.floatx()
        self.rates, self.epoch, self._orders = rates, 0, orders
        self._places = places_of_weights(model)
        nets = self.plan.nets
        trainable, other = (self._tensors(stack) for stack in begin)
        self.state = State(trainable, other, *loop.constant("start", self._start))
        self._data = self._tensors({key: a for key, a in data.items() if a is not None})
        self._validation = None
        if validation is not None:
            self._validation = self._tensors({key: a for key, a in validation.items() if a is not None})
        self._knobs = self._tensors(knobs)
        self._share = loop.constant("share", self._shares)
        self._step_loss = np.full((nets, epochs * self.steps), np.nan)
        self._val_loss = None if validation is None else np.full((nets, epochs), np.nan)
        self._stacks = tuple(begin)

    def _tensors(self, arrays):
        import keras

        return keras.tree.map_structure(self.loop.tensor, arrays)

    def _start(self):
        """What every training starts with: fresh optimisers, all nets active, none diverged."""
        nets = self.plan.nets
        slots = [np.stack([value] * nets) for value in self.loop.step.first_slots]
        return slots, np.ones(nets, bool), np.zeros(nets, "int32")

    def _shares(self):
        """What the weights of a filled-up epoch are multiplied with."""
        share = filled_up(self.plan.examples, self.plan.batch, self.loop.step.loss.reduction)
        return share.astype(self.floatx)

    @property
    def first_step(self):
        """The number of steps so far: the index of the next one."""
        return self.epoch * self.steps

    def advance(self, most):
        """Trains for some epochs: at most `most`, and no more than fit into one call.

        Returns:
            how many they were.
        """
        began = time.perf_counter()
        count = min(most, self.plan.epochs, self.loop.epochs_per_call(_SECONDS_PER_CALL))
        rates = np.zeros((self.plan.epochs * self.steps, self.plan.nets), self.floatx)
        here = slice(self.first_step, self.first_step + count * self.steps)
        rates[: count * self.steps] = self.rates[here]
        state, step_loss, val_loss = self.loop.run(
            self.state,
            self._tensors(np.int32(count)),
            self._tensors(np.int32(self.first_step)),
            self._data,
            self._validation,
            self._order(count),
            self._share,
            self._tensors(rates.reshape(self.plan.epochs, self.steps, self.plan.nets)),
            self._knobs,
        )
        step_loss, val_loss = self.loop.array(step_loss), self.loop.array(val_loss)
        self.loop.took(count, time.perf_counter() - began)
        self._step_loss[:, here] = step_loss[:count].reshape(-1, self.plan.nets).T
        for net, step in enumerate(self.loop.array(state.diverged)):
            if step:
                self._step_loss[net, step:] = np.nan
        if self._val_loss is not None:
            self._val_loss[:, self.epoch : self.epoch + count] = val_loss[:count].T
        self.state, self._stacks, self.epoch = state, None, self.epoch + count
        return count

    def _order(self, count):
        """Gives the next orders as a tensor (capacity, places); rows from `count` on are never looked at."""
        if not (self.plan.shuffled or self.plan.padded):
            return self.loop.constant("no order", lambda: np.zeros((self.plan.epochs, 1), "int32"))
        places = self.steps * self.plan.batch if self.plan.padded else self.plan.examples
        order = np.zeros((self.plan.epochs, places), "int32")
        for row in order[:count]:
            row[: self.plan.examples] = next(self._orders)
        return self._tensors(order)

    def stacks(self):
        """Gives the present weights: the stacks (trainable, other) as arrays (S, ...)."""
        if self._stacks is None:
            now = (self.state.trainable, self.state.other)
            self._stacks = tuple([self.loop.array(a) for a in stack] for stack in now)
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
        active = np.array(self.loop.array(self.state.active))
        active[net] = False
        self.state = self.state._replace(active=self._tensors(active))

    def diverged(self):
        """Lists, per net, the number of the step (from 1) at which it diverged, or 0."""
        return [int(step) for step in self.loop.array(self.state.diverged)]

    def history(self):
        """Gives the losses: per epoch (S, epochs), per step (S, steps), of validation (S, epochs) or None."""
        sizes = np.full(self.steps, self.plan.batch)
        sizes[-1] = self.plan.examples - self.plan.batch * (self.steps - 1)
        per_epoch = self._step_loss.reshape(self.plan.nets, -1, self.steps) @ (sizes / self.plan.examples)
        return per_epoch, self._step_loss, self._val_loss

    def logs(self, net):
        """Gives what `model.fit` would tell its callbacks after the last epoch: "loss" and "val_loss"."""
        last = slice(self.first_step - self.steps, self.first_step)
        sizes = np.full(self.steps, self.plan.batch)
        sizes[-1] = self.plan.examples - self.plan.batch * (self.steps - 1)
        told = {"loss": float(self._step_loss[net, last] @ (sizes / self.plan.examples))}
        if self._val_loss is not None:
            told["val_loss"] = float(self._val_loss[net, self.epoch - 1])
        return told
