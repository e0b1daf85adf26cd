"""What stands in the built page for a figure: controls, the default picture, its reading, the data of all stops."""

import html
import json

#: Stands in the page for the way to the frames; utils/book knows where the page is and puts it in.
FRAMES_PLACEHOLDER = "explore-frames:"


def figure_html(instrument, size, frames, readings, default):
    """Writes the `<figure>`: native labelled controls, the default picture, its reading, and what the script needs."""
    name = instrument.id
    rows = "".join(_control_html(name, control) for control in instrument.controls)
    data = {
        "controls": [{"name": c.name, "stops": c.labels, "default": c.default} for c in instrument.controls],
        "frames": frames,
        "readings": readings,
    }
    # "</script" would end the element early and "<!--<script" hide its end; in JSON "<" stands in strings only.
    block = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    reading = html.escape(readings[default])
    width, height = size
    group = f'role="group" aria-label="{html.escape(name.replace("-", " "))}: controls"'
    source = f"{FRAMES_PLACEHOLDER}{frames[default]}.png"
    return (
        f'<figure class="explore" id="{name}">'
        f'<div class="explore-controls" {group}>{rows}</div>'
        f'<img src="{source}" alt="{reading}" width="{width}" height="{height}" loading="lazy" decoding="sync">'
        f'<figcaption aria-live="polite">{reading}</figcaption>'
        f'<script type="application/json" class="explore-data">{block}</script>'
        f"</figure>"
    )


def _control_html(figure, control):
    key = f"{figure}-{control.name.replace('_', '-')}"
    label, last, at = html.escape(control.label), len(control.stops) - 1, control.default
    attributes = f'id="{key}" name="{html.escape(control.name)}" autocomplete="off"'
    if control.kind == "checkbox":
        field = f'<input type="checkbox" {attributes}{" checked" if control.stops[at] else ""}>'
    elif control.kind == "select":
        options = "".join(
            f'<option value="{k}"{" selected" if k == at else ""}>{html.escape(text)}</option>'
            for k, text in enumerate(control.labels)
        )
        field = f"<select {attributes}>{options}</select>"
    else:
        text = html.escape(control.labels[at])
        # A range counts stops, so that it moves evenly whatever the values are; its text is the value.
        field = (
            f'<input type="range" {attributes} min="0" max="{last}" step="1" value="{at}" aria-valuetext="{text}">'
            f'<span class="explore-value" aria-hidden="true">{text}</span>'
        )
    return f'<div class="explore-control"><label for="{key}">{label}</label>{field}</div>'
