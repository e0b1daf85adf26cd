"""Whether a model is a Keras net that was trained: what a check has to see before it praises a training.

It looks at what the model does, not at how it was written: it has weights, `fit` has counted steps, and without its
weights it knows nothing of the task.
"""

import numpy as np

from utils.checks.answer import Unusable, attribute, kind


def untrained(model, knows, *, by_fit=True):
    """Finds why what a model does is not the result of a training.

    Args:
        model: what the student gave, `answer.raw`; its answers are good enough.
        knows: a function without arguments that tells whether the model's answers are good enough, as it is then.
        by_fit: whether `fit` has to have trained it; else `utils.train` or a loop of one's own may have done it too.

    Returns:
        What is wrong and a hint, as for `wrong`; or None.
    """
    if not is_keras(model):
        what = f"The answers are good, but a trained Keras model is wanted. Received: {kind(model)}."
        return what, "Give the model itself, the one that you have called `fit` on."
    steps = steps_of(model)
    if by_fit and steps == 0:
        what = "The answers are good, but this model was not trained: `fit` has counted no step."
        return what, "Were the weights set by hand? Compile the model and fit it to the examples."
    if not kernels(model):
        return "The answers are good, but the model has no weights.", "A `Dense` layer has some."
    before = model.get_weights()
    try:
        model.set_weights([np.zeros_like(array) for array in before])
        by_itself = knows()
    finally:
        model.set_weights(before)
    if by_itself:
        what = "The answers are good, but they stay so when all weights are set to 0: they do not come from a training."
        return what, "Build the model of `Dense` layers, and let `fit` find their weights."
    return None


def one_each(model, points, called, hint):
    """Gives the outputs of a model, or of a function in its place, one for each point.

    Args:
        model: an `Answer`.
        points: shape (B,).
        called: what the points are, for the message.
        hint: what to say where a Keras model has another number of outputs.

    Returns:
        Outputs, shape (B,).

    Raises:
        Unusable: for another number of outputs.
    """
    if not is_keras(model.raw):
        return model.at(points)
    outputs = model.call(points)
    if outputs.size != len(points):
        raise Unusable(f"It gives {outputs.size} numbers for {len(points)} {called}.", hint)
    return outputs.ravel()


def is_keras(model):
    """Tells whether something is a Keras model."""
    return all(callable(attribute(model, name)) for name in ("get_weights", "set_weights", "compile", "predict"))


def steps_of(model):
    """Counts the steps of `fit`; 0 where the model was not compiled."""
    iterations = attribute(attribute(model, "optimizer"), "iterations")
    return 0 if iterations is None else int(np.asarray(iterations))


def kernels(model):
    """Gives the shapes of the weight matrices of a Keras model, (inputs, units), from the first layer on."""
    return [array.shape for array in model.get_weights() if array.ndim == 2]
