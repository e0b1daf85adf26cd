"""How a number stands on a control: the forms of d3-format that ipywidgets' sliders take, written in Python."""

import math
import re

#: What is understood: a sign, "$", a thousands comma, a precision, "~" (no zeros at the end), and one of these types.
TYPES = "d, e, f, g, s, %"
_FORM = re.compile(r"([+ ]?)(\$?)(,?)(?:\.(\d+))?(~?)([defgs%]?)")
_PREFIXES = dict(zip(range(-24, 27, 3), "yzafpnµm kMGTPEZY", strict=True))


def make_writer(form):
    """Makes the function that writes a number in a form, as the live slider does.

    Zeros at the end are left out after `g`, and exponents are written as in Python.

    Args:
        form: a d3 format: ".2f", "d", ",d", "$,.2f", ".3s", ".0%", ".3~g", ...

    Returns:
        A function number -> text.

    Raises:
        ValueError: for a form that is not understood; it says what is.
    """
    match = _FORM.fullmatch(form)
    if match is None:
        raise ValueError(
            f'a readout_format is [+][$][,][.precision][~][type], the type one of {TYPES}, such as ".2f" or ",d"'
        )
    sign, dollar, comma, digits, short, kind = match.groups()
    precision = 6 if digits is None else int(digits)

    def write(value):
        size, end = abs(value), ""
        if kind == "d":
            text = format(math.floor(size + 0.5), comma)
        elif kind == "%":
            text, end = format(size * 100, f"{comma}.{precision}f"), "%"
        elif kind == "s":
            text, end = _with_prefix(size, max(precision, 1))
        else:
            text = format(size, f"{comma}.{precision}{kind or 'g'}" if digits or kind in "ef" and kind else comma + "g")
        if short and "." in text:
            head, mark, tail = text.partition("e")
            text = head.rstrip("0").rstrip(".") + mark + tail
        is_less = value < 0 and any(digit in "123456789" for digit in text.partition("e")[0])
        return ("-" if is_less else sign.strip()) + dollar + text + end

    return write


def _with_prefix(size, precision):
    """Writes 1500 as ("1.50", "k"): as many digits as the precision says."""
    exponent = int(f"{size:.{precision - 1}e}".partition("e")[2]) if size else 0
    step = max(-24, min(24, 3 * math.floor(exponent / 3)))
    return f"{size / 10.0**step:.{max(0, precision - 1 - (exponent - step))}f}", _PREFIXES[step].strip()
