"""The whole training as one compiled function, for TensorFlow and JAX: loops over epochs, steps and nets inside.

`model.fit` spends nearly all its time between steps. Here the loop itself is compiled, so nothing is between them.
Both backends share the code: `keras.ops` gives loops, slices and arithmetic, `utils.train.backend` what it lacks.
"""

from collections import namedtuple

import numpy as np

from utils.train.backend import each_net, kit
from utils.train.compiled import count_one
from utils.train.step import Step
from utils.train.threads import in_threads, parts_of

#: What training changes, for S nets at once: lists of tensors (S, ...), then two tensors (S,).
State = namedtuple("State", "trainable other slots active diverged")

#: What is fixed when the loop is compiled.
Plan = namedtuple("Plan", "nets examples batch epochs shuffled padded stacked stacked_validation")


def batches_of(plan):
    """Gives the number of whole batches in an epoch and the size of the smaller one after them (0: there is none)."""
    return divmod(plan.examples, plan.batch)


def steps_of(plan):
    """Gives the number of steps in an epoch."""
    whole, rest = batches_of(plan)
    return whole + (rest > 0)


class Loop:
    """A compiled loop with what belongs to it.

    Args:
        model, optimizer, loss, l2_on: as for `utils.train.step.Step`.
        plan: a `Plan`; `plan.epochs` is the largest number of epochs of one call.
    """

    def __init__(self, model, optimizer, loss, l2_on, plan):
        self.plan, self.step = plan, Step(model, optimizer, loss, l2_on)
        parts = parts_of(plan.nets)
        self.run = make_loop(self.step, plan._replace(nets=plan.nets // parts))
        if parts > 1:
            self.run = in_threads(self.run, parts, plan)
        self._kit = kit()
        self._seconds = None  # per epoch, in the last call
        self._constants = {}

    def tensor(self, array):
        """Puts an array where the loop computes."""
        return self._kit.tensor(array)

    def array(self, tensor):
        """Fetches a tensor as an array, which may not be changed."""
        return np.asarray(tensor)

    def write(self, model, weights):
        """Does what `model.set_weights(weights)` does, for weights of which it is known that they fit."""
        for variable, value in zip(model.weights, weights, strict=True):
            self._kit.assign(variable, value)

    def constant(self, name, make):
        """Gives tensors that are the same for every training with this loop: made once, by `make()` as arrays."""
        import keras

        if name not in self._constants:
            self._constants[name] = keras.tree.map_structure(self.tensor, make())
        return self._constants[name]

    def epochs_per_call(self, seconds):
        """Says how many epochs take about so long; one, as long as nobody knows."""
        return 1 if self._seconds is None else max(1, int(seconds / self._seconds))

    def took(self, epochs, seconds):
        """Notes how long a call took."""
        self._seconds = max(seconds / epochs, 1e-6)


def make_loop(step, plan):
    """Makes the compiled loop.

    Args:
        step: a `utils.train.step.Step`.
        plan: a `Plan`.

    Returns:
        run(state, epochs, first_step, data, validation, order, share, rates, knobs), which returns the new state,
        the losses of all steps (plan.epochs, steps, S) and of validation (plan.epochs, S); rows from `epochs` on are
        to be ignored. Everything is a tensor: data and validation are dicts of "x", "y", "weight" (validation may be
        None); order (plan.epochs, steps * batch) says which examples are taken; share (steps * batch,) multiplies
        their weights; rates (plan.epochs, steps, S) are learning rates; knobs has "l2" (S,), "dropout" (S, layers),
        "key" (S,).
    """
    from keras import ops

    gradient = kit().gradient
    whole, rest = batches_of(plan)
    if plan.padded and rest:  # the smaller batch is filled up with examples of weight 0
        whole, rest = whole + 1, 0

    def step_all(moving, batch, knobs, rate, number):
        """One step of all nets: their new (trainable, other, slots) and the losses (S,)."""
        shared = {k: v for k, v in batch.items() if k not in plan.stacked}
        own = {k: v for k, v in batch.items() if k in plan.stacked}

        def one(net):
            trainable, other, slots = net["moving"]
            batch, knobs = {"weight": None, **shared, **net["batch"]}, net["knobs"]
            told, gradients = gradient(lambda w: step.objective(w, other, batch, knobs, number), trainable)
            loss, other = told
            trainable, slots = step.update(trainable, slots, gradients, net["rate"], number)
            return (trainable, list(other), slots), ops.cast(loss, rate.dtype)

        return each_net(one, {"moving": moving, "batch": own, "knobs": knobs, "rate": rate}, plan.nets)

    def end_epoch(state, moved, losses, steps_before):
        """Lets the nets that are active and well have their new weights, the others those before the epoch."""

        def one(net):
            before, after, losses = net["state"], net["moved"], net["losses"]
            fine = ops.isfinite(losses)
            well = ops.all(fine)
            for w in after[0]:
                well = ops.logical_and(well, ops.isfinite(ops.sum(w)))
            go = ops.logical_and(before.active, well)
            kept = [
                [ops.where(go, a, b) for a, b in zip(new, old, strict=True)]
                for new, old in zip(after, before[:3], strict=True)
            ]
            # The first step with a bad loss; the last step if only the weights after it are bad.
            first = ops.where(ops.all(fine), losses.shape[0] - 1, ops.argmin(ops.cast(fine, "int32")))
            lost = ops.logical_and(before.active, ops.logical_not(well))
            diverged = ops.where(lost, steps_before + 1 + ops.cast(first, "int32"), before.diverged)
            return State(*kept, go, diverged), ops.where(before.active, losses, float("nan"))

        state, losses = each_net(one, {"state": state, "moved": moved, "losses": ops.transpose(losses)}, plan.nets)
        return state, ops.transpose(losses)

    def evaluate_all(state, data, dtype):
        """The losses (S,) of the validation data."""
        shared = {k: v for k, v in data.items() if k not in plan.stacked_validation}
        own = {k: v for k, v in data.items() if k in plan.stacked_validation}

        def one(net):
            s = net["state"]
            loss = step.evaluate(s.trainable, s.other, {"weight": None, **shared, **net["data"]})
            return ops.where(s.active, ops.cast(loss, dtype), float("nan"))

        return each_net(one, {"state": state, "data": own}, plan.nets)

    def part(values, name, start, size):
        axis = 1 if name in plan.stacked else 0
        starts = [start if i == axis else 0 for i in range(len(values.shape))]
        return ops.slice(values, starts, [size if i == axis else n for i, n in enumerate(values.shape)])

    def run(state, epochs, first_step, data, validation, order, share, rates, knobs):
        count_one()
        steps = steps_of(plan)
        all_losses = ops.full((plan.epochs, steps, plan.nets), float("nan"), dtype=rates.dtype)
        validation_losses = ops.full((plan.epochs, plan.nets), float("nan"), dtype=rates.dtype)

        def one_epoch(epoch, state, all_losses, validation_losses):
            shuffled, before = data, first_step + epoch * steps
            if plan.shuffled or plan.padded:
                shuffled = {k: ops.take(v, order[epoch], axis=1 if k in plan.stacked else 0) for k, v in data.items()}
            if plan.padded:
                shuffled["weight"] = shuffled["weight"] * share

            def one_step(i, moving, losses, size=plan.batch):
                batch = {k: part(v, k, i * plan.batch, size) for k, v in shuffled.items()}
                moving, loss = step_all(moving, batch, knobs, rates[epoch, i], before + i)
                return i + 1, moving, ops.slice_update(losses, [i, 0], loss[None])

            losses = ops.zeros((steps, plan.nets), dtype=rates.dtype)
            start = (0, (state.trainable, state.other, state.slots), losses)
            i, moved, losses = ops.while_loop(lambda i, *_: i < whole, one_step, start)
            if rest:
                i, moved, losses = one_step(i, moved, losses, rest)
            state, losses = end_epoch(state, moved, losses, before)
            all_losses = ops.slice_update(all_losses, [epoch, 0, 0], losses[None])
            if validation is not None:
                losses = evaluate_all(state, validation, rates.dtype)
                validation_losses = ops.slice_update(validation_losses, [epoch, 0], losses[None])
            return epoch + 1, state, all_losses, validation_losses

        start = (0, state, all_losses, validation_losses)
        return ops.while_loop(lambda epoch, *_: epoch < epochs, one_epoch, start)[1:]

    return kit().jit(run)
