"""`saksama witness`: be a witness for a log. Runs from the light wheel: click and cryptography, nothing else."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from saksama.model.texts import _

_LISTEN = "127.0.0.1:8765"


@click.group(name="witness")
def command() -> None:
    """Saksi: turut menandatangani buku besar orang lain, agar sejarahnya tidak dapat bercabang."""


@contextmanager
def ledger_refusals() -> Iterator[None]:
    """Show a refusal as one sentence and leave with 1."""
    from saksama.ledger.errors import LedgerError

    try:
        yield
    except (LedgerError, OSError) as fault:
        click.echo(_("Ditolak: {why}").format(why=fault), err=True)
        sys.exit(1)


@command.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name", required=True, help="Nama saksi, misalnya saksi.ugm.ac.id/log")
@click.option(
    "--policy",
    "policies",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Berkas kebijakan yang menyebut log yang akan disaksikan; boleh diulang.",
)
def init(folder: Path, name: str, policies: tuple[Path, ...]) -> None:
    """Buat saksi baru di FOLDER dengan kunci baru, dan cetak kunci umumnya."""
    from saksama.ledger.policy import load_policy
    from saksama.ledger.witness import Witness

    with ledger_refusals():
        logs = [log.verifier for path in policies for log in load_policy(path).logs]
        witness = Witness.create(folder, name, logs=logs)
        witness.close()
    click.echo(_("Saksi {name} dibuat di {folder}.").format(name=name, folder=folder))
    click.echo(_("Kunci umumnya, untuk berkas kebijakan pemilik log:"))
    for key in witness.verifiers():
        click.echo(f"witness {key.name}:{key.key_type.algorithm} {key}")
    click.echo(_("Jaga berkas {path}: siapa memilikinya dapat bersaksi atas nama ini.").format(path=folder / "keys"))


@command.command("trust")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("vkey")
def trust(folder: Path, vkey: str) -> None:
    """Saksikan juga log dengan kunci umum VKEY."""
    from saksama.ledger.keys import Verifier
    from saksama.ledger.witness import Witness

    with ledger_refusals():
        log = Verifier.parse(vkey)
        witness = Witness.open(folder)
        witness.trust(log)
        witness.close()
    click.echo(_("Log {name} kini disaksikan.").format(name=log.name))


@command.command("show")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def show(folder: Path) -> None:
    """Tampilkan kunci umum, log yang disaksikan, dan checkpoint terakhir masing-masing."""
    from saksama.ledger.checkpoint import Checkpoint
    from saksama.ledger.note import Note
    from saksama.ledger.witness import Witness

    with ledger_refusals():
        witness = Witness.open(folder)
        for key in witness.verifiers():
            click.echo(f"{key.name} {key.key_type.algorithm} {key.fingerprint}")
        for log in witness.logs:
            raw = witness.latest(log.name)
            size = _("belum ada") if raw is None else str(Checkpoint.parse(Note.parse(raw).text).size)
            click.echo(_("log {name}: {size} catatan").format(name=log.name, size=size))
        witness.close()


@command.command("run")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--listen", default=_LISTEN, show_default=True, help="Alamat dan porta.")
@click.option("--rate", default=20.0, show_default=True, help="Permintaan per detik dari satu alamat.")
def run(folder: Path, listen: str, rate: float) -> None:
    """Layani permintaan tanda tangan lewat HTTP sampai dihentikan (Ctrl-C)."""
    from saksama.ledger.server import Rate, WitnessServer
    from saksama.ledger.witness import Witness

    host, colon, port = listen.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65_535:
        raise click.UsageError(_("Alamat harus seperti 127.0.0.1:8765."))
    with ledger_refusals():
        witness = Witness.open(folder)
        server = WitnessServer((host, int(port)), witness, rate=Rate(rate, max(1, int(rate * 5))))
        click.echo(_("Saksi {name} melayani di {url}").format(name=witness.name, url=server.url))
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo(_("Berhenti."))
        finally:
            server.server_close()
            witness.close()
