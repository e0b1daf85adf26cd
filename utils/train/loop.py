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

#: What is fixed when the loop is compiled; `epochs` is the largest number of them in one call.
Plan = namedtuple("Plan", "nets examples batch epochs shuffled")


def steps_of(plan):
    """Gives the number of steps in an epoch."""
    return -(-plan.examples // plan.batch)


def fresh(step, nets):
    """Gives what every training starts with, arrays: fresh optimisers, all nets active, none diverged."""
    return [np.stack([value] * nets) for value in step.first_slots], np.ones(nets, bool), np.zeros(nets, "int32")


class Loop:
    """A compiled loop with what belongs to it.

    Args:
        model, optimizer, loss, l2_on: as for `utils.train.step.Step`.
        plan: a `Plan`.
    """

    def __init__(self, model, optimizer, loss, l2_on, plan):
        import keras

        self.plan, self.step = plan, Step(model, optimizer, loss, l2_on)
        parts = parts_of(plan.nets)
        self.run = make_loop(self.step, plan._replace(nets=plan.nets // parts))
        if parts > 1:
            self.run = in_threads(self.run, parts)
        self.fresh = keras.tree.map_structure(kit().tensor, fresh(self.step, plan.nets))
        self.seconds = np.inf  # per epoch, in the last call


def make_loop(step, plan):
    """Makes the compiled loop. Its last batch of an epoch may be smaller: a step of its own shape.

    Args:
        step: a `utils.train.step.Step`.
        plan: a `Plan`.

    Returns:
        run(own, shared, epochs, first_step), which returns the new state, the losses of all steps
        (S, plan.epochs, steps, 2) and of validation (S, plan.epochs, 2), without penalties and with them; entries of
        epochs from `epochs` on are to be ignored. Everything is a tensor, or a dict of tensors. `own` has one entry
        per net: "state", "rates" (S, plan.epochs, steps), "knobs" with "l2" (S,), "dropout" (S, layers), "key" (S,),
        and what is stacked of "data" and "validation". `shared` has what all nets use of these two (without
        validation both are empty), and "order" (plan.epochs, N) where the plan says shuffled.
    """
    from keras import ops

    gradient = kit().gradient
    steps, rest = steps_of(plan), plan.examples % plan.batch

    def step_all(moving, own, shared, knobs, rate, number):
        """One step of all nets: their new (trainable, other, slots) and the losses (S, 2)."""

        def one(net):
            trainable, other, slots = net["moving"]
            batch = {**shared, **net["batch"]}
            told, gradients = gradient(lambda w: step.objective(w, other, batch, net["knobs"], number), trainable)
            losses, other = told
            trainable, slots = step.update(trainable, slots, gradients, net["rate"], number)
            return (trainable, list(other), slots), ops.cast(ops.stack(losses), rate.dtype)

        return each_net(one, {"moving": moving, "batch": own, "knobs": knobs, "rate": rate}, plan.nets)

    def end_epoch(state, moved, losses, steps_before):
        """Lets the nets that are active and well have their new weights, the others those before the epoch."""
        # Written for all nets at once: to vectorise it as well made a fifth of Python's calls while a loop compiled.
        fine = ops.isfinite(losses[:, :, 0])
        well = ops.all(fine, axis=1)
        for w in moved[0]:
            well = ops.logical_and(well, ops.isfinite(ops.sum(w, axis=tuple(range(1, len(w.shape))))))
        go = ops.logical_and(state.active, well)
        kept = [
            [ops.where(ops.reshape(go, [-1] + [1] * (len(a.shape) - 1)), a, b) for a, b in zip(new, old, strict=True)]
            for new, old in zip(moved, state[:3], strict=True)
        ]
        # The first step with a bad loss; the last step if only the weights after it are bad.
        bad = ops.argmin(ops.cast(fine, "int32"), axis=1)
        first = ops.where(ops.all(fine, axis=1), steps - 1, ops.cast(bad, "int32"))
        lost = ops.logical_and(state.active, ops.logical_not(well))
        diverged = ops.where(lost, steps_before + 1 + first, state.diverged)
        return State(*kept, go, diverged), ops.where(state.active[:, None, None], losses, float("nan"))

    def evaluate_all(state, own, shared, knobs, dtype):
        """The losses (S, 2) of the validation data."""

        def one(net):
            s = net["state"]
            losses = step.evaluate(s.trainable, s.other, {**shared, **net["data"]}, net["knobs"])
            return ops.where(s.active, ops.cast(ops.stack(losses), dtype), float("nan"))

        return each_net(one, {"state": state, "data": own, "knobs": knobs}, plan.nets)

    def rows(values, start, size, axis):
        starts = [start if i == axis else 0 for i in range(len(values.shape))]
        return ops.slice(values, starts, [size if i == axis else n for i, n in enumerate(values.shape)])

    def run(own, shared, epochs, first_step):
        count_one()
        rates, knobs = own["rates"], own["knobs"]
        data = [(own["data"], 1), (shared["data"], 0)]  # with the axis of the examples
        all_losses = ops.full((plan.nets, plan.epochs, steps, 2), float("nan"), dtype=rates.dtype)
        check_losses = ops.full((plan.nets, plan.epochs, 2), float("nan"), dtype=rates.dtype)

        def one_epoch(epoch, state, all_losses, check_losses):
            before, ordered = first_step + epoch * steps, data
            if plan.shuffled:
                order = shared["order"][epoch]
                ordered = [({k: ops.take(v, order, axis=axis) for k, v in part.items()}, axis) for part, axis in data]

            def one_step(i, moving, losses, size=plan.batch):
                batch = [{k: rows(v, i * plan.batch, size, axis) for k, v in part.items()} for part, axis in ordered]
                moving, loss = step_all(moving, *batch, knobs, rates[:, epoch, i], before + i)
                return i + 1, moving, ops.slice_update(losses, [0, i, 0], loss[:, None])

            losses = ops.zeros((plan.nets, steps, 2), dtype=rates.dtype)
            start = (0, (state.trainable, state.other, state.slots), losses)
            i, moved, losses = ops.while_loop(lambda i, *_: i < plan.examples // plan.batch, one_step, start)
            if rest:
                i, moved, losses = one_step(i, moved, losses, rest)
            state, losses = end_epoch(state, moved, losses, before)
            all_losses = ops.slice_update(all_losses, [0, epoch, 0, 0], losses[:, None])
            if own["validation"] or shared["validation"]:
                losses = evaluate_all(state, own["validation"], shared["validation"], knobs, rates.dtype)
                check_losses = ops.slice_update(check_losses, [0, epoch, 0], losses[:, None])
            return epoch + 1, state, all_losses, check_losses

        start = (0, own["state"], all_losses, check_losses)
        return ops.while_loop(lambda epoch, *_: epoch < epochs, one_epoch, start)[1:]

    return kit().jit(run)
