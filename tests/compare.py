"""When two readings say the same, on two machines that round differently."""

import re

#: A number that stands alone; the 1 of a name such as W1 belongs to the name.
NUMBER = re.compile(r"(?<![\w.])[-−+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(%| %|\b)")

#: Decimals may differ by this much of their value, or by one in the last printed digit.
RELATIVE = 0.05


def difference(recorded, fresh):
    """Says in what two readings differ, or gives None.

    The words must be the same. A number without decimals is a count, and must be the same; one with decimals (or a
    share in %) is a measurement: 5 % of it, or one in its last printed digit, is rounding.

    Args:
        recorded: the reading in the repository.
        fresh: the reading of this build.

    Returns:
        A sentence, or None where the two say the same.
    """
    if _words(recorded) != _words(fresh):
        return f"other words. Recorded: {recorded!r} Received: {fresh!r}"
    for old, new in zip(NUMBER.finditer(recorded), NUMBER.finditer(fresh), strict=True):
        if abs(_value(old) - _value(new)) > _tolerance(old, new):
            return f"{old[0]} has become {new[0]}. Recorded: {recorded!r} Received: {fresh!r}"
    return None


def _words(reading):
    return NUMBER.sub(r"#\1", reading)


def _digits(match):
    return match[0].removesuffix(match[1]).replace("−", "-").lower()


def _value(match):
    return float(_digits(match))


def _tolerance(old, new):
    if not any(set(_digits(match)) & set(".e") or match[1] for match in (old, new)):
        return 0
    # A difference of one in the last digit can be 1.0000000001 of it.
    return 1.0001 * max(RELATIVE * abs(_value(old)), _last_digit(old), _last_digit(new))


def _last_digit(match):
    mantissa, _, exponent = _digits(match).partition("e")
    return 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
