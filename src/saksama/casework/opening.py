"""Opening: a recommendation becomes a case of the office that owns the lines."""

from collections.abc import Mapping
from datetime import datetime

from saksama.casework.classes import ClassScheme, case_class
from saksama.model.case import Case, CaseState, case_id_for
from saksama.model.entry import Entry, EntryId, EntryKind
from saksama.model.errors import NotAllowed
from saksama.model.recommendation import Recommendation
from saksama.model.record import Record
from saksama.model.texts import _
from saksama.model.wilayah import Wilayah


class NotOurs(NotAllowed):
    """A record of another office: no office strikes a record of another (DOMAIN section 10 no. 3)."""


def open_case(
    recommendation: Recommendation,
    records: tuple[Record, ...],
    *,
    owner: Wilayah,
    scheme: ClassScheme,
    evidence_digest: str,
    at: datetime,
) -> Case:
    """The case about these records, open, version 0; raises NotOurs where a record belongs to another office."""
    roll = recommendation.records[0].roll
    lines = tuple(ref.line for ref in recommendation.records)
    for record in records:
        place = _place(record.values)
        if place and not (owner.contains(Wilayah(place)) or Wilayah(place).contains(owner)):
            raise NotOurs(
                _("Baris {line} milik KPU wilayah {place}; kantor itu yang membuka perkaranya.").format(
                    line=record.ref.line + 1, place=place
                )
            )
    return Case(
        id=case_id_for(roll, lines),
        wilayah=owner,
        roll=roll,
        run=recommendation.run,
        lines=lines,
        band=recommendation.band,
        kpu_class=case_class(recommendation.comparisons, scheme),
        class_scheme=scheme.name,
        villages=tuple(_village(record.values) for record in records),
        evidence_digest=evidence_digest,
        state=CaseState.OPEN,
        opened_at=at,
    )


def referral_entry(case: Case, recommendation: Recommendation) -> Entry:
    """The ledger entry that says this case was laid before people."""
    return Entry(
        id=EntryId(f"case_referred:{case.id}"),
        kind=EntryKind.CASE_REFERRED,
        at=case.opened_at,
        office=case.wilayah.code,
        actor="program:cases-refer",
        body={
            "case": case.id,
            "wilayah": case.wilayah.code,
            "roll": case.roll,
            "run": case.run,
            "lines": list(case.lines),
            "band": case.band.value,
            "kpu_class": case.kpu_class,
            "class_scheme": case.class_scheme,
            "evidence_digest": case.evidence_digest,
            "assistant": recommendation.assistant.name,
            "assistant_version": recommendation.assistant.version,
        },
    )


def _place(values: Mapping[str, str]) -> str:
    """The code that says whose the line is: its kabupaten's, else one inside it, else the province around it."""
    return next((values[name] for name in ("kd_kab", "kd_kec", "kd_kel", "kd_prov") if values.get(name)), "")


def _village(values: Mapping[str, str]) -> str:
    """The most exact region code the line has, down to desa."""
    return values.get("kd_kel") or values.get("kd_kec") or values.get("kd_kab") or ""
