"""Baking: every combination of stops as a file, the page's figure, and pictures or readings that fail the build."""

import hashlib
import inspect
import io
import itertools
import json
import string
import urllib.parse

import ipywidgets as w
import matplotlib.pyplot as plt
import numpy as np
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from PIL import Image

from utils.explore import explore
from utils.explore.bake import _baked_ids
from utils.explore.page import FRAMES_PLACEHOLDER
from utils.explore.picture import DOTS_PER_INCH, palette_png, pixels
from utils.plot import COLORS, use_style
from utils.plot import figure as new_figure

UGLY = """<b>"a" & 'b'</b></script><!-- <script>"""


def line(y, text, size=(2, 1)):
    figure, ax = plt.subplots(figsize=size, layout="constrained")
    ax.set(xlim=(0, 1), ylim=(-4, 4))
    ax.plot(y)
    return figure, text


def parse(bundle):
    """Gives the figure's element and its data, as a browser reads them."""
    page = BeautifulSoup(bundle["text/html"], "html.parser")
    (figure,) = page.find_all("figure", recursive=False)
    return figure, json.loads(figure.find("script").string)


def pixel_array(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


# --- frames -----------------------------------------------------------------------------------------------------------


def test_every_combination_becomes_a_small_palette_png_named_by_its_content(bake_folder):
    @explore(n=(1, 3), shape=["up", "down"])
    def hinge(n=2, shape="down"):
        """A line."""
        return line([0, n if shape == "up" else -n], f"{n} {shape}", size=(4.8, 3.6))

    bundle = hinge.mimebundle()
    _, data = parse(bundle)
    assert data["readings"] == [f"{n} {shape}" for n in (1, 2, 3) for shape in ("up", "down")]
    assert len(data["frames"]) == len(set(data["frames"])) == 6
    assert {f"{name}.png" for name in data["frames"]} == {path.name for path in (bake_folder / "frames").iterdir()}
    for name in data["frames"]:
        content = (bake_folder / "frames" / f"{name}.png").read_bytes()
        assert hashlib.sha256(content).hexdigest().startswith(name)
        picture = Image.open(io.BytesIO(content))
        assert (picture.mode, picture.size) == ("P", (4.8 * DOTS_PER_INCH, 3.6 * DOTS_PER_INCH))
        assert len(content) < 20_000
    assert bundle["text/plain"] == "2 down"
    assert bundle["image/png"] == (bake_folder / "frames" / f"{data['frames'][3]}.png").read_bytes()
    assert plt.get_fignums() == []


def test_the_palette_keeps_the_colour_of_a_small_mark_on_a_map():
    use_style()  # other tests may have set it: the palette has to do with it
    figure, ax = new_figure()
    ax.imshow(np.outer(np.arange(40), np.arange(60)), aspect="auto", extent=(0, 1, 0, 1))
    for k, name in enumerate(COLORS):
        ax.plot(0.1 * k + 0.05, 0.9, "o", color=COLORS[name], markersize=5)
    drawn = pixels(figure).astype(int)
    plt.close(figure)
    shown = pixel_array(palette_png(drawn.astype("uint8"), 128)).astype(int)
    assert np.abs(shown - drawn).mean() < 4  # of 255
    for name, color in COLORS.items():
        mark = np.abs(drawn - 255 * np.array(to_rgb(color))).max(axis=-1) < 1
        assert mark.sum() > 20
        assert np.abs(shown - drawn)[mark].max() < 32, f"{name} has become another colour"


def test_equal_pictures_are_one_file_and_a_second_bake_writes_the_same(bake_folder):
    @explore(n=(1, 4))
    def hinge(n=1):
        """A line."""
        return line([0, n % 2], f"{n}")

    first = hinge.mimebundle()
    _, data = parse(first)
    assert data["frames"][0] == data["frames"][2] != data["frames"][1] == data["frames"][3]
    _baked_ids.clear()
    assert hinge.mimebundle() == first
    assert len(list((bake_folder / "frames").iterdir())) == 2


def test_progress_is_told_in_a_file(bake_folder):
    @explore(n=(1, 3))
    def hinge(n=1):
        """A line."""
        return line([0, n], f"{n}")

    hinge.mimebundle()
    told = [json.loads(text) for text in (bake_folder / "progress.jsonl").read_text().splitlines()]
    assert [event["done"] for event in told] == [1, 2, 3, 3]
    assert {(event["figure"], event["total"]) for event in told} == {("hinge", 3)}
    assert told[-1]["bytes"] == sum(path.stat().st_size for path in (bake_folder / "frames").iterdir())


def test_a_single_stop_needs_no_second_reading(bake_folder):
    @explore(n=[7])
    def hinge(n=7):
        """A line."""
        return line([0, n], "Always this.")

    _, data = parse(hinge.mimebundle())
    assert data["readings"] == ["Always this."]


# --- the figure of the page -------------------------------------------------------------------------------------------


def test_the_page_has_a_labelled_native_control_for_each_argument(bake_folder):
    @explore(
        hidden_units=(1, 3),
        target=["sine", "bump"],
        noise=False,
        rate=w.FloatLogSlider(value=0.1, min=-2, max=0, step=1, description="learning rate"),
    )
    def sum_of_hinges(hidden_units=3, target="bump", noise=True, rate=None):
        """A line."""
        return line([0, hidden_units], f"{hidden_units} {target} {noise} {rate}")

    figure, data = parse(sum_of_hinges.mimebundle())
    assert (figure["id"], figure["class"]) == ("sum-of-hinges", ["explore"])
    labels = {label["for"]: label.string for label in figure.find_all("label")}
    assert list(labels.values()) == ["hidden units", "target", "noise", "learning rate"]
    units, target, noise, rate = (figure.find(id=key) for key in labels)
    assert (units.name, units["type"], units["min"], units["max"], units["step"], units["value"]) == (
        "input",
        "range",
        "0",
        "2",
        "1",
        "2",
    )
    assert (rate["type"], rate["max"], rate["value"], rate["aria-valuetext"]) == ("range", "2", "1", "0.1")
    assert rate.find_next_sibling("span").string == "0.1"
    assert target.name == "select"
    assert [(option.string, option.has_attr("selected")) for option in target.find_all("option")] == [
        ("sine", False),
        ("bump", True),
    ]
    assert (noise["type"], noise.has_attr("checked")) == ("checkbox", True)
    assert [control["name"] for control in data["controls"]] == ["hidden_units", "target", "noise", "rate"]
    assert [field["name"] for field in (units, target, noise, rate)] == ["hidden_units", "target", "noise", "rate"]
    assert [control["default"] for control in data["controls"]] == [2, 1, 1, 1]

    default = 2 * 12 + 1 * 6 + 1 * 3 + 1  # the last control moves fastest
    reading = "3 bump True 0.1"
    assert figure.find("figcaption").string == data["readings"][default] == reading
    assert figure.find("img")["alt"] == f"{data['about']} {reading}" == f"A line. {reading}"
    assert figure.find("img")["src"] == f"{FRAMES_PLACEHOLDER}{data['frames'][default]}.png"
    assert (figure.find("img")["width"], figure.find("img")["height"]) == ("200", "100")


def test_markup_in_labels_and_readings_stays_text(bake_folder):
    @explore(choice={UGLY: 1, "plain": 2}, n=w.IntSlider(value=1, min=1, max=2, description=UGLY))
    def hinge(choice=1, n=None):
        """A line."""
        return line([0, choice], f"{UGLY} {choice} {n}")

    figure, data = parse(hinge.mimebundle())
    assert len(figure.find_all("script")) == 1
    assert figure.find("b") is None
    assert figure.find("figcaption").string == data["readings"][0] == f"{UGLY} 1 1"
    assert figure.find("img")["alt"] == f"A line. {UGLY} 1 1"
    assert [option.string for option in figure.find_all("option")] == data["controls"][0]["stops"] == [UGLY, "plain"]
    assert [label.string for label in figure.find_all("label")] == ["choice", UGLY]


names = st.lists(st.sampled_from(["n", "rate", "target_function", "é"]), min_size=1, max_size=3, unique=True)
texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from(string.punctuation), min_size=1, max_size=8
)
controls = st.one_of(
    st.tuples(st.integers(-3, 3), st.integers(1, 3)).map(lambda ends: (ends[0], ends[0] + ends[1])),
    st.lists(texts.filter(str.strip), min_size=1, max_size=3, unique=True),
    st.booleans(),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(arguments=names.flatmap(lambda keys: st.fixed_dictionaries(dict.fromkeys(keys, controls))))
def test_frames_and_readings_stand_in_the_order_of_itertools_product(bake_folder, arguments):
    blank = plt.Figure(figsize=(0.2, 0.1))

    def draw(**values):
        """Nothing."""
        return blank, repr(values)

    parameters = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in arguments]
    draw.__signature__ = inspect.Signature(parameters)
    instrument = explore(**arguments)(draw)
    _baked_ids.clear()
    figure, data = parse(instrument.mimebundle())
    stops = list(itertools.product(*(control.stops for control in instrument.controls)))
    assert data["readings"] == [repr(dict(zip(arguments, stop, strict=True))) for stop in stops]
    assert len(data["frames"]) == len(stops)

    # Each stop's text in the address leads back to that stop: as the page's script writes it, and reads it.
    for control in data["controls"]:
        for k, text in enumerate(control["stops"]):
            address = urllib.parse.urlencode({control["name"]: text})
            back = dict(urllib.parse.parse_qsl(address, keep_blank_values=True))
            assert control["stops"].index(back[control["name"]]) == k
    assert [field["name"] for field in figure.select(".explore-control [name]")] == list(arguments)
