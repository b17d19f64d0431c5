"""`saksama ledger`: enter, prove, verify (step 5); mirror, watch and, when the disk is lost, promote.

`mirror` and `watch` run from the light wheel: click and cryptography, nothing else. The others are the office's own.
"""

import sys
import time
from base64 import b64encode
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from saksama.cli.terminal import as_json, number, office_folder, office_part, refusals, report
from saksama.cli.witness import ledger_refusals
from saksama.model.texts import _

if TYPE_CHECKING:
    from saksama.ledger.monitor import Sighting

_policy_file = click.option(
    "--policy",
    "policy_path",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Berkas kebijakan yang Anda percaya.",
)
_every = click.option(
    "--every", type=click.FloatRange(min=0), default=0.0, help="Ulangi setiap sekian detik; tanpa ini sekali saja."
)


@click.group(name="ledger")
def command() -> None:
    """Buku besar: catat, buktikan, periksa, salin, amati (langkah 5)."""


@command.command("enter")
@office_part
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
@office_part
@office_folder
@click.argument("entry")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Berkas bukti .zip.")
@as_json
def prove(office_path: Path, entry: str, out: Path, as_json: bool) -> None:
    """Buat bukti bahwa ENTRY ada di buku besar: nomornya (misalnya roll_taken_in:…), atau urutannya dari 0."""
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
            _("Periksa dengan: saksama audit {file}").format(file=out),
        ],
        as_json=as_json,
    )


@command.command("verify")
@office_part
@office_folder
@as_json
def verify(office_path: Path, as_json: bool) -> None:
    """Periksa seluruh buku besar kantor di tempat. Satu berkas bukti, atau folder terbitan: saksama audit."""
    from saksama.flow.office import open_office
    from saksama.flow.prove import verify_book

    with refusals(as_json=as_json), open_office(office_path).book() as book:
        sentences = verify_book(book)
    report({"valid": True, "checks": sentences}, sentences, as_json=as_json)


@command.command("promote")
@office_part
@click.argument("copy", type=click.Path(path_type=Path, exists=True, file_okay=False))
@office_folder
@click.option(
    "--policy",
    "policy_path",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Berkas kebijakan kantor, bila salinan itu dibuat di bawah kebijakan lain.",
)
@as_json
def promote(copy: Path, office_path: Path, policy_path: Path | None, as_json: bool) -> None:
    """Lanjutkan buku besar kantor dari salinan COPY (folder sebuah cermin), bila miliknya sendiri hilang."""
    from saksama.flow.office import open_office
    from saksama.flow.promote import promote_copy

    with refusals(as_json=as_json):
        office = open_office(office_path)
        promoted = promote_copy(copy, office=office, policy=None if policy_path is None else policy_path.read_bytes())
    report(
        {"size": promoted.checkpoint.size, "published": office.published, "aside": list(promoted.aside)},
        [
            _("Buku besar {origin} dilanjutkan dari salinan: {size} catatan; saksi menyetujuinya.").format(
                origin=promoted.checkpoint.origin, size=number(promoted.checkpoint.size)
            ),
            *(_("Yang lama disisihkan, tidak dihapus: {path}").format(path=path) for path in promoted.aside),
            _("Lanjutkan dengan: saksama ledger enter --office {folder}").format(folder=office_path),
        ],
        as_json=as_json,
    )


@command.command("mirror")
@click.argument("place")
@click.option("--folder", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder cermin.")
@_policy_file
@_every
def mirror(place: str, folder: Path, policy_path: Path, every: float) -> None:
    """Salin buku besar dari PLACE (alamat http atau folder) setelah setiap catatannya diperiksa."""
    from saksama.ledger.errors import SplitView, WitnessUnreachable
    from saksama.ledger.mirror import Mirror
    from saksama.ledger.places import place_at
    from saksama.ledger.policy import load_policy
    from saksama.ledger.storage import Storage

    with (
        ledger_refusals(),
        Mirror(folder, load_policy(policy_path)) as copy,
        closing(place_at(place)) as source,
    ):
        while True:
            try:
                held = copy.pull(source)
                click.echo(_("{size} catatan tersalin utuh di {folder}.").format(size=held.size, folder=copy.copy))
            except SplitView as found:
                Storage(folder).put_all([("first.note", found.first), ("second.note", found.second)])
                click.echo(_("Bukti ditulis ke {folder}; simpan dan bagikan.").format(folder=folder), err=True)
                raise
            except WitnessUnreachable as fault:
                if not every:
                    raise
                click.echo(_("Belum dapat disalin, dicoba lagi: {why}").format(why=fault), err=True)
            if not every:
                return
            time.sleep(every)


@command.command("watch")
@click.argument("place")
@click.option(
    "--also",
    multiple=True,
    help="Tempat lain yang menunjukkan checkpoint: alamat saksi + sidik asal log, atau cermin; boleh diulang.",
)
@click.option("--folder", required=True, type=click.Path(path_type=Path, file_okay=False), help="Ingatan dan bukti.")
@_policy_file
@click.option(
    "--receipt",
    "receipts",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Tanda terima dari log, yang batas waktunya ikut diperiksa; boleh diulang.",
)
@click.option("--patience", default=3600, show_default=True, help="Umur tanda tangan saksi yang masih wajar, detik.")
@_every
def watch(
    place: str,
    also: tuple[str, ...],
    folder: Path,
    policy_path: Path,
    receipts: tuple[Path, ...],
    patience: int,
    every: float,
) -> None:
    """Amati buku besar di PLACE: cabang, susut, macet, saksi hilang. Kode keluar 1 bila ada tanda bahaya."""
    from saksama.ledger.monitor import Monitor
    from saksama.ledger.places import place_at
    from saksama.ledger.policy import load_policy
    from saksama.ledger.receipt import Receipt

    with ledger_refusals(), ExitStack() as held:
        policy = load_policy(policy_path)
        if len({log.verifier.name for log in policy.logs}) != 1:  # a spare key is the same log's
            raise click.UsageError(_("Kebijakan untuk mengamati menyebut tepat satu log."))
        key = policy.logs[0].verifier
        promised = [Receipt.parse(path.read_bytes(), key) for path in receipts]
        monitor = Monitor(folder, policy, key, patience=patience)
        log, *others = [held.enter_context(closing(place_at(item))) for item in (place, *also)]
        while True:
            alarms = monitor.look(log, others, receipts=promised)
            if alarms:
                _cry_out(alarms)
                sys.exit(1)
            click.echo(_("Tidak ada tanda bahaya pada {place}.").format(place=place))
            if not every:
                return
            time.sleep(every)


def _cry_out(alarms: "list[Sighting]") -> None:
    for alarm in alarms:
        click.echo(f"{alarm.alarm.value}: {alarm.sentence}", err=True)
        if alarm.evidence is not None:
            click.echo(_("Bukti ditulis ke {folder}; simpan dan bagikan.").format(folder=alarm.evidence), err=True)
