"""Storm over the desk's forms: two editors, and networks, sessions, pages and schedules that go away under their hands.

``python -m benchmarks.saving_storm --saves 1000 --seed 1`` prints how many words were typed, what stood in the way, and
how many words are nowhere: neither on the server, nor in a browser's copy, nor on the screen. About 4 s a save.
"""

import argparse
import os
import subprocess
import sys


def main() -> int:
    """Run the storm of the tests for as long as is asked; the exit code is 1 if a word was lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--saves", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    storm = {"STORM_SAVES": str(options.saves), "STORM_SEED": str(options.seed)}
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-n", "0", "--no-header", "tests/desk/form/test_storm.py"]
    return subprocess.run(command, env=os.environ | storm, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
