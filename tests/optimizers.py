"""The published update rules of optimizers, written by hand: each yields the weights after every step.

`gradient` gives the slopes at w, both of shape (P,); `rate` is the learning rate. The numbers left out are Keras'
defaults.
"""

import numpy as np


def by_momentum(gradient, w, rate, beta=0.9):
    velocity = np.zeros_like(w)
    while True:
        velocity = beta * velocity - rate * gradient(w)
        w = w + velocity
        yield w


def by_nesterov(gradient, w, rate, beta=0.9):
    """In Nesterov's own terms: the gradient is taken where the momentum leads to; yields those places."""
    velocity = np.zeros_like(w)
    place = w
    while True:
        velocity = beta * velocity - rate * gradient(place + beta * velocity)
        place = place + velocity
        yield place + beta * velocity


def by_adagrad(gradient, w, rate, start=0.1, epsilon=1e-7):
    squares = np.full_like(w, start)  # Keras' default: it starts at 0.1
    while True:
        g = gradient(w)
        squares = squares + g**2
        w = w - rate * g / np.sqrt(squares + epsilon)
        yield w


def by_rmsprop(gradient, w, rate, rho=0.9, epsilon=1e-7):
    squares = np.zeros_like(w)
    while True:
        g = gradient(w)
        squares = rho * squares + (1 - rho) * g**2
        w = w - rate * g / np.sqrt(squares + epsilon)
        yield w


def by_adam(gradient, w, rate, one=0.9, two=0.999, epsilon=1e-7):
    m, s, t = np.zeros_like(w), np.zeros_like(w), 0
    while True:
        g, t = gradient(w), t + 1
        m, s = one * m + (1 - one) * g, two * s + (1 - two) * g**2
        # In the order of the paper's section 2, as Keras: epsilon is added to the root before its correction.
        w = w - rate * np.sqrt(1 - two**t) / (1 - one**t) * m / (np.sqrt(s) + epsilon)
        yield w


RULES = {
    "momentum": (by_momentum, 0.003),
    "Nesterov": (by_nesterov, 0.003),
    "AdaGrad": (by_adagrad, 0.5),
    "RMSprop": (by_rmsprop, 0.05),
    "Adam": (by_adam, 0.1),
}
