"""An entry has one form, and no place where a name could stand."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saksama.audit import audit_folder
from saksama.audit.entries import KINDS, AuditedEntry, LooksPersonal, NotCanonical, read_entry
from saksama.ledger.policy import Policy
from saksama.model.entry import EntryKind
from tests.audit.story import LOG_KEY, account_for, as_bytes, change_policy, true_story


def acts() -> list[dict[str, Any]]:
    story = true_story(Policy.of(LOG_KEY.verifier(), []))
    change_policy(story, "ab" * 32)
    account_for(story)
    return [act.to_json() for act in story.acts]


BY_KIND = {act["kind"]: act for act in acts()}


def test_it_reads_every_entry_of_every_kind():
    assert set(BY_KIND) == set(KINDS) == {kind.value for kind in EntryKind}
    for kind, act in BY_KIND.items():
        assert read_entry(7, as_bytes(act)).kind == kind


def spaced(raw: bytes) -> bytes:
    return json.dumps(json.loads(raw), sort_keys=True).encode()


def unsorted(raw: bytes) -> bytes:
    whole = json.loads(raw)
    return json.dumps(dict(reversed(whole.items())), separators=(",", ":")).encode()


def escaped(raw: bytes) -> bytes:
    return raw.replace(b"GD-", b"\\u0047D-", 1)


def doubled(raw: bytes) -> bytes:
    return raw.replace(b'"v":1', b'"v":1,"v":1')


def floated(raw: bytes) -> bytes:
    return raw.replace(b'"v":1', b'"v":1.0')


def listed(raw: bytes) -> bytes:
    return b"[" + raw + b"]"


def cut(raw: bytes) -> bytes:
    return raw[:-1]


def grown(raw: bytes) -> bytes:
    return raw + b"\n"


@pytest.mark.parametrize("bend", [spaced, unsorted, escaped, doubled, floated, listed, cut, grown])
def test_it_refuses_every_other_form_of_the_same_json(bend):
    raw = as_bytes(BY_KIND["case_referred"])
    with pytest.raises(NotCanonical):
        read_entry(0, bend(raw))


@pytest.mark.parametrize(
    "changed",
    [
        {"v": 2},
        {"v": True},
        {"kind": "case_closed"},
        {"kind": 1},
        {"at": "2026-11-23 01:00:00"},
        {"at": "2026-13-23T01:00:00Z"},
        {"id": "roll_taken_in:a1b2c3d4e5f60718"},
        {"body": []},
        {"extra": 1},
        {"body": {"case": "GD-7KM2P-QX4ZB"}},
    ],
)
def test_it_refuses_what_is_no_entry(changed):
    with pytest.raises(NotCanonical):
        read_entry(0, as_bytes(BY_KIND["evidence_seen"] | changed))


@pytest.mark.parametrize(
    "value", ["SITI RAHAYU", "3404077112850001", 3404077112850001, "Jalan Mawar 3", "siti@x.id", ""]
)
@pytest.mark.parametrize("kind", KINDS)
def test_no_field_has_room_for_a_person(kind, value):
    for name in BY_KIND[kind]["body"]:
        bent = BY_KIND[kind] | {"body": BY_KIND[kind]["body"] | {name: value}}
        if name == "kpu_class" and value == "":
            continue  # a pair outside the scheme has no class
        with pytest.raises((LooksPersonal, NotCanonical)):
            read_entry(0, as_bytes(bent))


@pytest.mark.parametrize("name", ["evidence_seen:SITI", "evidence_seen:3404077112850001", "evidence_seen:"])
def test_an_id_holds_what_the_body_names_and_nothing_else(name):
    with pytest.raises(LooksPersonal):
        read_entry(0, as_bytes(BY_KIND["evidence_seen"] | {"id": name}))


def test_a_table_has_no_room_for_a_person_either():
    for bent in ({"siti rahayu": 1}, {"nomor": "SITI"}, {"nik_3404077112850001": 1}):
        act = BY_KIND["roll_taken_in"]
        with pytest.raises(LooksPersonal):
            read_entry(0, as_bytes(act | {"body": act["body"] | {"faults": bent}}))


def test_an_entry_over_16_kib_is_refused():
    act = BY_KIND["case_referred"]
    with pytest.raises(NotCanonical):
        read_entry(0, as_bytes(act | {"body": act["body"] | {"lines": list(range(10_000))}}))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_in_one_way(raw):
    with suppress(NotCanonical, LooksPersonal):
        assert isinstance(read_entry(0, raw), AuditedEntry)


@given(st.sampled_from(sorted(BY_KIND)), st.integers(0, 10_000), st.integers(0, 7))
def test_one_bit_changed_is_another_entry_or_none(kind, at, bit):
    raw = bytearray(as_bytes(BY_KIND[kind]))
    raw[at % len(raw)] ^= 1 << bit
    with suppress(NotCanonical, LooksPersonal):
        assert read_entry(0, bytes(raw)) != read_entry(0, as_bytes(BY_KIND[kind]))


@pytest.mark.parametrize("sentence", ["berbentuk sah", "tempat bagi nama"])
def test_the_audit_names_where_it_stands_and_quotes_nothing(story, witness, tmp_path, sentence):
    act = story.acts[1].to_json()
    if sentence == "berbentuk sah":
        story.raw[1] = json.dumps(act).encode()
    else:
        story.raw[1] = as_bytes(act | {"body": act["body"] | {"role": "SITI RAHAYU"}})
    report = audit_folder(story.publish(tmp_path, witness))
    assert report.exit_code == 1
    (finding,) = [f for f in report.findings if sentence in f.sentence]
    assert finding.points
    assert "SITI" not in "\n".join(report.sentences())
