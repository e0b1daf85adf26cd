"""What a page loads, and when: nothing that it does not use, and nothing before the first slider that can wait."""

import re

# What the themes put on every page and no page of ours can use: Font Awesome a second time, as a script of half a
# megabyte; early loading of its fonts, which browsers refuse for file:// with an error; early loading of scripts that
# can wait; Thebe, which lives on a CDN; the same size of the screen a second and a third time.
_NOT_NEEDED = re.compile(
    r'<script src="[^"]*fontawesome[^"]*"></script>\s*'
    r'|<link rel="preload" as="(?:font|script)"[^>]*>\s*'
    r"|<script>const THEBE_JS_URL[^<]*</script>\s*"
    r'|<script[^>]*src="[^"]*sphinx-thebe\.js[^"]*"></script>\s*'
    r'|<link[^>]*href="[^"]*sphinx-thebe\.css[^"]*"[^>]*>\s*'
    r'|<script type="text/x-thebe-config">.*?</script>\s*',
    re.S,
)
#: Files for one kind of content -> how a page that has such content shows it.
_ONLY_FOR = {
    r"sphinx-design\.min\.css|design-tabs\.js": r'class="(?:[^"]* )?sd-',
    r"board\.(?:css|js)": r'class="explore-board"',
    r"togglebutton\.(?:css|js)": r'class="(?:[^"]* )?(?:toggle|admonition dropdown|dropdown admonition)[" ]',
}
_VIEWPORT = re.compile(r'<meta name="viewport"[^>]*>\s*')
_OPTIONS = re.compile(r'<script src="[^"]*documentation_options\.js[^"]*"></script>')
_ICONS = re.compile(r'\s*<link href="[^"]*fontawesome[^"]*\.css[^"]*" rel="stylesheet" />')
_SCRIPT = re.compile(r'<script(?=[^>]*\ssrc=")(?![^>]*\s(?:async|defer)\b)')


def lighten(page, options):
    """Takes out of a page what it does not use, and has the rest wait for what is read first.

    Args:
        page: the text of the page.
        options: what `_static/documentation_options.js` holds. It stands in the page itself: an inline script after it
            reads it at once, which would not let it wait.

    Returns:
        The text of the lighter page.
    """
    page = _NOT_NEEDED.sub("", page)
    for files, sign in _ONLY_FOR.items():
        if not re.search(sign, page):
            page = re.sub(
                rf'<(?:link[^>]* href|script[^>]* src)="[^"]*(?:{files})[^"]*"(?:></script>| ?/?>)\s*', "", page
            )
    first = _VIEWPORT.search(page)
    if first:
        page = page[: first.end()] + _VIEWPORT.sub("", page[first.end() :])
    page = _OPTIONS.sub(lambda _: f"<script>{options.strip()}</script>", page)
    # It only imports basic.css: asked for directly, that arrives a round trip earlier.
    page = re.sub(r'href="([^"]*)styles/theme\.css[^"]*"', r'href="\1basic.css"', page)
    # Paper is no screen: a browser fetches this one last.
    page = re.sub(
        r'<link rel="stylesheet"(?! media)([^>]*print\.css[^>]*?) ?/>',
        r'<link rel="stylesheet" media="print"\1 />',
        page,
    )
    # A style sheet at the end of the page holds nothing back; the theme's icons come a moment after the words.
    icons = _ICONS.findall(page.partition("</head>")[0])
    page = _ICONS.sub("", page).replace("</body>", "".join(icons).strip() + "\n</body>") if icons else page
    # Scripts in order after the page is read; the figures' script as soon as it is there.
    return _SCRIPT.sub(_wait, page)


def _wait(script):
    tag = script.string[script.start() : script.string.index(">", script.start())]
    return "<script async" if "explore.js" in tag else "<script defer"
