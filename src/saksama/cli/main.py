"""`saksama`: the commands by noun. A noun's module is imported only when it is asked for.

Commands are written in Indonesian and shown in the language spoken: our words through the catalogue of all texts, the
library's own ("Usage", "Missing option") through its domain of gettext, which is Indonesian here and English by itself.
"""

import copy
import gettext
import importlib
import inspect
import os

import click

from saksama import __version__
from saksama.cli.terminal import require_office_parts
from saksama.model.texts import LANGUAGES, LOCALE, _, language, speak

_LANGUAGE = "SAKSAMA_LANG"

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

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, speaking the language of the environment until `--lang` says another."""
        _speak(os.environ.get(_LANGUAGE, "id"))
        return super().parse_args(ctx, args)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What the program is, in the language spoken."""
        self._spoken().format_help_text(ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options in the language spoken, then the commands."""
        self._spoken().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def _spoken(self) -> click.Command:
        return _spoken(click.Command(self.name, help=self.help, params=self.params))

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
        return _spoken(command)

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The nouns with a line each, without importing any."""
        with formatter.section(_("Perintah")):
            formatter.write_dl([(noun, _(about)) for noun, about in _NOUNS.items()])


def _spoken(command: click.Command) -> click.Command:
    """A copy of `command`, and of those below it, that shows its help in the language spoken."""
    shown = copy.copy(command)
    shown.help = command.help and _(inspect.cleandoc(command.help))
    shown.params = [_spoken_parameter(parameter) for parameter in command.params]
    if isinstance(shown, click.Group):
        shown.commands = {name: _spoken(below) for name, below in shown.commands.items()}
    return shown


def _spoken_parameter(parameter: click.Parameter) -> click.Parameter:
    shown = copy.copy(parameter)
    if isinstance(shown, click.Option) and shown.help:
        shown.help = _(shown.help)
    return shown


def _speak(wanted: str) -> None:
    """Use the language for our texts and for the library's, which asks the environment at each text."""
    speak(wanted)
    os.environ["LANGUAGE"] = language()
    gettext.bindtextdomain("messages", str(LOCALE))


def _lang(_ctx: click.Context, _option: click.Parameter, wanted: str) -> str:
    _speak(wanted)
    return wanted


@click.group(cls=Nouns, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="saksama", help="Tampilkan versi.")
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default="id",
    envvar=_LANGUAGE,
    show_default=True,
    is_eager=True,  # also before --help
    callback=_lang,
    expose_value=False,
    help="Bahasa pesan: Indonesia atau Inggris.",
)
def main() -> None:
    """AI mengusulkan, manusia memutuskan, buku besar membuktikan.

    Kode keluar: 0 baik, 1 ada temuan atau penolakan, 2 salah pakai.
    """
