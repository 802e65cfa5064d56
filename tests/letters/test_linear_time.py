"""Reading and writing a letter costs in proportion to its length, whatever stands in it."""

import time
from contextlib import suppress

import pytest

from qa.letters import body, form
from qa.letters.blocks import rich_text
from qa.letters.blocks.values import Block
from qa.letters.errors import LetterError

pytestmark = pytest.mark.same_on_every_database

SHORT, LONG = 1_000, 16_000
#: Linear would be 16, quadratic 256; what is between leaves room for a busy machine.
MOST = 64


def code(text):
    fields = {"language": "", "filename": "", "caption": "", "highlight_lines": "", "line_numbers": False}
    return [Block("code", {"code": text, **fields})]


def callout(text):
    return [Block("callout", {"kind": "tip", "date": None, "text": text})]


#: What is read or written, for a number of repetitions.
SHAPES = {
    "a code fence with a long word": lambda n: body.parse(f"```{'a' * n}\nx\n```"),
    "a code fence with many words": lambda n: body.parse(f"```python {'a ' * n}\nx\n```"),
    "a code fence with open attributes": lambda n: body.parse("```python {}\nx\n```".format(' a="' * n)),
    "a code fence with quotes that are escaped": lambda n: body.parse('```python a="{}\nx\n```'.format('\\" a=' * n)),
    "a code fence with backslashes": lambda n: body.parse('```python a="{}\nx\n```'.format("\\" * n)),
    "a source of a quote with brackets": lambda n: body.parse(f"> Text\n>\n> — [{'](' * n}"),
    "a source of a quote with addresses": lambda n: body.parse(f"> Text\n>\n> — [{'](a)' * n} "),
    "empty lines of code": lambda n: body.dump("", code("\n" * n + "x")),
    "lines of spaces in code": lambda n: body.dump("", code(" \n" * n + "x")),
    "code with a long line of spaces": lambda n: body.dump("", code(" " * n + "x")),
    "empty lines of a callout": lambda n: body.dump("", callout("a" + "\n" * n + "b")),
    "lines of spaces in a callout": lambda n: body.dump("", callout("a" + " \n" * n + "b")),
    "links that are not closed": lambda n: body.parse("](a" * n),
    "rich text with open links": lambda n: rich_text.checked("<p>" + '<a href="' * n),
    "rich text with open keys": lambda n: rich_text.checked("<p" + ' data-block-key="' * n),
    "the title of a step": lambda n: body.parse(f"::: steps\n1. **{'*' * n}\n:::"),
    "a long date": lambda n: form.read(f"---\ntitle: a\nasked: {'1' * n}\n---\n"),
}


def cost(shape, number):
    """Return the processor time of the fastest of three tries, in seconds."""
    times = []
    for _try in range(3):
        start = time.process_time()
        with suppress(LetterError, ValueError):
            SHAPES[shape](number)
        times.append(time.process_time() - start)
    return min(times)


@pytest.mark.parametrize("shape", SHAPES)
def test_sixteen_times_the_length_costs_about_sixteen_times_the_work(shape):
    cost(shape, 10)  # what is loaded on first use
    assert cost(shape, LONG) / cost(shape, SHORT) < MOST
