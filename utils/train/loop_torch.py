"""The loop for the PyTorch backend: Keras' own `train_on_batch`, one net and one step after the other.

Nothing is compiled here, so nothing is fast; but lessons run, with the same results, where only PyTorch is.
"""

import numpy as np

from utils.train.loop import State, fresh, steps_of
from utils.train.nets import clone
from utils.train.step import Step, slots_of

_said = False


class Loop:
    """The same interface as `utils.train.loop.Loop`, on arrays.

    Args:
        model, optimizer, loss, l2_on: as for `utils.train.step.Step`.
        plan: a `utils.train.loop.Plan`.
    """

    def __init__(self, model, optimizer, loss, l2_on, plan):
        import keras

        global _said
        if not _said:
            print("PyTorch backend: utils.train uses train_on_batch. TensorFlow and JAX are some hundred times faster.")
            _said = True
        self.plan, self._net = plan, clone(model)
        self._net.compile(
            optimizer=type(optimizer).from_config({**optimizer.get_config(), "learning_rate": 0.001}), loss=loss
        )
        self._net.optimizer.build(self._net.trainable_variables)
        self.step = Step(self._net, optimizer, loss, l2_on)
        for layer in self.step.dropouts:  # seeded, or PyTorch draws masks that do not repeat; not among its variables
            vars(layer)["seed_generator"] = keras.random.SeedGenerator(0)
        self.fresh, self.seconds = fresh(self.step, plan.nets), np.inf
        self._l2 = {}
        for v, decayed in zip(self._net.trainable_variables, self.step.decayed, strict=True):
            if decayed:
                v.regularizer = self._regularizer(v.regularizer)

    def _regularizer(self, own):
        """Adds the L2 of the net in training to a weight's own regularizer."""
        return lambda w: self._l2["now"] * (w**2).sum() + (0.0 if own is None else own(w))

    def run(self, own, shared, epochs, first_step):
        """Trains net after net; arguments and results as those of `utils.train.loop.make_loop`'s function."""
        plan, state, steps = self.plan, own["state"], steps_of(self.plan)
        new = State(*[[np.array(a) for a in part] for part in state[:3]], state.active.copy(), state.diverged.copy())
        step_losses = np.full((plan.nets, plan.epochs, steps, 2), np.nan)
        check_losses = np.full((plan.nets, plan.epochs, 2), np.nan)
        for net in np.flatnonzero(state.active):
            self._enter(new, net, first_step, own["knobs"])
            data, check = (
                {**shared[name], **{key: a[net] for key, a in own[name].items()}} for name in ("data", "validation")
            )
            for epoch in range(int(epochs)):
                rows = shared["order"][epoch] if plan.shuffled else np.arange(plan.examples)
                for i, begin in enumerate(range(0, plan.examples, plan.batch)):
                    batch = {k: a[rows[begin : begin + plan.batch]] for k, a in data.items()}
                    step_losses[net, epoch, i] = self._one_step(batch, own["rates"][net, epoch, i])
                    if not np.isfinite(step_losses[net, epoch, i, 0]):
                        break
                if not np.isfinite(step_losses[net, epoch, i, 0]) or not self._leave(new, net):
                    new.active[net] = False  # the stacks still have the weights before this epoch
                    new.diverged[net] = first_step + epoch * steps + i + 1
                    break
                if check:
                    loss = self.step.loss(check["y"], self._net.predict_on_batch(check["x"]), check.get("weight"))
                    check_losses[net, epoch] = float(loss) + np.array([0, self._penalty()])
        return new, step_losses, check_losses

    def _penalty(self):
        """Gives what Keras adds to the loss of the net as it is now."""
        from keras import ops

        return sum(float(ops.convert_to_numpy(p)) for p in self._net.losses)

    def _variables(self):
        """Lists the variables of net and optimiser as a State does."""
        return self._net.trainable_variables, self._net.non_trainable_variables, slots_of(self._net.optimizer)

    def _enter(self, state, net, first_step, knobs):
        """Puts one net of the stacks into the Keras model."""
        for variables, stacks in zip(self._variables(), state[:3], strict=True):
            for v, stack in zip(variables, stacks, strict=True):
                v.assign(stack[net])
        self._net.optimizer._iterations.assign(int(first_step))
        self._l2["now"] = float(knobs["l2"][net])
        for i, (layer, rate) in enumerate(zip(self.step.dropouts, knobs["dropout"][net], strict=True)):
            layer.rate = float(rate)
            layer.seed_generator.state.assign([(int(knobs["key"][net]) + i) % 2**31, int(first_step)])

    def _leave(self, state, net):
        """Takes the net back into the stacks, where its weights are finite; says whether they are."""
        from keras import ops

        values = [[ops.convert_to_numpy(v.value) for v in variables] for variables in self._variables()]
        if not all(np.all(np.isfinite(a)) for a in values[0]):
            return False
        for stacks, arrays in zip(state[:3], values, strict=True):
            for stack, a in zip(stacks, arrays, strict=True):
                stack[net] = a
        return True

    def _one_step(self, batch, rate):
        """Makes one step and gives the losses of its batch, without penalties and with them."""
        self._net.optimizer.learning_rate = float(rate)
        penalty = self._penalty()
        self._net.reset_metrics()
        total = self._net.train_on_batch(batch["x"], batch["y"], sample_weight=batch.get("weight"))
        return float(total) - penalty, float(total)
