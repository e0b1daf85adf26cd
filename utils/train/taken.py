"""What `train` takes: the one list of layers, losses, optimisers and callbacks; everything else is refused here.

What is in the list has been compared with `model.fit`, alone and with several nets. All of it is Keras' own and says
in its config what it computes: nothing that a reader's own function or class may read from outside can grow stale.
"""

LAYERS = (
    *("InputLayer", "Dense", "Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "Identity", "Dropout"),
    *("BatchNormalization", "LayerNormalization", "Rescaling", "Flatten", "Reshape", "Permute", "RepeatVector"),
    *("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"),
    *("Conv1D", "Conv2D", "MaxPooling1D", "MaxPooling2D", "AveragePooling1D", "AveragePooling2D"),
    *("GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalMaxPooling1D", "GlobalMaxPooling2D"),
)
LOSSES = (
    *("mean_squared_error", "mean_absolute_error", "mean_squared_logarithmic_error", "huber", "log_cosh"),
    *("mean_absolute_percentage_error", "binary_crossentropy", "categorical_crossentropy"),
    *("sparse_categorical_crossentropy", "binary_focal_crossentropy", "categorical_focal_crossentropy"),
    *("kl_divergence", "poisson", "hinge", "squared_hinge", "categorical_hinge", "cosine_similarity"),
)
OPTIMIZERS = (
    *("SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "AdamW", "Adamax", "Nadam"),
    *("Ftrl", "Lion", "Adafactor", "Lamb", "Muon"),
)
CALLBACKS = ("EarlyStopping", "ReduceLROnPlateau", "LearningRateScheduler", "CSVLogger", "LambdaCallback", "Callback")
HOOKS = ("on_train_begin", "on_epoch_begin", "on_epoch_end", "on_train_end")


def expect(fine, expected, received):
    """Raises ValueError, which says what was expected and received, where something is not `fine`."""
    if not fine:
        raise ValueError(f"{expected}. Received: {received}")


def take(fine, expected, received):
    """Raises ValueError where something is not in the list but perhaps in that of `model.fit`."""
    expect(fine, f"utils.train: expected {expected}; use model.fit", received)


def is_of_keras(thing):
    """True for a function or class that Keras itself defines."""
    return str(getattr(thing, "__module__", "")).split(".")[0] == "keras"


def graph_of(model):
    """Gives the functional model inside a Sequential one, or the functional model itself."""
    return getattr(model, "_functional", model)


def check_model(model):
    """Raises ValueError for a model that has something which is not in the list."""
    import keras

    expect(isinstance(model, keras.Model), "The model is a Keras model", type(model).__name__)
    known = type(model) is keras.Sequential or (is_of_keras(type(model)) and type(model).__name__ == "Functional")
    take(known, "a keras.Sequential or a functional keras.Model, not a class of its own", type(model).__name__)
    built = "The model is built and has weights to train: give it a keras.Input and a layer with weights"
    expect(model.built and graph_of(model) is not None, built, "one that is not built")
    expect(model.trainable_weights, built, f"{len(model.weights)} weights, none of them to train")
    own = sorted({"call", "train_step", "test_step", "compute_loss"} & set(vars(model)))
    take(not own, "a model's own methods", f"{', '.join(own)} replaced")
    graph = graph_of(model)
    for name, struct in (("input", graph._inputs_struct), ("output", graph._outputs_struct)):
        found = f"{type(struct).__name__} of {len(keras.tree.flatten(struct))}"
        take(isinstance(struct, keras.KerasTensor), f"a model with one {name}, not in a list or dict", found)
    axes = len(graph._outputs_struct.shape)
    take(axes >= 2, "an output of the shape (B, ...) with one axis or more for each example", f"{axes - 1}")
    for layer in graph.operations:
        _check_layer(layer)


def _check_layer(layer):
    """Raises ValueError for a layer that is not in the list, or has a setting that is not."""
    import keras

    found = f"layer {layer.name!r} of the class {type(layer).__name__}"
    listed = type(layer) in {getattr(keras.layers, name) for name in LAYERS}
    take(listed, f"layers of keras.layers from this list: {', '.join(LAYERS)}", found)
    take("call" not in vars(layer), "layers that compute what Keras defines", f"{found} with a call of its own")
    if type(layer) is keras.layers.InputLayer:
        return
    fine = layer.compute_dtype in ("float32", "float64", "bfloat16") and not layer.quantization_mode
    take(fine, "layers that compute in float32, float64 or bfloat16", f"{found} in {layer.dtype_policy.name}")
    take(layer.activity_regularizer is None, "no activity_regularizer", found)
    for name, value in vars(layer).items():
        if name == "activation":
            of_keras = any(value is known for known in vars(keras.activations).values())
            take(of_keras, "an activation of keras.activations, by name or function", f"{found} with {value!r}")
        elif name.endswith(("_initializer", "_regularizer", "_constraint")):
            of_keras = value is None or is_of_keras(type(value))
            take(of_keras, "initializers, regularizers and constraints of Keras", f"{found}, {name} {value!r}")
    axis = getattr(layer, "axis", None)
    axes = keras.tree.flatten(axis)
    take(
        all(a is None or a % len(layer.output.shape) for a in axes), "layers that look at each example alone or are "
        "BatchNormalization", f"{found} with axis={axis}",
    )  # fmt: skip


def check_loss(loss):
    """Raises ValueError for a loss that is not a mean over examples."""
    import keras

    kind, function = type(loss), getattr(loss, "fn", None)
    name = getattr(function, "__name__", kind.__name__) if kind.__name__ == "LossFunctionWrapper" else kind.__name__
    listed = is_of_keras(kind) and any(function is getattr(keras.losses, known) for known in LOSSES)
    take(listed and "call" not in vars(loss), f"a loss of keras.losses from this list: {', '.join(LOSSES)}", name)
    take(loss.reduction in ("sum_over_batch_size", "mean"), "a loss that is the mean over the examples of a batch",
         f"{name} with reduction={loss.reduction!r}")  # fmt: skip
    settings = getattr(loss, "_fn_kwargs", {})
    for setting, usual in (("axis", -1), ("ignore_class", None)):
        value = settings.get(setting, usual)
        take(value == usual, f"a loss with {setting}={usual}", f"{name} with {setting}={value!r}")


def check_optimizer(optimizer):
    """Raises ValueError for an optimiser that is not in the list or needs more than a step."""
    import keras

    name, public = type(optimizer).__name__, vars(keras.optimizers).values()
    kind = next((kind for kind in type(optimizer).__mro__ if kind in public), None)  # PyTorch has classes below these
    listed = is_of_keras(type(optimizer)) and kind in {getattr(keras.optimizers, known) for known in OPTIMIZERS}
    take(listed, f"an optimizer of keras.optimizers from this list: {', '.join(OPTIMIZERS)}", name)
    for setting in ("use_ema", "gradient_accumulation_steps", "loss_scale_factor"):
        value = getattr(optimizer, setting, None)
        take(not value, f"an optimizer without {setting}", f"{name} with {setting}={value}")
    # Its config does not tell, so the copy would not know.
    alone = hasattr(optimizer, "_exclude_from_weight_decay")
    take(not alone, "weight decay for all weights (l2 is for kernels)", f"{name} with exclude_from_weight_decay")


def check_callbacks(callbacks):
    """Gives the callbacks as a list.

    Raises:
        ValueError: for something that is not a callback, or one that wants to be called where no Python runs.
    """
    import keras

    base = keras.callbacks.Callback
    callbacks = [] if callbacks is None else keras.tree.flatten(callbacks)
    listed = {getattr(keras.callbacks, name) for name in CALLBACKS}
    for callback in callbacks:
        expect(isinstance(callback, base), "callbacks are keras.callbacks.Callback objects", repr(callback))
        kinds = [kind for kind in type(callback).__mro__ if is_of_keras(kind) and issubclass(kind, base)]
        fine = kinds[0] in listed
        take(fine, f"callbacks of these classes or made from them: {', '.join(CALLBACKS)}", type(callback).__name__)
        others = [hook for hook in dir(base) if hook.startswith("on_") and hook not in HOOKS]
        used = [h for h in others if h in vars(callback) or getattr(type(callback), h) is not getattr(base, h)]
        found = f"{type(callback).__name__} with {', '.join(used)}"
        take(not used, f"callbacks that are called per epoch ({', '.join(HOOKS)})", found)
    return callbacks
