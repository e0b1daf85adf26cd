"""What counts as the same training for utils.train: only equal code may be taken from what is compiled already."""

import numpy as np
import pytest

from tests.nets import TARGETS, X, distance, needs_compiler, net
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
    """Trains for three epochs, from the weights of `dense()`, or from its own where it has others."""
    choice = {"optimizer": "sgd", "loss": "mse", "epochs": 3, "initial_weights": model.get_weights(), **choice}
    return train(model, X, TARGETS["regression"], **choice)


def of_one_name(kind, methods):
    """Makes a class with the name `Mine`, as a cell of a notebook does that is changed and run again."""
    return type("Mine", (kind,), {"get_config": lambda self: {}, "__module__": "__main__", **methods})


def losses(parameter):
    """Two settings of a loss of Keras whose config does not tell them apart."""
    import keras

    return dense(), {"loss": keras.losses.Huber(delta=parameter)}


def losses_beside_an_own_optimizer(parameter):
    """The same where the optimiser is the reader's own."""
    import keras

    return dense(), {"loss": keras.losses.Huber(delta=parameter), "optimizer": OWN.setdefault("sgd", own_sgd())(0.1)}


OWN = {}


def own_sgd():
    """Makes an optimiser class."""
    import keras

    return type("MySGD", (keras.optimizers.SGD,), {})


def losses_of_an_own_class(parameter):
    """Two objects of one class."""
    import keras

    class Power(keras.losses.Loss):
        def __init__(self, exponent):
            super().__init__()
            self.exponent = exponent

        def call(self, y_true, y_pred):
            return keras.ops.mean(keras.ops.abs(y_true - y_pred) ** self.exponent, axis=-1)

    return dense(), {"loss": OWN.setdefault("power", Power)(1 + parameter)}


def functions_of_one_name(parameter):
    """Two cells of a notebook that define the same name."""
    namespace = {}
    exec(f"def mine(x): return {parameter} * x", namespace)
    return dense(activation=namespace["mine"]), {}


def regularizers_of_one_name(parameter):
    """The same with classes."""
    import keras

    mine = of_one_name(keras.regularizers.Regularizer, {"__call__": lambda self, w: parameter * keras.ops.sum(w**2)})
    return dense(kernel_regularizer=mine()), {"seeds": [1]}


def constraints_of_one_name(parameter):
    """The same with constraints."""
    import keras

    return dense(
        kernel_constraint=of_one_name(keras.constraints.Constraint, {"__call__": lambda s, w: parameter * w})()
    ), {}


KINDS = [
    losses,
    losses_beside_an_own_optimizer,
    losses_of_an_own_class,
    functions_of_one_name,
    regularizers_of_one_name,
    constraints_of_one_name,
]


@pytest.mark.parametrize("kind", KINDS)
def test_what_looks_alike_is_not_taken_for_the_same(kind):
    def weights(parameter):
        model, choice = kind(parameter)
        return run(model, **choice).weights()

    first, second = weights(0.1), weights(0.9)
    forget()
    assert distance(first, second) > 1e-4, "the comparison would be empty"
    assert distance(second, weights(0.9)) == 0


def test_what_is_changed_on_a_layer_is_seen():
    import keras

    class Factor(keras.layers.Layer):
        def __init__(self, factor):
            super().__init__()
            self.factor = factor

        def call(self, x):
            return self.factor * x

    def build(factor=1.0):
        keras.utils.set_random_seed(0)
        return keras.Sequential(
            [keras.Input((2,)), Factor(factor), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1)]
        )

    model, fresh = build(), build().get_weights()

    def again():
        result = run(model, initial_weights=fresh)
        return result.weights(), result.compiled

    assert [again()[1], again()[1]] == [1, 0]
    seen = [again()[0]]
    model.layers[0].factor = 3.0
    seen.append(again()[0])
    assert distance(seen[1], run(build(3.0)).weights()) == 0
    model.layers[1].activation = keras.ops.sin
    seen.append(again()[0])
    model.layers[1].activation = keras.activations.sigmoid
    seen.append(again()[0])
    model.layers[1].trainable = False
    seen.append(again()[0])
    assert min(distance(a, b) for i, a in enumerate(seen) for b in seen[:i]) > 1e-4


def test_what_is_changed_on_a_model_of_an_own_class_is_seen():
    import keras

    class Mine(keras.Model):
        def __init__(self):
            super().__init__()
            self.factor = 1.0
            self.inner, self.last = keras.layers.Dense(4, "tanh"), keras.layers.Dense(1)

        def call(self, x, training=None):
            return self.factor * self.last(self.inner(x))

    keras.utils.set_random_seed(0)
    model = Mine()
    model(X[:2])
    fresh = model.get_weights()
    seen = [run(model, initial_weights=fresh)]
    model.factor = 2.0
    seen.append(run(model, initial_weights=fresh))
    model.inner.activation = keras.activations.relu
    seen += [run(model, initial_weights=fresh), run(model, initial_weights=fresh)]
    assert [result.compiled for result in seen] == [1, 1, 1, 0]
    assert distance(seen[0].weights(), seen[1].weights()) > 1e-4
    assert distance(seen[1].weights(), seen[2].weights()) > 1e-4


def test_numbers_that_are_inputs_and_equal_losses_are_the_same():
    import keras

    def compiled(seed):
        return run(
            net(seed=seed), loss=keras.losses.Huber(delta=0.3), optimizer=keras.optimizers.SGD(seed / 100)
        ).compiled

    forget()
    assert [compiled(seed) for seed in (1, 2, 3)] == [1, 0, 0]
    assert np.isfinite(run(net()).loss).all()
