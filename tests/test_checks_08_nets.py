"""Exercise 08, task 6: five nets, and what is wrong with other ones."""

import functools

import numpy as np
import pytest

from tests.answers import is_right, is_wrong
from utils.checks import chapter_08 as check
from utils.checks.passengers import samples

#: test accuracies as five nets may have them
FIVE = [146 / 179, 147 / 179, 145 / 179, 140 / 179]


@pytest.fixture(scope="module", autouse=True)
def loaded():
    """Reading the table and importing what prepares it takes longer than an answer may, on a busy machine."""
    import keras  # noqa: F401

    return samples()


def net(last="sigmoid", seed=0):
    import keras

    keras.utils.set_random_seed(seed)
    hidden = keras.layers.Dense(16, "relu")
    return keras.Sequential([keras.Input((8,)), hidden, keras.layers.Dense(1, last)])


def fitted(model, x, y, epochs=20):
    import keras

    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy")
    model.fit(x, y, epochs=epochs, batch_size=89, verbose=0)
    return model


@functools.cache
def good():
    return fitted(net(), *samples()[0])


def accuracy(model, sample=2):
    x, y = samples()[sample]
    return float(np.mean((np.array(model(x))[:, 0] > 0.5) == y))


def test_the_samples_are_those_of_the_lesson_s_first_split():
    import pandas as pd

    from tests.built_book import ROOT
    from tests.cells import run_cells

    df = pd.read_csv(ROOT / "lessons/assets/train.csv")
    splits = run_cells("08_titanic", ["setup", "split"], {"df": df})["SPLITS"]
    for (x, y), rows in zip(samples(), splits[0], strict=True):
        assert np.array_equal(y, df.Survived.to_numpy()[rows])
        assert x.shape == (len(rows), 8)
        assert np.isfinite(x).all()
    (x, _), (x_val, _), _ = samples()
    assert np.allclose(x.mean(axis=0), 0)
    assert np.allclose(x.std(axis=0), 1)
    assert np.abs(x_val.mean(axis=0)).max() > 0.01


def test_five_nets_right_and_the_model_is_left_as_it_was():
    before = good().get_weights()
    is_right(check.five_nets.feedback(good(), [*FIVE, accuracy(good())]), "the luck of the start")
    assert all(np.array_equal(a, b) for a, b in zip(before, good().get_weights(), strict=True))


def test_five_nets_right_as_an_array_of_more_and_by_utils_train():
    from utils.train import train

    model = net(seed=1)
    train(model, *samples()[0], loss="binary_crossentropy", optimizer="adam", epochs=60, batch_size=89, progress=False)
    is_right(check.five_nets.feedback(model, np.array([accuracy(model), *FIVE, *FIVE], "float32")))


@pytest.mark.parametrize(
    ("accuracies", "words"),
    [
        (lambda last: [last], ["Received: 1 accuracy, wanted 5", "One seed is one draw"]),
        (lambda last: last, ["Received: 1 accuracy", "One seed is one draw"]),
        (lambda last: [last] * 5, ["All 5 are", "Does each training begin from another seed"]),
        (lambda last: [100 * a for a in [*FIVE, last]], ["An accuracy lies between 0 and 1"]),
        (lambda last: [145 / 178, 140 / 178, 143 / 178, 146 / 178, 139 / 178], ["178", "the validation sample"]),
        (lambda last: [0.4312, 0.4421, 0.4287, 0.4501, 0.4412], ["is no share of 179", "Is it a loss"]),
        (lambda last: [450 / 534, 447 / 534, 455 / 534, 449 / 534, 451 / 534], ["the training sample"]),
        (lambda last: [120 / 179, 121 / 179, 122 / 179, 123 / 179, 124 / 179], ["that number is not in the list"]),
        (lambda last: ["0.8"] * 5, ["Numbers are needed"]),
        (
            lambda last: [*FIVE, last, 89 / 179],
            ["One of the 6 nets is right for 0.497", "Each net has to have learned"],
        ),
        (lambda last: [*FIVE, last, 1.0], ["One of the 6 nets is right for 1.000", "too good to be true"]),
        (lambda last: [1 - a for a in [*FIVE, last]], ["the share of wrong answers"]),
    ],
)
def test_lists_that_are_wrong(accuracies, words):
    is_wrong(check.five_nets.feedback(good(), accuracies(accuracy(good()))), *words)


def with_test(model, accuracies=FIVE):
    return check.five_nets.feedback(model, [*accuracies, accuracy(model)])


def test_a_net_that_has_seen_the_test_sample():
    from utils.train import train

    model, (x, y) = net(), samples()[2]
    train(model, x, y, loss="binary_crossentropy", optimizer="adam", epochs=3000, batch_size=None, progress=False)
    assert accuracy(model) > 0.9
    is_wrong(with_test(model), "too good to be true", "Were the test passengers among those")


def test_nets_that_have_not_learned():
    untrained = net(seed=3)
    untrained.set_weights([np.zeros_like(w) for w in untrained.get_weights()])
    is_wrong(with_test(untrained), "It says nearly the same of everybody")
    x, y = samples()[0]
    is_wrong(with_test(fitted(net(), x, 1 - y)), "Are the labels exchanged?")


def test_outputs_that_are_no_probability():
    model = net(last=None)
    model.set_weights(good().get_weights())
    is_wrong(with_test(model), "Is a sigmoid missing at the end?")


def test_no_net_at_all():
    rule = lambda x: (x[:, 4] > 0) * 1.0  # noqa: E731 - women survive
    x, y = samples()[2]
    women = float(np.mean((x[:, 4] > 0) == y))
    is_wrong(check.five_nets.feedback(rule, [*FIVE, women]), "a trained Keras model is wanted")


def test_not_answered():
    assert check.five_nets.feedback(..., ...).state == "unanswered"
    assert check.five_nets.feedback(good(), ...).state == "unanswered"
