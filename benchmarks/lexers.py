"""How long hostile code keeps each lexer busy: ``python -m benchmarks.lexers [NAME …] [--all]``.

Pygments promises no limit of time, and ``qa.rendering.languages`` lists only what was measured here to be harmless.
Every lexer of that list (or those named; with ``--all``, every lexer that Pygments has, which takes hours, or any that
is named) highlights some 4,200 hostile inputs in a child process that is killed after some seconds of processor time:
every character, every pair of those that mean something in a language, and every beginning (quotes, comments,
here-documents, brackets, words) with what could be behind it, repeated, with and without an end that makes the lexer
look back. All of them are 600 characters long; those that took longest, those in which one step took longest, and the
characters that mean something, are then tried at the length up to which code has colours.

Prints each lexer with its worst time and input; exits 1 if any takes longer than half a second, needs too much memory
or raises an error. The site stops a lexer after a quarter of a second, but only between two steps: the rest is for one.
"""

import multiprocessing
import resource
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import product
from multiprocessing.connection import Connection
from typing import NamedTuple

from pygments.lexer import Lexer
from pygments.lexers import LEXERS, get_lexer_by_name
from tqdm import tqdm

from qa.rendering.highlighting import coloured
from qa.rendering.languages import LANGUAGES, LONGEST, lexer_of, longest

LIMIT = 0.5  # seconds of processor time for one code block
KILLED_AFTER = 3  # seconds
MEMORY = 1_500_000_000  # bytes
SHORT = 600  # characters
TRIED_AGAIN = 50  # how many short inputs are tried at full length: the slowest, and those with the slowest step
MEANINGFUL = "\"'`\\/*#-<>!?&|=+%$@~^.,:;()[]{} \n\ta0_é"
BEGINNINGS = (
    '"', "'", "`", '"""', "'''", '"\\', "/", "//", "/*", "/**", "#", "#{", "#|", "#[", "--", "--[[", "<!--",
    "<![CDATA[",
    "<", "<a", '<a b="', "</", "<?", "<?php ", "<%", "<script>", "<style>", "<script>`", "{", "{{", "{%", "{#", "${",
    "$(", "$((", "$'", "$$", "$a$", "@", "@\"", "%", "%{", "%q(", "q{", "r'", 'r"', "r#\"", "R\"(", "f'", 'f"{', 'b"',
    "[", "[[", "(", "(*", "((", "<<", "<<A\n", "<<-'A'\n", "<<~A\n", "=begin\n", "=pod\n", "\\", "\\begin{", "&", "|",
    "!", "!!", "- ", "> ", ">>> ", "$ ", "# ", "a=# ", "a> ", "PS> ", "```", "```a\n", "~~~", ".. a::", "a: |\n",
    "a: \"",
    "a:", "a=", "a(", "a.", "a<", "a::", "0x", "1e", "1.", "@@ -1 +1 @@\n", "+", "diff --git ", "def a(", "class A<",
    "x", "a b", "<a\n", "a: ", "{% raw %}",
    "SELECT '", "DO $$", "fn a<", "import a.", "using a.", "func a(", "s/", "m{", "~/", "->", "=> ", "\ufeff",
)  # fmt: skip
PIECES = (*"\\ \na0\"'/*-({[<.,:", "\\0", "a\n", " \n", "a ", "a.", "a(")
ENDS = ("", "x", "!", "\n", '"', ">")


class Input(NamedTuple):
    """A text that is made of a beginning, a piece that is repeated, and an end."""

    beginning: str
    piece: str
    end: str

    def text(self, length: int) -> str:
        """Return the text with this many characters."""
        room = max(length - len(self.beginning) - len(self.end), 0)
        return self.beginning + (self.piece * (room // len(self.piece) + 1))[:room] + self.end


class Task(NamedTuple):
    """One input for one lexer, with the number of its characters."""

    lexer: str
    shape: Input
    length: int


class Outcome(NamedTuple):
    """What became of a task: processor seconds, those of the longest step, and what went wrong if anything did.

    A step is what cannot be stopped. Many cheap ones hide a costly one as long as the input is short.
    """

    task: Task
    seconds: float
    step: float
    fault: str


def inputs() -> list[Input]:
    """Return everything that is tried with every lexer."""
    characters = [chr(code) for code in (*range(32, 127), 9, 10, 13, 0, 0xE9, 0x4E16, 0x2028, 0x1F600)]
    singles = [Input("", character, "") for character in characters]
    ended = [Input("", piece, end) for piece in PIECES for end in ENDS if end]
    pairs = [Input("", "".join(pair), "") for pair in product(MEANINGFUL, repeat=2) if len(set(pair)) == 2]
    begun = [Input(beginning, piece, "") for beginning in BEGINNINGS for piece in PIECES]
    return [*singles, *ended, *pairs, *begun, *(Input("", beginning, "") for beginning in BEGINNINGS)]


def worst(lexer: str, shapes: list[Input], *, of_pygments: bool = False) -> Outcome:
    """Return the worst outcome that the inputs have with a lexer: faults first, then time."""
    short = list(outcomes([Task(lexer, shape, SHORT) for shape in shapes], of_pygments=of_pygments))
    if any(outcome.fault for outcome in short):
        return max(short, key=_badness)
    slowest = sorted(short, key=_badness)[-TRIED_AGAIN:] + sorted(short, key=lambda one: one.step)[-TRIED_AGAIN:]
    again = [outcome.task.shape for outcome in slowest]
    again += [shape for shape in shapes if not shape.beginning and shape.piece in MEANINGFUL and not shape.end]
    full = [Task(lexer, shape, longest(lexer)) for shape in dict.fromkeys(again)]
    return max([*short, *outcomes(full, of_pygments=of_pygments)], key=_badness)


def _badness(outcome: Outcome) -> tuple[bool, float]:
    return bool(outcome.fault), outcome.seconds


def outcomes(tasks: Sequence[Task], *, of_pygments: bool = False) -> Iterator[Outcome]:
    """Yield the outcome of each task, up to the first that kills the one child process which does them all."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=_highlight_all, args=(tasks, theirs, of_pygments))
    child.start()
    theirs.close()
    done = 0
    with suppress(EOFError):
        while done < len(tasks):
            yield Outcome(tasks[done], *ours.recv())
            done += 1
    child.join()
    if done < len(tasks):
        yield Outcome(tasks[done], KILLED_AFTER, KILLED_AFTER, "killed")


def _highlight_all(tasks: Sequence[Task], answers: Connection, of_pygments: bool) -> None:
    """Highlight each input and answer with the time; the kernel kills this process when one takes too long."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for name, shape, length in tasks:
        lexer: Lexer = get_lexer_by_name(name) if of_pygments else lexer_of(name)
        text = shape.text(length)
        signal.setitimer(signal.ITIMER_PROF, KILLED_AFTER)  # nothing in Python handles its signal, so no loop stops it
        started = time.process_time()
        fault, ended = "", started
        try:
            coloured(text, lexer)
            ended = time.process_time()
            step = _longest_step(lexer, text) if length == SHORT else 0.0
        except Exception as error:  # noqa: BLE001 - whatever a lexer raises is what is measured
            fault, step = type(error).__name__, 0.0
        answers.send((ended - started, step, fault))
    signal.setitimer(signal.ITIMER_PROF, 0)


def _longest_step(lexer: Lexer, text: str) -> float:
    """Return the processor seconds of the longest wait for a piece of the text."""
    longest_yet, before = 0.0, time.process_time()
    for _piece in lexer.get_tokens_unprocessed(text):
        now = time.process_time()
        longest_yet, before = max(longest_yet, now - before), now
    return longest_yet


def main() -> int:
    """Print the table; return the exit code."""
    everything = "--all" in sys.argv
    named = [name for name in sys.argv[1:] if not name.startswith("-")]
    every_alias = sorted(aliases[0] for _module, _name, aliases, _files, _types in LEXERS.values() if aliases)
    shapes = inputs()
    print(f"{len(shapes)} inputs a lexer, {SHORT:,} and {LONGEST:,} characters")
    too_slow = 0
    for name in tqdm(named or (every_alias if everything else LANGUAGES), disable=None):
        outcome = worst(name, shapes, of_pygments=everything)
        bad = bool(outcome.fault) or outcome.seconds > LIMIT
        too_slow += bad
        verdict = "FAIL" if bad else "ok"
        seconds = outcome.fault or f"{outcome.seconds:.3f} s"
        line = f"{verdict:4} {name:20} {seconds:>12}  {outcome.task.length:6}  {tuple(outcome.task.shape)}"
        tqdm.write(line, file=sys.stdout)
        sys.stdout.flush()
    print(f"{too_slow} above {LIMIT} s or at fault")
    return 1 if too_slow else 0


if __name__ == "__main__":
    sys.exit(main())
