import re

import pytest
from django.test import Client

from saksama.flow.desk import Desk
from saksama.model.case import Case
from saksama.web.cases.models import SeenRow
from tests.cast import BUDI, RATNA, SARI, TONO, WAYAN
from tests.web.conftest import DIFFERENT, Signed, rule, same
from tests.web.planting import HER_OTHER_LINE, NGATINEM, entries_of


def page_of(case: Case, client: Client) -> str:
    answer = client.get(f"/perkara/{case.id}/")
    assert answer.status_code == 200
    return answer.content.decode()


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def test_it_asks_who_you_are(case: Case) -> None:
    assert Client().get(f"/perkara/{case.id}/").status_code == 302


def test_it_shows_the_records_side_by_side_with_their_agreement_in_words_and_signs(case: Case, signed: Signed) -> None:
    page = page_of(case, signed(SARI))
    assert "NGATINEM WID<mark>Y</mark>ASTUTI" in page
    assert "NGATINEM WID<mark>I</mark>ASTUTI" in page
    for sign, word in (("=", "sama"), ("≈", "mirip"), ("≠", "berbeda"), ("∅", "kosong")):
        assert re.search(rf'class="sign" aria-hidden="true">{sign}</span>{word}', page), word
    assert "NIK sama kecuali dua angka berdampingan tertukar." in page


def test_an_agreement_that_says_little_says_so(case: Case, signed: Signed) -> None:
    text = text_of(page_of(case, signed(SARI)))
    assert "tanggal bawaan (1 Juli), maka lemah" in text
    assert "NKK sama." not in text  # the word beside its sign is enough


def test_it_says_that_a_program_proposes_and_which_one(case: Case, signed: Signed) -> None:
    text = text_of(page_of(case, signed(SARI)))
    assert "Usulan, bukan keputusan" in text
    assert "pencari-ganda 0.1.0" in text


def test_no_score_stands_anywhere(case: Case, trio: Case, signed: Signed) -> None:
    for shown in (case, trio):
        text = text_of(page_of(shown, signed(SARI)))
        assert "%" not in text
        assert not re.search(r"\b0[.,]\d{2,}\b|\bskor\b|probab|\bbit\b", text, re.IGNORECASE)


def test_nik_and_nkk_show_six_of_sixteen_digits_and_disability_none(case: Case, signed: Signed) -> None:
    page = page_of(case, signed(SARI))
    for person in (NGATINEM, HER_OTHER_LINE):
        for number in (person["nik"], person["nkk"]):
            assert number not in page
            assert number[4:14] not in page
    assert "3404**********" in page
    assert "ada, disembunyikan" in page


def test_three_records_stand_side_by_side_each_pair_named(trio: Case, signed: Signed) -> None:
    text = text_of(page_of(trio, signed(SARI)))
    for said in ("Data A", "Data B", "Data C", "A–B", "A–C", "B–C"):
        assert said in text


def test_lines_are_counted_as_officers_count_them(case: Case, signed: Signed) -> None:
    text = text_of(page_of(case, signed(SARI)))
    assert "baris 1.041" in text
    assert "baris 52.318" in text


def test_opening_it_is_recorded_before_it_is_shown(case: Case, desk: Desk, signed: Signed) -> None:
    page_of(case, signed(SARI))
    assert SeenRow.objects.filter(case_id=case.id, officer_id=SARI.id, digest=case.evidence_digest).count() == 1
    assert b'"evidence_seen"' in entries_of(desk.cases)[-1]
    assert SARI.id.encode() in entries_of(desk.cases)[-1]


def test_the_second_officer_does_not_see_the_firsts_choice(case: Case, desk: Desk, signed: Signed) -> None:
    rule(case, same(case), SARI, desk)
    page = page_of(case, signed(WAYAN))
    assert "Menunggu petugas kedua" in page
    for told in ("NKK dan alamat sama", "Surat Disdukcapil", SARI.id, "Dipertahankan"):
        assert told not in page
    assert " checked" not in page


def test_neither_does_the_observer(case: Case, desk: Desk, signed: Signed) -> None:
    rule(case, same(case), SARI, desk)
    page = page_of(case, signed(TONO))
    for told in ("NKK dan alamat sama", "Surat Disdukcapil", SARI.id):
        assert told not in page


def test_she_sees_her_own_and_may_change_her_mind_while_it_waits(case: Case, desk: Desk, signed: Signed) -> None:
    rule(case, same(case), SARI, desk)
    page = page_of(case, signed(SARI))
    assert "NKK dan alamat sama" in page
    assert "Ubah putusan Anda" in page


def test_two_who_disagree_wait_for_a_third_who_sees_neither(case: Case, desk: Desk, signed: Signed) -> None:
    rule(case, same(case), SARI, desk)
    rule(case, DIFFERENT, WAYAN, desk)
    hers = page_of(case, signed(SARI))
    assert "data-ruling-form" not in hers
    assert "Petugas ketiga" in hers
    assert WAYAN.id not in hers
    thirds = page_of(case, signed(BUDI))
    assert "data-ruling-form" in thirds
    assert SARI.id not in thirds
    assert WAYAN.id not in thirds


@pytest.mark.parametrize("reader", [SARI, WAYAN, BUDI, TONO], ids=lambda officer: officer.id)
def test_after_the_settlement_everybody_here_sees_the_rulings(reader, case: Case, desk: Desk, signed: Signed) -> None:  # type: ignore[no-untyped-def]
    rule(case, same(case), SARI, desk)
    rule(case, same(case), WAYAN, desk)
    page = page_of(case, signed(reader))
    for told in ("Selesai diputuskan", SARI.id, WAYAN.id, "NKK dan alamat sama", "Surat Disdukcapil 470/12"):
        assert told in page
    assert "data-ruling-form" not in page


def test_the_observer_has_no_form(case: Case, signed: Signed) -> None:
    page = page_of(case, signed(TONO))
    assert "data-ruling-form" not in page
    assert "tidak memutuskan" in page


def test_the_observers_look_leaves_no_trace_of_his_in_the_ledger(case: Case, desk: Desk, signed: Signed) -> None:
    before = entries_of(desk.cases)
    page_of(case, signed(TONO))
    assert entries_of(desk.cases) == before


def test_it_refuses_an_officer_of_another_kabupaten_and_says_who_may(case: Case, desk: Desk, signed: Signed) -> None:
    answer = signed(RATNA).get(f"/perkara/{case.id}/")
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "KPU Kabupaten Sleman" in page
    assert "NGATINEM" not in page
    assert not SeenRow.objects.exists()


def test_an_unknown_number_is_not_found(signed: Signed) -> None:
    assert signed(SARI).get("/perkara/GD-22222-22222/").status_code == 404
    assert signed(SARI).get("/perkara/3404074107550001/").status_code == 404


def test_touched_evidence_is_not_shown(case: Case, signed: Signed, monkeypatch: pytest.MonkeyPatch) -> None:
    from saksama.web.cases.store import DjangoCaseStore

    sealed = DjangoCaseStore().sealed_evidence(case.id)
    monkeypatch.setattr(DjangoCaseStore, "sealed_evidence", lambda *_: sealed[:-1] + bytes([sealed[-1] ^ 1]))
    answer = signed(SARI).get(f"/perkara/{case.id}/")
    assert answer.status_code == 500
    assert "NGATINEM" not in answer.content.decode()


def test_it_is_not_written_by_looking(signed: Signed, case: Case) -> None:
    assert signed(SARI).post(f"/perkara/{case.id}/").status_code == 405
    assert signed(TONO).post(f"/perkara/{case.id}/").status_code == 403
