"""Writing files."""

import contextlib
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


@contextlib.contextmanager
def one_after_the_other(path):
    """Lets one process after the other in; who comes while another is in waits until it has left or ended.

    Args:
        path: a `pathlib.Path` of a file for this alone, in a folder that is there. On Windows nobody waits.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # given back when the file is closed, also by the end of the process
        yield
