"""`saksama cases`: lay a run's clusters before the office's people, and list the queue (step 3)."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import click

from saksama.cli.terminal import as_json, number, office_folder, progress_bar, refusals, report
from saksama.model.case import CaseId, CaseState
from saksama.model.pair import Band
from saksama.model.texts import _


@click.group(name="cases")
def command() -> None:
    """Perkara: rujuk ke petugas, daftar (langkah 3). Memutuskan dilakukan orang di situs kantor."""


@command.command("refer")
@office_folder
@click.option("--run", "run", help="Nomor pencarian; bawaan: yang terbaru untuk daftar terakhir.")
@as_json
def refer(office_path: Path, run: str | None, as_json: bool) -> None:
    """Buka perkara dari hasil pencarian. Merujuk dua kali tidak membuat perkara kedua."""
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
                progress=show,
            )
    report(
        {"run": wanted, **asdict(done)},
        [
            _("{clusters} kelompok: {opened} perkara baru, {known} sudah ada.").format(
                clusters=number(done.clusters), opened=number(done.opened), known=number(done.known)
            ),
            _(
                "Tidak dirujuk: {before} pernah diputus bukan ganda, {over} bertumpang, {other} milik kantor lain."
            ).format(before=number(done.ruled_before), over=number(done.overlapping), other=number(done.not_ours)),
        ],
        as_json=as_json,
    )


@command.command("list")
@office_folder
@click.option("--state", type=click.Choice([state.value for state in CaseState]), help="Hanya perkara berstatus ini.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000), help="Paling banyak.")
@click.option("--after", help="Lanjutkan sesudah perkara ini.")
@as_json
def list_(office_path: Path, state: str | None, limit: int, after: str | None, as_json: bool) -> None:
    """Daftar perkara kantor, yang paling pasti dahulu."""
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
