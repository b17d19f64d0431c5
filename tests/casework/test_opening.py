"""A recommendation becomes a case of the office that owns the lines, and of no other."""

import pytest

from saksama.casework.classes import SCHEME_2018
from saksama.casework.opening import NotOurs, open_case, referral_entry
from saksama.model.case import Case, CaseState, case_id_for
from saksama.model.errors import NotAllowed
from saksama.model.pair import Band
from saksama.model.record import Element, Record
from saksama.model.wilayah import MalformedWilayah
from tests.cast import BANTUL, SLEMAN

from .making import AT, ROLL, agreeing_in, recommended, record_of

LINES = (12, 40711)


def opened(*records: Record) -> Case:
    return open_case(
        recommended(record.ref.line for record in records),
        records,
        owner=SLEMAN,
        scheme=SCHEME_2018,
        evidence_digest="0f" * 32,
        at=AT,
    )


def test_a_case_opens_with_what_is_known_of_it() -> None:
    case = opened(record_of(12, kd_kel="34.04.07.2001"), record_of(40711, kd_kec="34.04.06"))
    assert case.id == case_id_for(ROLL, LINES)
    assert (case.state, case.version, case.opened_at) == (CaseState.OPEN, 0, AT)
    assert (case.wilayah, case.roll, case.lines) == (SLEMAN, ROLL, LINES)
    assert (case.band, case.kpu_class, case.class_scheme) == (Band.PROBABLE, "K4", "2018")
    assert case.villages == ("34.04.07.2001", "34.04.06")


def test_a_line_without_any_place_belongs_to_the_office_that_has_the_roll() -> None:
    nowhere = Record(record_of(12).ref, {"nama": "SARI WIDURI"})
    assert opened(nowhere, record_of(40711)).villages == ("", "34.04")


@pytest.mark.parametrize(
    "place",
    [
        {"kd_kab": "34.02"},
        {"kd_kab": "34.02", "kd_kel": "34.04.07.2001"},
        {"kd_kab": "", "kd_kec": "34.02.01"},
        {"kd_kab": "", "kd_kel": "34.02.01.2001"},
        {"kd_kab": "", "kd_prov": "33"},
        {"kd_kab": "33.04"},
    ],
)
def test_it_refuses_a_record_of_another_office_whichever_column_says_so(place: dict[str, str]) -> None:
    with pytest.raises(NotOurs, match="Baris 40712 milik KPU wilayah 3") as refusal:
        opened(record_of(12), record_of(40711, **place))
    assert isinstance(refusal.value, NotAllowed)
    assert "SARI" not in str(refusal.value)


@pytest.mark.parametrize(
    "place",
    [
        {"kd_kab": "34.04"},
        {"kd_kab": "", "kd_kec": "34.04.07"},
        {"kd_kab": "", "kd_kel": "34.04.07.2001"},
        {"kd_kab": "", "kd_prov": "34"},
    ],
)
def test_it_opens_a_record_of_this_office_whichever_column_says_so(place: dict[str, str]) -> None:
    assert opened(record_of(12), record_of(40711, **place)).lines == LINES


def test_a_place_that_is_no_code_is_refused_unquoted() -> None:
    with pytest.raises(MalformedWilayah) as refusal:
        opened(record_of(12), record_of(40711, kd_kab="3404077112850001"))
    assert "3404077112850001" not in str(refusal.value)


def test_three_records_are_one_case_with_the_class_of_the_least_alike() -> None:
    pairs = (agreeing_in(*Element), agreeing_in(*Element), agreeing_in(Element.NAMA))
    case = open_case(
        recommended((1, 2, 3), pairs),
        (record_of(1), record_of(2), record_of(3)),
        owner=SLEMAN,
        scheme=SCHEME_2018,
        evidence_digest="0f" * 32,
        at=AT,
    )
    assert (case.lines, case.kpu_class) == ((1, 2, 3), "")


def test_the_same_records_in_the_hands_of_another_office_have_the_same_number() -> None:
    records = (record_of(12, kd_kab="34.02"), record_of(40711, kd_kab="34.02"))
    case = open_case(recommended(LINES), records, owner=BANTUL, scheme=SCHEME_2018, evidence_digest="0f" * 32, at=AT)
    assert case.id == opened(record_of(12), record_of(40711)).id
    assert case.wilayah == BANTUL


def test_its_entry_names_the_lines_and_nobody() -> None:
    case = opened(record_of(12, nik="3404077112850001"), record_of(40711))
    entry = referral_entry(case, recommended(LINES))
    written = entry.to_bytes().decode()
    assert entry.id == f"case_referred:{case.id}"
    assert entry.actor == "program:cases-refer"
    assert entry.body["lines"] == [12, 40711]
    assert entry.body["assistant"] == "pencari-ganda"
    for planted in ("SARI", "WIDURI", "3404077112850001"):
        assert planted not in written
