"""`saksama audit`: read a published folder as an outsider would, and say in numbered sentences what holds."""

import sys
from dataclasses import asdict
from pathlib import Path

import click

from saksama.cli.terminal import as_json, progress_bar, report
from saksama.model.texts import _


@click.command(name="audit")
@click.argument("folder", metavar="FOLDER|BUKTI.zip", type=click.Path(path_type=Path))
@click.option(
    "--policy", type=click.Path(path_type=Path), help="Berkas kebijakan yang Anda percaya, misalnya dari Bawaslu."
)
@click.option(
    "--memory",
    type=click.Path(path_type=Path),
    help="Ingatan audit: bila sudah ada, hanya yang baru diperiksa; bila semua sah, ditulis untuk kali berikutnya.",
)
@as_json
def command(folder: Path, policy: Path | None, memory: Path | None, as_json: bool) -> None:
    """Periksa FOLDER terbitan, atau satu BUKTI.zip, saja: tanpa basis data, tanpa jaringan, tanpa kode yang membuatnya.

    Kode keluar: 0 semua benar, 1 ada yang tidak benar, 2 tidak dapat dipastikan.
    """
    from saksama.audit.checks import audit_folder

    if not folder.exists():
        raise click.UsageError(_("Tidak ada berkas atau folder {path}.").format(path=folder))
    with progress_bar(_("Memeriksa")) as show:
        found = audit_folder(folder, policy=policy, memory=memory, progress=show)
    report(
        {"exit_code": found.exit_code, "findings": [asdict(f) for f in found.findings]},
        found.sentences(),
        as_json=as_json,
    )
    sys.exit(found.exit_code)
