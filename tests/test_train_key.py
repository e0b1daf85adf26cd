"""What counts as the same training for utils.train: only equal code may be taken from what is compiled already."""

import numpy as np
import pytest

from tests.nets import TARGETS, X, distance, interpreted, needs_compiler, net
from utils.train import train
from utils.train.compiled import forget

pytestmark = needs_compiler


def dense(**choice):
    """Builds a net whose first layer has something special."""
    import keras

    keras.utils.set_random_seed(0)
    layers = [keras.layers.Dense(8, **{"activation": "tanh", **choice}), keras.layers.Dense(1)]
    return keras.Sequential([keras.Input((2,)), *layers])


def run(model, **choice):
    """Trains for three epochs of one step."""
    choice = {"optimizer": "sgd", "loss": "mse", "epochs": 3, "batch_size": None, **choice}
    return train(model, X, TARGETS["regression"], initial_weights=model.get_weights(), **choice)


def huber(parameter):
    """Two settings of a loss of Keras whose config does not tell them apart."""
    import keras

    return dense(), {"loss": keras.losses.Huber(delta=parameter)}


def penalty(parameter):
    """Two strengths of a regularizer."""
    import keras

    return dense(kernel_regularizer=keras.regularizers.L1(parameter)), {}


def scale(parameter):
    """Two long arrays in the settings of a layer, which differ in the middle only."""
    import keras

    keras.utils.set_random_seed(0)
    factors = np.ones(2000)
    factors[1000] = 100 * parameter
    layers = [keras.layers.Dense(2000, name="wide"), keras.layers.Rescaling(factors), keras.layers.Dense(1)]
    return keras.Sequential([keras.Input((2,)), *layers]), {"optimizer": keras.optimizers.SGD(1e-6)}


def names_that_muon_reads(parameter):
    """The same architecture; the optimiser leaves a layer to Adam by its name."""
    import keras

    keras.utils.set_random_seed(0)
    names = ["plain", "special"] if parameter > 0.5 else ["special", "plain"]
    layers = [keras.layers.Dense(3, name=name) for name in names]
    return keras.Sequential([keras.Input((2,)), *layers, keras.layers.Dense(1)]), {
        "optimizer": keras.optimizers.Muon(0.01, exclude_layers=["special"])
    }


@pytest.mark.parametrize("kind", [huber, penalty, scale, names_that_muon_reads])
def test_what_looks_alike_is_not_taken_for_the_same(kind, monkeypatch):
    interpreted(monkeypatch)

    def weights(parameter):
        model, choice = kind(parameter)
        return run(model, **choice).weights()

    first, second = weights(0.1), weights(0.9)
    forget()
    assert distance(first, second) > 1e-5, "the comparison would be empty"
    assert distance(second, weights(0.9)) == 0


def test_what_is_changed_on_a_layer_is_seen(monkeypatch):
    import keras

    interpreted(monkeypatch)
    model = dense()
    fresh = model.get_weights()

    def again():
        model.set_weights(fresh)
        return run(model).weights()

    seen = [again()]
    model.layers[0].activation = keras.activations.sigmoid
    seen.append(again())
    model.layers[0].trainable = False
    seen.append(again())
    assert min(distance(a, b) for i, a in enumerate(seen) for b in seen[:i]) > 1e-4
    model.layers[0].activation = keras.ops.sin
    with pytest.raises(ValueError, match=r"keras.activations.*use model.fit. Received: "):
        again()


def test_numbers_that_are_inputs_and_equal_losses_are_the_same():
    import keras

    def compiled(seed):
        return run(
            net(seed=seed), loss=keras.losses.Huber(delta=0.3), optimizer=keras.optimizers.SGD(seed / 100)
        ).compiled

    forget()
    assert [compiled(seed) for seed in (1, 2, 3)] == [1, 0, 0]


def test_the_dropout_rate_of_the_second_net_is_its_own():
    def losses(rate):
        return run(net(dropout=rate), optimizer="sgd").step_loss

    forget()
    first, second = losses(0.1), losses(0.8)
    forget()
    assert not np.array_equal(first, second)
    assert np.array_equal(second, losses(0.8))
