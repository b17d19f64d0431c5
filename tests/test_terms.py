"""`docs/terms.md` cannot rot: every place it names exists, every word of the code's enumerations has its row, once."""

import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import pytest

from saksama import model
from saksama.casework.classes import SCHEME_2018
from saksama.model.case import CaseState
from saksama.model.decision import Ruling
from saksama.model.entry import EntryKind
from saksama.model.officer import Role
from saksama.model.pair import Band
from saksama.model.recommendation import Agreement
from saksama.model.record import Element
from saksama.model.roll import COLUMNS, FaultLevel, RollKind

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "terms.md").read_text(encoding="utf-8")
ENUMERATIONS = [EntryKind, Ruling, Role, Band, CaseState, RollKind, FaultLevel, Agreement, Element]


class Term(NamedTuple):
    """A row of the glossary."""

    term: str
    code: tuple[str, ...]
    meaning: str
    where: str

    def __str__(self) -> str:
        return self.term


TERMS = [
    Term(term, tuple(re.findall("`([^`]+)`", code)), meaning, where.strip("`–"))
    for term, code, meaning, where in re.findall(r"^\| (.*?) \| (.*?) \| (.*) \| (.*?) \|$", PAGE, re.MULTILINE)
    if term != "term"
]


def found(place: str) -> object:
    """What stands at a dotted place below `saksama`: a module, or a name inside one."""
    parts = place.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            thing: object = importlib.import_module(".".join(["saksama", *parts[:cut]]))
        except ModuleNotFoundError:
            continue
        for name in parts[cut:]:
            thing = getattr(thing, name)
        return thing
    raise LookupError(place)


def twice(words: Iterable[str]) -> list[str]:
    return [word for word, times in Counter(words).items() if times > 1]


def test_every_line_of_a_table_is_read() -> None:
    lines = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| term ")]
    assert len(TERMS) == len(lines) > 80


@pytest.mark.parametrize("term", [term for term in TERMS if term.where], ids=str)
def test_the_place_it_names_exists(term: Term) -> None:
    thing = found(term.where)
    if isinstance(thing, StrEnum):
        assert term.code == (thing.value,)


def test_a_place_that_does_not_exist_is_noticed() -> None:
    for place in ("model.nik.Nix", "model.nic", "nothing"):
        with pytest.raises((AttributeError, LookupError)):
            found(place)


def test_no_enumeration_of_the_nouns_is_left_out() -> None:
    modules = [importlib.import_module(f"saksama.model.{found.name}") for found in pkgutil.iter_modules(model.__path__)]
    assert {
        noun
        for module in modules
        for noun in vars(module).values()
        if isinstance(noun, type) and issubclass(noun, StrEnum) and noun is not StrEnum
    } == set(ENUMERATIONS)


@pytest.mark.parametrize("words", ENUMERATIONS, ids=lambda e: e.__name__)
def test_every_word_of_an_enumeration_has_its_row(words: type[StrEnum]) -> None:
    rows = {id(found(term.where)): term for term in TERMS if term.where}
    missing = [word for word in words if id(word) not in rows]
    if words is Element:
        missing = [word for word in missing if word is not Element.NIK]  # its row names the noun itself
        assert any(term.code == ("nik",) for term in TERMS)
    assert missing == []


def test_every_column_of_a_checked_roll_has_its_row() -> None:
    assert set(COLUMNS) <= {word for term in TERMS for word in term.code}


def test_every_class_is_covered() -> None:
    (row,) = [term for term in TERMS if term.code == ("kpu_class",)]
    first, *_between, last = SCHEME_2018.classes
    assert row.term == f"{first}-{last}"


def test_each_term_and_each_code_stands_once() -> None:
    assert twice(term.term for term in TERMS) == []
    assert twice(word for term in TERMS for word in term.code) == []


def test_every_term_is_explained() -> None:
    assert [term.term for term in TERMS if len(term.meaning) < 4] == []
