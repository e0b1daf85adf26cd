"""Exercise 04, tasks 3 and 5: dropout, right and wrong in many ways, and nets with and without regularization."""

import numpy as np
import pytest

from tests.answers import is_right, is_wrong
from utils.checks import chapter_04 as check
from utils.checks.masks import SIGMAS, fault

# --- task 3 -----------------------------------------------------------------------------------------------------------


def solution(a, rate, rng):
    return a * (rng.random(a.shape) >= rate) / (1 - rate)


def in_a_loop(a, rate, rng):
    result = np.zeros_like(a)
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            if rng.uniform() > rate:
                result[i, j] = a[i, j] / (1 - rate)
    return result.tolist()


@pytest.mark.parametrize(
    "answer",
    [
        solution,
        in_a_loop,
        lambda a, rate, rng: np.where(rng.random(a.shape) < rate, 0, a / (1 - rate)),
        lambda a, rate, rng: (a * rng.binomial(1, 1 - rate, size=a.shape) / (1 - rate)).astype("float32"),
        lambda a, rate, rng: a * rng.choice([0, 1 / (1 - rate)], size=a.shape, p=[rate, 1 - rate]),
        lambda a, rate, rng: a * (rng.integers(0, 1000, size=a.shape) >= 1000 * rate) / (1 - rate),
    ],
)
def test_dropout_right(answer):
    is_right(check.dropout.feedback(answer), "4 of 5 masks", "1.25 times")


def test_a_right_dropout_is_found_right_whatever_its_luck():
    from scipy.stats import binom

    a = np.random.default_rng(0).uniform(0.5, 1.5, size=(60, 50))
    for rate in (0.2, 0.6):
        goes = binom(a.size, rate)
        reach = SIGMAS * goes.std()
        assert goes.cdf(goes.mean() - reach) + goes.sf(goes.mean() + reach) < 1e-10  # the number removed in one call
        assert np.sum(goes.pmf(np.arange(a.size + 1)) ** 8) < 1e-10  # the same number in eight calls
        assert np.sum(binom(50, rate).pmf(np.arange(51)) ** 60) < 1e-10  # in every example of one call
        assert binom(1, rate).pmf([0, 1]).max() ** 3000 < 1e-10  # nothing removed, or all
        for seed in range(100):
            rng = np.random.default_rng(seed)
            assert fault(a, np.array([solution(a, rate, rng) for _ in range(8)]), rate) is None


def masked(mask, factor=lambda rate: 1 / (1 - rate)):
    return lambda a, rate, rng: a * mask(a.shape, rate, rng) * factor(rate)


def coins(shape, rate, rng):
    return rng.random(shape) >= rate


def without_replacement(shape, rate, rng):
    mask = np.ones(shape[0] * shape[1])
    mask[rng.choice(mask.size, size=round(rate * mask.size), replace=False)] = 0
    return mask.reshape(shape)


def permuted(axis):
    def mask(shape, rate, rng):
        places = np.indices(shape)[axis] / shape[axis]
        return rng.permuted(places, axis=axis) >= rate

    return mask


def always_the_same(shape, rate, rng):
    return np.random.default_rng(0).random(shape) >= rate


def chance_of_its_own(shape, rate, rng):
    return np.random.default_rng().random(shape) >= rate


def in_place(a, rate, rng):
    a[rng.random(a.shape) < rate] = 0
    a /= 1 - rate
    return a


def by_the_share_that_stayed(each):
    def answer(a, rate, rng):
        stays = coins(a.shape, rate, rng)
        return a * stays / stays.mean(axis=each, keepdims=True)

    return answer


def gaussian(a, rate, rng):
    return a * rng.normal(1, np.sqrt(rate / (1 - rate)), size=a.shape)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            masked(coins, lambda rate: 1),
            ["With rate 0.2 what stays is multiplied by 1, wanted 1.25", "a unit now gives 0.8 of", "makes up for it?"],
        ),
        (masked(coins, lambda rate: 1 - rate), ["multiplied by 0.8", "gives 0.64", "smaller twice", "or divide?"]),
        (masked(coins, lambda rate: rate), ["multiplied by 0.2", "That is the rate"]),
        (masked(coins, lambda rate: 1 / rate), ["multiplied by 5", "Divided by the rate"]),
        (masked(coins, lambda rate: 2), ["multiplied by 2, wanted 1.25", "The mean over many masks"]),
        (masked(lambda s, r, rng: rng.random(s) < r), ["of 3000, wanted are about 600", "the probability to stay"]),
        (
            masked(lambda s, r, rng: rng.random(s) < r, lambda rate: 1 / rate),
            ["of 3000, wanted are about 600", "the probability to stay"],
        ),
        (masked(lambda s, r, rng: coins(s, 0.5, rng)), ["wanted are about 600", "How probable is it"]),
        (
            lambda a, rate, rng: a * coins(a.shape, 0.2, rng) / 0.8,
            ["With rate 0.6", "wanted are about 1800", "How probable"],
        ),
        (masked(lambda s, r, rng: coins(s[1], r, rng)), ["All 60 examples lose the same", "the shape of your mask"]),
        (masked(lambda s, r, rng: coins((s[0], 1), r, rng)), ["all its 50 units, or none", "its own coin"]),
        (masked(lambda s, r, rng: rng.random() >= r), ["A call removes all 3000 numbers, or none", "own coin"]),
        (masked(always_the_same), ["8 calls with one generator", "trains a smaller net"]),
        (masked(chance_of_its_own), ["a generator of the same seed", "Is all chance taken from `rng`?"]),
        (in_place, ["changes the array that it is given"]),
        (lambda a, rate, rng: solution(a, max(rate, 0.1), rng), ["With rate 0 nothing may change"]),
        (gaussian, ["Nothing is removed; it is multiplied by numbers from", "all or nothing"]),
        (lambda a, rate, rng: a + rng.normal(0, rate, size=a.shape), ["all or nothing"]),
        (by_the_share_that_stayed(None), ["what stays is multiplied by", "the share that happened to stay"]),
        (by_the_share_that_stayed(1), ["What stays is multiplied by numbers from", "before the coins are tossed"]),
        (masked(without_replacement), ["Every call removes exactly 600 of 3000", "a coin of its own"]),
        (masked(permuted(1)), ["Every example loses exactly 10 of 50", "permutation"]),
        (masked(permuted(0)), ["Every unit goes in exactly 12 of 60", "permutation"]),
        (lambda a, rate, rng: a * (1 - rate), ["With rate 0.2 nothing is removed", "new examples"]),
        (lambda a, rate, rng: a, ["With rate 0.2 nothing is removed", "Is the mask multiplied"]),
        (lambda a, rate, rng: coins(a.shape, rate, rng) / (1 - rate), ["is 0 or 1.25", "That is the mask"]),
        (lambda a, rate, rng: 0 * a, ["All 3000 numbers that come out are 0"]),
        (lambda a, rate, rng: a[coins(a.shape, rate, rng)], ["has to give 3000 numbers. Received:"]),
    ],
)
def test_dropout_wrong(answer, words):
    is_wrong(check.dropout.feedback(answer), *words)


def test_an_error_in_dropout_shows_how_it_was_called():
    feedback = check.dropout.feedback(lambda a, rate, rng: a * rng.rand(*a.shape))
    assert feedback.state == "stopped"
    assert "(array of 60 x 50, 0.2, Generator(PCG64))" in repr(feedback)


# --- task 5 -----------------------------------------------------------------------------------------------------------


def measure(examples, seed):
    """As in the notebook."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2, 2, size=(examples, 1))
    return x, np.sin(np.pi * x / 2) + 0.3 * rng.normal(size=(examples, 1))


X, Y = measure(20, seed=1)


def test_the_check_knows_the_data_of_the_notebook():
    x, y = check.noisy_sine(1)
    assert np.array_equal(x, X[:, 0])
    assert np.array_equal(y, Y[:, 0])


def trained(l2=0.0, dropout=0.0, units=64, activation="tanh", last=None, steps=1000, stop=None, seed=1):
    """Trains a net as in the notebook: two hidden layers, a learning rate that falls to 0."""
    import keras

    keras.utils.set_random_seed(seed)
    price = keras.regularizers.L2(l2) if l2 else None
    model = keras.Sequential([keras.Input((1,))])
    for _ in range(2):
        model.add(keras.layers.Dense(units, activation=activation, kernel_regularizer=price))
        model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(1, activation=last, kernel_regularizer=price))
    rate = keras.optimizers.schedules.CosineDecay(0.01, decay_steps=steps or 1)
    model.compile(optimizer=keras.optimizers.Adam(0.01 if stop else rate), loss="mse")
    if stop:
        quiet = {"batch_size": 20, "verbose": 0, "callbacks": [stop], "validation_data": measure(20, seed=101)}
        model.fit(X, Y, epochs=300, **quiet)
    elif steps:
        x, y = np.tile(X, (100, 1)), np.tile(Y, (100, 1))
        model.fit(x, y, epochs=steps // 100, batch_size=20, shuffle=False, verbose=0)
    return model


RIGHT = "0.09 is noise"


def test_wide_net_right_with_l2_as_in_the_solution():
    is_right(check.wide_net.feedback(trained(l2=0.01)), RIGHT)


def test_wide_net_right_with_dropout():
    is_right(check.wide_net.feedback(trained(dropout=0.2)), RIGHT)


def test_wide_net_right_with_early_stopping():
    import keras

    stop = keras.callbacks.EarlyStopping(patience=30, restore_best_weights=True)
    is_right(check.wide_net.feedback(trained(stop=stop)), RIGHT)


def test_wide_net_right_with_scikit_learn_or_a_function():
    from sklearn.neural_network import MLPRegressor

    look = {"activation": "tanh", "alpha": 0.2, "solver": "lbfgs", "max_iter": 3000, "random_state": 1}
    is_right(check.wide_net.feedback(MLPRegressor(hidden_layer_sizes=[64, 64], **look).fit(X, Y[:, 0])), RIGHT)
    is_right(check.wide_net.feedback(lambda x: np.sin(np.pi * x / 2)), RIGHT)


@pytest.mark.parametrize(
    ("settings", "steps", "low", "high"),
    [({"l2": 0.01}, 1000, 0.12, 0.145), ({"dropout": 0.2}, 1000, 0.12, 0.15), ({}, 3000, 0.175, 1.0)],
    ids=["l2", "dropout", "nothing"],
)
def test_the_goal_tells_nets_with_regularization_from_those_without_at_every_start(settings, steps, low, high):
    import keras

    from utils.train import train

    grid = np.linspace(-2, 2, 401)[:, None]
    rate = keras.optimizers.schedules.CosineDecay(0.01, decay_steps=steps)
    settings = settings | {"optimizer": keras.optimizers.Adam(rate), "epochs": steps, "batch_size": None}
    nets = train(trained(steps=0), X, Y, loss="mse", seeds=range(12), **settings)
    expected = 0.3**2 + np.mean((nets.predict(grid) - np.sin(np.pi * grid / 2)) ** 2, axis=(1, 2))
    assert low < expected.min()
    assert expected.max() < high


def test_wide_net_without_regularization():
    feedback = check.wide_net.feedback(trained(steps=3000))
    is_wrong(feedback, "expected on new ones, wanted at most 0.16", "So it has learned noise", "0.09")


def test_wide_net_with_far_too_strong_a_penalty():
    is_wrong(check.wide_net.feedback(trained(l2=0.5, steps=500)), "nearly the same everywhere", "any room?")


def test_wide_net_with_too_strong_a_penalty_or_dropout():
    is_wrong(check.wide_net.feedback(trained(l2=0.1, steps=500)), "misses even the examples", "held back too")
    is_wrong(check.wide_net.feedback(trained(dropout=0.9, steps=500)), "misses even the examples")


def test_wide_net_not_trained_or_without_an_activation():
    is_wrong(check.wide_net.feedback(trained(steps=0)), "Was it fitted")
    is_wrong(
        check.wide_net.feedback(trained(steps=0, activation="relu")), "misses even the examples", "see that it can"
    )
    is_wrong(check.wide_net.feedback(trained(activation=None, steps=300)), "straight line", "hidden layers")


@pytest.mark.parametrize("last", ["relu", "sigmoid", "softplus"])
def test_wide_net_that_can_not_be_negative(last):
    is_wrong(check.wide_net.feedback(trained(last=last, l2=0.001, steps=400)), "never goes below 0", "last layer")


def test_wide_net_that_is_not_wide():
    is_wrong(check.wide_net.feedback(trained(units=5)), "has 46 weights and biases, wanted are 1,000")


def test_wide_net_nearly_there():
    feedback = check.wide_net.feedback(lambda x: np.sin(np.pi * x / 2) - 0.4 * np.sin(9 * x))
    is_wrong(feedback, "0.172 is expected on new ones", "Not far", "x_val")


def test_wide_net_with_two_outputs():
    import keras

    two = keras.Sequential([keras.Input((1,)), keras.layers.Dense(600, activation="tanh"), keras.layers.Dense(2)])
    is_wrong(check.wide_net.feedback(two), "has to give 421 numbers. Received: 842.")


def test_wide_net_with_weights_that_can_not_be_counted():
    class Odd:
        def predict(self, x):
            return np.sin(np.pi * x / 2)

        def count_params(self):
            raise ValueError("not built")

    is_right(check.wide_net.feedback(Odd()), RIGHT)
