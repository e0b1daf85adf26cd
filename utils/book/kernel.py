"""Starts the kernel of one notebook of the book, and notes which files of the project it reads.

What a notebook's outputs depend on can not be told from its text: imports hide in functions and in other modules, names
of files are put together. Python tells it itself: it announces every file that it opens and every folder that it lists
(an audit hook hears it), however the notebook came to do so.

Not a part of `utils` when it runs, but a script: a notebook that imports nothing of `utils` must not depend on it.
"""

import gc
import hashlib
import importlib.util
import json
import os
import shlex
import sys

#: Where the notes go, and the folder that counts; set by utils/book/execute.py.
NOTES_VARIABLE, ROOT_VARIABLE = "BOOK_NOTES", "BOOK_ROOT"

_ABSENT = "absent"
# Python's own search for modules lists the folders that it looks in; what it finds there it opens.
_SEARCHES = ("<frozen importlib", os.path.join("importlib", "metadata"))
_LISTINGS = {"os.listdir", "os.scandir"}
_COMMANDS = {"os.exec": 1, "os.posix_spawn": 1, "os.spawn": 2, "os.system": 0, "subprocess.Popen": 1}
_HEARD = {"open"} | _LISTINGS | set(_COMMANDS)


def file_hash(path):
    """Gives a hash of a file's content, or "absent" where there is none to read."""
    try:
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:  # the notebook gets the same error
        return _ABSENT


def folder_hash(path):
    """Gives a hash of the names in a folder, or "absent" where there is none to list."""
    try:
        names = sorted(name for name in os.listdir(path) if _counts(name))
    except OSError:
        return _ABSENT
    return hashlib.sha256("\n".join(names).encode("utf-8", "surrogateescape")).hexdigest()


def _counts(part):
    """False for the name of a file or folder that tools leave behind."""
    return not part.startswith(".") and part not in ("__pycache__", "_build") and not part.endswith(".part")


class Notes:
    """Notes what is read below a folder, at the moment it is read first: a line of JSON each.

    Args:
        path: the file of the notes, in a folder that does not count; lines are added.
        root: the folder that counts.
    """

    def __init__(self, path, root):
        self.root = os.path.realpath(root)
        prefix = os.path.realpath(sys.prefix)  # a virtual environment may stand in the folder, under any name
        self.installed = prefix + os.sep if prefix.startswith(self.root + os.sep) else None
        self.path = path
        self.seen = set()

    def hear(self, event, arguments):
        """Is the audit hook. What it raised would be raised in the notebook, so a name that is none is left alone."""
        if event in _HEARD:  # of many thousands a second
            try:
                self._hear(event, arguments)
            except ValueError:  # a NUL in a name: opening it fails with the same error
                return

    def _hear(self, event, arguments):
        if event == "open":
            path, _, flags = arguments
            if isinstance(path, int):
                return
            name = os.fsdecode(path)
            if name in sys.path:  # an editable install puts the name of its finder there, and some try to read it
                return
            if os.path.basename(os.path.dirname(name)) == "__pycache__":
                name = importlib.util.source_from_cache(name)
            written = flags & os.O_WRONLY or flags & os.O_TRUNC
            self.note("written" if written else "file", name)
        elif event in _LISTINGS:
            path = arguments[0]
            caller = sys._getframe(2).f_code.co_filename
            if not isinstance(path, int) and not any(search in caller for search in _SEARCHES):
                self.note("folder", os.fsdecode(path or "."))
        else:
            for word in _words(arguments[_COMMANDS[event]]):
                if os.path.isfile(word):
                    self.note("file", word)

    def note(self, kind, name):
        """Notes one reading; only the first of a path counts, so that a notebook's own products do not."""
        path = os.path.realpath(name)
        inside = path == self.root or path.startswith(self.root + os.sep)
        if not inside or (self.installed and path.startswith(self.installed)):
            return
        relative = path[len(self.root) + 1 :] or "."
        if relative in self.seen or (relative != "." and not all(map(_counts, relative.split(os.sep)))):
            return
        self.seen.add(relative)
        value = None if kind == "written" else {"file": file_hash, "folder": folder_hash}[kind](path)
        line = json.dumps([kind, relative.replace(os.sep, "/"), value]) + "\n"
        # Opened anew each time: a fork, whose reading counts as well, may have closed what it got from us.
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(line)


def _words(command):
    """Takes a command line apart, down to the words of a shell's command."""
    words = []
    for part in [command] if isinstance(command, str | bytes) else command:
        text = os.fsdecode(part)
        words.append(text)
        try:
            words += shlex.split(text)
        except ValueError:  # an open quotation mark, as in a text that is no command
            words += text.split()
    return words


def read_notes(path):
    """Gives what was noted: `{"files": {path: hash}, "folders": {path: hash}}`, without what a notebook wrote first."""
    found = {"files": {}, "folders": {}}
    with open(path, encoding="utf-8") as file:
        for kind, name, value in map(json.loads, file):
            if kind != "written":
                found[f"{kind}s"].setdefault(name, value)
    return found


def _start():
    # Python puts the folder of a script first on the path; a notebook's imports must not find our modules there.
    if os.path.realpath(sys.path[0]) == os.path.dirname(os.path.realpath(__file__)):
        del sys.path[0]
    # Importing TensorFlow and drawing make hundreds of thousands of objects that stay: to look for garbage after every
    # 700 of them takes a second of a kernel's start.
    gc.set_threshold(50_000, 10, 10)
    from ipykernel import kernelapp

    sys.addaudithook(Notes(os.environ[NOTES_VARIABLE], os.environ[ROOT_VARIABLE]).hear)
    kernelapp.launch_new_instance()


if __name__ == "__main__":
    _start()
