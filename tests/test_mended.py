"""What utils.book does to pages after the build, on small pages: what they load, names, pictures, what they say."""

import json
import zipfile
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from sphinx.errors import ExtensionError

from utils.book.about import describe
from utils.book.access import check_names, mend_access
from utils.book.archive import NAME, archive
from utils.book.folder import copy_mathjax, keep_what_pages_load
from utils.book.light import lighten
from utils.book.pictures import find_picture, put_pictures

HEAD = """<html><head><meta name="viewport" content="a" /><meta name="viewport" content="b" /><title>T</title>
<link href="_static/styles/theme.css?digest=1" rel="stylesheet" />
<link href="_static/vendor/fontawesome/6/css/all.min.css?digest=1" rel="stylesheet" />
<link rel="stylesheet" type="text/css" href="_static/sphinx-design.min.css?v=1" />
<link rel="stylesheet" type="text/css" href="_static/print.css?v=1" />
<link rel="preload" as="script" href="_static/scripts/bootstrap.js?digest=1" />
<script src="_static/documentation_options.js?v=1"></script>
<script data-x="y" src="_static/design-tabs.js?v=1"></script>
<script src="_static/doctools.js?v=1"></script>
<script async="async" src="_static/mathjax/tex-chtml.js"></script>
<script>DOCUMENTATION_OPTIONS.pagename = 'a';</script>
<script src="_static/explore.js?v=1"></script>
<script src="_static/board.js?v=1"></script>
</head><body>%s</body></html>"""


def light(body="<p>x</p>"):
    return BeautifulSoup(lighten(HEAD % body, "const DOCUMENTATION_OPTIONS = {};\n"), "html.parser")


def test_no_style_or_script_holds_back_what_is_read_first():
    page = light()
    assert [link["href"] for link in page.head.find_all("link")] == ["_static/basic.css", "_static/print.css?v=1"]
    assert page.head.find("link", href="_static/print.css?v=1")["media"] == "print"
    assert [link["href"].split("?")[0] for link in page.body.find_all("link")] == [
        "_static/vendor/fontawesome/6/css/all.min.css"
    ]
    waits = {script["src"].split("?")[0]: {"async", "defer"} & set(script.attrs) for script in page("script", src=True)}
    assert waits == {
        "_static/doctools.js": {"defer"},
        "_static/mathjax/tex-chtml.js": {"async"},
        "_static/explore.js": {"async"},
    }
    # What the inline scripts read stands in the page, before them.
    assert "const DOCUMENTATION_OPTIONS" in page.script.string
    assert len(page("meta", attrs={"name": "viewport"})) == 1


def test_what_a_page_uses_it_keeps():
    assert light('<div class="explore-board">x</div>').find("script", src="_static/board.js?v=1")
    page = light('<div class="sd-card docutils">x</div>')
    assert page.find("link", href="_static/sphinx-design.min.css?v=1")
    assert page.find("script", src="_static/design-tabs.js?v=1")


def test_lightening_twice_changes_nothing():
    once = lighten(HEAD % "<p>x</p>", "const A = 1;")
    assert lighten(once, "") == once


def test_names_and_roles():
    page = mend_access(
        '<div class="bd-sidebar-primary bd-sidebar"><li><a class="reference internal" href="#">2. <em>Losses</em></a>'
        '<details><summary><span class="toctree-toggle" role="presentation"><i></i></span></summary></details></li>'
        "</div>"
        '<details class="hide"><summary aria-label="Toggle hidden content">\n<p class="collapsed">Show</p>\n'
        "</summary><p>kept</p></details>"
        '<div role="doc-biblioentry">x</div><input id="search-input"><input id="search-input">'
        "<table><tr><th></th><th>Age</th></tr></table>"
    )
    page = BeautifulSoup(page, "html.parser")
    chevron, folded = page("summary")
    assert chevron["aria-label"] == "Pages of 2. Losses"
    assert folded.attrs == {}
    assert folded.span.text == "Show"
    assert [tag.text for tag in page("p")] == ["kept"]
    assert page.find(role="listitem").text == "x"
    assert [cell.name for cell in page.tr] == ["td", "th"]
    assert [field["id"] for field in page("input")] == ["search-input", "search-field"]
    assert page.find(class_="bd-sidebar-primary")["role"] == "navigation"


# --- pictures ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def out(tmp_path):
    """Gives a built folder with a lesson that has a figure of 2 x 2 stops, and a title page with a card of it."""
    controls = [
        {"name": "n", "stops": ["1", "2"], "default": 0},
        {"name": "target", "stops": ["sine", "a < b"], "default": 1},
    ]
    data = {"controls": controls, "frames": ["f1", "f2", "f3", "f4"], "readings": ["r1", "r2", "r3", "r4 <"]}
    block = json.dumps(data).replace("<", "\\u003c")
    (tmp_path / "lessons").mkdir()
    (tmp_path / "lessons/01_a.html").write_text(
        "<title>1. A &#8212; Book</title><article><p>Short.</p><p>A sentence &amp; more, which is long enough to say "
        f"what this is about. {'Another one. ' * 20}</p>"
        '<figure class="explore" id="sum"><img src="../_explore/f2.png" alt="r2" width="480" height="300">'
        f'<figcaption>r2</figcaption><script type="application/json" class="explore-data">{block}</script></figure>'
    )
    (tmp_path / "intro.html").write_text(
        "<title>Book &#8212; Book</title><article><ol>\n"
        '<li><p><a class="reference internal" href="lessons/01_a.html">A</a> '
        "<!-- picture: lessons/01_a.html#sum?n=2&target=a+%3C+b -->\nWhy?</p></li></ol>"
    )
    return tmp_path


@pytest.mark.parametrize(
    ("address", "frame", "reading"),
    [
        ("lessons/01_a.html", "f2", "r2"),
        ("lessons/01_a.html#sum", "f2", "r2"),
        ("lessons/01_a.html#sum?n=2", "f4", "r4 <"),
        ("lessons/01_a.html#sum?n=2&target=sine", "f3", "r3"),
        ("lessons/01_a.html#sum?n=2&target=a+%3C+b", "f4", "r4 <"),
    ],
)
def test_an_address_names_a_picture(out, address, frame, reading):
    picture = find_picture(out, address)
    assert (picture.path, picture.width, picture.height) == (f"_explore/{frame}.png", 480, 300)
    assert picture.reading == reading


@pytest.mark.parametrize(
    "address",
    [
        "lessons/02.html#sum",
        "lessons/01_a.html#som",
        "lessons/01_a.html#sum?n=3",
        "lessons/01_a.html#sum?m=2",
        "lessons/01_a.html#sum?n=",
    ],
)
def test_an_address_that_leads_nowhere_fails_the_build(out, address):
    with pytest.raises(ExtensionError, match="Expected .* Received: .*lessons/"):
        find_picture(out, address)


def test_a_card_gets_its_picture_and_a_second_build_the_new_one(out):
    page = (out / "intro.html").read_text()
    with_picture = put_pictures(page, out)
    image = BeautifulSoup(with_picture, "html.parser").li.p.img
    assert (image["src"], image["alt"], image["width"]) == ("_explore/f4.png", "", "480")
    lesson = out / "lessons/01_a.html"
    lesson.write_text(lesson.read_text().replace('"f4"', '"f9"'))
    again = put_pictures(with_picture, out)
    assert again == with_picture.replace("f4.png", "f9.png")


# --- what a page says about itself ------------------------------------------------------------------------------------


def about(out, name, site=""):
    config = SimpleNamespace(html_baseurl=site, html_title="Book", project="Book", root_doc="intro")
    app = SimpleNamespace(outdir=out, config=config, builder=SimpleNamespace(get_target_uri=lambda doc: f"{doc}.html"))
    text = describe((out / name).read_text(), name, app)
    assert describe(text, name, app) == text  # a second build says the same, once
    page = BeautifulSoup(text, "html.parser")
    return page.title.text, {tag.get("property", tag.get("name")): tag["content"] for tag in page("meta")}


def test_a_chapter_shows_its_picture_in_a_chat(out):
    title, tags = about(out, "lessons/01_a.html", "https://a.b/book")
    assert title == "1. A — Book"
    sentence = "A sentence & more, which is long enough to say what this is about."
    assert tags["description"] == tags["og:description"]
    assert tags["description"].startswith(sentence)
    assert len(tags["description"]) <= 201
    assert tags["description"].endswith(".")
    assert tags["og:title"] == "1. A"
    assert tags["og:url"] == "https://a.b/book/lessons/01_a.html"
    assert tags["og:image"] == "https://a.b/book/_explore/f4.png"
    assert tags["og:image:alt"] == "r4 <"


def test_without_an_address_pictures_are_found_from_the_page(out):
    title, tags = about(out, "intro.html")
    assert title == "Book"  # not "Book — Book"
    assert "og:image" not in tags  # this title page has no figure
    _, tags = about(out, "lessons/01_a.html")
    assert (tags["og:image"], "og:url" in tags) == ("../_explore/f4.png", False)


# --- the folder -------------------------------------------------------------------------------------------------------


def test_the_folder_keeps_what_pages_load_and_link_to(tmp_path):
    files = {
        "index.html": '<a href="lessons/a.html">',
        "lessons/a.html": '<link href="../_static/x.css?v=1"><a href="../_sources/a.ipynb#x"><img src="b%20c.png">',
        "lessons/b c.png": "",
        "lessons/gone.html": "",
        "_static/x.css": '@import "y.css"; a { b: url(../_static/z.png?1) } b { src: url(f.woff2) url(f.ttf) }',
        "_static/y.css": "",
        "_static/z.png": "",
        "_static/f.woff2": "",
        "_static/f.ttf": "",
        "_static/x.css.map": "",
        "_static/locales/de/x.mo": "",
        "_sources/a.ipynb": "",
        "_explore/f.png": "",
        ".buildinfo": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    keep_what_pages_load(tmp_path, ["index.html"], beside="_explore")
    kept = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert files.keys() - kept == {"lessons/gone.html", "_static/x.css.map", "_static/locales/de/x.mo", "_static/f.ttf"}
    assert not (tmp_path / "_static/locales").exists()


def test_mathjax_is_its_script_its_fonts_and_its_packages(tmp_path):
    names = {name.as_posix() for name in copy_mathjax(tmp_path)}
    assert "_static/mathjax/tex-chtml.js" in names
    assert any(name.endswith(".woff") for name in names)
    assert names == {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert sum((tmp_path / name).stat().st_size for name in names) < 3e6


def test_the_archive_is_one_folder_with_an_index(out):
    with pytest.raises(FileNotFoundError, match="make book"):
        archive(out, out.parent / "book.zip")
    (out / "index.html").write_text("x" * 1000)
    (out / ".buildinfo").write_text("")
    with zipfile.ZipFile(archive(out, out.parent / "book.zip")) as pack:
        assert sorted(pack.namelist()) == [
            f"{NAME}/{name}" for name in ("index.html", "intro.html", "lessons/01_a.html")
        ]
        assert pack.testzip() is None
        assert pack.getinfo(f"{NAME}/index.html").compress_size < 100


def test_a_figure_with_the_name_of_a_heading_fails_the_build():
    page = '<section id="folded-line"><h2>Folded line</h2></section><p data-id="folded-line">id="x" id="x"</p>'
    check_names(page, "a.html")
    with pytest.raises(
        ExtensionError, match=r"of a\.html to have a name of its own. Received twice: \['folded-line'\]"
    ):
        check_names(page + '<figure class="explore" id="folded-line"></figure>', "a.html")
