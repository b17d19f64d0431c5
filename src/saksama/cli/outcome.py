"""`saksama outcome`: settled cases become the next roll and a Berita Acara (step 6)."""

from pathlib import Path

import click

from saksama.cli.terminal import as_json, number, office_folder, progress_bar, refusals, report
from saksama.model.texts import _


@click.group(name="outcome")
def command() -> None:
    """Hasil: daftar berikutnya dan Berita Acara (langkah 6)."""


@command.command("enact")
@office_folder
@click.option("--roll", help="Nomor daftar; bawaan: daftar pencarian terakhir.")
@as_json
def enact(office_path: Path, roll: str | None, as_json: bool) -> None:
    """Jalankan putusan dua petugas: daftar berikutnya (XLSX, CSV, Parquet), hitungan, Berita Acara."""
    from saksama.flow.enact import EXCEL_LINES, enact_decisions
    from saksama.flow.enter import enter_pending
    from saksama.model.roll import RollId
    from saksama.web.office import open_office

    with refusals(as_json=as_json):
        office = open_office(office_path)
        wanted = RollId(roll) if roll else office.runs.latest_roll()
        with office.book() as book, progress_bar(_("Menulis daftar berikutnya")) as show:
            enter_pending(book, office.desk.cases)
            outcome = enact_decisions(
                wanted, rolls=office.rolls, outcomes=office.outcomes, book=book, desk=office.desk, progress=show
            )
            enter_pending(book, office.desk.cases)
    told = dict(outcome.about)
    lines = [
        _(
            "Daftar {before}: {n} pemilih; dicoret sebagai ganda {struck}; daftar berikutnya {after}: {m} pemilih."
        ).format(
            before=told["roll_before"],
            n=number(told["lines_before"]),
            struck=number(told["struck"]),
            after=told["roll_after"],
            m=number(told["lines_after"]),
        ),
        _("Berkas di {folder} memuat data pribadi; jaga seperti daftar aslinya.").format(folder=outcome.folder),
    ]
    if "daftar-berikutnya.xlsx" not in told["files"]:
        lines.append(
            _("Lebih dari {limit} baris tidak ditulis sebagai Excel. Gunakan berkas CSV atau Parquet.").format(
                limit=number(EXCEL_LINES)
            )
        )
    if not outcome.is_new:
        lines.insert(0, _("Tidak ada putusan baru; hasil yang sama sudah ada."))
    if outcome.conflicting:
        lines.append(
            _("Putusan saling bertentangan, dikembalikan ke petugas: {cases}").format(
                cases=", ".join(outcome.conflicting)
            )
        )
    report({**told, "is_new": outcome.is_new, "conflicting": outcome.conflicting}, lines, as_json=as_json)
