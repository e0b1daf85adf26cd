"""`python -m utils.search`."""

import sys


def run():
    """Runs the command; Ctrl-C is heard while it is still being loaded, too."""
    try:
        from utils.search.command import main

        return main()
    except KeyboardInterrupt:
        print("Stopped before anything was begun.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(run())
