"""`saksama cases`: lay a run's clusters before the office's people, and list the queue (step 3)."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from saksama.cli.terminal import as_json, number, office_folder, progress_bar, refusals, report
from saksama.model.case import CaseId, CaseState
from saksama.model.clock import as_text, local_date
from saksama.model.decision import Ruling
from saksama.model.pair import Band
from saksama.model.texts import _

if TYPE_CHECKING:
    from saksama.flow.refer import Referred


@click.group(name="cases")
def command() -> None:
    """Perkara: rujuk ke petugas, daftar (langkah 3). Memutuskan dilakukan orang di situs kantor."""


@command.command("refer")
@office_folder
@click.option("--run", "run", help="Nomor pencarian; bawaan: yang terbaru untuk daftar terakhir.")
@click.option(
    "--answered",
    multiple=True,
    metavar="PERKARA",
    help="Rujukan yang sudah dijawab Disdukcapil: pasangannya diangkat lagi. Boleh diulang.",
)
@as_json
def refer(office_path: Path, run: str | None, answered: tuple[str, ...], as_json: bool) -> None:
    """Buka perkara dari hasil pencarian. Merujuk dua kali tidak membuat perkara kedua.

    Pasangan yang sudah diputus bukan ganda, tanpa unsur yang berubah, tidak diangkat lagi.
    """
    from saksama.flow.refer import refer_cases
    from saksama.web.office import open_office

    with refusals(as_json=as_json):
        office = open_office(office_path)
        wanted = run or office.runs.latest_for(office.rolls.latest())
        with progress_bar(_("Membuka perkara")) as show:
            done = refer_cases(
                wanted,
                rolls=office.rolls,
                runs=office.runs,
                desk=office.desk,
                answered=[CaseId(case) for case in answered],
                progress=show,
            )
    report({"run": wanted, **asdict(done)}, list(_said(done)), as_json=as_json)


def _said(done: "Referred") -> Iterator[str]:
    """A referral in sentences: every cluster has its place in one of the counts."""
    yield _("{clusters} kelompok: {opened} perkara baru, {known} sudah ada.").format(
        clusters=number(done.clusters), opened=number(done.opened), known=number(done.known)
    )
    yield _("Sudah diputus bukan ganda, tidak ada unsur yang berubah: {n}.").format(n=number(done.ruled_before))
    yield _("Menunggu jawaban Disdukcapil, tidak ada unsur yang berubah: {n}.").format(n=number(done.awaiting))
    if done.awaiting:
        yield _(
            "Bila sudah dijawab: saksama cases refer --office FOLDER --answered PERKARA. "
            "Nomornya: saksama cases list --remembered"
        )
    yield _("Tidak dirujuk: {over} bertumpang, {other} milik kantor lain.").format(
        over=number(done.overlapping), other=number(done.not_ours)
    )
    if done.not_found:
        yield _("Tidak ditemukan lagi pada daftar ini: {cases}.").format(cases=", ".join(done.not_found))


@command.command("list")
@office_folder
@click.option("--state", type=click.Choice([state.value for state in CaseState]), help="Hanya perkara berstatus ini.")
@click.option(
    "--remembered",
    is_flag=True,
    help="Putusan yang diingat: bukan ganda, dan rujukan Disdukcapil yang belum dijawab. Menurut nomor perkara.",
)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000), help="Paling banyak.")
@click.option("--after", help="Lanjutkan sesudah perkara ini.")
@as_json
def list_(office_path: Path, state: str | None, remembered: bool, limit: int, after: str | None, as_json: bool) -> None:
    """Daftar perkara kantor, yang paling pasti dahulu."""
    if remembered and state:
        raise click.UsageError(_("--remembered dan --state tidak dapat dipakai bersama."))
    if remembered:
        _list_remembered(office_path, limit, after, as_json=as_json)
    else:
        _list_cases(office_path, state, limit, after, as_json=as_json)


def _list_cases(office_path: Path, state: str | None, limit: int, after: str | None, *, as_json: bool) -> None:
    from saksama.casework.store import CaseFilter
    from saksama.web.office import open_office

    with refusals(as_json=as_json):
        office = open_office(office_path)
        wanted = CaseFilter(office.settings.wilayah, states=frozenset({CaseState(state)} if state else ()))
        page = office.desk.cases.page(wanted, after=CaseId(after) if after else None, limit=limit)
        counts = office.desk.cases.counts(wanted)
    report(
        {
            "total": page.total,
            "counts": {s.value: n for s, n in counts.items()},
            "next_after": page.next_after,
            "cases": [
                {
                    "case": c.id,
                    "state": c.state.value,
                    "band": c.band.value,
                    "kpu_class": c.kpu_class,
                    "lines": list(c.lines),
                    "villages": list(c.villages),
                }
                for c in page.cases
            ],
        },
        [
            *(
                f"{c.id}  {_state(c.state):<24} {_band(c.band):<18} {c.kpu_class or '--'}  {', '.join(c.villages)}"
                for c in page.cases
            ),
            _summary(counts, page.total),
        ],
        as_json=as_json,
    )


def _list_remembered(office_path: Path, limit: int, after: str | None, *, as_json: bool) -> None:
    from saksama.flow.remember import remembered_cases
    from saksama.web.office import open_office

    with refusals(as_json=as_json):
        office = open_office(office_path)
        found = remembered_cases(office.desk)
    later = [case for case in found if not after or case.case > after]
    shown = later[:limit]
    report(
        {
            "total": len(found),
            "next_after": shown[-1].case if len(later) > limit else None,
            "remembered": [
                {
                    "case": c.case,
                    "roll": c.roll,
                    "ruling": c.ruling.value,
                    "at": as_text(c.at),
                    "decisions": list(c.decisions),
                    "pairs": [list(pair) for pair in c.pairs],
                }
                for c in shown
            ],
        },
        [
            *(
                f"{c.case}  {_ruling(c.ruling):<24} {local_date(c.at, office.settings.wilayah.utc_offset_hours)}  "
                + _("daftar {roll} baris {pairs}").format(
                    roll=c.roll, pairs=", ".join(f"{left + 1} & {right + 1}" for left, right in c.pairs)
                )
                for c in shown
            ),
            _("{total} putusan diingat.").format(total=number(len(found))),
        ],
        as_json=as_json,
    )


def _ruling(ruling: Ruling) -> str:
    return _("bukan ganda") if ruling is Ruling.DIFFERENT_PEOPLE else _("menunggu Disdukcapil")


def _state(state: CaseState) -> str:
    """The words the pages use."""
    return {
        CaseState.OPEN: _("belum diputuskan"),
        CaseState.WAITING: _("menunggu petugas kedua"),
        CaseState.DISPUTED: _("menunggu petugas ketiga"),
        CaseState.SETTLED: _("selesai"),
        CaseState.ENACTED: _("berlaku"),
    }[state]


def _band(band: Band) -> str:
    return {
        Band.CERTAIN: _("sangat kuat"),
        Band.PROBABLE: _("kuat"),
        Band.CHECK: _("perlu diperiksa"),
    }[band]


def _summary(counts: Mapping[CaseState, int], total: int) -> str:
    states = ", ".join(f"{number(n)} {_state(state)}" for state, n in counts.items() if n)
    return _("{total} perkara ({states}).").format(total=number(total), states=states)
