"""Makes exercises/NN.ipynb from solutions/NN.ipynb: the same notebook, without the answers, executed.

    python -m tools.make_exercises [--execute] [solutions/NN.ipynb ...]     writes the exercises that have changed
    python -m tools.make_exercises --check [solutions/NN.ipynb ...]         changes nothing, fails if one is stale

In the solution, what goes is marked. In a code cell, where the student finds `n_predicted = ...`, or plain `...` where
no colon follows:

    # BEGIN SOLUTION: n_predicted = ...
    n_predicted = 112
    # END SOLUTION

In a Markdown cell, where the student finds the text after the colon, or nothing:

    <!-- BEGIN SOLUTION: Write down your prediction here. -->
    About a hundred.
    <!-- END SOLUTION -->

A cell with the tag `solution` goes as a whole. The title "# Solutions NN: ..." becomes "# Exercises NN: ...". Every
cell keeps its id. The exercise has to run from top to bottom as it is: each check then says "not answered yet".
"""

import argparse
import re
import sys

import nbformat

from tools.clean_notebooks import ROOT, NotebookError, clean, complaint, execute, notebooks, read, save, tidy

MARKERS = {
    "code": re.compile(r"^(?P<indent> *)# (?P<which>BEGIN|END) SOLUTION(?:: (?P<place>\S.*?))? *$"),
    "markdown": re.compile(r"^(?P<indent> *)<!-- (?P<which>BEGIN|END) SOLUTION(?:: (?P<place>\S.*?))? -->\s*$"),
}
LOOKS_LIKE_ONE = re.compile(r"(begin|end)\s+solution", re.IGNORECASE)
YOUR_ANSWER = "  # your answer"


def strip(source, kind, path="notebook", number=1):
    """Replaces the marked parts of a cell by their placeholders.

    Args:
        source: text of a cell.
        kind: "code" or "markdown".
        path, number: the notebook and the cell, for messages.

    Returns:
        The text without solutions, and how many there were.

    Raises:
        NotebookError: for markers that are misspelt, nested, out of balance, or around nothing.
    """
    kept, opened, inside, found = [], None, [], 0
    for line in source.splitlines():
        marker = MARKERS[kind].match(line)
        if not marker:
            if LOOKS_LIKE_ONE.search(line):
                form = {"code": "# BEGIN SOLUTION", "markdown": "<!-- BEGIN SOLUTION -->"}[kind]
                raise complaint(path, number, f"a marker is written {form}, on a line of its own.", line.strip())
            (kept if opened is None else inside).append(line)
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


def make(solution, path):
    """Makes the exercise of a solution, not yet executed.

    Args:
        solution: a notebook; not changed.
        path: where it stands, for messages.

    Returns:
        A notebook without outputs.

    Raises:
        NotebookError: for bad markers, a title that is no solution's, or a notebook without any solution.
    """
    cells, found = [], 0
    for number, cell in enumerate(solution.cells, 1):
        if number == 1 and not cell.source.startswith("# Solutions "):
            raise complaint(path, number, 'the title begins with "# Solutions NN:".', cell.source[:60])
        if "solution" in cell.metadata.get("tags", []):
            found += 1
            continue
        if cell.cell_type in MARKERS:
            source, here = strip(cell.source, cell.cell_type, path, number)
            found += here
        else:
            source = cell.source
        if not source.strip():
            continue
        copy = nbformat.from_dict(cell | {"metadata": dict(cell.metadata)})
        copy.source = source if number > 1 else source.replace("# Solutions ", "# Exercises ", 1)
        if cell.cell_type == "code":
            copy.update(execution_count=None, outputs=[])
        cells.append(copy)
    if not found:
        raise NotebookError(f"{path}: expected # BEGIN SOLUTION and # END SOLUTION, or cells with the tag solution. "
                            f"Received: {len(solution.cells)} cells without any.")  # fmt: skip
    exercise = nbformat.v4.new_notebook(cells=cells, metadata=solution.metadata)
    tidy(exercise)
    return exercise


def without_outputs(notebook):
    """Gives what a notebook is made of, apart from its outputs, in a form that can be compared."""
    return [(cell.cell_type, cell.get("id"), cell.source, dict(cell.metadata)) for cell in notebook.cells]


def is_stale(solution_path, exercise_path):
    """Tells whether an exercise is missing, differs from what its solution makes, or was not executed."""
    if not exercise_path.exists():
        return True
    exercise, made = read(exercise_path), make(read(solution_path), solution_path)
    ran = all(cell.execution_count for cell in exercise.cells if cell.cell_type == "code")
    return not ran or without_outputs(exercise) != without_outputs(made) or exercise.metadata != made.metadata


def exercise_of(solution_path):
    """Gives the path of the exercise: the same name in the folder exercises/ beside solutions/."""
    return solution_path.parent.parent / "exercises" / solution_path.name


def orphans(root=ROOT):
    """Lists exercises without a solution: somebody wrote one by hand, or renamed its source."""
    made = {exercise_of(path).name for path in (root / "solutions").glob("*.ipynb")}
    return sorted(path for path in (root / "exercises").glob("*.ipynb") if path.name not in made)


def main(arguments=None):
    """Runs the command line; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.make_exercises", description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="*", help="solutions; default: all of solutions/")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--execute", action="store_true", help="run the exercises again, also those with unchanged cells")
    what.add_argument("--check", action="store_true", help="change nothing, fail if an exercise is stale")
    options = parser.parse_args(arguments)
    errors = [] if options.paths else [f"{path}: expected a solution of the same name." for path in orphans()]
    for path in notebooks(options.paths or [ROOT / "solutions"]):
        target = exercise_of(path)
        try:
            if not is_stale(path, target) and not options.execute:
                print(f"{target}: up to date", flush=True)
            elif options.check:
                errors.append(f"{target}: expected what {path} makes (make exercises). Received: something else.")
            else:
                print(f"{target}: running", flush=True)
                exercise = make(read(path), path)
                target.parent.mkdir(exist_ok=True)
                execute(exercise, target)
                clean(exercise, target)
                print(f"{target}: {'written' if save(exercise, target) else 'up to date'}", flush=True)
        except NotebookError as error:
            errors.append(str(error))
    print("\n".join(errors), file=sys.stderr, end="\n" if errors else "")
    return int(bool(errors))


if __name__ == "__main__":
    sys.exit(main())
