"""Compose a Berita Acara: minutes become paragraphs and tables, once, and both HTML and PDF print these."""

from collections.abc import Sequence
from dataclasses import dataclass

from saksama.model.decision import Ruling
from saksama.model.tms import SCHEMES
from saksama.outcome.berita_acara import DecidedCase, Minutes
from saksama.outcome.totals import Count
from saksama.outcome.wording import (
    LIST_NAMES,
    RULINGS,
    counted,
    date_in_words,
    full_office_name,
    letterhead,
    long_date,
    number,
    supervisor_of,
)

NO_PLACE = "Tanpa kode wilayah"
# The only change there is today: a 0 under Baru and Ubah must not be read as a figure of the period.
_ONLY_STRUCK = "Baru dan Ubah bernilai 0 karena perubahan yang dijalankan di sini hanya pencoretan data ganda."


@dataclass(frozen=True, slots=True)
class Row:
    """Cells of a table. `kind` is "" for a plain row, "parent" for one whose children follow, "total" for the sum."""

    cells: tuple[str, ...]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """`align` has a letter a column, l c r; `widths` in parts of the page, 0 for as wide as the text."""

    caption: str
    headings: tuple[str, ...]
    align: str
    widths: tuple[int, ...]
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """A numbered point: its paragraphs and the tables under them."""

    paragraphs: tuple[str, ...]
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Annex:
    """A lampiran, on pages of its own."""

    label: str
    title: str
    table: Table
    is_wide: bool


@dataclass(frozen=True, slots=True)
class Document:
    """A Berita Acara in words, ready to print."""

    letterhead: tuple[str, ...]
    title: tuple[str, ...]
    number: str
    opening: str
    points: tuple[Point, ...]
    closing: str
    signed_for: str
    dated: str
    signers: tuple[tuple[str, str], ...]  # role, name
    observers: tuple[str, ...]
    annexes: tuple[Annex, ...]
    footer: str


def compose(minutes: Minutes) -> Document:
    """The document that these minutes amount to. Pure: the same minutes give the same words."""
    name = LIST_NAMES[minutes.kind]
    office = full_office_name(minutes.office_name)
    return Document(
        letterhead=letterhead(minutes.office_name),
        title=("Berita Acara", "tentang", f"Rekapitulasi {name}", minutes.period),
        number=minutes.number,
        opening=(
            f"Pada hari ini {date_in_words(minutes.held_on)} ({minutes.held_on:%d-%m-%Y}), bertempat di "
            f"{minutes.place}, {office} melaksanakan rapat pleno terbuka rekapitulasi {name} {minutes.period}, "
            "dengan hasil sebagai berikut."
        ),
        points=(_result(minutes, name), _changes(minutes), _decisions(minutes), _ledger(minutes)),
        closing=(
            "Demikian Berita Acara ini dibuat dengan sebenarnya dan ditandatangani oleh Ketua dan Anggota "
            f"{office}. Lampiran merupakan bagian yang tidak terpisahkan dari Berita Acara ini."
        ),
        signed_for=office,
        dated=long_date(minutes.held_on),
        signers=tuple((signer.role, signer.name) for signer in minutes.signers),
        observers=(supervisor_of(minutes.office_name),) if minutes.observers is None else minutes.observers,
        annexes=(_villages(minutes), _cases(minutes)),
        footer=(
            f"{minutes.office_name} · {minutes.period} · jumlah pemilih {number(minutes.totals.lines_after)} · "
            f"daftar {minutes.roll_after}"
        ),
    )


def _result(minutes: Minutes, name: str) -> Point:
    office, totals = minutes.totals.office, minutes.totals
    people = f"{counted(office.male)} pemilih laki-laki dan {counted(office.female)} pemilih perempuan"
    if office.unknown:
        people = (
            f"{counted(office.male)} pemilih laki-laki, {counted(office.female)} pemilih perempuan, dan "
            f"{counted(office.unknown)} pemilih yang jenis kelaminnya tidak tercatat"
        )
    kecamatan = sum(code != "" for code in totals.kecamatan)
    desa = sum(code != "" for _kecamatan, code in totals.desa)
    paragraph = (
        f"{name} {minutes.period} berjumlah {counted(totals.lines_after)} pemilih, terdiri atas {people}, tersebar di "
        f"{number(kecamatan)} kecamatan dan {number(desa)} desa/kelurahan, dengan rincian menurut kecamatan sebagai "
        "berikut."
    )
    rows = [
        Row((str(place), _name(minutes, code), number(_named(totals.villages_of(code))), *_figures(count, office)))
        for place, (code, count) in enumerate(totals.kecamatan.items(), start=1)
    ]
    rows.append(Row(("", "Jumlah", number(desa), *_figures(office, office)), "total"))
    headings = ("No.", "Kecamatan", "Desa/Kel.", *_people_headings(office), "Baru", "TMS", "Ubah")
    table = Table(
        "Tabel 1. Jumlah pemilih menurut kecamatan",
        headings,
        "rl" + "r" * (len(headings) - 2),
        (0, 1, *[0] * (len(headings) - 2)),
        tuple(rows),
        "" if office.baru or office.ubah else _ONLY_STRUCK,
    )
    return Point((paragraph,), (table,))


def _changes(minutes: Minutes) -> Point:
    office, totals = minutes.totals.office, minutes.totals
    paragraph = (
        f"Daftar sebelum perubahan memuat {counted(totals.lines_before)} pemilih. Perubahannya: "
        f"{counted(office.baru)} pemilih baru, {counted(office.struck)} pemilih tidak memenuhi syarat (TMS), dan "
        f"{counted(office.ubah)} pemilih ubah data."
    )
    aside = (
        f"Sebanyak {counted(minutes.set_aside)} baris berkas tidak terbaca sebagai data pemilih, disisihkan dengan "
        "alasannya, dan tidak termasuk dalam jumlah di atas."
    )
    scheme = SCHEMES[minutes.tms_scheme]
    moved = "".join(f" Kode {code}: pemilih berpindah TPS dan tetap berhak memilih." for code in scheme.moves_only)
    rows = [
        Row((str(code), text[:1].upper() + text[1:], number(office.tms.get(code, 0))))
        for code, text in scheme.codes.items()
    ]
    rows.append(Row(("", "Jumlah", number(office.struck)), "total"))
    table = Table(
        "Tabel 2. Pemilih tidak memenuhi syarat menurut kode",
        ("Kode", "Keterangan", "Jumlah"),
        "clr",
        (0, 1, 0),
        tuple(rows),
        f"Kode menurut {scheme.source}.{moved}",
    )
    return Point((paragraph, aside) if minutes.set_aside else (paragraph,), (table,))


def _decisions(minutes: Minutes) -> Point:
    same, other, undecided = (
        minutes.cases_ruled(ruling) for ruling in (Ruling.SAME_PERSON, Ruling.DIFFERENT_PEOPLE, Ruling.UNDECIDED)
    )
    paragraphs = [
        f"Perubahan karena data ganda bersumber dari {counted(len(minutes.cases))} perkara yang telah diputus: "
        f"{counted(same)} ganda dengan satu data dipertahankan, {counted(other)} bukan ganda, dan {counted(undecided)} "
        "belum dapat diputuskan dan dirujuk kepada Disdukcapil. Usulan disusun oleh program komputer; setiap putusan "
        "diambil oleh sekurang-kurangnya dua petugas yang berbeda. Rinciannya tercantum dalam Lampiran II."
    ]
    if minutes.returned:
        paragraphs.append(
            f"Sebanyak {counted(len(minutes.returned))} perkara dikembalikan untuk diputus kembali karena putusannya "
            f"saling bertentangan dan tidak mengubah daftar: {', '.join(sorted(minutes.returned))}."
        )
    return Point(tuple(paragraphs))


def _ledger(minutes: Minutes) -> Point:
    rows: list[tuple[str, str]] = [
        ("Daftar sebelum perubahan", minutes.roll_before),
        ("Daftar sesudah perubahan", minutes.roll_after),
    ]
    anchor = minutes.anchor
    if anchor is None:
        return Point(
            ("Buku besar belum memiliki titik periksa pada saat Berita Acara ini disusun.",),
            (_keyed("Tabel 3. Daftar yang bersangkutan", rows),),
        )
    rows += [
        ("Nama buku besar", anchor.origin),
        ("Jumlah catatan", number(anchor.size)),
        ("Akar (base64)", anchor.root),
        ("Saksi", ", ".join(anchor.witnesses) or "belum ada"),
        ("Sidik kebijakan saksi", anchor.policy_fingerprint),
    ]
    paragraph = (
        "Setiap usulan, putusan, dan perubahan tercatat dalam buku besar yang disaksikan. Titik periksa di bawah ini "
        "mengikat seluruh catatan sampai saat Berita Acara ini disusun; siapa pun dapat mencocokkannya dengan buku "
        "besar yang dipublikasikan."
    )
    return Point((paragraph,), (_keyed("Tabel 3. Titik periksa buku besar", rows),))


def _keyed(caption: str, rows: Sequence[tuple[str, str]]) -> Table:
    return Table(caption, ("Unsur", "Isi"), "ll", (0, 1), tuple(Row(row) for row in rows))


def _villages(minutes: Minutes) -> Annex:
    totals, codes = minutes.totals, tuple(SCHEMES[minutes.tms_scheme].codes)
    rows = []
    for place, (code, count) in enumerate(totals.kecamatan.items(), start=1):
        rows.append(
            Row((str(place), _name(minutes, code), code, *_figures_by_code(count, totals.office, codes)), "parent")
        )
        for desa, inside in totals.villages_of(code).items():
            rows.append(Row(("", _name(minutes, desa), desa, *_figures_by_code(inside, totals.office, codes))))
    rows.append(Row(("", "Jumlah", "", *_figures_by_code(totals.office, totals.office, codes)), "total"))
    headings = ("No.", "Kecamatan dan desa/kelurahan", "Kode", *_people_headings(totals.office), "Baru")
    headings += (*(f"TMS {code}" for code in codes), "TMS", "Ubah")
    table = Table(
        "",
        headings,
        "rll" + "r" * (len(headings) - 3),
        (0, 1, *[0] * (len(headings) - 2)),
        tuple(rows),
        "TMS 1 dan seterusnya: tidak memenuhi syarat menurut kode pada Tabel 2.",
    )
    return Annex("Lampiran I", "Rekapitulasi pemilih menurut kecamatan dan desa/kelurahan", table, is_wide=True)


def _cases(minutes: Minutes) -> Annex:
    ordered = sorted(minutes.cases, key=lambda case: case.case)
    rows = [Row((str(place), *_case_cells(minutes, case))) for place, case in enumerate(ordered, start=1)]
    if not rows:
        rows = [Row(("", "Tidak ada perkara yang diputus", "", "", "", "", ""))]
    table = Table(
        "",
        ("No.", "Nomor perkara", "Desa/kelurahan", "Kelas", "Putusan", "Keputusan", "Baris daftar"),
        "rllclcl",
        (0, 0, 4, 0, 0, 0, 3),
        tuple(rows),
        f"Kelas menurut skema K1-K4 {minutes.class_scheme}. Keputusan: banyaknya petugas yang sependapat. Nomor baris "
        f"dihitung dari 1 menurut urutan daftar {minutes.roll_before}; buku besar menghitung dari 0.",
    )
    return Annex("Lampiran II", "Perkara data ganda yang telah diputus", table, is_wide=False)


def _case_cells(minutes: Minutes, case: DecidedCase) -> tuple[str, ...]:
    villages = ", ".join(_name(minutes, code) for code in dict.fromkeys(case.villages))
    if case.kept is None:
        lines = _numbers(case.lines)
    else:
        lines = f"tetap {_numbers([case.kept])}; dicoret {_numbers(case.struck)}"
    return case.case, villages, case.kpu_class or "-", RULINGS[case.ruling], str(case.decisions), lines


def _numbers(lines: Sequence[int]) -> str:
    """Lines as the pages of cases number them, from 1."""
    return ", ".join(str(line + 1) for line in lines)


def _people_headings(office: Count) -> tuple[str, ...]:
    return ("L", "P", "Tidak tercatat", "Jumlah") if office.unknown else ("L", "P", "Jumlah")


def _people(count: Count, office: Count) -> tuple[str, ...]:
    people = (count.male, count.female, *([count.unknown] if office.unknown else []), count.total)
    return tuple(number(figure) for figure in people)


def _figures(count: Count, office: Count) -> tuple[str, ...]:
    return (*_people(count, office), number(count.baru), number(count.struck), number(count.ubah))


def _figures_by_code(count: Count, office: Count, codes: Sequence[int]) -> tuple[str, ...]:
    by_code = (number(count.tms.get(code, 0)) for code in codes)
    return (*_people(count, office), number(count.baru), *by_code, number(count.struck), number(count.ubah))


def _name(minutes: Minutes, code: str) -> str:
    return minutes.names.get(code, code) if code else NO_PLACE


def _named(villages: dict[str, Count]) -> int:
    return sum(code != "" for code in villages)
