"""Hostile content at every address of the desk: ``python -m benchmarks.hostile``.

Sends text that wants to be a script through every form that a question passes, through uploads and a letter, then opens
the pages of readers and all of the desk in Chromium, with the policy of the page and without, with a trap for dialogs
and a look at what stands in the page (``tests/hostile/``). Takes minutes. Exits 1 if anything ran, or would.
"""

import os
import sys

import pytest


def main() -> int:
    """Run the long form of the tests; return the exit code."""
    os.environ["HOSTILE"] = "all"
    return pytest.main(["-q", "-s", "-p", "no:cacheprovider", "tests/hostile"])


if __name__ == "__main__":
    sys.exit(main())
