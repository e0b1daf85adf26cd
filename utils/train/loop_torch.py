"""The loop for the PyTorch backend: Keras' own `train_on_batch`, one net and one step after the other.

Nothing is compiled here, so nothing is fast; but lessons run, with the same results, where only PyTorch is.
"""

import numpy as np

from utils.train.loop import State, batches_of
from utils.train.nets import clone
from utils.train.step import Step

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
        self._dropouts = self.step.dropouts
        for layer in self._dropouts:  # with a seed, or PyTorch draws masks that do not repeat; not among its variables
            vars(layer)["seed_generator"] = keras.random.SeedGenerator(0)
        self._l2 = {}
        for v, decayed in zip(self._net.trainable_variables, self.step.decayed, strict=True):
            if decayed:
                v.regularizer = self._regularizer(v.regularizer)

    def _regularizer(self, own):
        """Adds the L2 of the net in training to a weight's own regularizer."""
        return lambda w: self._l2["now"] * (w**2).sum() + (0.0 if own is None else own(w))

    def tensor(self, array):
        """Arrays stay arrays here."""
        return np.asarray(array)

    def array(self, tensor):
        """Arrays stay arrays here."""
        return tensor

    def write(self, model, weights):
        """Does what `model.set_weights(weights)` does."""
        model.set_weights(weights)

    def constant(self, name, make):
        """Arrays stay arrays here, and are made anew: each training changes its own."""
        return make()

    def epochs_per_call(self, seconds):
        """One: an epoch takes long enough here."""
        return 1

    def took(self, epochs, seconds):
        """Nothing depends on it here."""

    def run(self, state, epochs, first_step, data, validation, order, share, rates, knobs):
        """Trains net after net; arguments and results as those of `utils.train.loop.make_loop`'s function."""
        plan = self.plan
        whole, rest = batches_of(plan)
        new = State(*[[np.array(a) for a in part] for part in state[:3]], state.active.copy(), state.diverged.copy())
        step_losses = np.full((plan.epochs, whole + (rest > 0), plan.nets), np.nan)
        validation_losses = np.full((plan.epochs, plan.nets), np.nan)
        for net in np.flatnonzero(state.active):
            self._enter(new, net, first_step, knobs)
            own = _of_net(data, plan.stacked, net)
            for epoch in range(int(epochs)):
                rows = order[epoch, : plan.examples] if plan.shuffled else np.arange(plan.examples)
                for i, begin in enumerate(range(0, plan.examples, plan.batch)):
                    batch = {k: a[rows[begin : begin + plan.batch]] for k, a in own.items()}
                    step_losses[epoch, i, net] = self._one_step(batch, rates[epoch, i, net])
                    if not np.isfinite(step_losses[epoch, i, net]):
                        break
                if not np.isfinite(step_losses[epoch, i, net]) or not self._leave(new, net):
                    new.active[net] = False  # the stacks still have the weights before this epoch
                    new.diverged[net] = first_step + epoch * step_losses.shape[1] + i + 1
                    break
                if validation is not None:
                    validation_losses[epoch, net] = self._evaluate(_of_net(validation, plan.stacked_validation, net))
        return new, step_losses, validation_losses

    def _variables(self):
        """Lists the variables of net and optimiser as a State does."""
        optimizer = self._net.optimizer
        clock = (optimizer._iterations, optimizer._learning_rate)
        slots = [v for v in optimizer.variables if not any(v is c for c in clock)]
        return self._net.trainable_variables, self._net.non_trainable_variables, slots

    def _enter(self, state, net, first_step, knobs):
        """Puts one net of the stacks into the Keras model."""
        for variables, stacks in zip(self._variables(), state[:3], strict=True):
            for v, stack in zip(variables, stacks, strict=True):
                v.assign(stack[net])
        self._net.optimizer._iterations.assign(int(first_step))
        self._l2["now"] = float(knobs["l2"][net])
        for i, (layer, rate) in enumerate(zip(self._dropouts, knobs["dropout"][net], strict=True)):
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
        """Makes one step and gives the loss of its batch without the penalties that Keras adds to it."""
        from keras import ops

        self._net.optimizer.learning_rate = float(rate)
        penalties = sum(float(ops.convert_to_numpy(p)) for p in self._net.losses)
        self._net.reset_metrics()
        total = self._net.train_on_batch(batch["x"], batch["y"], sample_weight=batch.get("weight"))
        return float(total) - penalties

    def _evaluate(self, data):
        """Gives the loss of the validation data without penalties."""
        prediction = self._net.predict_on_batch(data["x"])
        return float(self.step.loss(data["y"], prediction, sample_weight=data.get("weight")))


def _of_net(data, stacked, net):
    """Gives one net's data: its own where they are stacked."""
    return {key: a[net] if key in stacked else a for key, a in data.items()}
