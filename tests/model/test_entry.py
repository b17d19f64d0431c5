"""An entry is closed: whatever a person could type, and any number of a person, is refused in every place of it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from random import Random
from types import MappingProxyType
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from saksama.casework.classes import SCHEME_2018
from saksama.model.decision import Ruling
from saksama.model.entry import BODIES, MAX_BYTES, EntryId, EntryKind, NotAnEntry
from saksama.model.errors import Broken
from saksama.model.officer import Role
from saksama.model.pair import Band
from saksama.model.roll import RollKind

from .entries import AT, FIRST, PLANTED, body_of, entry_of

KINDS = list(EntryKind)
Put = Callable[[Any, object], None]


def places(value: object) -> Iterator[Put]:
    """How to put something else into every place of a body. The keys of a dict are places too."""
    for inner in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield lambda whole, new, inner=inner: whole.__setitem__(inner, new)
        if isinstance(value, dict):
            yield lambda whole, new, inner=inner: whole.__setitem__(new, whole.pop(inner))
        for put in places(value[inner]):
            yield lambda whole, new, inner=inner, put=put: put(whole[inner], new)


PLACES = {kind: list(places(body_of(kind))) for kind in KINDS}

niks = st.builds("{:02d}{:014d}".format, st.integers(11, 97), st.integers(0, 10**14 - 1))
dressed_niks = st.builds(
    lambda nik, dress: dress.format(nik, nik[:4], nik[4:8], nik[8:12], nik[12:]),
    niks,
    st.sampled_from(
        [
            "{0}", " {0}", "{0} ", "'{0}", "{1} {2} {3} {4}", "{1}.{2}.{3}.{4}", "{1}-{2}-{3}-{4}", "{0}.xlsx",
            "nik-{0}", "nik_{0}", "P-{0}", "GD-{0}", "{0}.0", "1.0+{0}", "program:{0}", "saksama/{0}", "{0}/34.04",
            "34.04.{0}", "case_referred:{0}", "3,4E+15{0}",
        ]
    ),
)  # fmt: skip
words = st.text(min_size=1, max_size=12)
typed = st.one_of(
    st.builds("{} {}".format, words, words),
    st.text(min_size=1, max_size=60).filter(lambda text: not text.isascii()),
    st.from_regex("[A-Z][A-Za-z'.,/ -]{3,60}", fullmatch=True).filter(lambda text: text not in {"DPHP", "DPSHP"}),
    st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=14).filter(lambda text: text not in CHOICES),
    st.dates(date(1900, 1, 1)).flatmap(
        lambda day: st.sampled_from([day.strftime(f) for f in ("%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y")])
    ),
    st.sampled_from(PLANTED[:-1]),
)
CHOICES = {str(e) for kinds in (Ruling, Role, Band) for e in kinds}


@pytest.mark.parametrize("kind", KINDS)
def test_there_is_a_sound_entry_of_every_kind(kind: EntryKind) -> None:
    written = json.loads(entry_of(kind).to_bytes())
    assert written["kind"] == kind.value
    assert written["at"] == "2026-11-23T07:05:00Z"
    assert written["body"] == body_of(kind)
    assert set(written) == {"v", "id", "kind", "at", "office", "actor", "body"}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=200)
@given(text=typed, random=st.randoms(use_true_random=False))
def test_it_refuses_what_a_person_types_in_any_place(kind: EntryKind, text: str, random: Random) -> None:
    body = body_of(kind)
    random.choice(PLACES[kind])(body, text)
    with pytest.raises(NotAnEntry):
        entry_of(kind, body)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=200)
@given(number=st.one_of(dressed_niks, niks.map(int)), random=st.randoms(use_true_random=False))
def test_it_refuses_a_nik_in_any_place_however_dressed(kind: EntryKind, number: object, random: Random) -> None:
    body = body_of(kind)
    random.choice(PLACES[kind])(body, number)
    with pytest.raises(NotAnEntry):
        entry_of(kind, body)


@pytest.mark.parametrize("kind", KINDS)
def test_it_refuses_a_bare_nik_and_values_of_no_type_in_every_place(kind: EntryKind) -> None:
    strangers = ["3404077112850001", 3404077112850001, True, 1.0, -1, 10**10, b"0f", (), frozenset(), "0f" * 32 + "\n"]
    for put in PLACES[kind]:
        for value in strangers:
            body = body_of(kind)
            put(body, value)
            with pytest.raises(NotAnEntry):
                entry_of(kind, body)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("planted", PLANTED[:-1])
def test_a_refusal_never_quotes_what_it_refused(kind: EntryKind, planted: str) -> None:
    for put in PLACES[kind]:
        body = body_of(kind)
        put(body, planted)
        with pytest.raises(NotAnEntry) as refusal:
            entry_of(kind, body)
        assert planted not in str(refusal.value)


@pytest.mark.parametrize("kind", KINDS)
def test_it_refuses_a_field_too_many_and_one_too_few(kind: EntryKind) -> None:
    with pytest.raises(NotAnEntry, match="unknown 1"):
        entry_of(kind, {**body_of(kind), "nama": "x"})
    for name in body_of(kind):
        fewer = body_of(kind)
        del fewer[name]
        with pytest.raises(NotAnEntry, match=f"missing .'{name}'"):
            entry_of(kind, fewer)


@pytest.mark.parametrize("kind", KINDS)
@given(text=st.one_of(typed, dressed_niks))
def test_it_refuses_an_id_office_or_actor_that_somebody_typed(kind: EntryKind, text: str) -> None:
    sound = entry_of(kind)
    for spoilt in ({"id": text}, {"id": f"{kind.value}:{text}"}, {"id": f"{sound.id}.{text}"}, {"actor": text}):
        with pytest.raises(NotAnEntry):
            replace(sound, **spoilt)
    with pytest.raises(NotAnEntry):
        replace(sound, office=text)


def test_an_id_says_its_kind_and_nothing_the_body_does_not() -> None:
    sound = entry_of(EntryKind.DECISION_MADE)
    for spoilt in (f"case_settled:{FIRST}", f"decision_made:{'d' * 32}", "decision_made:", f"decision_made:{FIRST}."):
        with pytest.raises(NotAnEntry, match="id"):
            replace(sound, id=EntryId(spoilt))


@pytest.mark.parametrize("kind", KINDS)
def test_its_bytes_are_canonical_json(kind: EntryKind) -> None:
    written = entry_of(kind).to_bytes()
    assert written == json.dumps(json.loads(written), sort_keys=True, separators=(",", ":")).encode()
    assert written == rfc8785.dumps(json.loads(written))
    assert written.isascii()


@pytest.mark.parametrize("kind", KINDS)
@given(random=st.randoms())
def test_its_bytes_do_not_depend_on_the_order_of_fields(kind: EntryKind, random: Random) -> None:
    items = list(body_of(kind).items())
    random.shuffle(items)
    assert entry_of(kind, dict(items)).to_bytes() == entry_of(kind).to_bytes()
    assert entry_of(kind, MappingProxyType(dict(items))).to_bytes() == entry_of(kind).to_bytes()


@given(hours=st.integers(-12, 14))
def test_its_bytes_do_not_depend_on_the_zone_of_the_clock(hours: int) -> None:
    sound = entry_of(EntryKind.EVIDENCE_SEEN)
    elsewhere = replace(sound, at=AT.astimezone(timezone(timedelta(hours=hours))))
    assert elsewhere.to_bytes() == sound.to_bytes()


def test_it_takes_no_moment_without_a_zone() -> None:
    sound = replace(entry_of(EntryKind.EVIDENCE_SEEN), at=datetime(2026, 11, 23, 7, 5))
    with pytest.raises(AssertionError, match="zone"):
        sound.to_bytes()


def test_it_takes_sixteen_kibibytes_and_not_one_byte_more() -> None:
    kind = EntryKind.CASE_REFERRED
    body = body_of(kind)
    empty = len(entry_of(kind, {**body, "lines": []}).to_bytes())
    room = MAX_BYTES - empty
    lines = [10**9] * -(-(room + 1) // 11)  # ten digits and a comma each, the last without
    excess = 11 * len(lines) - 1 - room
    lines[0] //= 10 ** (excess // 2)
    lines[1] //= 10 ** (excess - excess // 2)
    assert len(entry_of(kind, {**body, "lines": lines}).to_bytes()) == MAX_BYTES
    with pytest.raises(NotAnEntry, match="16384"):
        entry_of(kind, {**body, "lines": [*lines, 1]}).to_bytes()


def test_a_body_changed_after_it_was_checked_is_never_written() -> None:
    for kind, put in ((k, put) for k in KINDS for put in PLACES[k]):
        body = body_of(kind)
        entry = entry_of(kind, body)
        put(body, "SARI WIDURI")
        with pytest.raises(NotAnEntry):
            entry.to_bytes()


def test_the_refusal_is_a_broken_promise_of_ours() -> None:
    assert issubclass(NotAnEntry, Broken)


def test_choices_are_those_of_the_nouns() -> None:
    def takes(kind: EntryKind, name: str, value: object) -> bool:
        return BODIES[kind][name](value)

    assert all(takes(EntryKind.ROLL_TAKEN_IN, "roll_kind", k.value) for k in RollKind)
    assert all(takes(EntryKind.OFFICER_ENROLLED, "role", r.value) for r in Role)
    assert all(takes(EntryKind.CASE_REFERRED, "band", b.value) for b in Band)
    assert all(takes(EntryKind.CASE_REFERRED, "kpu_class", k) for k in [*SCHEME_2018.classes, ""])
    assert all(takes(EntryKind.CASE_SETTLED, "ruling", r.value) for r in Ruling)
    assert set(BODIES) == set(EntryKind)


def test_no_assistant_can_be_enrolled() -> None:
    for role in ("assistant", "asisten", "program", "ai"):
        with pytest.raises(NotAnEntry, match="role"):
            entry_of(EntryKind.OFFICER_ENROLLED, {**body_of(EntryKind.OFFICER_ENROLLED), "role": role})
    with pytest.raises(NotAnEntry, match="officer"):
        entry_of(
            EntryKind.OFFICER_ENROLLED, {**body_of(EntryKind.OFFICER_ENROLLED), "officer": "program:pencari-ganda"}
        )


def test_an_open_decision_says_nothing_of_its_choice() -> None:
    assert {"ruling", "kept", "struck", "reason", "document"}.isdisjoint(BODIES[EntryKind.DECISION_MADE])
