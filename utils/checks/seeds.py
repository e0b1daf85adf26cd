"""Several nets of exercise 07: whether they were trained, from different seeds, and what their AUCs are."""

import functools

import numpy as np

from utils.checks import digits
from utils.checks.answer import Answer, NotAnswered, Unusable, kind
from utils.checks.fitted import fault_of_training
from utils.checks.trained import is_keras
from utils.events import FEATURES, load, split
from utils.ranking import auc

LEAST, GOAL, TOO_GOOD = 3, 0.905, 0.935


@functools.cache
def scaled():
    """The three samples as the notebook has them: name -> (x, y, w)."""
    samples, features = split(load()), list(FEATURES)
    mean, spread = samples["train"][features].mean(), samples["train"][features].std()
    return {
        name: (((s[features] - mean) / spread).to_numpy("float32"), s.signal.to_numpy(), s.weight.to_numpy())
        for name, s in samples.items()
    }


def listed_models(answer):
    """Gives the models of a list, or says what is there instead.

    Raises:
        NotAnswered, Unusable: as `Answer` does.
    """
    raw = answer.raw
    if raw is None or raw is ... or (isinstance(raw, list | tuple) and (not raw or any(m is ... for m in raw))):
        raise NotAnswered
    if is_keras(raw):
        raw = [raw]
    if not isinstance(raw, list | tuple):
        raise Unusable(f"A list of models is needed. Received: {kind(raw)}.", "Put the trained nets into one list.")
    for model in raw:
        if not is_keras(model):
            what = f"Each entry of the list is a trained Keras model. Received: {kind(model)}."
            raise Unusable(what, "Give the models themselves, the ones that you have called `fit` on.")
    if len(raw) < LEAST:
        what = f"A list of {LEAST} models or more is needed. Received: {len(raw)}."
        raise Unusable(what, "One seed is one draw from a lottery: how would you know how much its AUC depends on it?")
    return list(raw)


def scores_of(model, x):
    """Gives the outputs of a net, one for each event."""
    from keras.ops import convert_to_numpy

    # Not `predict`: it compiles anew for each net, and TensorFlow then warns of too many.
    outputs = Answer(lambda rows: convert_to_numpy(model(rows, training=False)), "models").call(x)
    if outputs.shape == (len(x), 2):
        return outputs[:, 1]
    if outputs.size != len(x):
        what = f"A model gives an array of shape {outputs.shape} for {len(x)} events, wanted one score for each."
        raise Unusable(what, "How many units has its last layer?")
    return outputs.ravel()


def fault_of_nets(models, scores):
    """Finds what is wrong with the nets themselves.

    Args:
        models: the nets.
        scores: what they say of the sample `report`, one (B,) each.

    Returns:
        what is wrong and a hint, or None.
    """
    x, y, w = scaled()["report"]
    for number, (model, score) in enumerate(zip(models, scores, strict=True)):
        area, name = auc(score, y, w), f"`models[{number}]`"
        what = f"{name} has a weighted AUC of {area:.3f} on `report`, wanted {GOAL} or more."
        if np.ptp(score) < 1e-6:
            return what, "It says the same for all events. Was it trained, with a rate that is not too large?"
        if area < 0.4:
            return what, "Most pairs stand the wrong way round. Are the labels exchanged, or was it not fitted?"
        if area < 0.7:
            return what, "It is hardly better than a coin. Was it fitted, and to the inputs of the same scale?"
        if area < GOAL:
            return what, "Are the inputs scaled, has it a hidden layer, and does the loss still fall at the end?"
        if area > TOO_GOOD:
            return f"{name} has a weighted AUC of {area:.3f} on `report`.", (
                "That is better than these events allow. Was the sample `report` in the training? Then it is no judge."
            )
        if found := fault_of_training(model, lambda m=model: auc(scores_of(m, x), y, w) >= GOAL):
            return found
        if any(np.allclose(score, other, atol=1e-6) for other in scores[:number]):
            what = f"{name} says the same as another one of the list, for every event."
            return what, "Were they started from the same seed, or is it one model several times? Build each anew."
    return None


def fault_of_summary(models, scores, mean, spread):
    """Finds what is wrong with the mean and the spread, or gives None."""
    samples = scaled()
    _, y, w = samples["report"]
    areas = np.array([auc(score, y, w) for score in scores])
    plain = np.array([auc(score, y, np.ones(len(y))) for score in scores])
    if abs(mean - areas.mean()) > 5e-4:
        what = f"The mean of the weighted AUCs on `report` is {areas.mean():.4f}. Received: {digits(mean)}."
        if abs(mean - plain.mean()) < 5e-4:
            return what, "That is the AUC without weights. Which argument of `auc` is it that counts the events?"
        if np.abs(areas - mean).min() < 1e-4:
            return what, "That is the AUC of one of them, perhaps of the best. Wanted is the mean of all."
        for name in ("choose", "train"):
            x, y, w = samples[name]
            if abs(mean - np.mean([auc(scores_of(model, x), y, w) for model in models])) < 5e-4:
                return what, f"That is the mean on `{name}`. Report it on the third sample."
        if abs(spread - areas.mean()) < 5e-4:
            return what, "Have the mean and the standard deviation changed places?"
        if abs(mean / 100 - areas.mean()) < 5e-4:
            return what, "An AUC is a share, from 0 to 1, and not a percentage."
        return what, "Compute the AUC of each net on `report`, with its weights, and take the mean."
    wanted = [areas.std(), areas.std(ddof=1)]
    if min(abs(spread - each) for each in wanted) > 0.05 * wanted[0] + 2e-5:
        what = f"The standard deviation of the AUCs is {wanted[1]:.5f}. Received: {digits(spread)}."
        hints = {
            "That is the error of the mean. Wanted is by how much single nets differ.": wanted[1] / np.sqrt(len(areas)),
            "That is the variance. The standard deviation is its root.": areas.var(),
            "That is the variance, with n - 1. The standard deviation is its root.": areas.var(ddof=1),
            "That is the distance from the worst to the best. It grows with the number of nets.": np.ptp(areas),
            "That is the spread without weights.": plain.std(ddof=1),
        }
        for hint, value in hints.items():
            if abs(spread - value) <= 0.02 * value:
                return what, hint
        return what, "`np.std` of the list of AUCs gives it."
    return None
