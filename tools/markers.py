"""Solution markers: what stands between them goes, and what only looks like one is refused.

A marker that is misspelt would leave the answer in the exercise, so anything that may have been meant as one is an
error. See `tools.make_exercises` for how they are written.
"""

import difflib
import io
import re
import tokenize

from tools.notebooks import complaint

MARKERS = {
    "code": re.compile(r"^(?P<indent> *)# (?P<which>BEGIN|END) SOLUTION(?:: (?P<place>\S.*?))? *$"),
    "markdown": re.compile(r"^(?P<indent> *)<!-- (?P<which>BEGIN|END) SOLUTION(?:: (?P<place>\S.*?))? -->\s*$"),
}
FORMS = {"code": "# BEGIN SOLUTION", "markdown": "<!-- BEGIN SOLUTION -->"}
YOUR_ANSWER = "  # your answer"

_ADJACENT = re.compile(r"(begin|end)[\s_-]*solution|SOLUTION", re.ASCII)
_EDGES = ("begin", "end", "start", "stop")
_ANSWERS = ("solution", "solutions", "answer", "answers")
_FILLERS = {"of", "the", "a", "my", "your", "here", "this"}


def looks_like_one(line):
    """Tells whether a line may have been meant as a marker.

    It may where "begin solution" stands in it, however it is joined, or SOLUTION in capitals; or where it says nothing
    but a word like "begin" or "end" and a word like "solution", in any order, before a colon.
    """
    if _ADJACENT.search(line) or _ADJACENT.search(line.lower()):
        return True
    said = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", line.partition(":")[0])
    words = [word for word in re.split(r"[^a-z]+", said.lower()) if word and word not in _FILLERS]
    if len(words) == 1:  # two words in one: "solutionend"
        words = next(([edge, words[0].replace(edge, "")] for edge in _EDGES if edge in words[0]), words)
    return len(words) == 2 and any(_like(a, _EDGES) and _like(b, _ANSWERS) for a, b in (words, words[::-1]))


def _like(word, wanted):
    return bool(difflib.get_close_matches(word, wanted, n=1, cutoff=0.75))


def is_solution(cell, path="notebook", number=1):
    """Tells whether a cell goes as a whole: it has the tag `solution`.

    Raises:
        NotebookError: for a tag that may have been meant as this one.
    """
    tags = cell.metadata.get("tags", [])
    for tag in tags:
        squeezed = re.sub(r"[^a-z]", "", tag.lower())
        if tag != "solution" and ("solution" in squeezed or _like(squeezed, _ANSWERS)):
            raise complaint(path, number, "the tag of a cell that goes as a whole is written solution.", repr(tag))
    return "solution" in tags


def _comment_lines(lines):
    """Gives the indices of the lines of code that hold a comment, or None where that can not be told."""
    if lines[0].startswith("%%"):  # the body may be anything
        return None
    code = [re.sub(r"^(\s*)[%!].*", r"\1pass", line) for line in lines]  # magic is no Python
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO("\n".join(code)).readline))
    except (SyntaxError, tokenize.TokenError):  # the cell will say so when it is run
        return None
    return {token.start[0] - 1 for token in tokens if token.type == tokenize.COMMENT}


def strip(source, kind, path="notebook", number=1):
    """Replaces the marked parts of a cell by their placeholders.

    Args:
        source: text of a cell.
        kind: "code", "markdown" or "raw".
        path, number: the notebook and the cell, for messages.

    Returns:
        The text without solutions, and how many there were.

    Raises:
        NotebookError: for markers that are misspelt, nested, out of balance, around nothing, in a string or in a raw
            cell.
    """
    kept, opened, inside, found = [], None, [], 0
    lines = re.split(r"\r\n|\r|\n", source)  # no other: a form feed or U+2028 may stand inside a line of code
    comments = _comment_lines(lines) if kind == "code" else None
    for index, line in enumerate(lines):
        marker = MARKERS[kind].match(line) if kind in MARKERS else None
        if marker is None:
            if looks_like_one(line):
                if kind not in FORMS:
                    expected = "a raw cell has no markers; one that goes as a whole has the tag solution."
                else:
                    expected = f"a marker is written {FORMS[kind]}, on a line of its own."
                raise complaint(path, number, expected, line.strip())
            (kept if opened is None else inside).append(line)
        elif comments is not None and index not in comments:
            raise complaint(path, number, "a marker is a comment, not part of a string.", line.strip())
        elif marker["which"] == "BEGIN":
            if opened is not None:
                raise complaint(path, number, "solutions do not stand inside each other.", line.strip())
            opened, inside = marker, []
        else:
            if opened is None:
                raise complaint(path, number, "END SOLUTION needs a BEGIN SOLUTION before it.", line.strip())
            if marker["place"]:
                raise complaint(path, number, "the placeholder stands after BEGIN SOLUTION.", line.strip())
            if not "".join(inside).strip():
                raise complaint(path, number, "a solution stands between the markers.", "nothing")
            if kind == "code":
                kept.append(opened["indent"] + (opened["place"] or "...") + YOUR_ANSWER)
            elif opened["place"]:
                kept.append(opened["place"])
            opened, found = None, found + 1
    if opened is not None:
        raise complaint(path, number, "BEGIN SOLUTION needs an END SOLUTION after it.", opened.group().strip())
    text = "\n".join(kept).strip("\n")
    return (re.sub(r"\n{3,}", "\n\n", text) if kind == "markdown" else text), found
