"""`saksama keys`: change the ledger's keys and witnesses, or go on after one was lost. Drills: docs/keys.md."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from saksama.cli.terminal import as_json, number, office_folder, refusals, report
from saksama.model.texts import _

if TYPE_CHECKING:
    from saksama.flow.keys import Changed
    from saksama.flow.office import Office
    from saksama.ledger.policy import Policy
    from saksama.ledger.witness import Witness

_witness_folder = click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))


@click.group(name="keys")
def command() -> None:
    """Kunci: ganti kunci buku besar atau saksi, ganti saksi, lanjutkan setelah kunci hilang."""


def _open(path: Path) -> "Office":
    if find_spec("pyarrow") is None:  # the light install of a witness has only the commands `witness-…`
        raise click.UsageError(_("Perintah ini memerlukan bagian kantor: pip install 'saksama[office]'"))
    from saksama.web.office import open_office

    return open_office(path)


def _log_lines(policy: "Policy") -> list[str]:
    """The log's key, then its spare: in this order they stand in a policy."""
    texts = [_("log {name}: {key}"), *[_("log {name}, kunci cadangan: {key}")] * (len(policy.logs) - 1)]
    return [
        text.format(name=log.verifier.name, key=log.verifier.fingerprint)
        for text, log in zip(texts, policy.logs, strict=False)
    ]


def _tell(changed: "Changed", published: Path, *, as_json: bool, more: tuple[str, ...] = ()) -> None:
    policy = changed.policy
    report(
        {
            "reason": changed.reason.value,
            "entry": changed.index,
            "policy": policy.digest,
            "replaced": changed.replaced,
            "logs": {str(log.verifier): log.verifier.fingerprint for log in policy.logs},
            "witnesses": {witness.name: witness.verifier.fingerprint for witness in policy.witnesses},
        },
        [
            _("Kebijakan diganti; diumumkan oleh catatan ke-{index}.").format(index=number(changed.index)),
            _("Sidik kebijakan baru: {digest}").format(digest=policy.digest),
            *_log_lines(policy),
            *more,
            _("Serahkan {file} kepada Bawaslu dan para saksi, dan cetak sidiknya pada Berita Acara berikutnya.").format(
                file=published / "policy"
            ),
        ],
        as_json=as_json,
    )


@command.command("show")
@office_folder
@as_json
def show(office_path: Path, as_json: bool) -> None:
    """Tampilkan kebijakan yang berlaku: kunci log, kunci cadangan, saksi, dan sidiknya."""
    with refusals(as_json=as_json):
        office = _open(office_path)
        from saksama.flow.keys import planned_policy, policy_in_force, replaced

        policy, planned = policy_in_force(office), planned_policy(office)
    before = replaced(policy)
    lines = [_("Sidik kebijakan: {digest}").format(digest=policy.digest)]
    if before:
        lines.append(_("Menggantikan kebijakan {digest}").format(digest=before))
    lines += _log_lines(policy)
    lines += [
        _("saksi {name} ({holder}): {key}").format(name=k.name, holder=k.verifier.name, key=k.verifier.fingerprint)
        for k in policy.witnesses
    ]
    if len(policy.logs) < 2:
        lines.append(_("Belum ada kunci cadangan. Buat dengan: saksama keys spare"))
    if planned is not None:
        lines.append(_("Pergantian kunci sebelumnya belum selesai. Selesaikan dengan: saksama keys finish"))
        lines.append(_("Saksi lembaga lain harus mengenal kunci ini dahulu (saksama witness trust FOLDER VKEY):"))
        lines += [str(log.verifier) for log in planned.logs]
    report(
        {
            "policy": policy.digest,
            "replaces": before,
            "logs": {str(log.verifier): log.verifier.fingerprint for log in policy.logs},
            "witnesses": {witness.name: witness.verifier.fingerprint for witness in policy.witnesses},
            "unfinished": planned is not None,
            "planned_logs": [] if planned is None else [str(log.verifier) for log in planned.logs],
        },
        lines,
        as_json=as_json,
    )


@command.command("rotate-log")
@office_folder
@as_json
def rotate_log(office_path: Path, as_json: bool) -> None:
    """Beri buku besar kunci baru. Kunci lama menandatangani pengumumannya, lalu dimusnahkan."""
    with refusals(as_json=as_json):
        office = _open(office_path)
        from saksama.flow.keys import rotate_log_key

        _tell(rotate_log_key(office), office.published, as_json=as_json)


@command.command("rotate-witness")
@office_folder
@as_json
def rotate_witness(office_path: Path, as_json: bool) -> None:
    """Beri saksi kantor ini kunci baru. Kunci lama turut menandatangani pengumumannya, lalu dimusnahkan."""
    with refusals(as_json=as_json):
        office = _open(office_path)
        from saksama.flow.keys import rotate_witness_key

        _tell(rotate_witness_key(office), office.published, as_json=as_json)


@command.command("spare")
@office_folder
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Berkas kunci cadangan.")
@as_json
def spare(office_path: Path, out: Path, as_json: bool) -> None:
    """Buat kunci log cadangan dan sebut dalam kebijakan; simpan berkasnya di brankas, jauh dari PC ini."""
    with refusals(as_json=as_json):
        office = _open(office_path)
        from saksama.flow.keys import name_spare

        changed = name_spare(office, out)
        said = _("Kunci cadangan: {file}. Pindahkan ke brankas; siapa memilikinya dapat menandatangani buku besar.")
        _tell(changed, office.published, as_json=as_json, more=(said.format(file=out),))


@command.command("take-spare")
@office_folder
@click.option(
    "--spare",
    "path",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Berkas kunci cadangan.",
)
@as_json
def take_spare(office_path: Path, path: Path, as_json: bool) -> None:
    """Lanjutkan dengan kunci cadangan, karena kunci log hilang atau mungkin disalin orang."""
    with refusals(as_json=as_json):
        office = _open(office_path)
        from saksama.flow.keys import take_spare as take

        said = _("Kunci cadangan kini kunci log. Buat cadangan baru: saksama keys spare")
        _tell(take(office, path), office.published, as_json=as_json, more=(said,))


@command.command("lost")
@office_folder
@click.option("--what", required=True, type=click.Choice(["log", "witness"]), help="Kunci mana yang hilang.")
@as_json
def lost(office_path: Path, what: str, as_json: bool) -> None:
    """Ganti kunci yang hilang tanpa cadangan. Pemeriksa menolaknya sampai menerima kebijakan baru dari tangan lain."""
    with refusals(as_json=as_json):
        office = _open(office_path)
        from saksama.flow.keys import replace_lost_log_key, replace_lost_witness_key

        changed = replace_lost_log_key(office) if what == "log" else replace_lost_witness_key(office)
        said = _(
            "Tidak ada kunci lama yang menandatangani pergantian ini. Setiap pemeriksaan menyebutnya SALAH kecuali "
            "pemeriksa memakai --policy dengan kebijakan baru. Buat berita acara kehilangan; serahkan kepada Bawaslu."
        )
        _tell(changed, office.published, as_json=as_json, more=(said,))


@command.command("change")
@office_folder
@click.option(
    "--policy",
    "path",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Kebijakan baru: baris log yang sama, saksi yang lain.",
)
@as_json
def change(office_path: Path, path: Path, as_json: bool) -> None:
    """Terima, lepas, atau ganti kunci saksi lembaga lain, dengan berkas kebijakan baru."""
    with refusals(as_json=as_json):
        office = _open(office_path)
        from saksama.flow.keys import change_witnesses, read_policy

        _tell(change_witnesses(office, read_policy(path)), office.published, as_json=as_json)


@command.command("finish")
@office_folder
@as_json
def finish(office_path: Path, as_json: bool) -> None:
    """Selesaikan pergantian yang terputus."""
    with refusals(as_json=as_json):
        office = _open(office_path)
        from saksama.flow.keys import finish_change

        _tell(finish_change(office), office.published, as_json=as_json)


# --- for who runs a witness of another institution: from the light install ---


@contextmanager
def _witness(folder: Path) -> Iterator["Witness"]:
    from saksama.ledger.errors import LedgerError
    from saksama.ledger.witness import Witness

    try:
        with Witness.open(folder) as witness:
            yield witness
    except (LedgerError, OSError) as fault:
        click.echo(_("Ditolak: {why}").format(why=fault), err=True)
        sys.exit(1)


@command.command("witness-add")
@_witness_folder
def witness_add(folder: Path) -> None:
    """Beri saksi di FOLDER kunci baru di samping yang lama; hentikan dahulu `witness run`."""
    with _witness(folder) as witness:
        new = witness.add_keys()
    click.echo(_("Kunci baru, untuk berkas kebijakan pemilik log:"))
    for key in new:
        click.echo(f"witness {key.name}:{key.key_type.algorithm} {key}")
    click.echo(
        _("Saksi kini menandatangani dengan kedua kunci. Setelah semua log mengganti kebijakannya: keys witness-retire")
    )


@command.command("witness-retire")
@_witness_folder
def witness_retire(folder: Path) -> None:
    """Musnahkan kunci lama saksi di FOLDER; hentikan dahulu `witness run`."""
    with _witness(folder) as witness:
        retired = witness.retire_keys()
    for key in retired:
        click.echo(_("Dimusnahkan: {name} {key}").format(name=key.name, key=key.fingerprint))
    if not retired:
        click.echo(_("Tidak ada kunci lama."))


@command.command("witness-distrust")
@_witness_folder
@click.argument("vkey")
def witness_distrust(folder: Path, vkey: str) -> None:
    """Jangan lagi saksikan kunci log VKEY, misalnya setelah log berganti kunci; hentikan dahulu `witness run`."""
    from saksama.ledger.keys import Verifier

    with _witness(folder) as witness:
        log = Verifier.parse(vkey)
        witness.distrust(log)
    click.echo(_("Kunci {key} dari log {name} tidak lagi disaksikan.").format(key=log.fingerprint, name=log.name))
