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
import sys

import nbformat

from tools.clean_notebooks import clean, tidy
from tools.markers import is_solution, strip
from tools.notebooks import ROOT, NotebookError, complaint, execute, notebooks, read, save


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
        if is_solution(cell, path, number):
            found += 1
            continue
        source, here = strip(cell.source, cell.cell_type, path, number)
        found += here
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
    failed = False

    def complain(error):
        nonlocal failed
        failed = True
        print(error, file=sys.stderr, flush=True)

    for path in [] if options.paths else orphans():
        complain(f"{path}: expected a solution of the same name.")
    try:
        found = notebooks(options.paths or [ROOT / "solutions"])
    except NotebookError as error:
        complain(error)
        found = []
    for path in found:
        target = exercise_of(path)
        try:
            if not is_stale(path, target) and not options.execute:
                print(f"{target}: up to date", flush=True)
            elif options.check:
                complain(f"{target}: expected what {path} makes (make exercises). Received: something else.")
            else:
                print(f"{target}: running", flush=True)
                exercise = make(read(path), path)
                target.parent.mkdir(exist_ok=True)
                execute(exercise, target)
                clean(exercise, target)
                print(f"{target}: {'written' if save(exercise, target) else 'up to date'}", flush=True)
        except (NotebookError, OSError) as error:
            complain(error)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
