"""Evidence is fixed byte for byte: it comes back as it was, and its digest says nothing to who has no salt."""

import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saksama.casework.evidence import Evidence, evidence_digest, evidence_from
from saksama.model.errors import Broken
from saksama.model.recommendation import Agreement, PairComparison
from saksama.model.record import Element, Record, RecordRef

from .making import ROLL, compared, recommended, record_of

SALT = bytes(range(32))
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
people = st.dictionaries(st.sampled_from([element.value for element in Element]) | text, text, max_size=8)


@st.composite
def evidences(draw: st.DrawFn) -> Evidence:
    lines = sorted(draw(st.lists(st.integers(0, 10**8), min_size=2, max_size=4, unique=True)))
    said: tuple[PairComparison, ...] = tuple(
        compared(
            draw(st.dictionaries(st.sampled_from(Element), st.sampled_from(Agreement))),
            left=lines[0],
            right=right,
            sentence=draw(text),
        )
        for right in lines[1:]
    )
    records = tuple(Record(RecordRef(ROLL, line), draw(people)) for line in lines)
    return Evidence(records, recommended(lines, said))


EVIDENCE = Evidence((record_of(12), record_of(40711, nama="SARI WIDHURI")), recommended((12, 40711)))


@given(evidence=evidences())
def test_it_comes_back_as_it_went(evidence: Evidence) -> None:
    written = evidence.to_bytes()
    assert evidence_from(written) == evidence
    assert evidence_from(written).to_bytes() == written


@given(evidence=evidences(), random=st.randoms())
def test_its_bytes_do_not_depend_on_the_order_of_columns(evidence: Evidence, random: Random) -> None:
    shuffled = []
    for record in evidence.records:
        values = list(record.values.items())
        random.shuffle(values)
        shuffled.append(Record(record.ref, dict(values)))
    assert Evidence(tuple(shuffled), evidence.recommendation).to_bytes() == evidence.to_bytes()


@pytest.mark.parametrize(
    "written",
    [
        b"", b"{}", b"[]", b"null", b"1", b"\xff\xfe", b'{"v":1}', b'{"v":1,"roll":"a","records":3}',
        b'{"v":1,"roll":"a","records":[{"line":1}]}', b"<xml/>",
    ],
)  # fmt: skip
def test_bytes_that_are_no_evidence_are_a_broken_promise(written: bytes) -> None:
    with pytest.raises(Broken):
        evidence_from(written)


@given(cut=st.integers(0, len(EVIDENCE.to_bytes()) - 1))
def test_evidence_cut_short_is_refused(cut: int) -> None:
    with pytest.raises(Broken):
        evidence_from(EVIDENCE.to_bytes()[:cut])


@pytest.mark.parametrize(
    ("name", "value"),
    [("v", 2), ("v", None), ("band", "sure"), ("assistant", ["x"]), ("records", None), ("comparisons", [{}])],
)
def test_evidence_of_another_version_or_form_is_refused(name: str, value: object) -> None:
    document = json.loads(EVIDENCE.to_bytes())
    with pytest.raises(Broken):
        evidence_from(json.dumps(document | {name: value}).encode())


def test_values_that_are_not_text_are_refused() -> None:
    document = json.loads(EVIDENCE.to_bytes())
    document["records"][0]["values"]["rt"] = 3
    with pytest.raises(Broken):
        evidence_from(json.dumps(document).encode())


@given(evidence=evidences())
def test_a_change_of_anything_changes_the_digest(evidence: Evidence) -> None:
    written = evidence.to_bytes()
    digest = evidence_digest(written, salt=SALT)
    assert digest == evidence_digest(written, salt=SALT)
    assert digest != evidence_digest(written + b" ", salt=SALT)
    assert digest != evidence_digest(written, salt=SALT[::-1])


def test_a_digest_needs_its_salt_whole() -> None:
    for length in (0, 16, 31, 33):
        with pytest.raises(AssertionError, match="32 bytes"):
            evidence_digest(b"{}", salt=bytes(length))


def test_it_never_shows_who_it_is_about() -> None:
    for shown in (repr(EVIDENCE), str(EVIDENCE), f"{[EVIDENCE]}"):
        assert "SARI" not in shown
        assert "2 records" in shown
