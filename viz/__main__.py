"""`python -m viz gallery FOLDER` writes every picture that the package makes, and an index.html, into a folder."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from viz.gallery import gallery


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return the status that the program ends with."""
    parser = argparse.ArgumentParser(prog="python -m viz", description="Pictures of graphs and networks.")
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("gallery", help="write every picture that the package makes into a folder")
    command.add_argument("folder")
    asked = parser.parse_args(arguments)
    try:
        made = gallery(asked.folder)
    except OSError as error:
        print(f"gallery: {error}", file=sys.stderr)
        return 2
    missing = [reason for _, reason in made if reason]
    print(f"{len(made) - len(missing)} pictures and index.html in {asked.folder}")
    if missing:
        print(f"{len(missing)} left out: {missing[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
