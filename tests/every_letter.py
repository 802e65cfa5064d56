"""A letter with one of everything: as the text that is written, and as the value that is read from it."""

from datetime import UTC, date, datetime

from qa.letters.blocks.values import Block
from qa.letters.form import Letter, Update

CANONICAL = """\
---
id: django-or-flask
title: 'Django: when, and when not?'
asker: Zoë Ångström
asked: 2025-09-12
answered_by: Maren Holloway
topics: [Django, Careers]
summary: When you know it already.
status: private
go_live: 2025-09-13T09:00:00+00:00
expire: 2035-01-01T00:00:00+00:00
reviewed: 2025-10-01
review_after: 2026-10-01
slug: django-or-flask
follows: which-language
related: [testing, hosting]
updates:
- {date: 2025-10-01, note: 'Django 5.2 is out: versions raised.'}
- {date: 2025-11-01, note: A typo.}
---

::: question
Hello Maren,

*which* one?
:::

Hi Zoë,

- take what you know
- or [ask][1]

[1]: https://example.org/

## What `it` costs

::: paragraph
Some **bold** and *italic* text with `code`.
:::

### Hosting

> It works on my machine.
>
> Twice.
>
> — [Everybody, once](https://example.org/who)

> A quote of nobody.

::: steps
1. **Do you know one?**

   Then use it.

   - really

   **Then stop here:** you have your answer.

2. **You know neither?**

   Take the larger one.
:::

:::: pushback But Flask is *smaller*…
Not for long.

::: markdown
A second piece of prose.
:::

```python
print("no")
```
::::

::: callout warning
Back up first.
:::

::: callout correction 2025-10-01
It was 5.2.
:::

```python title="a \\"b\\".py" caption="What to run"
def f():

    return 1
```

````
```
nested
```
````

```python hl="2,4-6" numbers
x
```

```hl="" numbers
y
```

![A shell](shell.png "The shell, from far")

::: image
![A shell](<a shell.png> "From near")
Credit: Zoë Ångström, CC BY 4.0
:::

::: short-answer
When you *know* it already.
:::

::: comparison What `each` has
|  | Django | Price |
| --- | --- | --- |
| Forms | yes | a \\| b |
| Chat | depends |  |
:::

::: related testing
The other side.
:::

::: related hosting

:::

::: embed https://example.org/talks/42?a=b#c
A talk: *what* it costs
:::

::: document document:5
The slides
:::
"""


def code_value(source, **fields):
    """Return the value of a code block with these fields and nothing in the others."""
    nothing = {"language": "", "filename": "", "caption": "", "highlight_lines": "", "line_numbers": False}
    return nothing | {"code": source} | fields


VALUE = Letter(
    id="django-or-flask",
    title="Django: when, and when not?",
    asker="Zoë Ångström",
    asked=date(2025, 9, 12),
    answered_by="Maren Holloway",
    topics=["Django", "Careers"],
    summary="When you know it already.",
    status="private",
    go_live=datetime(2025, 9, 13, 9, tzinfo=UTC),
    expire=datetime(2035, 1, 1, tzinfo=UTC),
    reviewed=date(2025, 10, 1),
    review_after=date(2026, 10, 1),
    slug="django-or-flask",
    follows="which-language",
    related=["testing", "hosting"],
    updates=[
        Update(date(2025, 10, 1), "Django 5.2 is out: versions raised."),
        Update(date(2025, 11, 1), "A typo."),
    ],
    question="Hello Maren,\n\n*which* one?",
    blocks=[
        Block("markdown", "Hi Zoë,\n\n- take what you know\n- or [ask][1]\n\n[1]: https://example.org/"),
        Block("heading", {"text": "What `it` costs", "level": "h2"}),
        Block("paragraph", "<p>Some <b>bold</b> and <i>italic</i> text with <code>code</code>.</p>"),
        Block("heading", {"text": "Hosting", "level": "h3"}),
        Block(
            "quote",
            {
                "text": "It works on my machine.\n\nTwice.",
                "who": "Everybody, once",
                "source": "https://example.org/who",
            },
        ),
        Block("quote", {"text": "A quote of nobody.", "who": "", "source": ""}),
        Block(
            "steps",
            [
                {"title": "Do you know one?", "text": "Then use it.\n\n- really", "stop": "you have your answer."},
                {"title": "You know neither?", "text": "Take the larger one.", "stop": ""},
            ],
        ),
        Block(
            "pushback",
            {
                "objection": "But Flask is *smaller*…",
                "reply": [
                    Block("markdown", "Not for long."),
                    Block("markdown", "A second piece of prose."),
                    Block("code", code_value('print("no")', language="python")),
                ],
            },
        ),
        Block("callout", {"kind": "warning", "date": None, "text": "Back up first."}),
        Block("callout", {"kind": "correction", "date": "2025-10-01", "text": "It was 5.2."}),
        Block(
            "code",
            code_value("def f():\n\n    return 1", language="python", filename='a "b".py', caption="What to run"),
        ),
        Block("code", code_value("```\nnested\n```")),
        Block("code", code_value("x", language="python", highlight_lines="2,4-6", line_numbers=True)),
        Block("code", code_value("y", line_numbers=True)),
        Block("image", {"src": "shell.png", "alt": "A shell", "caption": "The shell, from far", "credit": ""}),
        Block(
            "image",
            {
                "src": "a shell.png",
                "alt": "A shell",
                "caption": "From near",
                "credit": "Zoë Ångström, CC BY 4.0",
            },
        ),
        Block("short_answer", "When you *know* it already."),
        Block(
            "comparison",
            {
                "caption": "What `each` has",
                "columns": [
                    {"type": "text", "heading": ""},
                    {"type": "verdict", "heading": "Django"},
                    {"type": "text", "heading": "Price"},
                ],
                "rows": [["Forms", "yes", "a | b"], ["Chat", "depends", ""]],
            },
        ),
        Block("related", {"question": "testing", "note": "The other side."}),
        Block("related", {"question": "hosting", "note": ""}),
        Block("embed", {"address": "https://example.org/talks/42?a=b#c", "title": "A talk: *what* it costs"}),
        Block("document", {"src": "document:5", "title": "The slides"}),
    ],
)
