"""Stochastic gradient descent as it is, and as typical mistakes make it, each with the hint towards it."""

import numpy as np


def in_order(examples, batch_size, epoch):
    """Gives the rows of each batch, one after the other; the last batch may be smaller."""
    return [slice(start, start + batch_size) for start in range(0, examples, batch_size)]


def of_mean(X, y, w, batch_size, examples):
    """The gradient of the mean of the squares of a batch."""
    return 2 * X.T @ (X @ w - y) / len(y)


def sgd(X, y, w, learning_rate, batch_size, epochs, cut=in_order, slope=of_mean):
    """Gives the weights, shape (D,), after `epochs` times one step per batch.

    Args:
        X, y: examples, shapes (N, D) and (N,).
        w: weights at the start, shape (D,).
        learning_rate, batch_size, epochs: numbers.
        cut: gives the rows of the batches of an epoch.
        slope: gives the gradient of a batch, shape (D,).
    """
    for epoch in range(epochs):
        for rows in cut(len(y), batch_size, epoch):
            w = w - learning_rate * slope(X[rows], y[rows], w, batch_size, len(y))
    return w


def frozen(X, y, w, learning_rate, batch_size, epochs):
    """All steps of an epoch with the gradient at the weights of its start."""
    for _ in range(epochs):
        w = w - learning_rate * sum(of_mean(X[r], y[r], w, 0, 0) for r in in_order(len(y), batch_size, 0))
    return w


def mistaken_sgd(X, y, w, learning_rate, batch_size, epochs):
    """Gives hint -> the weights to which each mistake leads; a list where the same hint fits several."""
    given = X, y, w, learning_rate, batch_size, epochs

    def cut(rows):
        return sgd(*given, cut=lambda examples, size, epoch: rows(in_order(examples, size, 0), epoch))

    def slope(formula):
        return sgd(*given, slope=lambda X, y, w, size, all_: formula(X, X @ w - y, size, all_))

    def trained(epochs, size=batch_size):
        return sgd(X, y, w, learning_rate, size, epochs)

    ends = [trained(epoch) for epoch in range(epochs + 1)]
    return {
        "Which way do you go? The gradient points to where the loss grows.": slope(
            lambda X, r, b, n: -2 * r @ X / len(r)
        ),
        "Is this the gradient of the sum over the batch? Then a batch twice as large makes a step twice as long. What "
        "is its mean?": slope(lambda X, r, b, n: 2 * r @ X),
        "Differentiate the square once more: each of your steps is half as long as it should be.": slope(
            lambda X, r, b, n: r @ X / len(r)
        ),
        "That is the lecture's loss, half of the sum. Here the mean over the batch is wanted, without the half.": slope(
            lambda X, r, b, n: r @ X
        ),
        "By what is the last batch divided? It holds fewer examples than the others.": slope(
            lambda X, r, b, n: 2 * r @ X / b
        ),
        "By what is the gradient of a batch divided? By the number of all examples it becomes too small.": slope(
            lambda X, r, b, n: 2 * r @ X / n
        ),
        "Is the last, smaller batch left out? Its examples were measured too.": cut(lambda rows, epoch: rows[:-1]),
        "Each epoch takes one step, with its first batch. What about the others?": cut(lambda rows, epoch: rows[:1]),
        "Each epoch takes one step, with its last batch. Does the step stand inside the loop over the batches?": cut(
            lambda rows, epoch: rows[-1:]
        ),
        "A step is counted as an epoch here: so many steps are taken as there are epochs, each with the next batch.": (
            cut(lambda rows, epoch: [rows[epoch % len(rows)]])
        ),
        "That is one step with all examples in each epoch. Where are the batches?": trained(epochs, len(y)),
        "That is a step for each single example. How many of them make a batch?": trained(epochs, 1),
        "Do your batches overlap? Where does the second one begin?": cut(
            lambda rows, epoch: [slice(i, i + batch_size) for i in range(len(rows))]
        ),
        "Does each batch take every so-manieth row? Wanted are neighbours: the first rows, then the next ones.": cut(
            lambda rows, epoch: [slice(i, None, len(rows)) for i in range(len(rows))]
        ),
        "Is the order of the batches turned round? The first rows come first.": cut(lambda rows, epoch: rows[::-1]),
        "The examples were used once, in one epoch. And then?": ends[min(1, epochs)],
        "One epoch is missing. Where does your loop end?": ends[epochs - 1],
        "One epoch too many. Where does your loop end?": trained(epochs + 1),
        "These are the weights at the start. Is what a step makes kept for the next one, and returned?": w,
        "All gradients of an epoch are taken at the weights of its start. In SGD each batch moves the weights, and the "
        "next one starts from there.": frozen(*given),
        "Is the gradient that of the absolute values? The loss is the mean of the squares.": slope(
            lambda X, r, b, n: np.sign(r) @ X / len(r)
        ),
        "Is the gradient divided by its length? Far from the minimum a step has to be longer than near it.": slope(
            lambda X, r, b, n: r @ X / np.linalg.norm(r @ X)
        ),
        "These are means over the way. Wanted are the weights at its end.": [
            np.mean(ends, axis=0),
            np.mean(ends[1:], axis=0),
        ],
        "That is how far the weights have moved. From where?": trained(epochs) - w,
        "Is the learning rate used twice, or not at all?": [
            slope(lambda X, r, b, n: 2 * r @ X / len(r) * learning_rate),
            slope(lambda X, r, b, n: 2 * r @ X / len(r) / learning_rate),
        ],
    }
