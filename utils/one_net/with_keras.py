"""The net in Keras. The variable KERAS_BACKEND says what computes it: tensorflow, jax or torch."""

import keras
from keras import layers


def build(inputs, width):
    """Builds a net with two hidden layers; its output is a probability."""
    model = keras.Sequential(
        [
            keras.Input((inputs,)),
            layers.Dense(width, activation="relu"),
            layers.Dense(width, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.001), loss="binary_crossentropy")
    return model


def step(model, x, y):
    """Makes one step of Adam on a batch, and gives its loss before the step."""
    return float(model.train_on_batch(x, y))
