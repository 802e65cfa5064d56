"""Languages whose code is highlighted: those whose lexers were measured to be harmless.

Pygments promises no limit of time: among its 600 lexers are some that one character keeps busy for ever (``tnt``), and
some that sixty backslashes do. Only those in ``LANGUAGES`` run; ``python -m benchmarks.lexers --all NAME`` measures
another one that is wanted here. No lexer of the list may find one that is not: those that look for others by name (code
in Markdown, the body of an HTTP message) are given none.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from pygments import lexers
from pygments.lexer import Lexer, RegexLexer, using
from pygments.lexers.c_cpp import CFamilyLexer
from pygments.lexers.configs import ApacheConfLexer, IniLexer, TerraformLexer
from pygments.lexers.data import JsonLexer
from pygments.lexers.shell import BashLexer, BashSessionLexer
from pygments.lexers.sql import PlPgsqlLexer, PostgresBase, PostgresLexer
from pygments.lexers.templates import DjangoLexer
from pygments.lexers.textfmts import HttpLexer
from pygments.token import Text

#: What editors are offered, with the name of the lexer's class; every alias that Pygments has for one of these works.
LANGUAGES = {
    "apacheconf": "ApacheConfLexer",
    "awk": "AwkLexer",
    "bash": "BashLexer",
    "batch": "BatchLexer",
    "c": "CLexer",
    "clojure": "ClojureLexer",
    "cmake": "CMakeLexer",
    "console": "BashSessionLexer",
    "cpp": "CppLexer",
    "csharp": "CSharpLexer",
    "css": "CssLexer",
    "dart": "DartLexer",
    "diff": "DiffLexer",
    "docker": "DockerLexer",
    "elixir": "ElixirLexer",
    "go": "GoLexer",
    "graphql": "GraphQLLexer",
    "groovy": "GroovyLexer",
    "haskell": "HaskellLexer",
    "html": "HtmlLexer",
    "html+django": "HtmlDjangoLexer",
    "http": "HttpLexer",
    "ini": "IniLexer",
    "java": "JavaLexer",
    "javascript": "JavascriptLexer",
    "jinja": "DjangoLexer",
    "json": "JsonLexer",
    "kotlin": "KotlinLexer",
    "lua": "LuaLexer",
    "make": "MakefileLexer",
    "md": "MarkdownLexer",
    "mysql": "MySqlLexer",
    "nginx": "NginxConfLexer",
    "nix": "NixLexer",
    "output": "OutputLexer",
    "perl": "PerlLexer",
    "php": "PhpLexer",
    "plpgsql": "PlPgsqlLexer",
    "postgresql": "PostgresLexer",
    "powershell": "PowerShellLexer",
    "properties": "PropertiesLexer",
    "protobuf": "ProtoBufLexer",
    "psql": "PostgresConsoleLexer",
    "pwsh-session": "PowerShellSessionLexer",
    "pycon": "PythonConsoleLexer",
    "pytb": "PythonTracebackLexer",
    "python": "PythonLexer",
    "r": "SLexer",
    "rbcon": "RubyConsoleLexer",
    "rst": "RstLexer",
    "ruby": "RubyLexer",
    "rust": "RustLexer",
    "scss": "ScssLexer",
    "sql": "SqlLexer",
    "sqlite3": "SqliteConsoleLexer",
    "swift": "SwiftLexer",
    "terraform": "TerraformLexer",
    "tex": "TexLexer",
    "text": "TextLexer",
    "toml": "TOMLLexer",
    "tsql": "TransactSqlLexer",
    "typescript": "TypeScriptLexer",
    "vim": "VimLexer",
    "xml": "XmlLexer",
    "yaml": "YamlLexer",
    "yaml+jinja": "YamlJinjaLexer",
}
#: Longer code is shown plain (characters): up to here ``benchmarks.lexers`` has measured each lexer.
LONGEST = 20_000
#: The same for lexers that take long for one step, or read on and on before the first, and can be stopped only then.
_LONGEST = {"PostgresConsoleLexer": 5_000, "RstLexer": 5_000}


class _Http(HttpLexer):
    """HTTP messages; the body is looked at for JSON only, whatever its type says it is."""

    aliases: list[str] = []
    tokens = HttpLexer.tokens | {"content": [(r"\s*[\[{].*", using(JsonLexer)), (r".+", Text)]}


#: How a lexer of the list is made where its class alone would look for others by name.
_SPECIAL: dict[str, tuple[type[Lexer], dict[str, Any]]] = {
    "HttpLexer": (_Http, {}),
    "MarkdownLexer": (lexers.MarkdownLexer, {"handlecodeblocks": False}),
    "RstLexer": (lexers.RstLexer, {"handlecodeblocks": False}),
}


def lexer_of(name: str) -> Lexer | None:
    """Return a lexer for a language by any of its names, ``None`` if its code is shown plain."""
    class_name = _class_names().get(name.lower())
    if class_name is None:
        return None
    lexer, options = _SPECIAL.get(class_name) or (getattr(lexers, class_name), {})
    return lexer(**options)


def longest(name: str) -> int:
    """Return how many characters of code in a language have colours at most."""
    return _LONGEST.get(_class_names().get(name.lower(), ""), LONGEST)


def has_colours(name: str) -> bool:
    """Return whether code in a language is shown with colours."""
    return name.lower() in _class_names()


def is_language(name: str) -> bool:
    """Return whether ``name`` is a language at all, with colours or without: any that Pygments has a name for."""
    return name.lower() in _every_name()


@cache
def _every_name() -> frozenset[str]:
    return frozenset(_aliases(lexers.LEXERS))


@cache
def _class_names() -> dict[str, str]:
    return _aliases(LANGUAGES.values())


def _aliases(class_names: Iterable[str]) -> dict[str, str]:
    """Return the names of languages in small letters, each with the name of its lexer's class."""
    return {alias.lower(): name for name in class_names for alias in lexers.LEXERS[name][2]}


def _repair(lexer: type[RegexLexer], wrong: str, right: str) -> None:
    """Replace a part of a lexer's regular expressions, before its first use, also for the lexers that use it."""
    for rules in lexer.tokens.values():
        rules[:] = [
            (rule[0].replace(wrong, right), *rule[1:]) if isinstance(rule, tuple) and isinstance(rule[0], str) else rule
            for rule in rules
        ]


# Exponential: a backslash and what is behind it can be read in two ways.
_repair(BashLexer, r"\$'(\\\\|\\[0-7]+|\\.|[^'\\])*'", r"\$'(\\.|[^'\\])*'")
# Cubic: each shorter end of a here-document is tried at each place.
_repair(BashLexer, r"(\w+)[\w\W]+?", r"(\w+)\b[\w\W]+?")
# Cubic in the length of a line: no prompt has words of more than sixty letters.
BashSessionLexer._ps1rgx = re.compile(
    BashSessionLexer._ps1rgx.pattern.replace(r"\w+\S+", r"\w\S+")
    .replace(r"\S+", r"\S{1,60}")
    .replace(r"[^\n]+\].+", r"[^\n]{1,60}\].{1,60}")
)
# Cubic in the length of blanks: two rules share them, and neither wants what the other leaves.
_repair(CFamilyLexer, r"(?:[&*\s])+)", r"(?:[&*\s])++)")
# Quadratic in the blanks of a single line without a "=".
_repair(IniLexer, r"(.*?)([ \t]*)([=:])", r"((?:[^=:\n]*[^=:\s])?)([ \t]*)([=:])")
# Quadratic in the blanks behind a word: two groups share them, and neither wants what the other leaves.
_repair(IniLexer, r"([=:])([ \t]*)", r"([=:])([ \t]*+)")
_repair(ApacheConfLexer, r"(?:(\s+)(.*))?(>)", r"(?:(\s++)(.*))?(>)")
_repair(TerraformLexer, r"(\s*)(=?)(\s*)(\{)", r"(\s*+)(=?)(\s*)(\{)")
# Quadratic in comments and the like without an end: each looks through the rest of the text. Here the first one is it.
_repair(DjangoLexer, r"\{#.*?#\}", r"\{#.*?(?:#\}|\Z)")
for _name in ("comment", "raw"):
    _end = rf"(\{{%)(-?\s*)(end{_name})(\s*-?)(%\}})"
    _repair(DjangoLexer, _end, rf"(?:{_end}|\Z)")


def _body_lexer(self: PostgresBase, language: str) -> Lexer | None:
    """Return the lexer of a function's body: Pygments would take any that the text names."""
    bodies = {"sql": PostgresLexer, "plpgsql": PlPgsqlLexer}
    return bodies[language.lower()](**self.options) if language.lower() in bodies else None


PostgresBase._get_lexer = _body_lexer
