"""Writing files."""

import os


def write_whole(path, data):
    """Writes a file at once or not at all: an interruption or a full disk leaves no half of it.

    Args:
        path: a `pathlib.Path`; its folder is made where it is missing.
        data: bytes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        unfinished.write_bytes(data)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
