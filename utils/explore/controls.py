"""What a control is: a widget for the live notebook, and its stops for the built book."""

import inspect
import math
import re
from dataclasses import dataclass

from .formats import make_writer

#: More frames than this would make a page heavy; a control with many values names its baked stops.
MOST_COMBINATIONS = 200


#: A formula in a label, which the live widget would set: $...$ or \\(...\\).
_FORMULA = re.compile(r"\$[^$]+\$|\\\(.*\\\)|\\\[.*\\\]")


class ExploreError(ValueError):
    """Something is wrong with an instrument; the message names the figure, the control and what was received."""


@dataclass(frozen=True)
class Baked:
    """A control whose stops in the built book are named; see `baked`."""

    control: object
    stops: tuple


def baked(control, stops):
    """Names the stops of a control in the built book. The live notebook keeps every value.

    Args:
        control: anything that `explore` takes: `(1, 100)`, a widget, ...
        stops: the values that the built book shows, in order; the default must be one of them.

    Returns:
        A control for `explore`.
    """
    # Of an array take plain numbers: they are what the live widget gives.
    return Baked(control, tuple(stops.tolist() if hasattr(stops, "tolist") else stops))


@dataclass(frozen=True)
class Control:
    """One control of a figure.

    Attributes:
        name: the argument of `draw`.
        label: what a reader sees.
        kind: "range", "select" or "checkbox": the native control of the built page.
        widget: the live widget.
        stops: the values that the built book shows.
        labels: one text per stop.
        default: the index of the stop that is shown first.
    """

    name: str
    label: str
    kind: str
    widget: object
    stops: tuple
    labels: tuple
    default: int


def make_controls(draw, arguments):
    """Makes the controls of a drawing function.

    Args:
        draw: the function; its parameters' defaults are the stops shown first.
        arguments: parameter name -> control, as `explore` takes them.

    Returns:
        `(controls, constants)`: a tuple of `Control` and a dict of the arguments given with `fixed`.

    Raises:
        ExploreError: see `explore`.
    """
    import ipywidgets

    figure = draw.__name__
    parameters = inspect.signature(draw).parameters
    if unknown := [name for name in arguments if name not in parameters]:
        raise ExploreError(
            f"Figure {figure} takes {', '.join(parameters) or 'no arguments'}. Received: a control {unknown[0]!r}"
        )
    controls, constants = [], {}
    for name, parameter in parameters.items():
        given = arguments.get(name, parameter.default)
        if given is inspect.Parameter.empty:
            raise ExploreError(
                f"Figure {figure} needs a control for its argument {name!r}. Received: {', '.join(arguments) or 'none'}"
            )
        named = given.stops if isinstance(given, Baked) else None
        given = given.control if isinstance(given, Baked) else given
        if isinstance(given, ipywidgets.fixed):
            constants[name] = given.value
            continue
        where = f"Figure {figure}, control {name!r}"
        controls.append(_make_control(where, name, given, parameter.default, named))
    return tuple(controls), constants


def _make_control(where, name, given, default, named):
    from ipywidgets import ValueWidget, interactive

    numbers = given if isinstance(given, tuple) else ()
    if not all(math.isfinite(number) for number in numbers if isinstance(number, float)):
        raise ExploreError(f"{where} needs ends that are finite. Received: {given!r}")
    try:
        widget = interactive.widget_from_abbrev(given)
    except Exception as error:
        raise ExploreError(f"{where}: {error}. Received: {given!r}") from error
    if widget is None:
        raise ExploreError(f"{where} is a tuple, a list, a dict, a bool or a widget. Received: {given!r}")
    kind, stops, labels = _stops(where, widget, given, named)
    # As in interact: a widget brings its own value, a short form takes that of the function.
    shown = widget.value if isinstance(given, ValueWidget) or default is inspect.Parameter.empty else default
    index = next((k for k, stop in enumerate(stops) if _same(stop, shown)), None)
    if index is None:
        raise ExploreError(
            f"{where} has the stops {_some(labels)}; its default must be one of them. Received: {shown!r}"
        )
    widget.value = stops[index]
    label = (getattr(widget, "description", "") or name.replace("_", " ")).strip()
    if _FORMULA.search(label):
        raise ExploreError(
            f"{where} needs a label in words: the built page sets no formulas in it. Received: {label!r}"
        )
    return Control(name, label, kind, widget, stops, labels, index)


def _stops(where, widget, given, named):
    """Gives `(kind, stops, labels)` of a widget; errors name it."""
    import ipywidgets as w

    if isinstance(widget, w.Checkbox | w.ToggleButton):
        kind, values, write = "checkbox", (False, True), lambda value: "on" if value else "off"
    elif isinstance(widget, w.widget_selection._Selection):
        options = dict(zip(map(_key, widget._options_values), widget._options_labels, strict=True))
        kind = "range" if isinstance(widget, w.SelectionSlider) else "select"
        values, write = tuple(widget._options_values), lambda value: options[_key(value)]
    elif isinstance(widget, w.IntSlider | w.BoundedIntText):
        kind, write = "range", _writer(where, widget, "d")
        values = range(widget.min, widget.max + 1, widget.step or 1)
    elif isinstance(widget, w.FloatLogSlider):
        steps = _steps(widget.min, widget.max, widget.step)
        kind, write = "range", _writer(where, widget, "")
        values = tuple(_short(widget.base ** (widget.min + k * widget.step)) for k in range(min(steps, 10**4)))
    elif isinstance(widget, w.FloatSlider | w.BoundedFloatText) and widget.step:
        steps = _steps(widget.min, widget.max, widget.step)
        kind, write = "range", _writer(where, widget, "")
        size = max(abs(widget.min), abs(widget.max))
        values = tuple(_short(widget.min + k * widget.step, size) for k in range(min(steps, 10**4)))
    else:
        raise ExploreError(f"{where} has no stops: use a slider, a list, a dict or a bool. Received: {given!r}")
    if named is not None:
        for value in named:
            if not _allows(widget, values, value):
                raise ExploreError(f"{where} can not stop at a value that it does not have. Received: {value!r}")
        values = named
        if kind == "checkbox" and values != (False, True):
            kind = "select"  # a box has two states in this order
    if len(values) > MOST_COMBINATIONS:
        raise ExploreError(
            f"{where} may have {MOST_COMBINATIONS} stops: name those of the built book, baked(..., stops=[...]). "
            f"Received: {len(values)}"
        )
    if not values:
        raise ExploreError(f"{where} has no stops. Received: {given!r}")
    labels = tuple(write(value) for value in values)
    if len(set(labels)) < len(labels):
        way = (
            "each choice once"
            if kind == "select" or not hasattr(widget, "readout_format")
            else "set the readout_format"
            if isinstance(given, w.ValueWidget)
            else "use a slider, such as FloatSlider(min=0, max=1, step=0.001, readout_format='.3f')"
        )
        raise ExploreError(f"{where}: two stops look alike; {way}. Received: {_some(labels)}")
    return kind, tuple(values), labels


def count(figure, controls):
    """Gives the number of combinations of stops.

    Raises:
        ExploreError: for more than `MOST_COMBINATIONS`.
    """
    number = math.prod(len(control.stops) for control in controls)
    if number > MOST_COMBINATIONS:
        product = " x ".join(f"{len(control.stops)} ({control.name})" for control in controls)
        raise ExploreError(
            f"Figure {figure} may have {MOST_COMBINATIONS} combinations of stops: name fewer, baked(..., stops=[...]). "
            f"Received: {product} = {number}"
        )
    return number


def default_values(controls):
    """Gives argument name -> value for the stops shown first."""
    return {control.name: control.stops[control.default] for control in controls}


def _allows(widget, values, value):
    """Tells whether a widget can take the value: between its ends, or among its choices."""
    low, high = getattr(widget, "min", None), getattr(widget, "max", None)
    if low is None:
        return any(_same(value, choice) for choice in values)
    if isinstance(low, int) and not isinstance(value, int):
        return False
    if base := getattr(widget, "base", None):
        low, high = base**low * (1 - 1e-9), base**high * (1 + 1e-9)
    return isinstance(value, int | float) and low <= value <= high


def _writer(where, widget, plain):
    form = getattr(widget, "readout_format", None) or plain
    try:
        return make_writer(form)
    except ValueError as error:
        raise ExploreError(f"{where}: {error}. Received: {form!r}") from error


def _steps(low, high, step):
    return math.floor((high - low) / step + 1e-9) + 1


def _short(value, size=None):
    # 0.1 + 2 * 0.1 is 0.30000000000000004; a reader, and an equality with a default, mean 0.3.
    # -0.3 + 3 * 0.1 is 5e-17: how many digits count, the largest value tells.
    return round(value, 12 - math.ceil(math.log10(size or value or 1))) + 0.0  # no -0.0


def _same(a, b):
    if isinstance(a, float) and isinstance(b, int | float):
        return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)
    # A choice may be an array, whose == is not a truth value.
    return a is b or (type(a) is type(b) and repr(a) == repr(b)) or (isinstance(a, int | str) and a == b)


def _key(value):
    # Options may be unhashable (lists); their text tells them apart.
    return value if value.__hash__ else repr(value)


def _some(labels):
    return ", ".join(labels if len(labels) <= 12 else [*labels[:5], "...", *labels[-5:]])
