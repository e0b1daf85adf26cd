"""Playing: a button that walks through the stops of one slider."""

import ipywidgets as widgets

from .controls import ExploreError


def find_played(figure, controls, name):
    """Gives the control that has a play button; None where there is none (name None).

    Raises:
        ExploreError: where the name is not that of a slider with at least three stops.
    """
    sliders = {control.name: control for control in controls if control.kind == "range" and len(control.stops) > 2}
    if name is not None and name not in sliders:
        raise ExploreError(
            f"Figure {figure} can play a slider with three stops or more ({', '.join(sliders) or 'it has none'}). "
            f"Received: play={name!r}"
        )
    return sliders.get(name)


def pace(control):
    """Gives how long each stop of a control that plays is shown, in ms: all of them in about six seconds."""
    return max(150, min(800, 6000 // len(control.stops)))


class Player:
    """The play button of a live instrument. It stops where a control is moved by hand.

    (The widget can not know whether the figure is on the screen, nor whether its reader wants no motion: in the built
    page the button knows both.)

    Attributes:
        widget: what is shown.
        button: the `ipywidgets.Play` in it; its value is the number of the stop.
    """

    def __init__(self, control):
        self.control = control
        self._moves, self._follows = False, False  # the button the control, or the control the button
        self.button = widgets.Play(
            max=len(control.stops) - 1, value=control.default, interval=pace(control), show_repeat=False
        )
        self.widget = widgets.HBox([widgets.Label(f"play {control.label}"), self.button])
        self.button.observe(self._move, names="value")
        self.button.observe(self._start, names="playing")

    def _start(self, change):
        if change.new and self.button.value == self.button.max:
            self.button.value = 0  # from the end it plays from the beginning

    def _move(self, change):
        if self._follows:
            return
        self._moves = True
        try:
            self.control.widget.value = self.control.stops[change.new]
        finally:
            self._moves = False

    def follow(self):
        """Stops where it was a hand that moved a control; the next play goes on from there."""
        if self._moves:
            return
        self.stop()
        value, stops = self.control.widget.value, self.control.stops
        if value in stops:
            at = stops.index(value)
        else:  # between two stops of the book
            at = sum(stop <= value for stop in stops) - 1
        self._follows = True
        try:
            self.button.value = at
        finally:
            self._follows = False

    def stop(self):
        """Ends the walk."""
        self.button.playing = False
