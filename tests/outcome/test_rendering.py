"""The same figures on every page and in every file; nothing of what is printed is read as markup."""

import io
import json
import re
import socket
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pypdf import PdfReader

from saksama.outcome.applying import TotalsCounter, apply_changes
from saksama.outcome.berita_acara import Signer
from saksama.outcome.changes import changes_for
from saksama.outcome.rendering import minutes_html, minutes_pdf
from saksama.outcome.totals import tally_bytes
from saksama.outcome.wording import number
from saksama.outcome.writing import write_csv, write_parquet, write_xlsx
from tests.outcome.conftest import settled, voters
from tests.outcome.minutes_made import ANCHOR, NAMES, minutes

HOSTILE = 'KPU #panic() *Kab* <script>alert("1")</script> $x$ @ref \\ _a_ [b] `c` & "d" // e /* f'


class Reading(HTMLParser):
    """Table rows, all text, and every tag of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self._in_cell = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._in_cell:
            self.rows[-1][-1] += data


def pdf_text(printed: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(printed)).pages]


def joined(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_the_same_totals_stand_in_the_pdf_the_page_the_tally_and_the_rolls(tmp_path: Path) -> None:
    roll, counter = voters(3000), TotalsCounter()
    changes = changes_for([settled(n, 5 * n, 5 * n + 1) for n in range(1, 150)], tms_scheme="2024")
    next_roll = pa.concat_tables(apply_changes([roll], changes, counter=counter))
    made = minutes(3000)
    assert made.totals == counter.totals()
    tally = json.loads(tally_bytes(made.totals, roll_before=made.roll_before, roll_after=made.roll_after, names=NAMES))
    page, pages = Reading(minutes_html(made)), pdf_text(minutes_pdf(made))
    body, villages = joined(" ".join(pages[:2])), joined(pages[2])

    def row_of(name: str, place: dict) -> str:  # type: ignore[type-arg]
        figures = (place["l"], place["p"], place["jk_tidak_diketahui"], place["jumlah"], place["baru"])
        return " ".join([name, *map(number, figures), number(place["tms_jumlah"]), number(place["ubah"])])

    in_html = {" ".join(row[1:2] + row[3:]) for row in page.rows if len(row) == 10}
    for kecamatan in tally["kecamatan"]:
        written = row_of(kecamatan["nama"], kecamatan)
        assert written in in_html
        assert written.replace(" ", f" {len(kecamatan['desa'])} ", 1) in body
        for desa in kecamatan["desa"]:
            assert f"{desa['nama']} {desa['kode']} {number(desa['l'])} {number(desa['p'])}" in villages
    assert row_of("Jumlah", tally["total"]) in in_html
    assert row_of("Jumlah", tally["total"]).replace(" ", " 3 ", 1) in body

    write_csv(tmp_path / "next.csv", [next_roll], names=NAMES)
    write_parquet(tmp_path / "next.parquet", [next_roll])
    write_xlsx(tmp_path / "next.xlsx", [next_roll], names=NAMES, at=datetime(2026, 12, 8, tzinfo=UTC))
    book = openpyxl.load_workbook(tmp_path / "next.xlsx")
    by_sheet = {sheet.title[:8]: sheet.max_row - 1 for sheet in book}
    assert by_sheet == {kecamatan["kode"]: kecamatan["jumlah"] for kecamatan in tally["kecamatan"]}
    in_parquet = pq.read_table(tmp_path / "next.parquet")
    assert in_parquet["jk"].to_pylist().count("P") == tally["total"]["p"]
    in_csv = (tmp_path / "next.csv").read_text().count("\n") - 1
    assert in_csv == in_parquet.num_rows == sum(by_sheet.values()) == tally["lines_after"] == 2851


def test_every_page_of_the_pdf_carries_the_total_the_roll_and_its_number() -> None:
    pages = pdf_text(minutes_pdf(minutes(6000)))
    assert len(pages) > 5
    for place, text in enumerate(pages, start=1):
        assert "jumlah pemilih 5.701 · daftar 5e6f708192a3b4c5" in joined(text)
        assert f"Halaman {place} dari {len(pages)}" in joined(text)


def test_every_case_is_in_the_annex_of_both() -> None:
    made = minutes()
    annex, page = joined(" ".join(pdf_text(minutes_pdf(made)))), minutes_html(made)
    for case in made.cases:
        assert case.case in annex
        assert case.case in page


def test_the_checkpoint_is_printed_whole_for_anchoring() -> None:
    made = minutes(200)
    for text in (joined(" ".join(pdf_text(minutes_pdf(made)))), Reading(minutes_html(made)).text):
        for part in (ANCHOR.origin, "1.204", ANCHOR.root, ANCHOR.witnesses[1], ANCHOR.policy_fingerprint):
            assert part in text


def test_the_same_minutes_give_the_same_bytes_and_the_plenarys_date() -> None:
    printed = minutes_pdf(minutes(200))
    assert printed == minutes_pdf(minutes(200))
    assert minutes_html(minutes(200)) == minutes_html(minutes(200))
    about = PdfReader(io.BytesIO(printed)).metadata
    assert about is not None
    assert str(about.creation_date)[:10] == "2026-12-08"
    assert printed != minutes_pdf(minutes(200, number="113"))


def test_it_needs_no_font_of_the_system_and_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("asked the network")

    monkeypatch.setattr(socket, "socket", refuse)
    printed = minutes_pdf(minutes(200))
    fonts = {
        str(font["/BaseFont"]).partition("+")[2]
        for page in PdfReader(io.BytesIO(printed)).pages
        for font in (reference.get_object() for reference in page["/Resources"]["/Font"].values())
    }
    assert fonts
    assert all(font.startswith("LibertinusSerif") for font in fonts)


def test_the_pdf_has_tags_for_a_screen_reader() -> None:
    catalog = PdfReader(io.BytesIO(minutes_pdf(minutes(200)))).trailer["/Root"]
    assert "/StructTreeRoot" in catalog
    assert catalog["/Lang"].lower().startswith("id")


def test_the_page_needs_no_other_file_and_runs_nothing() -> None:
    page = Reading(minutes_html(minutes(200)))
    assert not page.tags & {"script", "link", "img", "iframe", "object", "form"}
    assert not page.attributes & {"src", "href", "style", "onclick", "onload"}
    assert "url(" not in minutes_html(minutes(200))
    assert "@import" not in minutes_html(minutes(200))


def test_text_from_outside_is_printed_as_it_is_and_never_read_as_markup() -> None:
    made = minutes(
        200,
        number="1/#[x]*",
        office_name=HOSTILE,
        place=HOSTILE,
        period="Triwulan <IV> #sys",
        names={code: f"*{name}* <b>" for code, name in NAMES.items()},
        signers=(Signer("Ketua", HOSTILE), Signer("Anggota", '#include "/etc/passwd"')),
        observers=("Bawaslu <i>",),
    )
    html = minutes_html(made)
    page = Reading(html)
    assert not page.tags & {"script", "b", "i"}
    assert f"bertempat di {HOSTILE}," in page.text
    printed = joined(" ".join(pdf_text(minutes_pdf(made))))
    for part in ("#panic() *Kab* <script>", '$x$ @ref \\ _a_ [b] `c` & "d" // e /* f', "*Depok* <b>", '#include "/etc'):
        assert part in printed
    assert "root:" not in printed


def test_a_document_without_a_number_leaves_room_for_one() -> None:
    made = minutes(200, number="")
    assert "NOMOR: ...................." in minutes_html(made)
    assert "NOMOR: ...................." in pdf_text(minutes_pdf(made))[0]
    assert "Nomor  tanggal" not in minutes_html(made)


def test_no_voter_is_named_anywhere() -> None:
    made = minutes(200)
    everything = minutes_html(made) + " ".join(pdf_text(minutes_pdf(made)))
    assert "WARGA" not in everything
    assert not re.search(r"3404070101[78]", everything)


def test_replacing_a_figure_changes_the_document() -> None:
    made = minutes(200)
    assert minutes_html(replace(made, set_aside=4)) != minutes_html(made)
