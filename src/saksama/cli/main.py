"""`saksama`: the commands by noun. A noun's module is imported only when it is asked for."""

import importlib

import click

from saksama import __version__
from saksama.cli.terminal import require_office_parts
from saksama.model.texts import LANGUAGES, speak

_NOUNS = {
    "office": "Kantor: membuat kantor, mendaftarkan petugas.",
    "roll": "Daftar pemilih: contoh, periksa, ambil masuk (langkah 1).",
    "linkage": "Cari ganda (langkah 2).",
    "cases": "Perkara: rujuk ke petugas, daftar (langkah 3).",
    "ledger": "Buku besar: catat, buktikan, periksa, salin, amati (langkah 5).",
    "keys": "Kunci buku besar dan saksi: ganti, cadangan, kehilangan.",
    "outcome": "Hasil: daftar berikutnya dan Berita Acara (langkah 6).",
    "audit": "Periksa folder terbitan atau satu bukti, tanpa basis data dan tanpa jaringan.",
    "serve": "Buka situs kantor; putusan (langkah 4) diambil orang di sana.",
    "witness": "Saksi: menjaga dan menjalankan saksi buku besar.",
}
_LIGHT = {"audit", "keys", "ledger", "witness"}  # run from the base install; of `ledger`, mirror and watch do


class Nouns(click.Group):
    """Commands found by name, so that `--help` is instant and a light install is light."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """The nouns, in the order of the main path."""
        return list(_NOUNS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """The command of a noun; says which extra is missing instead of failing on an import."""
        if name not in _NOUNS:
            return None
        if name not in _LIGHT:
            require_office_parts(name)
        command = importlib.import_module(f"saksama.cli.{name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The nouns with a line each, without importing any."""
        with formatter.section("Perintah"):
            formatter.write_dl(list(_NOUNS.items()))


@click.group(cls=Nouns, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="saksama")
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default="id",
    envvar="SAKSAMA_LANG",
    show_default=True,
    help="Bahasa pesan: Indonesia atau Inggris.",
)
def main(lang: str) -> None:
    """AI mengusulkan, manusia memutuskan, buku besar membuktikan.

    Kode keluar: 0 baik, 1 ada temuan atau penolakan, 2 salah pakai.
    """
    speak(lang)
