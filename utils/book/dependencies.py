"""What a notebook's outputs depend on, beside its own text."""

import ast
import hashlib
import json
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def dependencies(notebook):
    """Finds what a notebook's outputs depend on, beside its own text.

    Args:
        notebook: the path of an .ipynb file.

    Returns:
        A sorted list of paths: the modules of `utils` that it imports, directly or not, and the files of
        `lessons/assets` that it or they name.
    """
    from IPython.core.inputtransformer2 import TransformerManager

    cells = json.loads(Path(notebook).read_text(encoding="utf-8"))["cells"]
    transform = TransformerManager().transform_cell  # `%` and `!` lines are no Python
    sources = [transform("".join(cell["source"])) for cell in cells if cell["cell_type"] == "code"]
    found, texts = set(), list(sources)
    waiting = [(source, ROOT) for source in sources]
    while waiting:
        source, folder = waiting.pop()
        for module in _imported_modules(ast.parse(source), folder):
            if module not in found:
                found.add(module)
                texts.append(module.read_text(encoding="utf-8"))
                waiting.append((texts[-1], module.parent))
    named = [
        path
        for path in (ROOT / "lessons/assets").rglob("*")
        if path.is_file() and any(path.name in text for text in texts)
    ]
    return sorted(found | set(named))


def _imported_modules(tree, folder):
    """Gives the files of `utils` that a syntax tree imports; `folder` is where its relative imports start."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            candidates = [ROOT / alias.name.replace(".", "/") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = folder if node.level else ROOT
            base = start.joinpath(*[".."] * max(node.level - 1, 0), *(node.module or "").split(".")).resolve()
            candidates = [base, *(base / alias.name for alias in node.names)]
        else:
            continue
        for path in candidates:
            if path.is_relative_to(ROOT / "utils"):
                package = ROOT / "utils"
                files = [path.with_suffix(".py"), path / "__init__.py", package / "__init__.py"]
                files += [parent / "__init__.py" for parent in path.parents if parent.is_relative_to(package)]
                yield from (file for file in files if file.is_file())


def environment_hash():
    """Gives a hash of the Python version and of every installed package's version."""
    packages = sorted(f"{item.metadata['Name']}=={item.version}" for item in metadata.distributions())
    return hashlib.sha256("\n".join([sys.version, *packages]).encode()).hexdigest()


def fingerprint(notebook, environment):
    """Gives a hash of everything that a notebook's outputs depend on, beside its own text."""
    return file_hash(dependencies(notebook), environment)


def file_hash(paths, text=""):
    """Gives a hash of a text and of the names and contents of files."""
    digest = hashlib.sha256(text.encode())
    for path in paths:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
