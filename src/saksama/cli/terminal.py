"""What every command shares: how it reports, shows progress, refuses, and exits (0 ok, 1 found or refused, 2 usage)."""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click

from saksama.model.errors import Broken, SaksamaError
from saksama.model.texts import _

_P = ParamSpec("_P")
_R = TypeVar("_R")
SHOW_PROGRESS_AFTER = 2.0  # seconds

as_json = click.option("--json", "as_json", is_flag=True, help="Laporan sebagai JSON, untuk mesin.")
office_folder = click.option(
    "--office",
    "office_path",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder kantor, dibuat dengan `saksama office init`.",
)


def require_office_parts(name: str) -> None:
    """Raise UsageError where the light wheel alone is installed: it says which extra the command needs."""
    if find_spec("pyarrow") is None:
        raise click.UsageError(
            _("Perintah `{name}` memerlukan bagian kantor: pip install 'saksama[office]'").format(name=name)
        )


def office_part(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """A command of a light noun that needs the extra `office`."""

    @wraps(function)
    def checked(*arguments: _P.args, **options: _P.kwargs) -> _R:
        require_office_parts(click.get_current_context().command_path.partition(" ")[2])
        return function(*arguments, **options)

    return checked


file_argument = click.Path(path_type=Path)


def report(answer: Mapping[str, Any], lines: Sequence[str], *, as_json: bool) -> None:
    """Say `answer` to a machine or `lines` to a person."""
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2, default=str))
    else:
        for line in lines:
            click.echo(line)


@contextmanager
def refusals(*, as_json: bool = False) -> Iterator[None]:
    """Turn a refusal into its sentence and exit code 1. Anything else is a bug and keeps its trace."""
    try:
        yield
    except SaksamaError as refusal:
        told: dict[str, object] = {"refused": str(refusal), "kind": type(refusal).__name__}
        click.echo(str(refusal), err=True)
        # An unknown layout brings the columns it has and a mapping file, filled in as far as it could be guessed.
        if seen := getattr(refusal, "seen", None):
            told |= {"columns": list(seen), "mapping": refusal.suggested_toml}  # type: ignore[attr-defined]  # has both
            click.echo(_("Kolom yang ada: {columns}").format(columns=" | ".join(seen)), err=True)
            click.echo(
                _("Simpan yang berikut sebagai MAP.toml, betulkan, lalu ulangi dengan --columns MAP.toml:"), err=True
            )
            click.echo(told["mapping"], err=True)
        if as_json:
            click.echo(json.dumps(told, ensure_ascii=False))
        if isinstance(refusal, Broken):
            click.echo(_("Berhenti. Jangan ubah apa pun; simpan folder kantor sebagai bukti."), err=True)
        sys.exit(1)
    except OSError as fault:  # a full disk, a folder that may not be written: the machine's refusal, not ours
        where = f"{fault.filename}: " if fault.filename else ""
        click.echo(_("Komputer menolak: {why}").format(why=f"{where}{fault.strerror or fault}"), err=True)
        sys.exit(1)


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[float, float | None], None]]:
    """A bar on the error stream, once the work has lasted two seconds and somebody is looking."""
    if not sys.stderr.isatty() or find_spec("rich") is None:  # the light install has no rich
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task(label, total=None)
    began = time.monotonic()

    def show(done: float, total: float | None) -> None:
        if not bar.live.is_started and time.monotonic() - began > SHOW_PROGRESS_AFTER:
            bar.start()
        bar.update(task, completed=done, total=total)

    try:
        yield show
    finally:
        if bar.live.is_started:
            bar.stop()


def number(count: int) -> str:
    """A count as Indonesians write it: 1.090.578."""
    return f"{count:,}".replace(",", ".")
