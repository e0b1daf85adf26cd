"""Looks at an open page with axe-core, which knows what screen readers and keyboards trip over."""

from importlib.resources import files

# A lesson has thousands of coloured words of code in a dozen colours: of each kind the first is looked at.
_LIGHTER = """() => {
    const seen = new Set();
    for (const word of document.querySelectorAll(".highlight pre span[class]")) {
        const kind = `${word.className} ${word.closest("div.cell_output, div.cell_input")?.className}`;
        if (seen.has(kind)) word.replaceWith(...word.childNodes);
        else seen.add(kind);
    }
}"""
_RUN = """async (what) => {
    const rules = {
        everything: {},
        colours: { runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] } },
        "all but colours": { rules: { "color-contrast": { enabled: false } } },
    }[what];
    const { violations } = await axe.run(document, { resultTypes: ["violations"], ...rules });
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => [id, node.target.flat().join(" "), node.html]));
}"""


def faults(page, what="everything"):
    """Gives what axe complains about.

    Args:
        page: a Playwright page.
        what: "everything", "colours" (their contrasts) or "all but colours".

    Returns:
        A list of `(rule, selector, HTML)`.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
        page.evaluate(_LIGHTER)
    return [tuple(fault) for fault in page.evaluate(_RUN, what)]
