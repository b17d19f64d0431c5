import re

import pytest
from django.test import Client

from saksama.flow.desk import Desk
from saksama.flow.office import Office
from saksama.model.case import Case
from saksama.model.pair import Band
from tests.cast import RATNA, SARI, TONO, WAYAN
from tests.web.conftest import DIFFERENT, Signed, rule
from tests.web.planting import NGATINEM, THIRD, plant

QUEUE = "/perkara/"


def shown(page: str) -> list[str]:
    """The numbers in the table, in order."""
    return re.findall(r'<a class="number" href="/perkara/(GD-[^/]+)/"', page)


def tab_counts(page: str) -> list[int]:
    return [int(n) for n in re.findall(r'<span class="count">(\d+)</span>', page)]


def test_it_asks_who_you_are(office: Office) -> None:
    assert Client().get(QUEUE).headers["Location"] == f"/masuk/?next={QUEUE}"


def test_it_shows_what_waits_for_the_one_who_looks(case: Case, signed: Signed) -> None:
    page = signed(SARI).get(QUEUE).content.decode()
    assert shown(page) == [case.id]
    assert "Petunjuk kuat" in page
    assert "Belum diputuskan" in page


def test_what_she_has_decided_waits_for_her_no_more_but_for_her_colleague(
    case: Case, desk: Desk, signed: Signed
) -> None:
    rule(case, DIFFERENT, SARI, desk)
    assert shown(signed(SARI).get(QUEUE).content.decode()) == []
    assert shown(signed(WAYAN).get(QUEUE).content.decode()) == [case.id]


def test_it_does_not_tell_what_the_first_officer_chose(case: Case, desk: Desk, signed: Signed) -> None:
    rule(case, DIFFERENT, SARI, desk)
    page = signed(WAYAN).get(QUEUE).content.decode()
    assert "Menunggu petugas kedua" in page
    assert SARI.id not in page
    assert "Bukan ganda" not in page


def test_each_tab_counts_what_it_shows(case: Case, desk: Desk, signed: Signed) -> None:
    other = plant(desk, (NGATINEM, THIRD), lines=(5, 6))
    rule(other, DIFFERENT, SARI, desk)
    page = signed(SARI).get(QUEUE).content.decode()
    assert tab_counts(page) == [1, 1, 1, 0, 0, 0, 2]
    assert shown(signed(SARI).get(QUEUE + "?tab=waiting").content.decode()) == [other.id]
    assert set(shown(signed(SARI).get(QUEUE + "?tab=semua").content.decode())) == {case.id, other.id}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("band=probable", True),
        ("band=certain", False),
        ("kelas=K1", False),
        ("kelas=tanpa", True),
        ("tempat=34.04.07", True),
        ("tempat=34.04.07.2002", True),
        ("tempat=34.04.08", False),
        ("band=rubbish&kelas=K9&tempat=%27--&setelah=x&tab=nonsense", True),
    ],
)
def test_it_is_narrowed_by_what_it_understands(query: str, found: bool, case: Case, signed: Signed) -> None:
    answer = signed(SARI).get(f"{QUEUE}?{query}")
    assert answer.status_code == 200
    assert shown(answer.content.decode()) == ([case.id] if found else [])


def test_it_offers_the_places_that_have_cases(case: Case, signed: Signed) -> None:
    page = signed(SARI).get(QUEUE).content.decode()
    assert re.findall(r'<option value="(34[^"]+)"', page) == ["34.04.07", "34.04.07.2001", "34.04.07.2002"]


def test_fifty_a_page_and_the_rest_on_the_next(desk: Desk, signed: Signed) -> None:
    for n in range(53):
        plant(desk, (NGATINEM, THIRD), lines=(n, 1000 + n), band=list(Band)[n % 3])
    client = signed(SARI)
    first = client.get(QUEUE).content.decode()
    following = re.search(r'href="(\?[^"]+)" rel="next"', first)
    assert following
    second = client.get(QUEUE + following[1].replace("&amp;", "&")).content.decode()
    assert (len(shown(first)), len(shown(second))) == (50, 3)
    assert len({*shown(first), *shown(second)}) == 53
    assert 'rel="next"' not in second
    assert "kembali ke awal" in second


def test_htmx_gets_the_part_that_changes(case: Case, signed: Signed) -> None:
    part = signed(SARI).get(QUEUE, headers={"HX-Request": "true"}).content.decode()
    assert shown(part) == [case.id]
    assert "<html" not in part
    whole = signed(SARI).get(QUEUE, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in whole.content.decode()


def test_the_observer_sees_every_case_and_has_no_tab_of_his_own(case: Case, signed: Signed) -> None:
    page = signed(TONO).get(QUEUE).content.decode()
    assert "Menunggu saya" not in page
    assert shown(page) == [case.id]


def test_it_refuses_an_officer_of_another_kabupaten_and_says_who_may(case: Case, signed: Signed) -> None:
    answer = signed(RATNA).get(QUEUE)
    assert answer.status_code == 403
    assert "KPU Kabupaten Sleman" in answer.content.decode()
    assert case.id not in answer.content.decode()


def test_it_is_read_only(signed: Signed) -> None:
    assert signed(SARI).post(QUEUE).status_code == 405
    assert signed(TONO).post(QUEUE).status_code == 403
