"""Every word in a picture can be read: none is cut off, lies on other axes, or becomes too small on a small screen."""

from matplotlib.text import Text

from .picture import CSS_PER_INCH

#: A laptop shows a picture within 520 x 520 CSS pixels, a phone 358 wide: (width, height, least size of a text).
SCREENS = {"a laptop": (520, 520, 11), "a phone": (358, float("inf"), 9)}
POINTS_PER_INCH = 72
#: Picture pixels that the box of a text may pass an edge: boxes are a little larger than what is written.
_SLACK = 2.0


def find_unreadable(figure, texts):
    """Says what is wrong with the first text that can not be read, or gives None.

    Args:
        figure: a Matplotlib figure that was drawn.
        texts: the texts in it, as `picture.pixels` noted them.

    Returns:
        A sentence's end: "'output' is cut off at the left edge of the picture; ...".
    """
    least, screen = max((_least_points(figure, name), name) for name in SCREENS)
    owners = _owners(figure, texts)
    boxes = {text: Text.get_window_extent(text).padded(-_SLACK) for text in texts}
    frames = [(ax, ax.get_window_extent().padded(-_SLACK)) for ax in figure.axes]
    for text in texts:
        words = text.get_text()
        if text.get_fontsize() < least - 0.01:
            return (
                f"{words!r} has {text.get_fontsize():g} points and would be too small on {screen}: "
                f"at this size of the picture a text needs {least:.1f}"
            )
        box = boxes[text]
        beyond = {
            "left": box.x0 < 0,
            "right": box.x1 > figure.bbox.width,
            "lower": box.y0 < 0,
            "upper": box.y1 > figure.bbox.height,
        }
        if cut := [edge for edge, is_beyond in beyond.items() if is_beyond]:
            return f"{words!r} is cut off at the {cut[0]} edge of the picture; {_WAY_OUT}"
        for ax, frame in frames:
            if _is_foreign(ax, owners[text]) and frame.overlaps(box):
                return f"{words!r} lies on other axes; {_WAY_OUT}"
    # The labels of axes stand still too, and tick labels may have grown.
    for label in (axis.label for ax in figure.axes if ax.name != "3d" for axis in (ax.xaxis, ax.yaxis)):
        for text in texts if label in boxes else ():
            if text is not label and owners[text] is owners[label] and boxes[text].overlaps(boxes[label]):
                return f"{text.get_text()!r} lies on {label.get_text()!r}; {_WAY_OUT}"
    return None


def _owners(figure, texts):
    """Gives text -> the axes it belongs to, or None; the texts of an axis do not know it themselves."""
    owners = {text: text.axes for text in texts}
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis, getattr(ax, "zaxis", ax.xaxis)):
            ticks = (label for tick in (*axis.majorTicks, *axis.minorTicks) for label in (tick.label1, tick.label2))
            owners.update(dict.fromkeys((axis.label, axis.offsetText, *ticks), ax))
    return owners


_WAY_OUT = "the axes stand where the first stop needs them, so give all stops the same limits and ticks"


def _least_points(figure, screen):
    """Gives the size, in points, that a text needs to be legible on a screen that shows the whole figure."""
    wide, high, least = SCREENS[screen]
    width, height = (inches * CSS_PER_INCH for inches in figure.get_size_inches())
    return least / min(1, wide / width, high / height) * POINTS_PER_INCH / CSS_PER_INCH


def _is_foreign(ax, own):
    """Tells whether axes are neither the own ones nor around them, within them or in the same place."""
    if own is None or own is ax:
        return False
    return ax not in own.child_axes and own not in ax.child_axes and not own.bbox.overlaps(ax.bbox)
