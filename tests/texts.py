"""Every text of domain `saksama`, collected from the sources: what the English catalogue has to have."""

import ast
import importlib
import inspect
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click

from saksama.audit import report
from saksama.cli import main as entrance
from saksama.roll import faults

SOURCES = Path(__file__).resolve().parents[1] / "src" / "saksama"
# Texts that stand in a table and are translated when they are said: the module, and what it hands to `_`.
SAID_FROM_TABLES = {
    ("cli/main.py", "about"),
    ("cli/main.py", "inspect.cleandoc(command.help)"),
    ("cli/main.py", "shown.help"),
    ("audit/report.py", "_MARKS[finding.verdict]"),
    ("roll/faults.py", "self.mend"),
    ("roll/faults.py", "self.sentence"),
}


def texts_of_saksama() -> set[str]:
    """The msgids: what modules hand to `_` of `saksama.model.texts`, in their words or from a table."""
    return {text for _, text in written_texts()} | texts_of_tables()


def written_texts() -> Iterator[tuple[str, str]]:
    """Each `_("...")`: its module and its text."""
    for module, argument in _said():
        if isinstance(argument, ast.Constant):
            assert isinstance(argument.value, str), module
            yield module, argument.value


def said_from_elsewhere() -> set[tuple[str, str]]:
    """Each `_(something)` that is no constant: its module and the expression."""
    return {(module, ast.unparse(said)) for module, said in _said() if not isinstance(said, ast.Constant)}


def texts_of_tables() -> set[str]:
    """The texts behind `SAID_FROM_TABLES`."""
    found = set(report._MARKS.values())
    for fault in faults.FAULTS.values():
        found |= {fault.sentence, fault.mend}
    for aside in (*faults.ASIDE.values(), *faults.WORKLISTS.values()):
        found.add(aside.sentence)
    return found | set(entrance._NOUNS.values()) | set(_helps(entrance.main))


def _helps(command: click.Command) -> Iterator[str]:
    """What commands say of themselves and of their options."""
    if command.help:
        yield inspect.cleandoc(command.help)
    yield from (option.help for option in command.params if isinstance(option, click.Option) and option.help)
    if command is entrance.main:
        for noun in entrance._NOUNS:
            yield from _helps(importlib.import_module(f"saksama.cli.{noun}").command)
    elif isinstance(command, click.Group):
        for below in command.commands.values():
            yield from _helps(below)


@cache
def modules_that_speak() -> tuple[tuple[str, ast.Module], ...]:
    """Each module that calls `_`, with its tree."""
    trees = ((path, ast.parse(path.read_text(encoding="utf-8"))) for path in sorted(SOURCES.rglob("*.py")))
    return tuple(
        (path.relative_to(SOURCES).as_posix(), tree)
        for path, tree in trees
        if any(_is_spoken(node) for node in ast.walk(tree))
    )


@cache
def _said() -> tuple[tuple[str, ast.expr], ...]:
    return tuple(_found())


def _found() -> Iterator[tuple[str, ast.expr]]:
    for module, tree in modules_that_speak():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _is_spoken(node):
                (argument,) = node.args
                yield module, argument


def _is_spoken(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_"
