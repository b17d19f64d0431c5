"""`saksama witness`: be a witness for a log. Runs from the light wheel: click and cryptography, nothing else."""

import sys
import time
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
def _refusals() -> Iterator[None]:
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

    with _refusals():
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

    with _refusals():
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

    with _refusals():
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
    with _refusals():
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


@command.command("mirror")
@click.argument("place")
@click.option("--folder", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder salinan.")
@click.option(
    "--policy",
    "policy_path",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Berkas kebijakan yang Anda percaya.",
)
@click.option("--every", default=0.0, help="Ulangi setiap sekian detik; tanpa ini sekali saja.")
def mirror(place: str, folder: Path, policy_path: Path, every: float) -> None:
    """Salin buku besar dari PLACE (alamat http atau folder) setelah setiap catatannya diperiksa."""
    from saksama.ledger.errors import SplitView
    from saksama.ledger.mirror import Mirror
    from saksama.ledger.places import place_at
    from saksama.ledger.policy import load_policy
    from saksama.ledger.storage import Storage

    with _refusals(), Mirror(folder, load_policy(policy_path)) as copy:
        source = place_at(place)
        while True:
            try:
                held = copy.pull(source)
            except SplitView as found:
                Storage(folder).put_all([("first.note", found.first), ("second.note", found.second)])
                raise
            click.echo(_("{size} catatan tersalin utuh di {folder}.").format(size=held.size, folder=copy.copy))
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
@click.option(
    "--policy",
    "policy_path",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Berkas kebijakan yang Anda percaya.",
)
@click.option("--patience", default=3600, show_default=True, help="Umur tanda tangan saksi yang masih wajar, detik.")
@click.option("--every", default=0.0, help="Ulangi setiap sekian detik; tanpa ini sekali saja.")
def watch(place: str, also: tuple[str, ...], folder: Path, policy_path: Path, patience: int, every: float) -> None:
    """Amati buku besar di PLACE: cabang, susut, macet, saksi hilang. Kode keluar 1 bila ada tanda bahaya."""
    from saksama.ledger.monitor import Monitor
    from saksama.ledger.places import place_at
    from saksama.ledger.policy import load_policy

    with _refusals():
        policy = load_policy(policy_path)
        if len({log.verifier.name for log in policy.logs}) != 1:  # a spare key is the same log's
            raise click.UsageError(_("Kebijakan untuk mengamati menyebut tepat satu log."))
        monitor = Monitor(folder, policy, policy.logs[0].verifier, patience=patience)
        log, others = place_at(place), [place_at(item) for item in also]
        while True:
            alarms = monitor.look(log, others)
            for alarm in alarms:
                click.echo(f"{alarm.alarm.value}: {alarm.sentence}", err=True)
                if alarm.evidence is not None:
                    click.echo(
                        _("Bukti ditulis ke {folder}; simpan dan bagikan.").format(folder=alarm.evidence), err=True
                    )
            if alarms:
                sys.exit(1)
            click.echo(_("Tidak ada tanda bahaya pada {place}.").format(place=place))
            if not every:
                return
            time.sleep(every)
