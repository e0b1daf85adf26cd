"""Exercise 04, tasks 1, 2 and 4: the solution, other right ways, and typical wrong answers with the hint for each."""

import numpy as np
import pytest

from tests.answers import is_right, is_wrong
from utils.checks import chapter_04 as check
from utils.checks.stopping import TRAININGS

# --- task 1 -----------------------------------------------------------------------------------------------------------


def penalty_in_a_loop(weights, strength):
    total = 0
    for k in range(0, len(weights), 2):
        for row in weights[k]:
            for w in row:
                total += w * w
    return [strength * total]


def kernels_of(weights):
    return [w for w in weights if w.ndim == 2]


@pytest.mark.parametrize(
    "answer",
    [
        lambda weights, s: s * sum(np.sum(k**2) for k in weights[::2]),
        lambda weights, s: sum(s * np.sum(k**2) for k in kernels_of(weights)),
        lambda weights, s: s * sum(np.linalg.norm(k) ** 2 for k in weights if len(k.shape) > 1),
        lambda weights, s: s * np.square(np.concatenate([np.ravel(k) for k in weights[0::2]])).sum(),
        penalty_in_a_loop,
    ],
)
def test_penalty_right(answer):
    is_right(check.penalty.feedback(answer), "Biases go free")


def test_penalty_is_what_keras_adds():
    import keras

    price = keras.regularizers.L2(0.02)
    layers = [keras.layers.Dense(n, kernel_regularizer=price, bias_initializer="ones") for n in (3, 2, 1)]
    model = keras.Sequential([keras.Input((2,)), *layers])
    model.set_weights(check.weights_of(2, 3, 2, 1))
    wanted = 0.02 * sum(np.sum(k**2) for k in check.weights_of(2, 3, 2, 1)[::2])
    assert float(sum(model.losses)) == pytest.approx(wanted, rel=1e-5)


def in_place(weights, strength):
    for k in weights[::2]:
        k *= k
    return strength * sum(k.sum() for k in weights[::2])


def empties(weights, strength):
    total = 0
    while weights:
        weights.pop()
        total += np.sum(weights.pop() ** 2)
    return strength * total


def last_only(weights, strength):
    for k in weights[::2]:
        total = 0
        total += np.sum(k**2)
    return strength * total


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            lambda weights, s: s * sum(np.sum(w**2) for w in weights),
            ["For a 1-3-1 net and strength 0.1 it gives", "add up to 8.69", "Do the biases pay too?"],
        ),
        (lambda weights, s: s * sum(np.sum(w**2) for w in weights[1::2]), ["squares of the biases"]),
        (lambda weights, s: s * sum(np.sum(k**2) for k in weights[::2]) / 2, ["a factor 1/2"]),
        (
            lambda weights, s: s * np.mean(np.concatenate([k.ravel() for k in weights[::2]]) ** 2),
            ["Is this a mean?", "its own price"],
        ),
        (lambda weights, s: s * sum(np.sum(np.abs(k)) for k in weights[::2]), ["absolute values", "L1"]),
        (lambda weights, s: s * np.sqrt(sum(np.sum(k**2) for k in weights[::2])), ["Is a root taken?"]),
        (lambda weights, s: s * sum(np.linalg.norm(k) for k in weights[::2]), ["A norm is a root already"]),
        (lambda weights, s: s * sum(np.sum(k) for k in weights[::2]) ** 2, ["opposite sign cancel"]),
        (lambda weights, s: sum(np.sum(k**2) for k in weights[::2]), ["What does `strength` do?"]),
        (lambda weights, s: s**2 * sum(np.sum(k**2) for k in weights[::2]), ["Is `strength` squared too?"]),
        (lambda weights, s: sum(np.sum(k**2) for k in weights[::2]) / s, ["Is it divided by `strength`?"]),
        (lambda weights, s: s * np.sum(weights[0] ** 2), ["the first kernel alone"]),
        (last_only, ["the last kernel alone"]),
        (
            lambda weights, s: s * sum(np.sum(weights[k] ** 2) for k in (0, min(2, len(weights) - 2))),
            ["For a 2-3-2-1 net", "the first kernel and the second"],
        ),
        (
            lambda weights, s: s * sum(np.linalg.norm(k, 2) ** 2 for k in weights[::2]),
            ["For a 2-3-2-1 net", "Which are kernels?"],
        ),
        (lambda weights, s: [s * np.sum(k**2) for k in weights[::2]], ["Received: 2.", "all are added up to one"]),
        (lambda weights, s: s * sum(np.mean(k**2) for k in weights[::2]), ["Is this a mean?"]),
        (lambda weights, s: s * sum(np.mean(w**2) for w in weights), ["the biases are among them"]),
        (lambda weights, s: s * sum(np.sum(k) for k in weights[::2]), ["the weights themselves"]),
        (lambda weights, s: 2 * s * sum(np.sum(k**2) for k in weights[::2]), ["the penalty has none"]),
        (lambda weights, s: s * sum(np.sum(k) ** 2 for k in weights[::2]), ["opposite sign cancel"]),
        (lambda weights, s: np.nan, ["Received: nan"]),
        (in_place, ["changes the list that it is given"]),
        (empties, ["changes the list that it is given", "`x.pop()`"]),
        (0.5, ["A function or a model is needed"]),
    ],
)
def test_penalty_wrong(answer, words):
    is_wrong(check.penalty.feedback(answer), *words)


def test_an_error_in_penalty_shows_how_it_was_called():
    feedback = check.penalty.feedback(lambda weights, s: s * np.sum(weights**2))
    assert feedback.state == "stopped"
    assert "(list of 4, 0.1)" in repr(feedback)


# --- task 2 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        lambda strength, noise, examples: noise / np.sqrt(examples * strength),
        lambda strength, noise, examples: np.sqrt(noise**2 / strength / examples),
        lambda strength, noise, examples: [np.float32(noise * (strength * examples) ** -0.5)],
    ],
)
def test_prior_width_right(answer):
    is_right(check.prior_width.feedback(answer), "weights of about 0.67", "says 0.067", "like 1/N")
    assert f"{float(np.ravel(answer(0.01, 0.3, 20))[0]):.2f}" == "0.67"
    assert f"{float(np.ravel(answer(0.01, 0.3, 2000))[0]):.3f}" == "0.067"


def test_prior_width_makes_both_losses_proportional():
    """Mean of squares plus penalty, against minus the logarithm of the posterior with the prior of this width."""
    rng = np.random.default_rng(0)
    strength, noise, examples = 0.03, 0.7, 50
    sigma = noise / np.sqrt(examples * strength)
    residuals, weights = rng.normal(size=(2, examples)), rng.normal(size=(2, 6))
    loss = np.mean(residuals**2, axis=1) + strength * np.sum(weights**2, axis=1)
    minus_log = np.sum(residuals**2, axis=1) / (2 * noise**2) + np.sum(weights**2, axis=1) / (2 * sigma**2)
    assert loss[0] / minus_log[0] == pytest.approx(loss[1] / minus_log[1])


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            lambda lam, s, n: s / np.sqrt(lam),
            ["lambda = 0.01, noise 0.3 and 20 examples it gives 3, wanted 0.671", "beside a mean"],
        ),
        (lambda lam, s, n: s**2 / (n * lam), ["it gives 0.45", "sigma squared"]),
        (lambda lam, s, n: n * lam / s**2, ["1 / sigma squared"]),
        (lambda lam, s, n: np.sqrt(n * lam) / s, ["upside down"]),
        (lambda lam, s, n: 1 / np.sqrt(2 * lam), ["it gives 7.07", "1 / (2 sigma^2)", "beside the sum"]),
        (lambda lam, s, n: 1 / np.sqrt(n * lam), ["N is there, the noise is not. With more noise"]),
        (lambda lam, s, n: 1 / np.sqrt(2 * n * lam), ["a factor 2 has come in"]),
        (lambda lam, s, n: s / np.sqrt(2 * n * lam), ["it gives 0.474", "Do they cancel?"]),
        (lambda lam, s, n: s * np.sqrt(2 / (n * lam)), ["Where does a factor 2 come from?"]),
        (lambda lam, s, n: s * np.sqrt(n / lam), ["More examples, a wider prior?"]),
        (lambda lam, s, n: np.sqrt(s / (n * lam)), ["Its variance belongs there"]),
        (lambda lam, s, n: s**2 / np.sqrt(n * lam), ["the root is taken of the rest only"]),
        (lambda lam, s, n: s / (n * lam), ["Is the root forgotten?"]),
        (lambda lam, s, n: s / n / np.sqrt(lam), ["N stands outside of the root"]),
        (lambda lam, s, n: s / lam / np.sqrt(n), ["Lambda stands outside of the root"]),
        (lambda lam, s, n: s * np.sqrt(n * lam), ["Multiplied, not divided"]),
        (lambda lam, s, n: s * np.sqrt(lam / n), ["Lambda stands above the line"]),
        (lambda lam, s, n: s * np.sqrt(lam), ["Lambda stands above the line"]),
        (lambda lam, s, n: 1 / np.sqrt(lam), ["Noise and N are missing"]),
        (lambda lam, s, n: 1 / (s * np.sqrt(n * lam)), ["The noise stands below the line"]),
        (lambda lam, s, n: s**2 / (2 * n * lam), ["sigma squared, and a factor 2"]),
        (lambda lam, s, n: 0.3 / np.sqrt(n * lam), ["noise 2 and 100 examples", "Twice the noise"]),
        (lambda lam, s, n: np.inf, ["Received: inf"]),
        (lambda lam, s, n: (s, lam), ["has to give 1 number. Received: 2.", "One width"]),
    ],
)
def test_prior_width_wrong(answer, words):
    is_wrong(check.prior_width.feedback(answer), *words)


# --- task 4 -----------------------------------------------------------------------------------------------------------


def stop(losses, patience, *, begin=np.inf, wait_more=0, reset=True, equal=False, previous=False, from_zero=0):
    """Early stopping with room for mistakes; without any it is right."""
    lowest, best, waited = begin, 0, 0
    for epoch, loss in enumerate(losses, 1):
        if loss < lowest or (equal and loss == lowest):
            lowest, best = loss, epoch
            waited = 0 if reset and not previous else waited
        elif not previous:
            waited += 1
        if previous:
            waited = waited + 1 if epoch > 1 and loss > losses[epoch - 2] else 0
        if waited >= patience + wait_more:
            return epoch - from_zero, best - from_zero
    return len(losses) - from_zero, best - from_zero


def with_keras(losses, patience):
    """Feeds the losses to Keras' own callback."""
    import keras

    patient = keras.callbacks.EarlyStopping(patience=patience)
    patient.set_model(keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]))
    patient.model.stop_training = False  # `fit` does that
    patient.on_train_begin()
    for epoch, loss in enumerate(losses):
        patient.on_epoch_end(epoch, {"val_loss": loss})
        if patient.model.stop_training:
            break
    return epoch + 1, patient.best_epoch + 1


def by_slices(losses, patience):
    for epoch in range(1, len(losses) + 1):
        seen = losses[:epoch]
        best = seen.index(min(seen)) + 1
        if epoch - best == patience:
            break
    return np.array([epoch, best])


@pytest.mark.parametrize("answer", [stop, with_keras, by_slices])
def test_early_stop_right(answer):
    is_right(check.early_stop.feedback(answer), "Epoch 11", "epoch 5", "patience is a bet")


def test_keras_stops_where_the_check_does():
    rng = np.random.default_rng(0)
    for _ in range(50):
        losses, patience = rng.integers(1, 9, size=12).tolist(), int(rng.integers(1, 5))
        assert with_keras(losses, patience) == stop(losses, patience)
    assert all(with_keras(losses, patience) == wanted for losses, patience, wanted, _ in TRAININGS)


def no_return_at_the_end(losses, patience):
    found = stop(losses, patience)
    return None if found[0] - found[1] < patience else found


def with_mistake(**mistake):
    return lambda losses, patience: stop(losses, patience, **mistake)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (with_mistake(from_zero=1), ["patience 3 it gives 7, 4; wanted 8, 5", "counted from 1"]),
        (lambda v, p: (stop(v, p)[0], stop(v, p)[1] - 1), ["gives 8, 4", "counted from 1"]),
        (lambda v, p: stop(v, p)[::-1], ["in the other order"]),
        (lambda v, p: stop(v, 1), ["gives 3, 2", "What is patience for?"]),
        (lambda v, p: (stop(v, p)[0], np.argmin(v) + 1), ["gives 8, 11", "behind the stop"]),
        (lambda v, p: (len(v), np.argmin(v) + 1), ["It never stops"]),
        (with_mistake(wait_more=1), ["gives 9, 5", "One epoch too long"]),
        (with_mistake(wait_more=-1), ["gives 4, 2", "Too early"]),
        (with_mistake(reset=False), ["gives 6, 5", "Does your counter begin at 0 again?"]),
        (with_mistake(previous=True), ["gives 10, 5", "the one before it?"]),
        (lambda v, p: [stop(v, p)[1]] * 2, ["the best epoch twice"]),
        (lambda v, p: [v[e - 1] for e in stop(v, p)], ["These are losses"]),
        (
            lambda v, p: (stop(v, p)[1] + p, stop(v, p)[1]),
            ["patience 3 it gives 7, 4; wanted 5, 4", "only five epochs"],
        ),
        (lambda v, p: stop(v, p) if len(v) != 5 else (0, 4), ["the stop is its last epoch"]),
        (no_return_at_the_end, ["[1, 0.8, 0.7, 0.6, 0.65] and patience 3 nothing comes back", "`return`"]),
        (with_mistake(equal=True), ["wanted 4, 2", "Is an equal loss an improvement?"]),
        (with_mistake(begin=1.5), ["[30, 20, 25, 26]", "The first loss is the best so far"]),
        (lambda v, p: (7, 2), ["Go through the list with a finger"]),
        (lambda v, p: stop(v, p)[0], ["has to give 2 numbers. Received: 1.", "with a comma"]),
        (lambda v, p: v[: stop(v, p)[0]], ["has to give 2 numbers. Received: 8."]),
        (lambda v, p: (stop(v, p)[0], stop(v, p)[0] - p), ["it gives 5, 2; wanted 5, 4", "patience has run out"]),
        (lambda v, p: (stop(v, p)[0], min(v[: stop(v, p)[0]])), ["gives 8, 0.4", "The second one is a loss"]),
        (lambda v, p: (stop(v, p)[0], min(v)), ["gives 8, 0.3", "The second one is a loss"]),
        (lambda v, p: (stop(v, p)[0], stop(v, p)[0] - stop(v, p)[1]), ["gives 8, 3", "how long it has waited"]),
        (lambda v, p: (stop(v, p)[1], p), ["gives 5, 3", "the first number"]),
        (lambda v, p: (stop(v, p)[0], len(v)), ["gives 8, 12", "nobody has got there"]),
        (lambda v, p: (v.sort(), stop(v, p))[1], ["changes the list"]),
    ],
)
def test_early_stop_wrong(answer, words):
    is_wrong(check.early_stop.feedback(answer), *words)


def test_no_answer_to_early_stop_is_no_answer():
    assert check.early_stop.feedback(lambda losses, patience: None).state == "unanswered"
