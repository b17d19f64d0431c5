"""`saksama roll`: make a sample, check a file, take it in (step 1)."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from saksama.cli.terminal import as_json, file_argument, number, office_folder, progress_bar, refusals, report
from saksama.model.roll import RollKind
from saksama.model.texts import _

columns_option = click.option("--columns", type=file_argument, help="Berkas pemetaan kolom MAP.toml.")


@click.group(name="roll")
def command() -> None:
    """Daftar pemilih: contoh, periksa, ambil masuk (langkah 1)."""


@command.command("sample")
@click.argument("file", type=file_argument)
@click.option("--lines", required=True, type=click.IntRange(1), help="Banyaknya baris.")
@click.option("--seed", required=True, type=int, help="Benih: benih sama, berkas sama.")
@click.option(
    "--wilayah", default="34.04", show_default=True, help="Kode kabupaten/kota atau provinsi; ID untuk nasional."
)
@click.option("--truth", type=file_argument, help="Tulis kebenarannya (Parquet): baris, orang, jenis, galat.")
@as_json
def sample(file: Path, lines: int, seed: int, wilayah: str, truth: Path | None, as_json: bool) -> None:
    """Buat daftar rekaan untuk berlatih: .csv, .csv.gz, .xlsx, atau .parquet. Tidak seorang pun nyata."""
    from saksama.flow.sample import make_sample

    with refusals(as_json=as_json), progress_bar(_("Membuat daftar rekaan")) as show:
        made = make_sample(file, lines=lines, seed=seed, wilayah=wilayah, truth=truth, progress=show)
    report(
        {"file": file, "truth": truth, **made},
        [_("{lines} baris rekaan ditulis ke {file}.").format(lines=number(lines), file=file)],
        as_json=as_json,
    )


@command.command("check")
@click.argument("file", type=file_argument)
@columns_option
@click.option("--report", "report_to", type=file_argument, help="Tulis laporan HTML.")
@click.option(
    "--faults", "faults_to", type=file_argument, help="Tulis daftar cacat XLSX; memuat isi sel, jaga baik-baik."
)
@as_json
def check(file: Path, columns: Path | None, report_to: Path | None, faults_to: Path | None, as_json: bool) -> None:
    """Periksa berkas tanpa kantor dan tanpa menyimpan apa pun. Keluar 1 bila ada cacat format atau baris disisihkan."""
    from saksama.flow.intake import check_file
    from saksama.flow.tallies import described
    from saksama.model.clock import SystemClock

    with refusals(as_json=as_json), progress_bar(_("Memeriksa")) as show:
        checked = check_file(
            file,
            columns=columns,
            report=report_to,
            faults=faults_to,
            as_of=SystemClock().now().astimezone().date(),  # on this machine's wall
            progress=show,
        )
    found = described(json.loads(checked.tally.to_json()))
    read = [_("Dibaca sebagai {kind}.").format(kind=checked.read_as)]
    if checked.unused_columns:
        read.append(_("Kolom yang tidak dipakai: {columns}").format(columns=" | ".join(checked.unused_columns)))
    report(
        {"read_as": checked.read_as, "unused_columns": checked.unused_columns, **found},
        [*read, *_found_lines(found)],
        as_json=as_json,
    )
    if found["faulty_lines"] or found["set_aside"]:
        raise click.exceptions.Exit(1)


@command.command("take-in")
@click.argument("file", type=file_argument)
@office_folder
@click.option("--kind", required=True, type=click.Choice([kind.value for kind in RollKind]), help="Jenis daftar.")
@columns_option
@as_json
def take_in(file: Path, office_path: Path, kind: str, columns: Path | None, as_json: bool) -> None:
    """Ambil masuk satu daftar, utuh atau tidak sama sekali. Berkas yang sama tidak diambil dua kali."""
    from saksama.flow.intake import mapping_from, take_in_roll
    from saksama.flow.office import open_office
    from saksama.flow.tallies import described

    with refusals(as_json=as_json):
        office = open_office(office_path)
        with progress_bar(_("Mengambil masuk")) as show:
            taken = take_in_roll(
                file,
                RollKind(kind),
                shelf=office.rolls,
                clock=office.clock,
                columns=mapping_from(columns),
                progress=show,
            )
        found = described(office.rolls.tally(taken.summary.roll))
    first = (
        _("Daftar {roll} diambil masuk.")
        if taken.is_new
        else _("Daftar {roll} sudah pernah diambil sebagai {kind}; tidak ada yang berubah.")
    )
    report(
        {"roll": taken.summary.roll, "is_new": taken.is_new, **found},
        [first.format(roll=taken.summary.roll, kind=taken.summary.kind.value), *_found_lines(found)],
        as_json=as_json,
    )


def _found_lines(found: Mapping[str, Any]) -> list[str]:
    places = _("{places} TPS di {villages} desa/kelurahan")
    if not found["tps"] and not found["villages"]:
        places = _("TPS dan desa/kelurahan tidak disebut")
    elif not found["tps"]:
        places = _("{villages} desa/kelurahan, TPS tidak disebut")
    elif not found["villages"]:
        places = _("{places} TPS, desa/kelurahan tidak disebut")
    lines = [
        _("{lines} baris = {checked} diperiksa + {aside} disisihkan; {where}.").format(
            lines=number(found["lines_in"]),
            checked=number(found["checked"]),
            aside=number(found["set_aside"]),
            where=places.format(places=number(found["tps"]), villages=number(found["villages"])),
        )
    ]
    for fault in found["faults"]:
        level = _("cacat format") if fault["level"] == "format" else _("perlu dilihat")
        lines.append(f"  {number(fault['count']):>9}  {level}: {fault['sentence']}")
    lines += [f"  {number(w['count']):>9}  {_('daftar kerja')}: {w['sentence']}" for w in found["worklists"]]
    lines += [f"  {number(a['count']):>9}  {_('disisihkan')}: {a['sentence']}" for a in found["aside"]]
    lines += [_recap_line(stated) for stated in found["recap"]]
    if found["faults"]:
        lines.append(_("Tidak satu pun di atas menjadi alasan mencoret pemilih."))
    return lines


def _recap_line(stated: Mapping[str, Any]) -> str:
    place = " ".join(part for part in (stated["village_name"], stated["tps"] and f"TPS {stated['tps']}") if part)
    return _("  Rekap menyebut {stated} pemilih di {place}; berkas berisi {found}.").format(
        stated=number(stated["stated"]), place=place or "-", found=number(stated["found"])
    )
