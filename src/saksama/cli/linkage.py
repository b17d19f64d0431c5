"""`saksama linkage`: find lines that may be one person, in a file or in an office's roll (step 2)."""

from pathlib import Path
from typing import Any

import click

from saksama.cli.terminal import as_json, file_argument, number, office_folder, progress_bar, refusals, report
from saksama.model.texts import _, language

_MOST_SHOWN = 20  # pairs told on the screen
_WORTH_SAYING = 1_000_000  # lines from which on the memory needed is said beforehand


@click.group(name="linkage")
def command() -> None:
    """Cari ganda (langkah 2). Mesin mengusulkan; tidak ada yang dicoret di sini."""


@command.command("run")
@click.argument("file", type=file_argument)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder hasil; harus baru atau kosong.")
@click.option("--plan", type=file_argument, help="Rencana PLAN.toml; bawaan: roll-id, untuk daftar pemilih.")
@click.option("--link", "other", type=file_argument, help="Daftar kedua: cocokkan FILE dengan daftar ini.")
@click.option("--index", type=click.Path(path_type=Path), help="Tinggalkan indeks di folder ini, untuk linkage ask.")
@click.option(
    "--scratch",
    type=click.Path(path_type=Path),
    help="Folder kerja: untuk daftar besar; diteruskan bila terputus.",
)
@as_json
def run(file: Path, out: Path, plan: Path | None, other: Path | None, as_json: bool, **where: Path | None) -> None:
    """Cari ganda dalam satu berkas, tanpa kantor. Hasil: pairs.parquet, clusters.parquet, run.json."""
    from saksama.flow.find import Folders, lines_known, link_files, memory_to_ask, plan_from

    folders = Folders(out, **where)
    lines = sum(lines_known(each) for each in (file, other) if each is not None)
    if lines >= _WORTH_SAYING:
        said = _("{lines} baris; perlu sekitar {needed} GB memori.")
        click.echo(said.format(lines=number(lines), needed=memory_to_ask(lines, folders)), err=True)
    with refusals(as_json=as_json), progress_bar(_("Mencari ganda")) as show:
        summary = link_files(
            file, plan_from(plan), folders, other=other, progress=lambda _phase, share: show(share, 1.0)
        )
    report(summary, _lines(summary, str(out)), as_json=as_json)


@command.command("ask")
@click.argument("file", type=file_argument)
@click.option("--index", required=True, type=click.Path(path_type=Path), help="Folder indeks dari linkage run --index.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder hasil; harus baru atau kosong.")
@as_json
def ask(file: Path, index: Path, out: Path | None, as_json: bool) -> None:
    """Tanyakan baris baru kepada indeks: siapa mereka dalam daftar itu, atau di antara sesamanya."""
    from saksama.flow.find import ask_index

    with refusals(as_json=as_json):
        found = ask_index(file, index, out)
    pairs = found.pairs.to_pylist()
    counts = found.summary["counts"]
    lines = [
        _("{lines} baris baru dibandingkan dengan {against} baris; {pairs} pasangan diusulkan.").format(
            lines=number(counts["lines"]), against=number(counts["against"]), pairs=number(counts["pairs"])
        )
    ]
    lines += [_pair_line(pair) for pair in pairs[:_MOST_SHOWN]]
    if len(pairs) > _MOST_SHOWN:
        lines.append(_("dan {more} lagi; pakai --out atau --json.").format(more=number(len(pairs) - _MOST_SHOWN)))
    report({**found.summary, "found": pairs}, lines, as_json=as_json)


def _pair_line(pair: dict[str, Any]) -> str:
    where = {"roll": _("daftar"), "new": _("baru")}
    bands = {"certain": _("sangat kuat"), "probable": _("kuat"), "check": _("perlu diperiksa")}
    return _("baris {left} ({left_in}) dan baris {right} ({right_in}): {band}, {bits} bit").format(
        left=number(pair["left"]),
        left_in=where[pair["left_in"]],
        right=number(pair["right"]),
        right_in=where[pair["right_in"]],
        band=bands[pair["band"]],
        bits=round(pair["weight_bits"], 1),
    )


@command.command("find")
@office_folder
@click.option("--roll", help="Nomor daftar; bawaan: yang terakhir diambil masuk.")
@click.option("--plan", type=file_argument, help="Rencana PLAN.toml; bawaan: roll-id.")
@as_json
def find(office_path: Path, roll: str | None, plan: Path | None, as_json: bool) -> None:
    """Cari ganda dalam daftar kantor. Daftar dan rencana yang sama tidak dijalankan dua kali."""
    from saksama.flow.find import find_duplicates, plan_from
    from saksama.flow.office import open_office
    from saksama.model.roll import RollId

    with refusals(as_json=as_json):
        office = open_office(office_path)
        wanted = RollId(roll) if roll else office.rolls.latest()
        with progress_bar(_("Mencari ganda")) as show:
            found = find_duplicates(
                wanted,
                plan_from(plan),
                rolls=office.rolls,
                runs=office.runs,
                clock=office.clock,
                progress=lambda _phase, share: show(share, 1.0),
            )
    lines = _lines(found.about, found.run)
    if not found.is_new:
        lines.insert(0, _("Pencarian ini sudah pernah dijalankan; tidak ada yang berubah."))
    report({**found.about, "is_new": found.is_new}, lines, as_json=as_json)


@command.command("explain")
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@click.argument("left", metavar="LEFT", type=int)
@click.argument("right", metavar="RIGHT", type=int)
@click.option("--svg", type=file_argument, help="Tulis gambar air terjun bobotnya ke berkas SVG ini.")
@as_json
def explain(run: Path, left: int, right: int, svg: Path | None, as_json: bool) -> None:
    """Mengapa baris LEFT dan RIGHT diusulkan: unsur demi unsur, dengan bobotnya. RUN adalah folder hasil pencarian."""
    from saksama.flow import reasons

    with refusals(as_json=as_json):
        explained = reasons.explain(run, left, right, svg=svg)
    report(explained.as_json(), _explained(explained), as_json=as_json)


@command.command("report")
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=file_argument, help="Halaman HTML yang ditulis.")
@as_json
def report_command(run: Path, out: Path, as_json: bool) -> None:
    """Satu halaman HTML tentang sebuah pencarian: jumlah, perkiraan salah, bobot, blok, kelompok pemilih."""
    from saksama.flow import reasons

    with refusals(as_json=as_json):
        reasons.report(run, out)
    report({"report": str(out)}, [_("Laporan ditulis: {out}").format(out=out)], as_json=as_json)


def _explained(pair: Any) -> list[str]:
    """A pair's steps, weight first, in the language spoken; `pair` is a PairExplanation."""
    english = language() == "en"
    steps = [(step.bits, step.sentence_en if english else step.sentence_id) for step in pair.steps]
    total = (pair.sum_bits, pair.sum_en if english else pair.sum_id)
    return [
        _("Baris {left} dan {right}; bobot dalam bit (tiap bit: dua kali lebih mungkin satu orang):").format(
            left=pair.left, right=pair.right
        ),
        *(f"{_signed(bits):>8}  {said}" for bits, said in steps),
        f"{_signed(total[0]):>8}  {total[1]}",
        _("Mesin hanya mengusulkan; yang memutuskan petugas."),
    ]


def _signed(bits: float) -> str:
    text = f"{bits:+.1f}" if abs(bits) >= 0.05 else "0.0"
    return text if language() == "en" else text.replace(".", ",")


def _lines(summary: dict[str, Any], where: str) -> list[str]:
    counts = summary["counts"]
    return [
        _("{lines} baris dibandingkan; {pairs} pasangan diusulkan dalam {clusters} kelompok: {where}").format(
            lines=number(counts["lines"]),
            pairs=number(counts["pairs"]),
            clusters=number(counts["clusters"]),
            where=where,
        ),
        _("Petunjuk sangat kuat {certain}, kuat {probable}, perlu diperiksa {check}.").format(
            certain=number(counts["certain"]), probable=number(counts["probable"]), check=number(counts["check"])
        ),
    ]
