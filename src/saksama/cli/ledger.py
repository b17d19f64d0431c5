"""`saksama ledger`: enter what was done, prove one entry, verify the log (step 5)."""

from base64 import b64encode
from pathlib import Path

import click

from saksama.cli.terminal import as_json, number, office_folder, refusals, report
from saksama.model.texts import _


@click.group(name="ledger")
def command() -> None:
    """Buku besar: catat, buktikan, periksa (langkah 5)."""


@command.command("enter")
@office_folder
@as_json
def enter(office_path: Path, as_json: bool) -> None:
    """Catat semua yang menunggu, tanda tangani, minta tanda tangan saksi, terbitkan. Boleh diulang."""
    from saksama.flow.enter import enter_pending
    from saksama.web.office import open_office

    with refusals(as_json=as_json):
        office = open_office(office_path)
        with office.book() as book:
            entered = enter_pending(book, office.desk.cases)
    checkpoint = entered.checkpoint
    root = b64encode(checkpoint.root).decode()
    report(
        {
            "new": entered.new,
            "origin": checkpoint.origin,
            "size": checkpoint.size,
            "root": root,
            "published": office.published,
        },
        [
            _("{new} catatan baru; buku besar {origin} berisi {size} catatan.").format(
                new=number(entered.new), origin=checkpoint.origin, size=number(checkpoint.size)
            ),
            *entered.warnings,
            _("Akar: {root}").format(root=root),
            _("Terbitan: {folder}").format(folder=office.published),
        ],
        as_json=as_json,
    )


@command.command("prove")
@office_folder
@click.argument("entry")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Berkas bukti .zip.")
@as_json
def prove(office_path: Path, entry: str, out: Path, as_json: bool) -> None:
    """Buat bukti bahwa ENTRY (nomor catatan, misalnya roll_taken_in:…) ada di buku besar."""
    from saksama.flow.office import open_office
    from saksama.flow.prove import write_proof

    with refusals(as_json=as_json), open_office(office_path).book() as book:
        proved = write_proof(entry, out, book=book)
    report(
        {"entry": entry, "index": proved.index, "size": proved.size, "file": out},
        [
            _("Catatan ke-{index} dari {size}; bukti ditulis ke {file}.").format(
                index=number(proved.index), size=number(proved.size), file=out
            ),
            _("Periksa dengan: saksama ledger verify {file}").format(file=out),
        ],
        as_json=as_json,
    )


@command.command("verify")
@click.argument("proof", required=False, type=click.Path(path_type=Path))
@click.option(
    "--office", "office_path", type=click.Path(path_type=Path, file_okay=False), help="Periksa buku besar kantor ini."
)
@as_json
def verify(proof: Path | None, office_path: Path | None, as_json: bool) -> None:
    """Periksa satu bukti PROOF (.zip), atau seluruh buku besar kantor."""
    if (proof is None) == (office_path is None):
        raise click.UsageError(_("Sebutkan satu: berkas bukti, atau --office FOLDER."))
    from saksama.flow.prove import verify_book, verify_proof

    with refusals(as_json=as_json):
        if proof is not None:
            sentences = verify_proof(proof)
        else:
            from saksama.flow.office import open_office

            assert office_path is not None
            with open_office(office_path).book() as book:
                sentences = verify_book(book)
    report({"valid": True, "checks": sentences}, sentences, as_json=as_json)
