"""How light a screenshot is, and how well its writing stands out: by the formulas of WCAG 2."""

import io

import numpy as np
from PIL import Image


def _luminance(png):
    """Gives the relative luminance of every pixel, shape (height, width), 0 to 1."""
    srgb = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def _ground(luminance):
    """Gives the luminance of what things are drawn on: the commonest at the edges."""
    edges = np.concatenate([luminance[0], luminance[-1], luminance[:, 0], luminance[:, -1]])
    return float(np.median(edges))


def lightness(png):
    """Gives the lightness (CIE L*, 0 black to 1 white) of a picture's ground, and the mean of the whole picture."""
    luminance = _luminance(png)
    values = np.where(luminance > 0.008856, 1.16 * np.cbrt(luminance) - 0.16, 9.033 * luminance)
    return _ground(values), float(values.mean())


def contrast(png):
    """Gives the contrast ratio, 1 to 21, between the ground and the writing on it.

    The writing is taken to be what stands out most from the ground: at least one pixel in a thousand does.

    Reference: https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio
    """
    luminance = _luminance(png)
    ground, some = _ground(luminance), max(1, luminance.size // 1000)
    darkest, lightest = np.sort(luminance.ravel())[[some, -some]]
    return max((lightest + 0.05) / (ground + 0.05), (ground + 0.05) / (darkest + 0.05))
