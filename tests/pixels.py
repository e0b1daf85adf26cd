"""How light a screenshot is, and how well its writing stands out: by the formulas of WCAG 2."""

import io

import numpy as np
from PIL import Image


def _luminance(png):
    """Gives the relative luminance of every pixel, shape (height, width), 0 to 1."""
    srgb = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def lightness(png):
    """Gives the mean lightness (CIE L*, 0 black to 1 white) of a picture."""
    luminance = _luminance(png)
    return float(np.where(luminance > 0.008856, 1.16 * np.cbrt(luminance) - 0.16, 9.033 * luminance).mean())


def contrast(png):
    """Gives the contrast ratio, 1 to 21, between the commonest colour and the writing on it.

    The writing is taken to be what stands out most from the ground: at least one pixel in a thousand does.

    Reference: https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio
    """
    luminance = np.sort(_luminance(png).ravel())
    values, counts = np.unique(luminance.round(3), return_counts=True)
    ground, some = values[counts.argmax()], max(1, luminance.size // 1000)
    return max((luminance[-some] + 0.05) / (ground + 0.05), (ground + 0.05) / (luminance[some] + 0.05))
