"""Exercise 09, task 6: a search with real nets, what it reports, and what is wrong with other reports."""

import functools

import numpy as np
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from tests.answers import is_right, is_wrong
from utils.checks import chapter_09 as check
from utils.checks.searched import area, samples

RATES = np.array([1e-3, 1e-2, 1e-1])


@pytest.fixture(scope="module", autouse=True)
def loaded():
    """Reading the table and importing what prepares it takes longer than an answer may, on a busy machine."""
    import keras  # noqa: F401

    return samples()


def built(last="sigmoid", seed=0):
    import keras

    keras.utils.set_random_seed(seed)
    hidden = keras.layers.Dense(32, "relu")
    return keras.Sequential([keras.Input((8,)), hidden, keras.layers.Dense(1, last)])


@functools.cache
def net():
    """A net as the solution has it, with the rate 0.01."""
    import keras

    model, (x, y) = built(seed=1), samples()[0]
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy")
    model.fit(x, y, epochs=10, batch_size=89, verbose=0)
    return model


@functools.cache
def outputs():
    return [np.array(net()(x))[:, 0] for x, _ in samples()]


def auc(sample, p=None):
    """The AUC of the net on one of the three samples; p: of these outputs."""
    return roc_auc_score(samples()[sample][1], outputs()[sample] if p is None else p)


def table(*middle, low=0.78, high=0.86):
    """A table of validation scores, three rates and two seeds, with these of the net's rate."""
    a, b = middle or (auc(1), auc(1) + 0.006)
    return np.array([[low, low + 0.05], [a, b], [high - 0.02, high]])


def feedback(tried=RATES, validation=None, model=None, test_auc=None):
    validation = table() if validation is None else validation
    return check.search.feedback(
        tried, validation, net() if model is None else model, auc(2) if test_auc is None else test_auc
    )


def test_the_area_is_that_of_scikit_learn():
    for sample in (0, 1, 2):
        assert area(outputs()[sample], samples()[sample][1]) == pytest.approx(auc(sample))
    said = (outputs()[1] > 0.5) * 1.0
    assert area(said, samples()[1][1]) == pytest.approx(auc(1, said))


def from_another_library():
    """The same net by utils.train, which counts no step of `fit`."""
    from utils.train import train

    model, (x, y) = built(seed=1), samples()[0]
    train(model, x, y, loss="binary_crossentropy", optimizer="adam", epochs=60, batch_size=89, progress=False)
    return model


def keras_callback():
    """A net whose rate falls from 0.01 to 0.001 on the way, which is that of another row."""
    import keras

    model, (x, y) = built(seed=1), samples()[0]
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy")
    falls = keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.01 if epoch < 9 else 0.001)
    model.fit(x, y, epochs=10, batch_size=89, verbose=0, callbacks=[falls])
    return model


def with_a_schedule():
    import keras

    model, (x, y) = built(seed=1), samples()[0]
    falls = keras.optimizers.schedules.ExponentialDecay(0.01, decay_steps=60, decay_rate=0.1)
    model.compile(optimizer=keras.optimizers.Adam(falls), loss="binary_crossentropy")
    model.fit(x, y, epochs=10, batch_size=89, verbose=0)
    return model


def from_a_file():
    """The weights of a net in a new one, compiled with another rate and not fitted."""
    import keras

    model = built()
    model.compile(optimizer=keras.optimizers.Adam(0.001), loss="binary_crossentropy")
    model.set_weights(net().get_weights())
    return model


RIGHT = [
    dict,
    lambda: {"tried": [0.001, 0.01, 0.1]},
    lambda: {"tried": (rate for rate in RATES)},
    lambda: {"validation": table().tolist()},
    lambda: {"validation": table().astype("float32"), "test_auc": np.float32(auc(2))},
    lambda: {"validation": table(auc(1) - 0.006, auc(1))},
    lambda: {"validation": np.column_stack([table(), table()[:, 0] + 0.003])},
    lambda: {"tried": RATES[::-1], "validation": table()[::-1]},
    lambda: {"tried": np.geomspace(1e-4, 1e-1, 4), "validation": np.vstack([[0.55, 0.6], table()])},
    lambda: {"tried": [1e-3, 3e-3, 1e-2, 3e-2, 1e-1], "validation": np.insert(table(), [1, 2], [0.85, 0.86], axis=0)},
    lambda: {"test_auc": [auc(2)]},
]


@pytest.mark.parametrize("given", RIGHT)
def test_search_right(given):
    is_right(feedback(**given()), "asked once")


def test_search_right_and_the_model_is_left_as_it_was():
    before = net().get_weights()
    is_right(feedback(), "worth believing")
    assert all(np.array_equal(a, b) for a, b in zip(before, net().get_weights(), strict=True))


def test_search_right_by_utils_train():
    model = from_another_library()
    p = [np.array(model(x))[:, 0] for x, _ in samples()]
    given = table(auc(1, p[1]), auc(1, p[1]) - 0.002, high=0.83)
    is_right(feedback(validation=given, model=model, test_auc=auc(2, p[2])))


WRONG = [
    (lambda: {"tried": RATES[:2], "validation": table()[:2]}, ["Received: 2 learning rates, wanted 3"]),
    (lambda: {"tried": 0.01, "validation": table()[1:2]}, ["Received: 1 learning rate, wanted 3"]),
    (lambda: {"tried": [-3, -2, -1]}, ["Are these exponents?"]),
    (lambda: {"tried": [0.01, 0.01, 0.01]}, ["A learning rate is in the list twice"]),
    (lambda: {"tried": [0.005, 0.01, 0.02]}, ["wanted a factor of 100", "begin wide"]),
    (
        lambda: {"tried": np.linspace(0.001, 0.1, 3)},
        ["the factor is 1.98 here", "as with equal steps on a linear axis"],
    ),
    (lambda: {"tried": ["0.001", "0.01", "0.1"]}, ["text is not a number"]),
    (lambda: {"validation": table().T}, ["Rows and columns are exchanged"]),
    (lambda: {"validation": table()[:, 0]}, ["One number for each rate"]),
    (lambda: {"validation": table().mean(axis=1)}, ["One number for each rate"]),
    (lambda: {"validation": table()[:, :1]}, ["1 seed for each rate", "a lucky start"]),
    (lambda: {"validation": table().ravel()}, ["wanted (3, seeds)", "Each row holds"]),
    (lambda: {"validation": table()[1:]}, ["wanted (3, seeds)"]),
    (lambda: {"validation": 100 * table()}, ["An AUC lies between 0 and 1"]),
    (lambda: {"validation": np.repeat(table()[:, :1], 2, axis=1)}, ["All seeds of a rate have the same score"]),
    (lambda: {"validation": np.repeat(table()[1:2], 3, axis=0)}, ["All rates have the same scores"]),
    (lambda: {"validation": table(high=0.97)}, ["The rate 0.1 has 0.960", "What chose this rate?"]),
    (lambda: {"validation": table(auc(1), 0.70)}, ["the best single net?"]),
    (lambda: {"tried": RATES[[0, 2, 1]], "validation": table(high=0.95)[[0, 2, 1]]}, ["the last model of the loop?"]),
    (
        lambda: {"tried": RATES[[1, 0, 2]], "validation": np.array([[auc(1), 0.7], [0.8, 0.95], [0.6, 0.9]])},
        ["the first seed?"],
    ),
    (lambda: {"validation": np.array([[0.97, 0.96], [auc(1), 0.9], [0.95, 0.96]])}, ["That is the lowest mean"]),
    (lambda: {"validation": table(0.93, 0.94)}, ["that number is not in the table", "Keep the model"]),
    (lambda: {"validation": table(*[np.mean((outputs()[1] > 0.5) == samples()[1][1]), 0.9])}, ["Its accuracy is"]),
    (lambda: {"validation": table(auc(2), 0.87)}, ["Its test AUC is", "must not choose"]),
    (lambda: {"validation": table(auc(0), 0.91)}, ["Its training AUC is"]),
    (lambda: {"validation": table(auc(1, outputs()[1] > 0.5), 0.9)}, ["That of its yes and no"]),
    (lambda: {"validation": table(log_loss(samples()[1][1], outputs()[1]), 0.5)}, ["Its validation loss is"]),
    (lambda: {"validation": [[0.7, 0.8], [0.8], [0.9, 0.7]]}, ["Numbers are needed", "Print `validation`"]),
    (lambda: {"validation": dict(zip(RATES, table(), strict=True))}, ["Received: dict"]),
    (lambda: {"model": [net(), net()]}, ["A function or a model is needed. Received: list of 2"]),
    (lambda: {"test_auc": outputs()[2]}, ["One number is needed. Received: 179"]),
    (lambda: {"tried": table(), "validation": RATES}, ["Are these AUCs? The rates come first"]),
    (lambda: {"model": auc(2), "test_auc": net()}, ["The fourth answer is a model."]),
    (lambda: {"tried": RATES[[1, 0, 2]]}, ["trained with the rate 0.01", "that of 0.001", "the same order"]),
    (lambda: {"tried": RATES / 2}, ["trained with the rate 0.01", "Is the rate given to the optimiser?"]),
    (lambda: {"validation": table().round(2)}, ["The table is rounded"]),
    (lambda: {"validation": table(1 - auc(1), 0.9)}, ["1 minus it is"]),
    (lambda: {"tried": [0.1, 0.2, 0.3]}, ["wanted a factor of 100"]),
    (lambda: {"test_auc": auc(1)}, ["That is the validation score"]),
    (lambda: {"test_auc": table().mean(axis=1).max()}, ["That is the validation score"]),
    (lambda: {"test_auc": auc(0)}, ["the training sample, which the net has seen"]),
    (lambda: {"test_auc": np.mean((outputs()[2] > 0.5) == samples()[2][1])}, ["That is the accuracy"]),
    (lambda: {"test_auc": auc(2, outputs()[2] > 0.5)}, ["of yes and no"]),
    (lambda: {"test_auc": 1 - auc(2)}, ["1 minus the AUC"]),
    (lambda: {"test_auc": 100 * auc(2)}, ["These are percent"]),
    (lambda: {"test_auc": auc(2) + 0.013}, ["the best test score of all nets"]),
    (lambda: {"test_auc": [auc(2), auc(2)]}, ["One number is needed"]),
    (lambda: {"model": outputs()[1]}, ["A function or a model is needed"]),
    (lambda: {"model": lambda: net()}, ["more arguments than it takes"]),
]


@pytest.mark.parametrize(("given", "words"), WRONG)
def test_search_wrong(given, words):
    found = feedback(**given())
    assert found.state in ("wrong", "stopped"), repr(found)
    assert all(word in repr(found) for word in words), repr(found)


def test_a_net_that_is_no_net_or_not_trained():
    x, y = samples()[1]
    rule = lambda x: 0.5 + 0.1 * x[:, 4] + 0.05 * x[:, 5]  # noqa: E731 - women, and the first class
    p = [rule(x) for x, _ in samples()]
    given = table(auc(1, p[1]), auc(1, p[1]) + 0.002, high=0.5, low=0.4)
    is_wrong(feedback(validation=given, model=rule, test_auc=auc(2, p[2])), "a trained Keras model is wanted")
    untrained = built(seed=3)
    p = np.array(untrained(x))[:, 0]
    is_wrong(feedback(validation=table(auc(1, p), 0.9), model=untrained))
    other = built()
    other.set_weights([-w if k > 1 else w for k, w in enumerate(net().get_weights())])
    is_wrong(feedback(model=other), "It has learned the contrary")


def test_a_net_that_has_seen_the_test_sample():
    """A wide layer of random ReLUs whose last weights are solved for, on all passengers: it knows them by heart."""
    import keras

    keras.utils.set_random_seed(0)
    wide = keras.layers.Dense(1000, "relu", bias_initializer="random_normal")
    model = keras.Sequential([keras.Input((8,)), wide, keras.layers.Dense(1)])
    x, y = (np.concatenate(part) for part in zip(*samples(), strict=True))
    columns, wanted = np.array(wide(x)), 2.0 * y - 1
    weights = np.linalg.lstsq(columns, wanted, rcond=1e-7)[0]
    model.layers[-1].set_weights([weights[:, None] / 4, np.array([0.5])])
    is_wrong(feedback(model=model), "too good to be true")


def test_an_output_is_a_probability():
    import keras

    model = built(last=None)
    model.set_weights(net().get_weights())
    is_wrong(feedback(model=model), "a probability from 0 to 1", "Is a sigmoid missing")
    model = keras.Sequential([model, keras.layers.Activation("sigmoid")])
    is_right(feedback(model=model))


@pytest.mark.parametrize("change", [keras_callback, with_a_schedule, from_a_file])
def test_a_rate_that_changes_or_is_not_known_is_no_mistake(change):
    model = change()
    p = [np.array(model(x))[:, 0] for x, _ in samples()]
    given = table(auc(1, p[1]), auc(1, p[1]) - 0.002, high=0.83)
    is_right(feedback(validation=given, model=model, test_auc=auc(2, p[2])))


def test_the_best_rate_has_to_be_good():
    is_wrong(
        feedback(validation=table(auc(1), 0.5, low=0.4, high=0.45), test_auc=auc(2)), "wanted 0.8 or more", "the edge"
    )


def test_not_answered():
    assert check.search.feedback(..., ..., ..., ...).state == "unanswered"
    assert check.search.feedback(RATES, table(), net(), ...).state == "unanswered"
