"""How much an answer costs the first time and every other time: ``python -m benchmarks.rendering``.

An answer of 20 blocks (6 Markdown, 4 code, and one of most other kinds) is rendered with an empty store and with a full
one, in turns, in one process. Prints the medians in milliseconds and their ratio; exits 1 above a tenth.
"""

import os
import statistics
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_config.settings.dev")
django.setup()

from django.core.cache import cache  # noqa: E402

from qa.models import QuestionPage  # noqa: E402
from qa.rendering.answers import render  # noqa: E402

ROUNDS = 30
GOAL = 0.1

PROSE = "\n\n".join(
    f"Paragraph {n} with *emphasis*, `code`, a [link](https://example.org/{n}) and **more of the same**, so that it is "
    "about as long as a paragraph of a letter usually is, which takes a line or two."
    for n in range(6)
)
TABLE = "| a | b |\n|---|--:|\n" + "\n".join(f"| row {n} | {n} |" for n in range(12))
CODE = "\n".join(f"def function_{n}(value: int) -> str:\n    return f'{{value}} and {n}'  # text\n" for n in range(12))
REPLY = [("markdown", PROSE)]


def blocks() -> list:
    """Return the raw blocks of the answer."""
    body = [("markdown", f"{PROSE}\n\n{TABLE}")] * 6
    body += [("code", {"code": CODE, "language": "python", "filename": "a.py", "caption": "A caption"})] * 4
    body += [("heading", {"text": f"Part {n}", "level": "h2"}) for n in range(3)]
    body += [("paragraph", "<p>Some <b>rich</b> text with <a href='https://example.org'>a link</a>.</p>")] * 2
    body += [("pushback", {"objection": f"But {n}…", "reply": REPLY}) for n in range(3)]
    body += [("steps", [{"title": "First?", "text": "Then this.", "stop": "done."}])]
    return [*body, ("callout", {"kind": "tip", "text": "A tip."})]


def milliseconds(answer) -> float:
    """Return how long one rendering takes."""
    started = time.perf_counter()
    render(answer)
    return (time.perf_counter() - started) * 1000


def main() -> int:
    """Print the table; return the exit code."""
    answer = QuestionPage.answer.field.stream_block.normalize(blocks())
    cold, warm = [], []
    for _round in range(ROUNDS):
        cache.clear()
        cold.append(milliseconds(answer))
        warm.append(milliseconds(answer))
    first, other = statistics.median(cold), statistics.median(warm)
    print(f"{len(answer)} blocks, {ROUNDS} rounds, medians")
    print(f"  first time   {first:8.2f} ms")
    print(f"  afterwards   {other:8.2f} ms")
    print(f"  ratio        {other / first:8.3f}   (goal: at most {GOAL})")
    return 0 if other / first <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
