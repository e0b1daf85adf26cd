"""Exercise 05, task 6: nets trained within a budget of steps, and why others are not right yet."""

import functools

import numpy as np
import pytest

from tests.answers import is_right, is_wrong
from utils.checks import chapter_05 as check
from utils.checks.budget import GOAL, moons

RIGHT = "At most 300 steps"


@functools.cache
def sample():
    return moons(1000, seed=1)


def net(hidden=(16, 16), activation="relu", last="sigmoid", outputs=1, start="glorot_uniform"):
    import keras

    keras.utils.set_random_seed(1)
    layers = [keras.layers.Dense(units, activation, kernel_initializer=start) for units in hidden]
    return keras.Sequential([keras.Input((2,)), *layers, keras.layers.Dense(outputs, last, kernel_initializer=start)])


def trained(optimizer, epochs=30, batch_size=100, x=None, y=None, **how):
    """Trains as `fit` does, in less time, and counts the steps as `fit` would."""
    from utils.train import train

    model, (x_train, y_train) = net(**how), sample()
    x, y = (x_train, y_train) if y is None else (x, y)
    loss = "binary_crossentropy" if how.get("last", "sigmoid") == "sigmoid" else "mse"
    train(model, x, y, optimizer=optimizer, loss=loss, epochs=epochs, batch_size=batch_size, progress=False)
    model.compile(optimizer=type(optimizer).from_config(optimizer.get_config()), loss=loss)
    model.optimizer.iterations.assign(epochs * -(-len(x) // batch_size))
    return model


def optimizers():
    import keras

    return keras.optimizers


def test_in_budget_right_with_fit():
    model, (x, y) = net(), sample()
    model.compile(optimizer=optimizers().Adam(0.03), loss="binary_crossentropy")
    model.fit(x, y, epochs=30, batch_size=100, verbose=0)
    before = [array.copy() for array in model.get_weights()]
    is_right(check.in_budget.feedback(model), RIGHT)
    assert all(
        np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True)
    )  # nothing was left changed


def test_in_budget_right_with_momentum():
    is_right(check.in_budget.feedback(trained(optimizers().SGD(0.3, momentum=0.9))), RIGHT)


def test_in_budget_right_with_two_outputs():
    x, y = sample()
    model = net(outputs=2, last="softmax")
    model.compile(optimizer=optimizers().Adam(0.03), loss="sparse_categorical_crossentropy")
    model.fit(x, y, epochs=30, batch_size=100, verbose=0)
    is_right(check.in_budget.feedback(model), RIGHT)


@pytest.mark.parametrize(
    ("name", "rate", "low", "high"),
    [("Adam", 0.03, GOAL + 0.01, 1.0), ("Adam", 0.001, 0.8, 0.93), ("SGD", 0.01, 0.7, 0.93)],
)
def test_the_goal_tells_a_good_rate_from_the_default_one_at_every_start(name, rate, low, high):
    from utils.train import train

    (x, y), (x_new, y_new) = sample(), moons(4000, seed=7)
    how = {"optimizer": getattr(optimizers(), name)(rate), "loss": "binary_crossentropy", "progress": False}
    nets = train(net(), x, y, epochs=30, batch_size=100, seeds=range(8), **how)
    shares = np.mean((nets.predict(x_new)[:, :, 0] > 0.5) == y_new, axis=1)
    assert low < shares.min()
    assert shares.max() < high


def test_in_budget_too_many_steps():
    is_wrong(check.in_budget.feedback(trained(optimizers().Adam(0.03), epochs=40)), "It took 400 steps", "fewer epochs")


def test_in_budget_steps_taken_for_epochs():
    model = trained(optimizers().Adam(0.03), epochs=300)
    is_wrong(check.in_budget.feedback(model), "It took 3000 steps", "Were these 300 epochs?", "it has 10")


def test_in_budget_with_default_rates():
    is_wrong(check.in_budget.feedback(trained(optimizers().SGD())), "After 300 steps", "learning rate is 0.01", "count")
    is_wrong(check.in_budget.feedback(trained(optimizers().Adam())), "After 300 steps", "learning rate is 0.001")


def test_in_budget_with_rates_that_are_too_large():
    is_wrong(check.in_budget.feedback(trained(optimizers().Adam(1.0))), "learning rate is 1.", "jump about?")
    is_wrong(check.in_budget.feedback(trained(optimizers().SGD(10.0))), "nearly the same everywhere", "far too large")


def test_in_budget_nearly_there():
    is_wrong(check.in_budget.feedback(trained(optimizers().SGD(0.1))), "If it still falls steadily", "momentum")


def test_in_budget_with_few_of_the_steps():
    model = trained(optimizers().Adam(0.02), epochs=3)
    is_wrong(check.in_budget.feedback(model), "Only 30 of 300 steps are used")


def test_in_budget_not_trained():
    model = net()
    is_wrong(check.in_budget.feedback(model), "After 0 steps", "It has not been trained")
    model.compile(optimizer="adam", loss="mse")
    is_wrong(check.in_budget.feedback(model), "It has not been trained")


def test_in_budget_weights_set_or_trained_elsewhere():
    good, model = trained(optimizers().Adam(0.03)), net()
    model.set_weights(good.get_weights())
    is_wrong(check.in_budget.feedback(model), "This model has counted none", "`compile` and `fit`")


def test_in_budget_a_straight_line():
    is_wrong(check.in_budget.feedback(trained(optimizers().Adam(0.03), activation=None)), "a straight line")
    is_wrong(check.in_budget.feedback(trained(optimizers().Adam(0.1), hidden=())), "a straight line")


def test_in_budget_zeros():
    model = trained(optimizers().Adam(0.03), start="zeros")
    is_wrong(check.in_budget.feedback(model), "nearly the same everywhere", "weights that all begin at 0")


def test_in_budget_logits_and_labels():
    x, y = sample()
    linear = trained(optimizers().Adam(0.03), x=x, y=8 * y - 4, last=None)
    is_wrong(check.in_budget.feedback(linear), "sigmoid missing at the end")
    is_wrong(check.in_budget.feedback(trained(optimizers().Adam(0.03), x=x, y=1 - y)), "labels exchanged")


def test_in_budget_no_model_of_keras():
    from sklearn.neural_network import MLPClassifier

    x, y = sample()
    model = MLPClassifier([16, 16], max_iter=500, random_state=1, learning_rate_init=0.01).fit(x, y)
    is_wrong(check.in_budget.feedback(model), "Received: MLPClassifier")
    is_wrong(check.in_budget.feedback(lambda x: np.where(x[:, 1] > 0.25 - 0.1 * x[:, 0], 0.2, 0.8)), "it is right for")
    is_wrong(check.in_budget.feedback(lambda x: model.predict(x)), "a trained Keras model is wanted")


def test_in_budget_outputs_of_another_shape():
    model = net(outputs=3, last="softmax")
    is_wrong(check.in_budget.feedback(model), "shape (4000, 3)", "How many units has the last layer?")


def test_in_budget_diverged():
    model = net()
    model.set_weights([array * np.nan for array in model.get_weights()])
    is_wrong(check.in_budget.feedback(model), "Received: nan", "grown without end")


def test_in_budget_a_formula_in_the_shape_of_a_model():
    import keras

    from utils.checks.fitted import fault_of_training

    class Formula(keras.Model):
        """A model without weights."""

        def call(self, x):
            """Gives the class of each row by a rule of its own."""
            return keras.ops.cast(x[:, 1:] < 0.5, "float32")

    assert "has no weights" in fault_of_training(Formula(), lambda: True)[0]
    model = trained(optimizers().Adam(0.03), epochs=1)
    assert "set to 0" in fault_of_training(model, lambda: True)[0]
    assert "no weight has moved" in fault_of_training(net(), lambda: True)[0]
