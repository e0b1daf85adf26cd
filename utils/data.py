"""Data that more than one lesson draws."""

import numpy as np


def spiral(per_arm, seed, *, noise, inner=0.05, turn=4.5):
    """Draws a spiral of four arms, two long.

    Args:
        per_arm: examples of each arm.
        seed: of the noise.
        noise: standard deviation of the angle, in radians.
        inner: where an arm begins, as a share of its length.
        turn: the angle of a whole arm, in radians.

    Returns:
        x of shape (4 * per_arm, 2), and the arm of each example, 0 to 3.
    """
    arm = np.repeat(np.arange(4), per_arm)
    radius = np.tile(np.linspace(inner, 1, per_arm), 4)
    angle = arm * np.pi / 2 + turn * radius + np.random.default_rng(seed).normal(0, noise, size=4 * per_arm)
    return 2 * radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]), arm
