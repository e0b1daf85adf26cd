"""The live instrument: ipywidgets controls, drawn by the kernel."""

import html

import ipywidgets as widgets

from .board import BoardView
from .controls import default_values
from .picture import css_size, frozen, png
from .play import Player

#: A picture keeps at least this part of its own width, that its writing stays legible (the page does the same).
LEAST = 0.69

#: What JupyterLab has above and below a notebook: menu, tabs, tool bar, status bar, and the cell's own margins.
BARS = "160px"


class Live:
    """The widgets of one instrument, and what happens when one of them moves.

    The widget front end sends a slider's next value only when the kernel is done with the one before, so the kernel
    never lags behind a drag.
    """

    def __init__(self, instrument):
        self.instrument = instrument
        self.picture = widgets.Image(format="png")
        self.picture.layout.flex = "none"
        self.picture.layout.max_width = "100%"
        self.reading = widgets.HTML()
        for control in instrument.controls:
            control.widget.description = control.label
            control.widget.style.description_width = "initial"
            control.widget.layout.width = "auto"
            control.widget.observe(self.update, names="value")
        self.player = None if instrument.played is None else Player(instrument.played)
        played = [] if self.player is None else [self.player.widget]
        # Controls and reading stand beside the picture; in a narrow panel the picture goes below them.
        column = widgets.VBox([*(control.widget for control in instrument.controls), *played, self.reading])
        column.layout = widgets.Layout(flex="1 1 16rem", max_width="26rem", min_width="0")
        self.box = widgets.Box([column, self.picture])
        self.box.layout = widgets.Layout(flex_flow="row wrap", align_items="flex-start", grid_gap="1rem")
        self.said = ""
        if instrument.board is not None:
            self.board = BoardView(instrument, lambda: (self.values(), self.said))
            self.box = widgets.VBox([self.box, self.board.widget])
        self._still = self.show(default_values(instrument.controls))

    def update(self, change=None):
        """Draws the present values; an error is shown in place of the reading and raised for the kernel's log."""
        if self.player is not None:
            self.player.follow()
        try:
            self.show(self.values())
        except Exception as error:
            if self.player is not None:
                self.player.stop()
            self.say(str(error), role="alert")
            raise

    def values(self):
        """Gives the present values: argument name -> value."""
        return {control.name: control.widget.value for control in self.instrument.controls}

    def show(self, values):
        """Draws one stop into the picture and the reading, and gives both: MIME type -> data."""
        with frozen():
            figure, reading = self.instrument.frame(values)
            picture = png(figure, self.instrument.layout)
        self.picture.value = picture
        self.picture.layout.width = _css_width(*css_size(figure))
        self.say(reading)
        self.said = reading
        return {"text/plain": reading, "image/png": picture}

    def say(self, text, role="status"):
        """Shows a sentence beside the picture; a screen reader announces it."""
        # Widgets set innerHTML; line-height keeps long readings apart from the next cell.
        # While it plays a voice could not keep up.
        live = "off" if role == "status" and self.player is not None and self.player.button.playing else "polite"
        attributes = f'class="explore-reading" role="{role}" aria-live="{live}" style="line-height: 1.5"'
        self.reading.value = f"<div {attributes}>{html.escape(text)}</div>"

    def mimebundle(self):
        """Gives the MIME types that show the widgets; the default stop stands for them where there are no widgets.

        That is nbconvert, or a preview of the file. Its text is what nbval compares.
        """
        return {**self.box._repr_mimebundle_(), **self._still}


def _css_width(width, height):
    """Gives the width at which a picture of this size is no higher than the notebook, unless that is too small."""
    return f"clamp({LEAST * width:.0f}px, (100vh - {BARS}) * {width / height:.4f}, {width}px)"
