"""Makes one file of the built book, for a USB stick or a course's web page: `python -m utils.book.archive`."""

import sys
import zipfile
from pathlib import Path

NAME = "neural-networks-hands-on"
ROOT = Path(__file__).resolve().parents[2]


def archive(book, target):
    """Packs the built book into a zip file, as one folder with index.html in it.

    Args:
        book: the folder of the built book.
        target: the path of the zip file.

    Returns:
        The path of the file.

    Raises:
        FileNotFoundError: the book is not built.
    """
    book, target = Path(book), Path(target)
    if not (book / "index.html").is_file():
        raise FileNotFoundError(f"Expected a built book: run `make book` first. Received: {book}")
    files = [path for path in sorted(book.rglob("*")) if path.is_file() and not path.name.startswith(".")]
    unfinished = target.with_suffix(".part")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as pack:
        for path in files:
            # Pictures and fonts are compressed already.
            kind = zipfile.ZIP_STORED if path.suffix in {".png", ".woff", ".woff2"} else zipfile.ZIP_DEFLATED
            pack.write(path, f"{NAME}/{path.relative_to(book).as_posix()}", compress_type=kind)
    return unfinished.replace(target)  # whole, or not there


if __name__ == "__main__":
    made = archive(ROOT / "_build" / "html", ROOT / "_build" / f"{NAME}.zip")
    sys.stdout.write(f"{made}: {made.stat().st_size / 1e6:.1f} MB; unpack it and open index.html\n")
