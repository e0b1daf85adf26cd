"""One training step of one Keras net as a pure function: numbers in, numbers out, nothing changed on the way.

A pure function can be compiled, looped over and applied to many nets at once. The forward pass, the loss and the
update are Keras' own (`stateless_call`, the loss object, `stateless_apply`); what is added is what moves with a
slider: learning rate, strength of L2 and dropout rate are inputs here, not constants.
"""

import contextlib

import numpy as np

from utils.train.taken import expect


def loss_object(loss):
    """Gives the `keras.losses.Loss` that `model.compile(loss=...)` would use for an object, a name or a function."""
    import keras

    expect(loss is not None, "loss is a loss of keras.losses or its name", None)
    found = keras.losses.get(loss)
    if isinstance(found, keras.losses.Loss):
        return found
    function_wrapper = keras.losses.MeanSquaredError.__bases__[0]
    return function_wrapper(found, name=getattr(found, "__name__", "loss"))


def stateless_optimizer(optimizer, variables):
    """Copies an optimiser with fresh state, so that `stateless_apply` works on every backend.

    Keras' TensorFlow optimisers refuse `stateless_apply`, because their updates go through `tf.distribute`, which
    needs real variables. The update rules themselves are common to all backends. So the copy's class gets the common
    plumbing back; each optimiser's own `update_step` stays untouched.

    Args:
        optimizer: a `keras.optimizers.Optimizer`. It is not changed.
        variables: the trainable variables of the net.
    """
    import keras

    config = {**optimizer.get_config(), "learning_rate": 0.001}  # the true rate is an input of every step
    kind = type(optimizer)
    if keras.backend.backend() == "tensorflow":
        backend_class = keras.Optimizer.__bases__[0]
        common = next(c for c in keras.Optimizer.__mro__ if c.__name__ == "BaseOptimizer")
        plumbing = ("assign", "assign_add", "assign_sub", "_var_key", "_apply_weight_decay", "_backend_update_step")
        body = {name: vars(common)[name] for name in (*plumbing, "stateless_apply", "_clip_by_norm")}
        kind = type(kind.__name__, (kind, type("CommonPlumbing", (backend_class,), body)), {})
    copy = kind.from_config(config)
    copy.build(variables)
    return copy


def slots_of(optimizer):
    """Lists the variables of a built optimiser (momenta and the like), without its clock and its learning rate."""
    clock = (optimizer._iterations, optimizer._learning_rate)
    return [v for v in optimizer.variables if not any(v is c for c in clock)]


class Step:
    """The pure step of a net.

    Args:
        model: a built Keras model; its own weights are not used.
        optimizer: a `keras.optimizers.Optimizer`.
        loss: a `keras.losses.Loss`.
        l2_on: "kernels" or "all": the weights that L2 acts on.
    """

    def __init__(self, model, optimizer, loss, l2_on):
        import keras

        self.model, self.loss = model, loss
        self.optimizer = stateless_optimizer(optimizer, model.trainable_variables)
        self.decayed = [l2_on == "all" or v.name == "kernel" for v in model.trainable_variables]
        self.dropouts = [layer for layer in model.layers if type(layer) is keras.layers.Dropout]
        self._slots = slots_of(self.optimizer)
        #: the optimiser's state before the first step (momenta and the like), as arrays
        self.first_slots = [keras.ops.convert_to_numpy(v.value) for v in self._slots]

    def objective(self, trainable, other, batch, knobs, step):
        """Gives what is minimised on a batch.

        Args:
            trainable, other: lists of tensors, as `model.trainable_variables` and `model.non_trainable_variables`.
            batch: dict of "x" (B, ...), "y" (B, ...) and perhaps "weight" (B,).
            knobs: dict of "l2" (), "dropout" (layers,) and "key" (), the net's numbers.
            step: integer tensor, the number of steps before this one.

        Returns:
            the objective, then the pair (losses of the batch without penalties and with them, new `other`).
        """
        with self._dropout(knobs, step):
            losses, other = self._losses(trainable, other, batch, knobs, training=True)
        return losses[1], (losses, other)

    def evaluate(self, trainable, other, batch, knobs):
        """Gives the losses of a batch, without penalties and with them, of the finished net: no dropout."""
        return self._losses(trainable, other, batch, knobs, training=False)[0]

    def _losses(self, trainable, other, batch, knobs, training):
        from keras import ops

        prediction, other, penalties = self.model.stateless_call(
            trainable, other, batch["x"], training=training, return_losses=True
        )
        loss = self.loss(batch["y"], prediction, sample_weight=batch.get("weight"))
        total = loss + sum(ops.cast(p, loss.dtype) for p in penalties)
        decayed = [w for w, on in zip(trainable, self.decayed, strict=True) if on]
        if decayed:
            squares = sum(ops.cast(ops.sum(ops.square(w)), loss.dtype) for w in decayed)
            total = total + ops.cast(knobs["l2"], loss.dtype) * squares
        return (loss, total), other

    def update(self, trainable, slots, gradients, rate, step):
        """Applies the optimiser.

        Args:
            trainable, gradients: lists of tensors of equal shapes.
            slots: the optimiser's state, as `first_slots` gives it.
            rate: the learning rate of this step, a scalar.
            step: integer tensor, the number of steps before this one.

        Returns:
            new `trainable`, new `slots`.
        """
        from keras import ops

        values = {id(v): value for v, value in zip(self._slots, slots, strict=True)}
        clock = self.optimizer._iterations
        values[id(clock)] = ops.cast(step, clock.dtype)
        values[id(self.optimizer._learning_rate)] = rate
        state = [values[id(v)] for v in self.optimizer.variables]
        trainable, state = self.optimizer.stateless_apply(state, gradients, trainable)
        new = {id(v): value for v, value in zip(self.optimizer.variables, state, strict=True)}
        return trainable, [new[id(v)] for v in self._slots]

    @contextlib.contextmanager
    def _dropout(self, knobs, step):
        """Lets the Dropout layers take their rates and masks from `knobs` while the step is traced."""
        from keras import ops

        def call_of(number, layer):
            calls = iter(range(1 << 16))  # a layer that is used twice draws two masks

            def call(inputs, training=False):
                if not training:
                    return inputs
                own = layer.noise_shape or inputs.shape
                shape = [n if m is None else m for n, m in zip(inputs.shape, own, strict=True)]
                keep = 1.0 - ops.cast(knobs["dropout"][number], inputs.dtype)
                uniform = random_uniform(shape, knobs["key"], step, (number << 16) + next(calls), inputs.dtype)
                return ops.where(uniform < keep, inputs / keep, ops.zeros_like(inputs))

            return call

        for number, layer in enumerate(self.dropouts):
            vars(layer)["call"] = call_of(number, layer)
        try:
            yield
        finally:
            for layer in self.dropouts:
                del vars(layer)["call"]


def random_uniform(shape, key, step, stream, dtype="float32"):
    """Draws uniform random numbers in [0, 1) as a function of their place alone (Threefry-2x32, 20 rounds).

    Args:
        shape: of the result; no entry may be None.
        key: uint32 scalar tensor, the net's own seed.
        step: integer scalar tensor.
        stream: Python integer below 2^32: two streams have nothing in common.
        dtype: of the result; 24 random bits each.

    Reference:
        Salmon, Moraes, Dror, Shaw (2011), Parallel random numbers: as easy as 1, 2, 3, SC11.
    """
    from keras import ops

    places = ops.convert_to_tensor(np.arange(int(np.prod(shape)), dtype="uint32").reshape(shape))
    words = threefry(key, ops.cast(step, "uint32"), places, ops.convert_to_tensor(np.uint32(stream)))
    bits = ops.cast(ops.right_shift(words[0], ops.convert_to_tensor(np.uint32(8))), "int32")
    return ops.cast(bits, dtype) * ops.cast(2.0**-24, dtype)


def threefry(key_0, key_1, word_0, word_1):
    """Scrambles two 32-bit words under a key of two 32-bit words; tensors of dtype uint32 that broadcast."""
    from keras import ops

    def constant(value):
        return ops.convert_to_tensor(np.uint32(value))

    def rotate(word, bits):
        return ops.bitwise_or(ops.left_shift(word, constant(bits)), ops.right_shift(word, constant(32 - bits)))

    keys = [key_0, key_1, ops.bitwise_xor(ops.bitwise_xor(key_0, key_1), constant(0x1BD11BDA))]
    a, b = word_0 + keys[0], word_1 + keys[1]
    for block in range(5):
        for bits in ((13, 15, 26, 6), (17, 29, 16, 24))[block % 2]:
            a = a + b
            b = ops.bitwise_xor(rotate(b, bits), a)
        a = a + keys[(block + 1) % 3]
        b = b + keys[(block + 2) % 3] + constant(block + 1)
    return a, b
