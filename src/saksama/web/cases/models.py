"""The tables behind `CaseStore`. Rows of what was decided, seen and entered never change: triggers see to it.

The triggers are laid after every migrate by `immutability.py`, which explains them; they hold against raw SQL too.
"""

from typing import ClassVar

from django.db import models

from saksama.model.case import Case, CaseId, CaseState
from saksama.model.decision import Choice, Decision, DecisionId, Ruling
from saksama.model.officer import OfficerId
from saksama.model.pair import Band
from saksama.model.roll import RollId
from saksama.model.wilayah import Wilayah
from saksama.web.people.models import OfficerProfile

BANDS = tuple(Band)  # certain, probable, check: the order of the queue


class CaseRow(models.Model):
    """A case. Only `state` and `version` ever change, together."""

    id = models.CharField(primary_key=True, max_length=14)
    wilayah = models.CharField(max_length=13)
    roll = models.CharField(max_length=16)
    run = models.CharField(max_length=64)
    lines = models.JSONField()
    band_rank = models.PositiveSmallIntegerField()  # place in `BANDS`, so that an index gives the queue its order
    kpu_class = models.CharField(max_length=2, blank=True)
    class_scheme = models.CharField(max_length=4)
    villages = models.JSONField()
    evidence_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=8)
    opened_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=0)

    class Meta:
        """Indexes serve the queue: an office's cases in order, of one state or of all, and those of a roll."""

        indexes: ClassVar = [
            models.Index(fields=["wilayah", "band_rank", "id"], name="case_queue"),
            models.Index(fields=["wilayah", "state", "band_rank", "id"], name="case_queue_by_state"),
            models.Index(fields=["roll", "state", "id"], name="case_by_roll"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "waiting", "disputed", "settled", "enacted"]),
                name="case_state_known",
            ),
        ]

    def __str__(self) -> str:
        return self.id

    def as_case(self) -> Case:
        """The noun."""
        return Case(
            id=CaseId(self.id),
            wilayah=Wilayah(self.wilayah),
            roll=RollId(self.roll),
            run=self.run,
            lines=tuple(self.lines),
            band=BANDS[self.band_rank],
            kpu_class=self.kpu_class,
            class_scheme=self.class_scheme,
            villages=tuple(self.villages),
            evidence_digest=self.evidence_digest,
            state=CaseState(self.state),
            opened_at=self.opened_at,
            version=self.version,
        )


class EvidenceRow(models.Model):
    """The sealed evidence of a case, apart from it so that the queue never reads it."""

    case = models.OneToOneField(CaseRow, primary_key=True, on_delete=models.PROTECT, related_name="evidence")
    sealed = models.BinaryField()


class LineRow(models.Model):
    """A line of a roll belongs to one case at most, so no two cases can strike one another's kept record."""

    case = models.ForeignKey(CaseRow, on_delete=models.PROTECT, related_name="+")
    roll = models.CharField(max_length=16)
    line = models.BigIntegerField()

    class Meta:
        """One case a line."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["roll", "line"], name="a_line_has_one_case")]


class PlaceRow(models.Model):
    """A desa or kecamatan a case's records lie in: what the queue filters by."""

    case = models.ForeignKey(CaseRow, on_delete=models.PROTECT, related_name="places")
    code = models.CharField(max_length=13)

    class Meta:
        """Found by code."""

        indexes: ClassVar = [models.Index(fields=["code", "case"], name="place_by_code")]


class SeenRow(models.Model):
    """An officer had this evidence on the screen."""

    case = models.ForeignKey(CaseRow, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(OfficerProfile, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)

    class Meta:
        """Once is enough."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "officer", "digest"], name="seen_once"),
        ]


class DecisionRow(models.Model):
    """An officer's ruling; `sealed_text` holds reason and document. `number` keeps the order they were made in."""

    number = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=64, unique=True)
    case = models.ForeignKey(CaseRow, on_delete=models.PROTECT, related_name="decisions")
    officer = models.ForeignKey(OfficerProfile, on_delete=models.PROTECT, related_name="+")
    ruling = models.CharField(max_length=16)
    kept = models.BigIntegerField(null=True)
    struck = models.JSONField()
    at = models.DateTimeField()
    evidence_digest = models.CharField(max_length=64)
    supersedes = models.OneToOneField(
        "self", to_field="id", null=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    sealed_text = models.BinaryField()

    class Meta:
        """A strike keeps a record; nothing else names one."""

        indexes: ClassVar = [models.Index(fields=["officer", "case"], name="decision_by_officer")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ruling="ganda", kept__isnull=False)
                | models.Q(ruling__in=["bukan_ganda", "rujuk_disdukcapil"], kept__isnull=True),
                name="only_ganda_keeps_a_record",
            ),
        ]

    def __str__(self) -> str:
        return self.id

    def as_decision(self) -> Decision:
        """The noun, with empty texts: those are sealed."""
        return Decision(
            id=DecisionId(self.id),
            case=self.case_id,
            choice=Choice(Ruling(self.ruling), self.kept, tuple(self.struck)),
            reason="",
            document="",
            officer=OfficerId(self.officer_id),
            at=self.at,
            evidence_digest=self.evidence_digest,
            supersedes=None if self.supersedes_id is None else DecisionId(self.supersedes_id),
        )


class OutboxRow(models.Model):
    """The bytes of a ledger entry, saved in the transaction of what it tells. Only `entered` changes, once."""

    number = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=140, unique=True)
    body = models.BinaryField()
    entered = models.BooleanField(default=False)

    class Meta:
        """Those that wait are found at once, however many have been entered."""

        indexes: ClassVar = [
            models.Index(fields=["number"], condition=models.Q(entered=False), name="outbox_waiting"),
        ]
