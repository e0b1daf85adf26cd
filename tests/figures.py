"""A figure with controls as a visitor of the built book meets it: what it shows, and moving it by keyboard."""

import itertools

#: What a visitor sees of one figure, in one look; `of` is how its controls are set, as the recorded readings name it.
_LOOK = """figure => {
    const image = figure.querySelector("img");
    const fields = [...figure.querySelectorAll(".explore-control :is(input, select)")];
    const text = field =>
        field.type === "checkbox" ? (field.checked ? "on" : "off")
        : field.tagName === "SELECT" ? field.selectedOptions[0].textContent
        : field.nextElementSibling.textContent;
    return {
        of: fields.map(field => `${field.name}=${text(field)}`).join(", "),
        at: fields.map(field => field.type === "checkbox" ? Number(field.checked) : Number(field.value)),
        spoken: fields.map(field => field.type === "range" ? field.getAttribute("aria-valuetext") : text(field)),
        written: fields.map(text),
        frame: image.getAttribute("src").split("/").pop().replace(".png", ""),
        isThere: image.complete && image.naturalWidth > 0,
        alt: image.alt,
        caption: figure.querySelector("figcaption").textContent,
    };
}"""

_DATA = """figure => [
    JSON.parse(figure.querySelector(".explore-data").textContent),
    [...figure.querySelectorAll(".explore-control :is(input, select)")].map(field => field.type),
]"""


class Figure:
    """One `figure.explore` of an open page.

    Attributes:
        id: its name in the page.
        data: controls, frames and readings, as the page holds them.
        types: of the controls' fields: "range", "checkbox", "select-one".
    """

    def __init__(self, page, name):
        self.page, self.id = page, name
        self.locator = page.locator(f'figure.explore[id="{name}"]')
        self.fields = self.locator.locator(".explore-control :is(input, select)")
        self.data, self.types = self.locator.evaluate(_DATA)
        sizes = [range(len(control["stops"])) for control in self.data["controls"]]
        #: positions of the controls -> frame, in the order of itertools.product: so the figure was baked.
        self.frames = dict(zip(itertools.product(*sizes), self.data["frames"], strict=True))

    def look(self):
        """Brings the figure to the screen and gives what it shows, once its picture is there (within 10 s)."""
        # A picture that the page waits with until it is near: it comes soon, and not at once.
        shown = self.locator.evaluate(f"""async figure => {{
            figure.scrollIntoView({{ block: "nearest" }});
            const look = {_LOOK};
            const end = performance.now() + 10_000;
            while (!look(figure).isThere && performance.now() < end)
                await new Promise(resolve => setTimeout(resolve, 5));
            return look(figure);
        }}""")
        assert shown["isThere"], f"{self.id} at {shown['of']}: no picture after 10 s"
        return shown

    def alt(self, reading):
        """Gives the text that stands for the picture: what it is, and what it shows now."""
        return f"{self.data['about']} {reading}".strip()

    def stops(self, k):
        """Gives the texts of the stops of control number `k`."""
        return self.data["controls"][k]["stops"]

    def tries(self):
        """Gives `(k, position)`: both ends and the middle of every control, in an order that moves it each time."""
        for k, control in enumerate(self.data["controls"]):
            last = len(control["stops"]) - 1
            yield from ((k, position) for position in dict.fromkeys((last, last // 2, 0)))

    def move(self, k, position):
        """Moves control number `k` to a stop with the keyboard only."""
        field = self.fields.nth(k)
        field.focus()
        if self.types[k] == "checkbox":
            if field.is_checked() != bool(position):
                self.page.keyboard.press("Space")
        elif position == len(self.stops(k)) - 1:
            self.page.keyboard.press("End")
        else:
            self.page.keyboard.press("Home")
            step = "ArrowDown" if self.types[k] == "select-one" else "ArrowRight"
            for _ in range(position):
                self.page.keyboard.press(step)


def figures(page):
    """Gives every figure with controls of an open page, from top to bottom."""
    names = page.locator("figure.explore").evaluate_all("all => all.map(figure => figure.id)")
    return [Figure(page, name) for name in names]
