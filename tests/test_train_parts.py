"""The parts of utils.train: random numbers and dropout, the order of batches, learning rates, threads."""

import logging
from itertools import islice

import numpy as np

from tests.nets import needs_compiler
from utils.train import backend, batch_order, rates, threads, train
from utils.train.batches import epoch_orders


def test_dropout_agrees_with_keras_in_distribution():
    """The outputs of y = mean of (x dropped) have a known mean and variance; ours and Keras' must both have them."""
    import keras

    features, rate, rows = 50, 0.3, 500

    def build():
        layers = [keras.layers.Dropout(rate), keras.layers.Dense(1, kernel_initializer=constant, use_bias=False)]
        return keras.Sequential([keras.Input((features,)), *layers])

    constant = keras.initializers.Constant(1 / features)
    row = 1 + 0.5 * np.random.default_rng(0).normal(size=features)
    x, zero = np.tile(row, (rows, 1)), np.zeros((rows, 1))
    expected = row.mean() ** 2 + rate / (1 - rate) * (row**2).sum() / features**2  # E[(mean of m x / keep)^2]
    choice = {"optimizer": keras.optimizers.SGD(0.0), "loss": "mse"}
    ours = train(build(), x, zero, epochs=40, batch_size=50, seeds=[1, 2], **choice).step_loss
    reference = build()
    reference.compile(**choice)
    theirs = [
        float(reference.train_on_batch(x[:50], zero[:50])) for _ in range(400) if reference.reset_metrics() is None
    ]
    for sample in (ours[0], ours[1], np.array(theirs)):
        error = sample.std() / np.sqrt(len(sample))
        assert abs(sample.mean() - expected) < 4 * error
    assert abs(ours[0].std() / np.std(theirs) - 1) < 0.2  # the spread of 400 steps is known to 4 %
    assert len(np.unique(ours)) > 795, "another mask at every step and for every net"
    assert abs(np.corrcoef(ours)[0, 1]) < 0.2
    assert abs(np.corrcoef(ours[0][1:], ours[0][:-1])[0, 1]) < 0.2


@needs_compiler
def test_random_numbers_are_threefry_and_uniform():
    """The known answers of the generator's authors (Random123, kat_vectors), then the moments of the uniform law."""
    from keras import ops

    from utils.train.step import random_uniform, threefry

    def word(number):
        return ops.convert_to_tensor(np.uint32(number))

    known = [
        ((0, 0, 0, 0), (0x6B200159, 0x99BA4EFE)),
        ((0x13198A2E, 0x03707344, 0x243F6A88, 0x85A308D3), (0xC4923A9C, 0x483DF7A0)),
    ]
    for given_words, answer in known:
        assert tuple(int(w) for w in threefry(*map(word, given_words))) == answer
    u = ops.convert_to_numpy(random_uniform((200, 500), word(7), ops.convert_to_tensor(np.int32(3)), 1))
    assert 0 <= u.min() < 1e-4
    assert 1 - 1e-4 < u.max() < 1
    assert abs(u.mean() - 0.5) < 4 / np.sqrt(12 * u.size)
    assert abs((u < 0.3).mean() - 0.3) < 4 * np.sqrt(0.21 / u.size)


def test_orders_are_permutations_and_the_first_ones_do_not_depend_on_their_number():
    many, few = batch_order(20, 9, 4), batch_order(20, 3, 4)
    assert (many[:3] == few).all()
    assert (np.sort(many, axis=1) == np.arange(20)).all()
    assert len({tuple(order) for order in many}) == 9
    assert (batch_order(5, 2, None) == [range(5)] * 2).all()
    assert list(islice(epoch_orders(3, None), 1))[0].tolist() == [0, 1, 2]


def test_many_schedules_cause_no_warning_and_equal_ones_are_evaluated_once(monkeypatch):
    import keras

    complaints, evaluated = [], []
    handler = logging.Handler()
    handler.emit = lambda record: complaints.append(record.getMessage())
    monkeypatch.setattr(logging.getLogger("tensorflow"), "handlers", [handler])
    evaluate = rates._evaluate
    monkeypatch.setattr(rates, "_evaluate", lambda schedule, steps: evaluated.append(1) or evaluate(schedule, steps))
    for number in [*range(10, 18), 10]:  # TensorFlow warns from the fifth function on that it has to trace
        schedule = keras.optimizers.schedules.ExponentialDecay(0.1, number, 0.5)
        found, scheduled = rates.learning_rates(schedule, None, 1, 7)
        assert scheduled == [True]
        np.testing.assert_allclose(found[0], 0.1 * 0.5 ** (np.arange(7) / number), rtol=1e-6)
    assert complaints == []
    assert len(evaluated) == 8


def test_parts_divide_the_nets_and_are_not_more_than_the_cores(monkeypatch):
    monkeypatch.setattr(threads, "_has_gpu", lambda: False)
    monkeypatch.setattr(threads, "cpu_cores", lambda: 4)
    assert [threads.parts_of(nets) for nets in (1, 2, 3, 4, 5, 6, 7, 8, 16)] == [1, 2, 3, 4, 1, 3, 1, 4, 4]
    monkeypatch.setattr(threads, "cpu_cores", lambda: 64)
    assert threads.parts_of(64) == threads.MOST
    monkeypatch.setattr(threads, "_has_gpu", lambda: True)
    assert threads.parts_of(8) == 1


def test_the_readers_own_choice_of_compiler_options_stays(monkeypatch):
    monkeypatch.setenv("XLA_FLAGS", "--xla_dump_to=/nowhere")
    backend._compile_small_loops_whole()
    backend._compile_small_loops_whole()
    flags = backend.os.environ["XLA_FLAGS"]
    assert flags.startswith("--xla_dump_to=/nowhere ")
    assert flags.count("xla_cpu_small_while_loop_byte_threshold=262144") == 1
    monkeypatch.setenv("XLA_FLAGS", "--xla_backend_extra_options=mine=1")
    backend._compile_small_loops_whole()
    assert backend.os.environ["XLA_FLAGS"] == "--xla_backend_extra_options=mine=1"
