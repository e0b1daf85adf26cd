"""What stands in the built page for a figure: controls, the default picture, its reading, the data of all stops."""

import html
import json

from .play import pace

#: Stands in the page for the way to the frames; utils/book knows where the page is and puts it in.
FRAMES_PLACEHOLDER = "explore-frames:"


def figure_html(instrument, size, frames, readings, default, board=None):
    """Writes the `<figure>`: native labelled controls, the default picture, its reading, and what the script needs.

    Args:
        instrument: an `Explore`.
        size: (width, height) of the picture in CSS pixels.
        frames: the names of the pictures, one for each combination of stops.
        readings: their readings.
        default: the index of the combination that is shown first.
        board: the name of the picture of its board, if it has one.

    Returns:
        The HTML. It is complete without JavaScript: the default picture and its reading.
    """
    name = instrument.id
    title = getattr(instrument, "title", None) or name.replace("-", " ")
    rows = "".join(_control_html(name, control) for control in instrument.controls)
    if instrument.played is not None:  # after the controls, so that Tab goes from one to the next
        rows += f'<button type="button" class="explore-play">Play {html.escape(instrument.played.label)}</button>'
    data = {
        "about": instrument.description,
        "controls": [{"name": c.name, "stops": c.labels, "default": c.default} for c in instrument.controls],
        **({} if instrument.played is None else {"plays": instrument.played.name, "pace": pace(instrument.played)}),
        **({} if board is None else {"board": board}),
        "frames": frames,
        "readings": readings,
    }
    # "</script" would end the element early and "<!--<script" hide its end; in JSON "<" stands in strings only.
    block = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    width, height = size
    source = f"{FRAMES_PLACEHOLDER}{frames[default]}.png"
    # alt: what the picture is, and what it shows now.
    alt = html.escape(f"{instrument.description} {readings[default]}".strip())
    # The longest reading keeps the room that any of them needs: nothing below may jump.
    room = html.escape(max(readings, key=len))
    return (
        f'<figure class="explore" id="{html.escape(name)}">'
        f'<div class="explore-controls" role="group" aria-label="{html.escape(title)}: controls">{rows}</div>'
        f'<img src="{source}" alt="{alt}" width="{width}" height="{height}" '
        f'style="--width: {width}; --height: {height}" loading="lazy" decoding="sync">'
        f'<script type="application/json" class="explore-data">{block}</script>'
        f'<figcaption data-room="{room}"><span>{html.escape(readings[default])}</span></figcaption>'
        f"</figure>"
    )


def _control_html(figure, control):
    key = html.escape(f"{figure}-{control.name.replace('_', '-')}")
    label, last, at = html.escape(control.label), len(control.stops) - 1, control.default
    attributes = f'id="{key}" name="{html.escape(control.name)}"'
    if control.kind == "checkbox":
        field = f'<input type="checkbox" {attributes}{" checked" if control.stops[at] else ""}>'
    elif control.kind == "select":
        options = "".join(
            f'<option value="{k}"{" selected" if k == at else ""}>{html.escape(text)}</option>'
            for k, text in enumerate(control.labels)
        )
        field = f'<select {attributes} autocomplete="off">{options}</select>'
    else:
        text = html.escape(control.labels[at])
        # The room of the longest text is kept, or the slider would change its length under the hand.
        room = max(map(len, control.labels))
        # A range counts stops, so that it moves evenly whatever the values are; its text is the value.
        field = (
            f'<input type="range" {attributes} autocomplete="off" min="0" max="{last}" step="1" value="{at}" '
            f'aria-valuetext="{text}">'
            f'<span class="explore-value" aria-hidden="true" style="min-width: {room}ch">{text}</span>'
        )
    return f'<div class="explore-control"><label for="{key}">{label}</label>{field}</div>'
