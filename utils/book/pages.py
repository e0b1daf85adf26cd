"""What is done to the built pages after Sphinx has written them."""

import html
import re
from pathlib import Path

# What the themes put on every page and no page of ours can use: Font Awesome a second time, as a script of half a
# megabyte; early loading of its fonts, which browsers refuse for file:// with an error; Thebe, which lives on a CDN.
_NOT_NEEDED = re.compile(
    r'<script src="[^"]*fontawesome[^"]*"></script>\s*'
    r'|<link rel="preload" as="font"[^>]*>\s*'
    r"|<script>const THEBE_JS_URL[^<]*</script>\s*"
    r'|<script[^>]*src="[^"]*sphinx-thebe\.js[^"]*"></script>\s*'
    r'|<link[^>]*href="[^"]*sphinx-thebe\.css[^"]*"[^>]*>\s*'
    r'|<script type="text/x-thebe-config">.*?</script>\s*',
    re.S,
)


def mend_pages(app):
    """Takes out of every page what it does not need."""
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        if (light := _NOT_NEEDED.sub("", text)) != text:
            page.write_text(light, encoding="utf-8")


def write_index(app):
    """Writes index.html, which leads to the first page. Without an icon in it a browser asks the host for one."""
    first, icon = app.builder.get_target_uri(app.config.root_doc), Path(app.config.html_favicon or "").name
    title = html.escape(app.config.html_title or app.config.project)
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="en"><head><meta charset="utf-8"><title>{title}</title>',
        *([f'<link rel="icon" href="_static/{icon}">'] if icon else []),
        f'<meta http-equiv="refresh" content="0; url={first}"></head>',
        f'<body><a href="{first}">{title}</a></body></html>',
    ]
    (Path(app.outdir) / "index.html").write_text("\n".join(lines) + "\n", encoding="utf-8")
