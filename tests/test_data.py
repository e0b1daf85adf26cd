"""The data that more than one lesson draws."""

import numpy as np
import pytest

from utils.data import spiral
from utils.explore import lambda_slider


def test_a_spiral_has_four_arms_that_turn_and_spread():
    x, arm = spiral(2000, seed=3, noise=0.3, inner=0.1, turn=2.0)
    assert (x.shape, np.bincount(arm).tolist()) == ((8000, 2), [2000] * 4)
    radius = np.hypot(*x.T)
    assert (radius.min(), radius.max()) == pytest.approx((0.2, 2.0))
    off = np.exp(1j * (np.arctan2(x[:, 1], x[:, 0]) - arm * np.pi / 2 - radius))  # turn / length = 1 radian a unit
    assert np.angle(off).std() == pytest.approx(0.3, rel=0.03)
    assert abs(np.angle(off).mean()) < 0.02


def test_a_spiral_repeats():
    assert np.array_equal(spiral(5, 1, noise=0.2)[0], spiral(5, 1, noise=0.2)[0])
    assert not np.array_equal(spiral(5, 1, noise=0.2)[0], spiral(5, 2, noise=0.2)[0])


def test_a_slider_of_penalties_says_none_for_zero():
    slider = lambda_slider([0, 1e-4, 0.01], 0.01)
    assert slider.options == (("none", 0), ("0.0001", 1e-4), ("0.01", 0.01))
    assert (slider.value, slider.description) == (0.01, "lambda")
    assert lambda_slider([0.0, 1.0], 1.0, zero="0").options[0] == ("0", 0.0)


def test_a_slider_of_penalties_wants_one_of_them_first():
    with pytest.raises(Exception, match="[Ii]nvalid selection|value not found"):
        lambda_slider([0, 1], 0.5)
