import re
import shutil
from pathlib import Path

import openpyxl
import pytest
from django.test import Client

from saksama.flow.intake import take_in_roll
from saksama.flow.office import Office
from saksama.model.roll import RollKind
from saksama.web.rolls.tallies import by_tps, by_village
from tests.cast import RATNA, SARI, TONO
from tests.roll.making import HEADER, voters
from tests.web.conftest import Signed, client_of


def numbers(page: str) -> list[int]:
    return [int(n.replace(".", "")) for n in re.findall(r'<td class="num">([\d.]+)</td>', page)]


def test_the_list_shows_that_no_line_is_lost(walked: Office) -> None:
    (roll,) = walked.rolls.rolls()
    page = client_of(SARI).get("/daftar/").content.decode()
    assert f'href="/daftar/{roll.roll}/"' in page
    assert numbers(page)[:3] == [roll.lines_in, roll.checked, roll.set_aside]


def test_a_roll_shows_its_balance_its_faults_and_how_to_mend_them(walked: Office) -> None:
    (roll,) = walked.rolls.rolls()
    page = client_of(SARI).get(f"/daftar/{roll.roll}/").content.decode()
    assert "3.000</b> baris masuk" in page
    assert "bukan alasan mencoret" in page
    assert "perlu dilihat" in page
    assert "Cocokkan dengan" in page
    assert roll.file_sha256 in page


def test_villages_add_up_to_the_roll_and_tps_to_their_village(walked: Office) -> None:
    from saksama.flow.tallies import described

    (roll,) = walked.rolls.rolls()
    tally = described(walked.rolls.tally(roll.roll))
    villages = by_village(tally)
    assert len(villages) > 1
    assert sum(v.lines_in for v in villages) == roll.lines_in
    for village in villages:
        parts = by_tps(tally, village.village)
        assert (sum(p.checked for p in parts), len(parts)) == (village.checked, village.parts)


def test_one_village_opens_by_tps(walked: Office) -> None:
    from saksama.flow.tallies import described

    (roll,) = walked.rolls.rolls()
    village = by_village(described(walked.rolls.tally(roll.roll)))[0]
    page = client_of(SARI).get(f"/daftar/{roll.roll}/?desa={village.village}").content.decode()
    assert "menurut TPS" in page
    assert str(village.lines_in) in page
    assert "Tidak ada baris." in client_of(SARI).get(f"/daftar/{roll.roll}/?desa=99").content.decode()


def test_runs_show_counts_and_no_score(walked: Office) -> None:
    (run,) = walked.runs.runs()
    page = client_of(SARI).get("/daftar/pencarian/").content.decode()
    assert numbers(page) == [run["counts"][name] for name in ("certain", "probable", "check", "clusters")]
    assert "%" not in page


@pytest.mark.parametrize("address", ["/daftar/", "/daftar/pencarian/", "/berita-acara/"])
def test_an_office_that_has_none_says_how_to_begin(address: str, signed: Signed) -> None:
    assert 'class="empty"' in signed(SARI).get(address).content.decode()


def test_a_roll_that_is_not_here_is_refused_in_words(walked: Office) -> None:
    answer = client_of(SARI).get("/daftar/ffffffffffffffff/")
    assert answer.status_code == 400
    assert "tidak ada di kantor ini" in answer.content.decode()


def test_no_address_leads_out_of_the_shelf(walked: Office) -> None:
    for wrong in ("../../keys", "..%2f..%2fkeys", "keys"):
        assert client_of(SARI).get(f"/daftar/{wrong}/").status_code == 404


def test_the_observer_may_read_and_a_stranger_may_not(walked: Office) -> None:
    (roll,) = walked.rolls.rolls()
    for address in ("/daftar/", f"/daftar/{roll.roll}/", "/daftar/pencarian/"):
        assert client_of(TONO).get(address).status_code == 200
        refused = client_of(RATNA).get(address)
        assert refused.status_code == 403
        assert "KPU Kabupaten Sleman" in refused.content.decode()
        assert Client().get(address).status_code == 302
        assert client_of(SARI).post(address).status_code == 405


def test_no_voter_stands_on_these_pages(walked: Office, walked_office: object) -> None:
    import csv

    (roll,) = walked.rolls.rolls()
    source = Path(str(walked_office)).parent / "dpb.csv"
    with source.open(encoding="utf-8") as file:
        voters = list(csv.DictReader(file))
    names = {value for voter in voters for key, value in voter.items() if key.upper() == "NAMA" and len(value) > 12}
    assert len(names) > 500
    pages = "".join(
        client_of(SARI).get(a).content.decode()
        for a in ("/daftar/", f"/daftar/{roll.roll}/", "/daftar/pencarian/", "/")
    )
    assert not [name for name in names if name in pages]


def test_a_lost_tally_is_a_fault_told_as_one(walked: Office) -> None:
    (roll,) = walked.rolls.rolls()
    shutil.rmtree(walked.rolls.folder / roll.roll)
    assert client_of(SARI).get(f"/daftar/{roll.roll}/").status_code == 400


def test_a_recapitulation_that_does_not_agree_is_shown(signed: Signed, office: Office, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "REKAP"
    for line in (["TPS", "JUMLAH"], ["001", 4], ["002", 3]):
        book.worksheets[0].append(line)
    for tps, count in (("001", 4), ("002", 2)):
        sheet = book.create_sheet(f"TPS {tps}")
        for cells in (HEADER, *voters(count, tps=tps)):
            sheet.append(list(cells))
    book.save(tmp_path / "a.xlsx")
    taken = take_in_roll(tmp_path / "a.xlsx", RollKind.DPB, shelf=office.rolls, clock=office.clock)
    page = signed(SARI).get(f"/daftar/{taken.summary.roll}/").content.decode()
    shown = page[page.index("Rekap yang tidak cocok") :]
    assert shown.index("Caturtunggal") < shown.index("002")
    assert numbers(shown)[:2] == [3, 2]
