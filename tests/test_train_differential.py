"""utils.train against `model.fit` on cases that Hypothesis draws: architecture, loss, optimiser, data and callbacks.

In `make test` a few, step by step, without the compiler. The long form, weekly in CI, compiles each of them:

    UTILS_TRAIN_CASES=150 python -m pytest tests/test_train_differential.py
"""

import os

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.nets import distance, float64, interpreted
from utils.train import train
from utils.train.taken import LOSSES, OPTIMIZERS

CASES = int(os.environ.get("UTILS_TRAIN_CASES", 0))
PHASES = [Phase.explicit, Phase.reuse, Phase.generate]  # to shrink a case takes too long: many trainings
ACTIVATIONS = ["linear", "relu", "tanh", "sigmoid", "leaky_relu", "elu", "gelu", "silu", "softplus"]
MIDDLES = ["none", "batch normalisation", "residual", "layer normalisation"]
ONE_OF_THREE = ("crossentropy", "kl_divergence", "categorical_hinge")


@st.composite
def cases(draw):
    """Draws one training."""
    examples = draw(st.integers(5, 24))
    loss, optimizer = draw(st.sampled_from(LOSSES)), draw(st.sampled_from(OPTIMIZERS))
    return {
        "examples": examples,
        "batch": draw(st.integers(2, examples)),
        "epochs": draw(st.integers(1, 3)),
        "widths": draw(st.lists(st.integers(1, 4), min_size=1, max_size=2)),
        "activation": draw(st.sampled_from(ACTIVATIONS)),
        "middle": draw(st.sampled_from(MIDDLES)),
        "loss": loss,
        "optimizer": optimizer,
        "clip": draw(st.sampled_from([{}, {"clipnorm": 0.5}, {"global_clipnorm": 0.5}, {"clipvalue": 0.1}])),
        "decay": draw(st.sampled_from([None, 0.01])),
        # In float64 fit fails with Muon and a schedule: Keras multiplies the schedule's float32 with float64.
        "schedule": draw(st.booleans()) and optimizer != "Muon",
        "weighted": draw(st.booleans()),
        "validated": draw(st.booleans()),
        "l2": draw(st.sampled_from([0.0, 0.03125])),  # Keras rounds it to float32: a number that stays as it is
        "stops": draw(st.booleans()),
        "seed": draw(st.integers(0, 99)),
    }


def build(case, price):
    """Builds the net of a case under its seed."""
    import keras

    layers = keras.layers
    keras.utils.set_random_seed(case["seed"])
    regular = {"kernel_regularizer": keras.regularizers.L2(price)} if price else {}
    inputs = h = keras.Input((3,))
    for width in case["widths"]:
        h = layers.Dense(width, case["activation"], **regular)(h)
        if case["middle"] == "batch normalisation":
            h = layers.BatchNormalization(momentum=0.8)(h)
        elif case["middle"] == "layer normalisation":
            h = layers.LayerNormalization()(h)
        elif case["middle"] == "residual":
            h = layers.Add()([h, layers.Dense(width, "tanh", **regular)(h)])
    last = "softmax" if any(part in case["loss"] for part in ONE_OF_THREE) else "sigmoid"
    return keras.Model(inputs, layers.Dense(3, last, **regular)(h))


def data(case, examples, rng):
    """Draws examples with targets that the loss takes, and weights or None."""
    x, labels = rng.normal(size=(examples, 3)), rng.integers(0, 3, size=examples)
    y = labels if case["loss"].startswith("sparse") else np.eye(3)[labels]
    return x, y, rng.uniform(0.2, 2, size=examples) if case["weighted"] else None


def optimizer(case):
    """Makes the optimiser of a case."""
    import keras

    rate = keras.optimizers.schedules.PiecewiseConstantDecay([3], [0.02, 0.01]) if case["schedule"] else 0.02
    decay = {} if case["decay"] is None else {"weight_decay": case["decay"]}
    return getattr(keras.optimizers, case["optimizer"])(rate, **case["clip"], **decay)


def callbacks(case, told):
    """Makes the callbacks of a case: one that notes what it is told, and perhaps those that react."""
    import keras

    made = [keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: told.append(dict(logs)))]
    choice = {"monitor": "loss", "patience": 0}
    if case["stops"]:
        made.append(keras.callbacks.EarlyStopping(min_delta=0.01, restore_best_weights=True, **choice))
    if case["stops"] and not case["schedule"]:
        made.append(keras.callbacks.ReduceLROnPlateau(factor=0.5, min_delta=0.05, **choice))
    return made


def by_fit(case, x, y, weight, validation, told):
    """Trains by fit on the batches that `train` takes."""
    model = build(case, case["l2"])
    model.compile(optimizer=optimizer(case), loss=case["loss"], run_eagerly=True)
    choice = {"sample_weight": weight, "epochs": case["epochs"], "batch_size": case["batch"]}
    validation = None if validation is None else tuple(a for a in validation if a is not None)
    model.fit(x, y, validation_data=validation, callbacks=callbacks(case, told), shuffle=False, verbose=0, **choice)
    return model


@settings(
    max_examples=CASES or 14,
    deadline=None,
    derandomize=not CASES,
    phases=PHASES,
    suppress_health_check=list(HealthCheck),
)
@given(case=cases())
def test_a_training_ends_as_by_fit(case):
    rng = np.random.default_rng(case["seed"])
    x, y, weight = data(case, case["examples"], rng)
    validation = data(case, 7, rng) if case["validated"] else None
    ours, theirs = [], []
    with float64(), pytest.MonkeyPatch.context() as patch:
        if not CASES:
            interpreted(patch)
        one, start = build(case, 0.0), build(case, 0.0).get_weights()
        result = train(
            one, x, y, sample_weight=weight, validation_data=validation, optimizer=optimizer(case), loss=case["loss"],
            epochs=case["epochs"], batch_size=case["batch"], l2=case["l2"], callbacks=callbacks(case, ours),
            shuffle_seed=None,
        )  # fmt: skip
        two = by_fit(case, x, y, weight, validation, theirs)
    assert distance(one.get_weights(), two.get_weights()) < 1e-8
    assert result.stopped == [None] or len(theirs) == result.stopped[0]
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        assert {"loss", "val_loss"} & set(other) == set(mine)
        for key, value in mine.items():
            assert value == pytest.approx(other[key], rel=1e-5, abs=1e-6)  # Keras' mean of losses is in float32
    moved = distance(result.weights(), start)
    assert moved > 0 or case["optimizer"] in ("Adadelta",) or result.stopped != [None]
