"""What is done to the built pages after Sphinx has written them."""

import html
from pathlib import Path

from utils.book.about import describe
from utils.book.access import check_names, mend_access
from utils.book.folder import copy_mathjax, keep_what_pages_load
from utils.book.light import lighten
from utils.book.pictures import put_pictures

FRAMES_FOLDER = "_explore"  # in the built book


def mend_pages(app):
    """Mends every page, writes index.html, and leaves in the built folder only what the pages load."""
    out, root = Path(app.outdir), app.builder.get_target_uri(app.config.root_doc)
    options = out / "_static" / "documentation_options.js"  # there where a page was written in this build
    options = options.read_text(encoding="utf-8") if options.exists() else ""
    names = [app.builder.get_target_uri(name) for name in [*sorted(app.env.found_docs), "search"]]
    for name in names:
        page = (out / name).read_text(encoding="utf-8")
        mended = describe(mend_access(lighten(page, options)), name, app)
        if name == root:
            mended = put_pictures(mended, out)
        check_names(mended, name)
        if mended != page:
            (out / name).write_text(mended, encoding="utf-8")
    write_index(app)
    keep_what_pages_load(out, [*names, "index.html", *copy_mathjax(out)], beside=FRAMES_FOLDER)


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
