"""`saksama office`: make an office, enrol its people."""

import os
import secrets
import sys
from pathlib import Path

import click

from saksama.cli.terminal import as_json, office_folder, refusals, report
from saksama.model.officer import Officer, OfficerId, Role
from saksama.model.texts import _
from saksama.model.wilayah import Wilayah


@click.group(name="office")
def command() -> None:
    """Kantor: membuat kantor, mendaftarkan petugas."""


@command.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--wilayah", required=True, help="Kode kabupaten/kota, misalnya 34.04.")
@click.option("--name", required=True, help='Nama kantor, misalnya "KPU Kabupaten Sleman".')
@click.option("--passphrase", is_flag=True, help="Kunci kantor dilindungi sandi dari SAKSAMA_PASSPHRASE.")
@click.option(
    "--database",
    default="",
    help="Basis data PostgreSQL bagi antrean buku besar, misalnya postgresql:///kpu_sleman; bawaan: SQLite.",
)
@as_json
def init(folder: Path, wilayah: str, name: str, passphrase: bool, database: str, as_json: bool) -> None:
    """Buat kantor baru: folder, kunci, buku besar, saksi, kebijakan."""
    from saksama.flow.office import PASSPHRASE_FROM, create_office

    secret = os.environ.get(PASSPHRASE_FROM) if passphrase else None
    if passphrase and not secret:
        raise click.UsageError(_("Setel dahulu sandinya: export SAKSAMA_PASSPHRASE=…"))
    with refusals(as_json=as_json):
        office = create_office(folder, Wilayah(wilayah), name=name, passphrase=secret, database=database)
        report(
            {"folder": office.folder, "wilayah": wilayah, "name": name, "origin": office.settings.origin},
            [
                _("Kantor {name} ({wilayah}) dibuat di {folder}.").format(
                    name=name, wilayah=wilayah, folder=office.folder
                ),
                _("Simpan salinan folder keys/ di tempat lain yang terkunci: tanpa kunci, data tidak dapat dibuka."),
                _("Berikutnya: saksama office enrol --office {folder} …, lalu saksama roll take-in BERKAS …").format(
                    folder=folder
                ),
            ],
            as_json=as_json,
        )


@command.command("enrol")
@office_folder
@click.option("--username", required=True, help="Nama masuk.")
@click.option("--officer", required=True, help="Nomor petugas, P- dan enam angka: P-000001.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="Peran.")
@click.option("--wilayah", help="Wilayah petugas; bawaan: wilayah kantor.")
@click.option("--institution", help='Lembaga petugas; bawaan: nama kantor. Misalnya "Bawaslu Kabupaten Sleman".')
@click.option("--password-stdin", is_flag=True, help="Baca sandi dari masukan; tanpa ini sandi dibuatkan.")
@as_json
def enrol(
    office_path: Path,
    username: str,
    officer: str,
    role: str,
    wilayah: str | None,
    institution: str | None,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Daftarkan petugas atau pengawas; pendaftaran dicatat di buku besar."""
    from saksama.web.office import enrol_officer, open_office

    password = sys.stdin.readline().rstrip("\n") if password_stdin else secrets.token_urlsafe(12)
    with refusals(as_json=as_json):
        office = open_office(office_path)
        person = Officer(
            id=OfficerId(officer),
            role=Role(role),
            wilayah=Wilayah(wilayah) if wilayah else office.settings.wilayah,
            office_name=institution or office.settings.name,
        )
        enrol_officer(person, username=username, password=password, office=office)
        told = {"officer": officer, "username": username, "role": role, "wilayah": person.wilayah.code}
        lines = [
            _("Petugas {officer} terdaftar dengan nama masuk {username}.").format(officer=officer, username=username)
        ]
        if not password_stdin:
            told["password"] = password
            lines.append(_("Sandi sekali tampil: {password}").format(password=password))
        report(told, lines, as_json=as_json)
