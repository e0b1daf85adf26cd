"""Looks at an open page with axe-core, which knows what screen readers and keyboards trip over."""

from importlib.resources import files

_RUN = """async () => {
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => [id, node.target.flat().join(" "), node.html]));
}"""


def faults(page):
    """Gives what axe complains about, a list of `(rule, selector, HTML)`."""
    if not page.evaluate("'axe' in window"):
        page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    return [tuple(fault) for fault in page.evaluate(_RUN)]
