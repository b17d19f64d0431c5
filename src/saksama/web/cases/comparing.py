"""Records side by side: for each element what every record says, where it differs, and how each pair compares."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Final

from django.utils.translation import gettext as say

from saksama.casework.memory import EarlierRuling
from saksama.flow.decide import ShownCase
from saksama.flow.places import place_name
from saksama.model.case import CaseId
from saksama.model.decision import DecisionId, Ruling
from saksama.model.recommendation import Agreement, ElementComparison
from saksama.model.record import Element
from saksama.model.texts import language

_MARK_ABOVE: Final = 0.5  # below this likeness nearly every letter would be marked, which shows nothing
_HIDDEN: Final = frozenset("*•")
_NUMBERS: Final = frozenset({"nik", "nkk", "tgl_lahir", "rt", "rw", "tps"})
_WHERE: Final = ("tps", "kd_kel", "kd_kec", "ktp_el", "keterangan")
_ADDS: Final = frozenset(",;:")  # a plain "NIK sama." has none of them
_FEW_WORDS: Final = 4  # "Date of birth differs."
_PLACES: Final = frozenset({"kd_kel", "kd_kec"})
_SEVEREST: Final = (Agreement.DIFFER, Agreement.SIMILAR, Agreement.BLANK, Agreement.AGREE)


@dataclass(frozen=True, slots=True, repr=False)
class Segment:
    """A piece of a value; `is_different` where the first record has something else there."""

    text: str
    is_different: bool


@dataclass(frozen=True, slots=True, repr=False)
class Cell:
    """One record's value of an element; no segments where it is empty."""

    letter: str
    segments: tuple[Segment, ...]
    is_number: bool
    spoken: str  # the value as a word, where the value is a code


@dataclass(frozen=True, slots=True, repr=False)
class PairSays:
    """What the comparison says of one element; `pairs` is empty where the case has one pair only."""

    pairs: str
    agreement: Agreement
    sentence: str


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """One element across all records. `agreement` is the least alike of its pairs; None where nothing compares it."""

    name: str
    cells: tuple[Cell, ...]
    says: tuple[PairSays, ...]
    agreement: Agreement | None


@dataclass(frozen=True, slots=True)
class Column:
    """A record of the case: its letter, its line, and the line as a form's value (digits only, no separators)."""

    letter: str
    line: int  # as officers count it, from 1
    value: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """What two officers ruled of a pair before; `changed` are letters of records with an element that is new since."""

    pair: str
    ruling: Ruling
    at: datetime
    case: CaseId
    decisions: tuple[DecisionId, DecisionId]
    changed: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, repr=False)
class SideBySide:
    """Everything the comparison table shows."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    where: tuple[Row, ...]
    counts: tuple[tuple[Agreement, int], ...]
    earlier: tuple[Earlier, ...]


def side_by_side(shown: ShownCase) -> SideBySide:
    """Lay the shown case out for the page."""
    letters = {record.line: chr(ord("A") + place) for place, record in enumerate(shown.records)}
    rows = tuple(_row(element.value, shown, letters) for element in Element)
    where = tuple(Row(name, _cells(name, shown, letters), (), None) for name in _WHERE)
    return SideBySide(
        columns=tuple(Column(letter, line + 1, str(line)) for line, letter in letters.items()),
        rows=rows,
        where=tuple(row for row in where if any(cell.segments for cell in row.cells)),
        counts=tuple((kind, sum(row.agreement is kind for row in rows)) for kind in Agreement),
        earlier=tuple(_earlier(was, letters) for was in shown.earlier),
    )


def _earlier(was: EarlierRuling, letters: Mapping[int, str]) -> Earlier:
    return Earlier(
        pair=f"{letters[was.left]}–{letters[was.right]}",
        ruling=was.ruling,
        at=was.at,
        case=was.case,
        decisions=was.decisions,
        changed=tuple((letters[change.line], change.element.value) for change in was.changed),
    )


def _row(name: str, shown: ShownCase, letters: Mapping[int, str]) -> Row:
    pairs: dict[tuple[Agreement, str], list[str]] = {}  # pairs of which the same is said, said once
    for comparison in shown.comparisons:
        pair = f"{letters[comparison.left.line]}–{letters[comparison.right.line]}"
        for compared in comparison.elements:
            if compared.element.value == name:
                pairs.setdefault((compared.agreement, _sentence(compared)), []).append(pair)
    says = tuple(
        PairSays(", ".join(named) if len(shown.comparisons) > 1 else "", agreement, sentence)
        for (agreement, sentence), named in pairs.items()
    )
    least = next((kind for kind in _SEVEREST if any(said.agreement is kind for said in says)), None)
    return Row(name, _cells(name, shown, letters), says, least)


def _sentence(compared: ElementComparison) -> str:
    """What is said of an element beyond the word beside its sign, as that a date is a default one and says little."""
    said = compared.sentence_en if language() == "en" else compared.sentence_id
    adds_nothing = not _ADDS.intersection(said) and (
        compared.agreement is Agreement.AGREE
        or (compared.agreement is Agreement.DIFFER and len(said.split()) <= _FEW_WORDS)
    )
    return "" if adds_nothing else said


def _cells(name: str, shown: ShownCase, letters: Mapping[int, str]) -> tuple[Cell, ...]:
    codes = [record.values.get(name, "") for record in shown.records]
    values = [place_name(code) if name in _PLACES else _written(name, code) for code in codes]
    others = [values[1] if place == 0 and len(values) == 2 else values[0] for place in range(len(values))]
    return tuple(
        Cell(
            letter=letters[record.line],
            segments=marked(value, other),
            is_number=name in _NUMBERS,
            spoken=code if name in _PLACES and code != value else _spoken(name, code),
        )
        for record, code, value, other in zip(shown.records, codes, values, others, strict=True)
    )


def marked(value: str, other: str) -> tuple[Segment, ...]:
    """`value` cut where `other` says something else. Hidden digits are never marked: they are not known here."""
    if not value:
        return ()
    if not other or value == other:
        return (Segment(value, is_different=False),)
    matcher = SequenceMatcher(None, value, other, autojunk=False)
    if matcher.ratio() < _MARK_ABOVE:
        return (Segment(value, is_different=False),)
    pieces: list[Segment] = []
    for kind, start, end, _start, _end in matcher.get_opcodes():
        text = value[start:end]
        if text:
            pieces.append(Segment(text, is_different=kind != "equal" and not set(text) <= _HIDDEN))
    return tuple(pieces)


def _written(name: str, value: str) -> str:
    """A value as forms write it: dates day first."""
    if name == "tgl_lahir" and len(value) == 10 and value[4] == "-":
        return f"{value[8:]}-{value[5:7]}-{value[:4]}"
    return value


def _spoken(name: str, value: str) -> str:
    """The word for a code, as forms use it."""
    words = {
        ("jk", "L"): say("laki-laki"),
        ("jk", "P"): say("perempuan"),
        ("status_kawin", "B"): say("belum kawin"),
        ("status_kawin", "S"): say("sudah kawin"),
        ("status_kawin", "P"): say("pernah kawin"),
        ("ktp_el", "S"): say("sudah punya"),
        ("ktp_el", "B"): say("belum punya"),
        ("disabilitas", "•"): say("ada, disembunyikan"),
    }
    return words.get((name, value), "")
