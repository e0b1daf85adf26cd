"""Exercise 04: slips of a tired student that had no hint of their own."""

import numpy as np
import pytest

from tests.answers import is_right, is_wrong
from utils.checks import chapter_04 as check


def squares(weights):
    return sum(np.sum(w**2) for w in weights[::2])


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda weights, strength: strength + squares(weights), "Added, or multiplied?"),
        (lambda weights, strength: -strength * squares(weights), "The sign: large weights"),
        (lambda weights, strength: strength * sum(np.sum(w * 2) for w in weights[::2]), "`** 2` squares"),
    ],
)
def test_penalty(answer, words):
    is_wrong(check.penalty.feedback(answer), words)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda weights, strength: strength * np.sum(weights**2), "take them one by one"),
        (lambda weights, strength: strength * np.sum(np.array(weights) ** 2), "take them one by one"),
        (lambda strength, weights: strength * squares(weights), "`weights` comes first"),
    ],
)
def test_penalty_stopped(answer, words):
    feedback = check.penalty.feedback(answer)
    assert feedback.state == "stopped"
    assert words in repr(feedback)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda strength, noise, examples: noise / np.sqrt(examples) * strength, "a bracket is missing"),
        (lambda strength, noise, examples: noise / np.sqrt(examples * strength) / 2, "outside of the root"),
        (lambda strength, noise, examples: noise / np.sqrt(examples + strength), "Under the root"),
        (lambda strength, noise, examples: noise / np.sqrt(20 * strength), "Is N always 20"),
        (lambda strength, noise, examples: 0.3 / np.sqrt(examples * strength), "Is the noise always 0.3"),
        (lambda noise, strength, examples: noise / np.sqrt(examples * strength), "Are two arguments exchanged?"),
    ],
)
def test_prior_width(answer, words):
    is_wrong(check.prior_width.feedback(answer), words)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda a, rate, rng: a * (rng.normal(size=a.shape) >= rate) / (1 - rate), "random numbers normal ones?"),
        (lambda a, rate, rng: a * (rng.random(a.shape) >= 0.5) / (1 - rate), "a fair coin?"),
        (lambda a, rate, rng: a * rng.choice([0, 1], size=a.shape) / (1 - rate), "That is half of them"),
        (lambda a, rate, rng: a * (rng.random(a.shape) >= rate) / 1 - rate, "Which brackets are missing?"),
        (lambda a, rate, rng: np.where(rng.random(a.shape) < rate, np.nan, a / (1 - rate)), "Is it set to nan"),
    ],
)
def test_dropout(answer, words):
    is_wrong(check.dropout.feedback(answer), words)


def test_dropout_that_compares_the_generator():
    feedback = check.dropout.feedback(lambda a, rate, rng: a * (rng >= rate) / (1 - rate))
    assert feedback.state == "stopped"
    assert "A generator is no number" in repr(feedback)


def test_dropout_by_a_choice_with_probabilities():
    is_right(
        check.dropout.feedback(
            lambda a, rate, rng: a * rng.choice([0, 1], p=[rate, 1 - rate], size=a.shape) / (1 - rate)
        ),
        "stays in 4 of 5 masks",
    )


def stopper(
    patience=None, better=lambda loss, best: loss < best, keep=True, first=1, end=lambda last, best: (last, best)
):
    """Early stopping with one slip."""

    def early_stop(val_losses, wait):
        best, at = np.inf, 0
        for epoch, loss in enumerate(val_losses, first):
            if better(loss, best):
                best, at = (loss if keep else best), (epoch if keep else at)
            if epoch - at >= (patience or wait):
                return epoch, at
        return end(len(val_losses), at)

    return early_stop


def test_the_stopper_without_a_slip_is_right():
    is_right(check.early_stop.feedback(stopper()), "patience is a bet")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (stopper(patience=3), "Is the patience always 3 in yours? Here it is 2."),
        (stopper(better=lambda loss, best: loss > best), "No new best was ever found"),
        (stopper(keep=False), "or it was not kept"),
        (stopper(first=2), "Epochs are counted from 1"),
        (stopper(end=lambda last, best: (best, last)), "in the other order, where the list ends"),
        (
            lambda losses, patience: (int(np.argmin(losses)) + 1 + patience, int(np.argmin(losses)) + 1),
            "It never stops",
        ),
        (lambda losses, patience: (8, 5), "the numbers of the first list"),
        (lambda losses, patience: (stopper()(losses, patience)[0],) * 2, "the stop once more"),
    ],
)
def test_early_stop(answer, words):
    is_wrong(check.early_stop.feedback(answer), words)


def test_what_fit_returns_is_no_model():
    class History:
        pass

    is_wrong(check.wide_net.feedback(History()), "`fit` trains the model and returns a record of it")


def test_a_net_held_back_by_much_dropout_before_the_output_is_right():
    """It comes nearer to the truth than most, and has seen the twenty examples only."""
    import keras

    from tests.test_checks_04_wide import X, Y

    keras.utils.set_random_seed(1)
    hidden = [keras.layers.Dense(64, activation="tanh") for _ in range(2)]
    model = keras.Sequential([keras.Input((1,)), *hidden, keras.layers.Dropout(0.9), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss="mse")
    model.fit(np.tile(X, (100, 1)), np.tile(Y, (100, 1)), batch_size=20, shuffle=False, epochs=10, verbose=0)
    is_right(check.wide_net.feedback(model), "0.09 is noise")
