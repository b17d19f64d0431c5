"""`docs/formats/entry.md` is enough to reimplement from: a checker made of its tables judges as all of ours do."""

import hashlib
import hmac
import inspect
import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saksama.audit.entries import KINDS as AUDITED
from saksama.audit.entries import read_entry
from saksama.model.entry import BODIES, MAX_BYTES, EntryKind

from .entries import body_of, entry_of

PAGE = (Path(__file__).parents[2] / "docs" / "formats" / "entry.md").read_text(encoding="utf-8")
Check = Callable[[object], bool]
KINDS = list(EntryKind)


def table(under: str) -> list[list[str]]:
    """The rows of the first table after a line that begins with `under`."""
    after = PAGE[re.search(f"^{re.escape(under)}", PAGE, re.MULTILINE).end() :]  # type: ignore[union-attr]
    lines = re.search(r"^\|.*\n\|[-|]+\n((?:\|.*\n)+)", after, re.MULTILINE).group(1).splitlines()  # type: ignore[union-attr]
    return [[c.strip().replace(r"\|", "|") for c in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def code(cell: str) -> str:
    return cell.strip("`")


TYPES = {code(name): (json_type, form) for name, json_type, form in table("## Types")}
FIELDS = {k: {code(n): t for n, t, _ in table(f"### `{k}`")} for k in re.findall("^### `(.*)`", PAGE, re.MULTILINE)}
OPENED = {code(name): type_ for name, type_, _ in table("An `opened` is")}


@cache
def check(written: str) -> Check:
    """The check a reader of the page would write for a cell of its type column."""
    if '"' in written:
        allowed = re.findall('"([^"]*)"', written)
        return lambda value: isinstance(value, str) and value in allowed
    written = code(written)
    if written.endswith("?"):
        inner = check(written[:-1])
        return lambda value: value is None or inner(value)
    if written.startswith("["):
        inner = check(written[1:-1])
        return lambda value: isinstance(value, list) and all(map(inner, value))
    if written.startswith("{"):
        name, item = map(check, written[1:-1].split(": "))
        return lambda value: isinstance(value, dict) and all(name(k) and item(v) for k, v in value.items())
    if written == "opened":
        return lambda value: isinstance(value, dict) and fits(OPENED, value)
    json_type, form = TYPES[written]
    if json_type == "number":
        return lambda value: isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10**9
    if " or " in form:
        one, other = (check(part) for part in form.split(" or "))
        return lambda value: one(value) or other(value)
    return lambda value: isinstance(value, str) and re.fullmatch(code(form), value, re.ASCII) is not None


def fits(fields: Mapping[str, str], body: Mapping[str, Any]) -> bool:
    return set(body) == set(fields) and all(check(type_)(body[name]) for name, type_ in fields.items())


@cache
def made(written: str) -> st.SearchStrategy[Any]:
    """Values that the page says are of this type."""
    if '"' in written:
        return st.sampled_from(re.findall('"([^"]*)"', written))
    written = code(written)
    if written.endswith("?"):
        return st.none() | made(written[:-1])
    if written.startswith("["):
        return st.lists(made(written[1:-1]), max_size=3)
    if written.startswith("{"):
        name, item = written[1:-1].split(": ")
        return st.dictionaries(made(name), made(item), max_size=3)
    if written == "opened":
        return st.fixed_dictionaries({name: made(type_) for name, type_ in OPENED.items()})
    json_type, form = TYPES[written]
    if json_type == "number":
        return st.sampled_from([0, 1, 10**9]) | st.integers(0, 10**9)
    if " or " in form:
        return st.one_of(*(made(part) for part in form.split(" or ")))
    return st.from_regex(re.compile(code(form), re.ASCII), fullmatch=True)


def spoilt(value: Any, random: Random) -> Any:
    """A value a little off: a character more, less or another, a bound passed, another type."""
    if isinstance(value, str) and value and random.random() < 0.9:
        at, letter = random.randrange(len(value)), random.choice("0123456789abcdefgzAGZ._-+:/ \n")
        return value[:at] + random.choice(["", letter, letter + value[at]]) + value[at + 1 :]
    if isinstance(value, list | dict) and value and random.random() < 0.9:
        copy = json.loads(json.dumps(value))
        inner = random.choice(list(copy) if isinstance(copy, dict) else range(len(copy)))
        copy[inner] = spoilt(copy[inner], random)
        return copy
    return random.choice([None, "", 0, -1, 10**9 + 1, 10**9, True, "1" * 16, "a" * 16, "K1", [], {}, 1.5, [None]])


def ours(kind: EntryKind, body: Mapping[str, Any]) -> bool:
    """Whether the fields of `model.entry` take the body."""
    fields = BODIES[kind]
    return set(body) == set(fields) and all(field(body[name]) for name, field in fields.items())


def spelled(field: Check) -> str:
    """A type of the code as the page would write it: read out of the check itself, so exact where samples are not."""
    held = inspect.getclosurevars(field).nonlocals
    made_by = field.__qualname__.partition(".")[0]
    if made_by == "_text":
        form = held["compiled"].pattern.replace("(?:", "(").replace(r"\Z", "$")
        return next(name for name, (_, written) in TYPES.items() if code(written) == form)
    if made_by == "_choice":
        return " ".join(f'"{word}"' for word in held["allowed"])
    if made_by == "_optional":
        return f"{spelled(held['field'])}?"
    if made_by == "_many":
        return f"[{spelled(held['field'])}]"
    if made_by == "_table":
        return f"{{{spelled(held['key'])}: {spelled(held['item'])}}}"
    if made_by == "_record":
        assert {name: spelled(inner) for name, inner in held["fields"].items()} == {
            n: plain(t) for n, t in OPENED.items()
        }
        return "opened"
    return {"_count": "count", "<lambda>": "actor"}[made_by]


def plain(cell: str) -> str:
    return cell.replace("`", "")


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_spells_every_type_as_the_code_does(kind: EntryKind) -> None:
    written = {name: plain(type_) for name, type_ in FIELDS[kind.value].items()}
    assert {name: spelled(field) for name, field in BODIES[kind].items()} == written


def test_the_page_has_the_kinds_of_the_code_and_the_auditor_in_their_order() -> None:
    assert list(FIELDS) == [kind.value for kind in EntryKind] == list(AUDITED)


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_has_the_fields_of_the_code(kind: EntryKind) -> None:
    assert FIELDS[kind.value].keys() == BODIES[kind].keys()


@pytest.mark.parametrize("kind", KINDS)
def test_both_take_the_sample(kind: EntryKind) -> None:
    assert fits(FIELDS[kind.value], body_of(kind))
    assert ours(kind, body_of(kind))


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=50)
@given(data=st.data())
def test_what_the_page_allows_the_code_takes(kind: EntryKind, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(list(FIELDS[kind.value])))
    value = data.draw(made(FIELDS[kind.value][name]))
    assert BODIES[kind][name](value)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=150)
@given(data=st.data(), random=st.randoms(use_true_random=False))
def test_what_is_a_little_off_both_judge_alike(kind: EntryKind, data: st.DataObject, random: Random) -> None:
    name = data.draw(st.sampled_from(list(FIELDS[kind.value])))
    value = spoilt(data.draw(made(FIELDS[kind.value][name]) | st.just(body_of(kind)[name])), random)
    assert check(FIELDS[kind.value][name])(value) == BODIES[kind][name](value)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=20)
@given(data=st.data())
def test_what_we_write_the_auditor_reads(kind: EntryKind, data: st.DataObject) -> None:
    names = {
        "case",
        "officer",
        "wilayah",
        "roll",
        "run",
        "decision",
        "outcome",
        "line",
        "evidence_digest",
        "policy_sha256",
    }
    names |= set(FIELDS["run_referred"])  # its id holds every count
    body = {n: data.draw(made(t)) if n not in names else body_of(kind)[n] for n, t in FIELDS[kind.value].items()}
    read = read_entry(7, entry_of(kind, body).to_bytes())
    assert (read.index, read.kind, read.body) == (7, kind.value, body)


def test_the_members_and_the_limit_are_those_of_the_code() -> None:
    members = [code(row[0]) for row in table("## The whole")]
    assert sorted(members) == sorted(json.loads(entry_of(EntryKind.EVIDENCE_SEEN).to_bytes()))
    assert f"**{MAX_BYTES:,} bytes**" in PAGE


def test_the_ids_are_those_that_are_written() -> None:
    rows = {code(kind): written for kind, written in table("## Ids")}
    assert list(rows) == [kind.value for kind in EntryKind]
    for kind in EntryKind:
        form = code(rows[kind.value].split(" ")[0])
        names = re.findall("[A-Z][A-Z_0-9]*", form)
        expected = form
        for name in names:
            expected = expected.replace(name, str(body_of(kind)[name.lower()]))
        assert str(entry_of(kind).id).startswith(expected)


def test_the_worked_example_of_a_commitment_is_right() -> None:
    said = re.search(r'`(\{"case".*\})`', PAGE).group(1)  # type: ignore[union-attr]
    expected = re.search(r"`([0-9a-f]{64})`", PAGE[PAGE.index("of exactly this") :]).group(1)  # type: ignore[union-attr]
    made = hmac.new(bytes(range(32)), b"saksama/choice/v1\n" + said.encode(), hashlib.sha256).hexdigest()
    assert made == expected
