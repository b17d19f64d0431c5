"""`saksama serve`: open the office's site on this machine. People decide there (step 4)."""

from pathlib import Path

import click

from saksama.cli.terminal import office_folder, refusals
from saksama.model.texts import _


@click.command(name="serve")
@office_folder
@click.option("--host", default="127.0.0.1", show_default=True, help="Alamat; bawaan hanya komputer ini.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Pintu.")
def command(office_path: Path, host: str, port: int) -> None:
    """Buka situs kantor sampai Ctrl-C. Yang menunggu dicatat ke buku besar selama situs terbuka."""
    from saksama.web.serving import serve

    with refusals():
        click.echo(
            _("Situs kantor: http://{host}:{port}  (Ctrl-C untuk menutup)").format(host=host, port=port), err=True
        )
        serve(office_path, host, port)
