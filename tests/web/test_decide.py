from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from saksama.casework.store import CaseChanged
from saksama.flow.decide import show_case
from saksama.flow.desk import Desk
from saksama.flow.office import Office
from saksama.model.case import Case, CaseState
from saksama.model.decision import Choice, Ruling
from saksama.web.cases.store import DjangoCaseStore
from saksama.web.people.enrolling import enrol
from tests.cast import BUDI, RATNA, SARI, TONO, WAYAN
from tests.web.conftest import DIFFERENT, PASSWORD, PROVINCE, Signed, rule, same
from tests.web.planting import entries_of

GANDA = {"ruling": "ganda", "kept": "1040", "document": "470/12 Disdukcapil", "reason": "NKK sama"}
BUKAN = {"ruling": "bukan_ganda", "reason": "NIK dan nama ibu lain"}


def post(client: Client, case: Case, typed: dict[str, Any], *, look: bool = True) -> HttpResponse:
    """Open the page as a person does, then send the form."""
    if look:
        client.get(f"/perkara/{case.id}/")
    return client.post(f"/perkara/{case.id}/putuskan/", typed)


def test_a_ruling_is_saved_and_leads_back_to_the_queue(case: Case, desk: Desk, signed: Signed) -> None:
    client = signed(SARI)
    answer = post(client, case, GANDA)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/perkara/")
    (made,) = desk.cases.decisions(case.id)
    assert made.choice == Choice(Ruling.SAME_PERSON, 1040, (52317,))
    assert made.officer == SARI.id
    assert "menunggu petugas kedua" in client.get("/perkara/").content.decode()


def test_two_who_agree_settle_it(case: Case, desk: Desk, signed: Signed) -> None:
    post(signed(SARI), case, GANDA)
    client = signed(WAYAN)
    post(client, case, GANDA)
    assert desk.cases.get(case.id).state is CaseState.SETTLED
    assert "Dua petugas sependapat" in client.get("/perkara/").content.decode()


def test_a_third_settles_what_two_dispute(case: Case, desk: Desk, signed: Signed) -> None:
    post(signed(SARI), case, GANDA)
    post(signed(WAYAN), case, BUKAN)
    assert desk.cases.get(case.id).state is CaseState.DISPUTED
    assert post(signed(BUDI), case, BUKAN).status_code == 302
    assert desk.cases.get(case.id).state is CaseState.SETTLED


def test_it_may_stay_undecided_and_go_to_disdukcapil(case: Case, desk: Desk, signed: Signed) -> None:
    post(signed(SARI), case, {"ruling": "rujuk_disdukcapil", "reason": "dua NIK"})
    assert desk.cases.decisions(case.id)[0].choice == Choice(Ruling.UNDECIDED)


def test_in_a_cluster_of_three_the_struck_are_named(trio: Case, desk: Desk, signed: Signed) -> None:
    post(signed(SARI), trio, GANDA | {"kept": "22", "struck": ["11"]})
    assert desk.cases.decisions(trio.id)[0].choice == Choice(Ruling.SAME_PERSON, 22, (11,))


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({}, "Pilih salah satu putusan."),
        ({"ruling": "hapus", "reason": "x"}, "ruling-error"),
        ({"ruling": "bukan_ganda"}, "Alasan wajib diisi"),
        ({"ruling": "bukan_ganda", "reason": "   "}, "Alasan wajib diisi"),
        (GANDA | {"kept": ""}, "Pilih satu data yang dipertahankan."),
        (GANDA | {"kept": "99"}, "kept-error"),
        (GANDA | {"document": " "}, "Nomor dokumen wajib diisi"),
        (GANDA | {"reason": ""}, "Alasan wajib diisi"),
        (GANDA | {"reason": "x" * 4001}, "reason-error"),
    ],
)
def test_a_gap_is_told_beside_its_field_and_nothing_is_saved(
    typed: dict[str, str], told: str, case: Case, desk: Desk, signed: Signed
) -> None:
    answer = post(signed(SARI), case, typed)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert desk.cases.decisions(case.id) == ()


@pytest.mark.parametrize("struck", [[], ["22"], ["99"]])
def test_in_a_cluster_a_kept_record_is_not_struck_and_something_is(
    struck: list[str], trio: Case, desk: Desk, signed: Signed
) -> None:
    answer = post(signed(SARI), trio, GANDA | {"kept": "22", "struck": struck})
    assert answer.status_code == 422
    assert "struck-error" in answer.content.decode()
    assert desk.cases.decisions(trio.id) == ()


def test_what_was_typed_is_kept(case: Case, signed: Signed) -> None:
    page = post(signed(SARI), case, GANDA | {"document": "", "reason": "alamat <lama> & baru"}).content.decode()
    assert "alamat &lt;lama&gt; &amp; baru</textarea>" in page
    assert 'value="ganda" required checked' in page
    assert 'value="1040" checked' in page


def test_a_ruling_that_is_no_strike_takes_no_record_with_it(case: Case, desk: Desk, signed: Signed) -> None:
    post(signed(SARI), case, GANDA | {"ruling": "bukan_ganda"})
    assert desk.cases.decisions(case.id)[0].choice == DIFFERENT


def test_it_refuses_who_has_not_had_the_evidence_on_the_screen(case: Case, desk: Desk, signed: Signed) -> None:
    answer = post(signed(SARI), case, GANDA, look=False)
    assert answer.status_code == 403
    assert "Buka dahulu" in answer.content.decode()
    assert desk.cases.decisions(case.id) == ()


def test_it_refuses_the_observer_who_writes_nothing(case: Case, desk: Desk, signed: Signed) -> None:
    before = entries_of(desk.cases)
    answer = post(signed(TONO), case, GANDA)
    assert answer.status_code == 403
    assert "operator dan anggota KPU" in answer.content.decode()
    assert desk.cases.decisions(case.id) == ()
    assert entries_of(desk.cases) == before


def test_it_refuses_an_officer_of_another_kabupaten_and_says_who_may(case: Case, desk: Desk, signed: Signed) -> None:
    answer = post(signed(RATNA), case, GANDA, look=False)
    assert answer.status_code == 403
    assert "KPU Kabupaten Sleman" in answer.content.decode()
    assert desk.cases.decisions(case.id) == ()


def test_it_refuses_whoever_is_not_signed_in(case: Case, desk: Desk) -> None:
    answer = post(Client(), case, GANDA, look=False)
    assert answer.status_code == 302
    assert desk.cases.decisions(case.id) == ()


def test_it_refuses_a_form_without_its_token(case: Case, desk: Desk, signed: Signed) -> None:
    client = signed(SARI)
    client.handler.enforce_csrf_checks = True
    assert post(client, case, GANDA).status_code == 403
    assert desk.cases.decisions(case.id) == ()


def test_it_refuses_a_settled_case_with_409(case: Case, desk: Desk, signed: Signed) -> None:
    show_case(case.id, BUDI, desk=desk)
    rule(case, same(case), SARI, desk)
    rule(case, same(case), WAYAN, desk)
    answer = post(signed(BUDI), case, BUKAN, look=False)
    assert answer.status_code == 409
    assert len(desk.cases.decisions(case.id)) == 2


def test_whoever_is_slower_is_shown_so_with_409(
    case: Case, desk: Desk, signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def another_was_first(*_args: object, **_named: object) -> None:
        raise CaseChanged("Perkara baru saja diputuskan petugas lain. Muat ulang halaman.")

    monkeypatch.setattr(DjangoCaseStore, "record", another_was_first)
    answer = post(signed(SARI), case, GANDA)
    assert answer.status_code == 409
    assert "petugas lain" in answer.content.decode()
    assert desk.cases.decisions(case.id) == ()


def test_she_may_change_her_mind_while_it_waits(case: Case, desk: Desk, signed: Signed) -> None:
    post(signed(SARI), case, GANDA)
    post(signed(SARI), case, BUKAN)
    first, second = desk.cases.decisions(case.id)
    assert second.supersedes == first.id
    assert desk.cases.get(case.id).state is CaseState.WAITING


def test_one_person_never_settles_a_case(case: Case, desk: Desk, signed: Signed) -> None:
    for _ in range(3):
        post(signed(SARI), case, GANDA)
    assert desk.cases.get(case.id).state is CaseState.WAITING


def test_deciding_is_a_post(case: Case, signed: Signed) -> None:
    assert signed(SARI).get(f"/perkara/{case.id}/putuskan/").status_code == 405


def test_an_unknown_case_is_not_found(signed: Signed) -> None:
    assert signed(SARI).post("/perkara/GD-22222-22222/putuskan/", BUKAN).status_code == 404


def test_the_province_reads_but_leaves_the_decision_to_the_office(
    case: Case, desk: Desk, office: Office, signed: Signed
) -> None:
    enrol(PROVINCE, username="provinsi", password=PASSWORD, office=office)
    client = signed(PROVINCE)
    page = client.get(f"/perkara/{case.id}/").content.decode()
    assert "diputuskan oleh KPU Kabupaten Sleman sendiri" in page
    assert "data-ruling-form" not in page
    assert "Menunggu saya" not in client.get("/perkara/").content.decode()
    assert "menunggu putusan Anda" not in client.get("/").content.decode()
    assert post(client, case, GANDA).status_code == 403
    assert desk.cases.decisions(case.id) == ()
