"""A short true story for the ledger, told with real entries, a real log and a real witness; attacks bend it.

Two cases of Sleman are referred, seen and decided by Sari and Wayan. One is ganda and takes effect; the other is not.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import rfc8785

from saksama.ledger.keys import Signer
from saksama.ledger.log import Log
from saksama.ledger.policy import Policy
from saksama.ledger.witness import Witness
from saksama.model.case import case_id_for
from saksama.model.decision import Choice, Ruling, choice_commitment
from saksama.model.digests import short_digest
from saksama.model.entry import Entry, EntryId, EntryKind
from saksama.model.roll import RollId
from tests.cast import BANTUL, RATNA, SARI, SLEMAN, TONO, WAYAN

BEGIN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
WITNESSED = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
ORIGIN = "saksama.example/34.04"
LOG_KEY = Signer(ORIGIN, Signer.generate("x").key_type, hashlib.sha256(b"log").digest())
RUN, OUTCOME, AGAIN = "c1b2c3d4e5f60718", "d1b2c3d4e5f60718", "e1b2c3d4e5f60718"
STRIKE = Choice(Ruling.SAME_PERSON, 12, (407, 500))
DIFFERENT = Choice(Ruling.DIFFERENT_PEOPLE)
PUBLIC = {"berita-acara.html": b"<p>Berita Acara</p>", "berita-acara.pdf": b"%PDF", "hitungan.json": b"{}"}


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


ROLL, NEXT_ROLL = RollId(short_digest(digest("file"))), RollId(short_digest(digest("next roll")))
FIRST_CASE, SECOND_CASE = str(case_id_for(ROLL, (12, 407, 500))), str(case_id_for(ROLL, (13, 900)))
EVIDENCE = {FIRST_CASE: "1e" * 32, SECOND_CASE: "2e" * 32}
LINES = {FIRST_CASE: [12, 407, 500], SECOND_CASE: [13, 900]}


def decision_id(officer: str, case: str) -> str:
    return digest(f"{officer}{case}")[:32]


@dataclass
class Act:
    """An entry to be; everything about it may be bent."""

    kind: str
    actor: str
    body: dict[str, Any]
    name: str
    at: datetime
    office: str = SLEMAN.code

    def to_bytes(self) -> bytes:
        return Entry(
            EntryId(self.name), EntryKind(self.kind), at=self.at, office=self.office, actor=self.actor, body=self.body
        ).to_bytes()

    def to_json(self) -> dict[str, Any]:
        return {
            "v": 1,
            "id": self.name,
            "kind": self.kind,
            "at": self.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "office": self.office,
            "actor": self.actor,
            "body": self.body,
        }


@dataclass
class Story:
    """The acts in order. `raw` replaces the bytes of an act that must not be sound."""

    policy: Policy
    acts: list[Act] = field(default_factory=list)
    raw: dict[int, bytes] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    def tell(self, kind: str, actor: str, name: str, **body: Any) -> Act:
        act = Act(kind, actor, body, f"{kind}:{name}", BEGIN + timedelta(minutes=len(self.acts)))
        self.acts.append(act)
        return act

    def find(self, kind: str, **named: Any) -> Act:
        (found,) = [a for a in self.acts if a.kind == kind and all(a.body[n] == v for n, v in named.items())]
        return found

    def first(self, kind: str) -> Act:
        return next(act for act in self.acts if act.kind == kind)

    def drop(self, act: Act) -> None:
        self.acts.remove(act)

    def entries(self) -> list[bytes]:
        return [self.raw.get(at) or act.to_bytes() for at, act in enumerate(self.acts)]

    def publish(self, folder: Path, witness: Witness) -> Path:
        published = folder / "published"
        with Log.create(folder / "ledger", published, origin=ORIGIN, signer=LOG_KEY) as log:
            log.append([(str(at), raw) for at, raw in enumerate(self.entries())])
            log.checkpoint([witness], self.policy)
        for path, content in self.files.items():
            (published / path).parent.mkdir(parents=True, exist_ok=True)
            (published / path).write_bytes(content)
        return published


def enrol(story: Story, officer: str, role: str, wilayah: str) -> Act:
    by = "program:office-init"
    return story.tell("officer_enrolled", by, officer, officer=officer, role=role, wilayah=wilayah, by=by)


def see(story: Story, case: str, officer: str) -> Act:
    name = f"{case}.{officer}.{EVIDENCE[case][:16]}"
    return story.tell("evidence_seen", officer, name, case=case, officer=officer, evidence_digest=EVIDENCE[case])


def salt_of(officer: str, case: str) -> str:
    return digest(f"salt {officer} {case}")


def decide(story: Story, case: str, officer: str, choice: Choice, **changed: Any) -> Act:
    body: dict[str, Any] = {
        "decision": decision_id(officer, case),
        "case": case,
        "choice_commitment": choice_commitment(case, choice, salt=bytes.fromhex(salt_of(officer, case))),
        "reason_commitment": digest("reason"),
        "document_commitment": digest("document") if choice.struck else None,
        "evidence_digest": EVIDENCE[case],
        "supersedes": None,
    }
    return story.tell("decision_made", officer, (body | changed)["decision"], **(body | changed))


def said(choice: Choice) -> dict[str, Any]:
    return {"ruling": choice.ruling.value, "kept": choice.kept, "struck": list(choice.struck)}


def settle(story: Story, case: str, choice: Choice, by: tuple[str, str]) -> Act:
    opened = [{"decision": decision_id(o, case), "salt": salt_of(o, case), **said(choice)} for o in by]
    decisions = [decision_id(officer, case) for officer in by]
    return story.tell("case_settled", by[1], case, case=case, **said(choice), decisions=decisions, opened=opened)


def account_for(story: Story, *, clusters: int = 5, roll: str = ROLL) -> Act:
    """Step 3 says what became of every cluster of the run."""
    counts = {
        "clusters": clusters,
        "referred": 2,
        "ruled_before": 1,
        "awaiting": 1,
        "overlapping": 1,
        "not_ours": 0,
    }
    name = ".".join([RUN, *map(str, counts.values())])
    return story.tell("run_referred", "program:cases-refer", name, run=RUN, roll=roll, **counts)


def change(story: Story, line: int, outcome: str = OUTCOME) -> Act:
    return story.tell(
        "roll_changed",
        "program:outcome-enact",
        f"{outcome}.{line}",
        outcome=outcome,
        roll=ROLL,
        line=line,
        kept=12,
        tms=2,
        tms_scheme="2024",
        case=FIRST_CASE,
        decisions=[decision_id(SARI.id, FIRST_CASE), decision_id(WAYAN.id, FIRST_CASE)],
    )


def true_story(policy: Policy) -> Story:
    """The story as it should be."""
    story = Story(policy)
    story.tell(
        "office_opened",
        "program:office-init",
        SLEMAN.code,
        wilayah=SLEMAN.code,
        origin=ORIGIN,
        policy_sha256=policy.digest,
    )
    for officer in (SARI, WAYAN, TONO):
        enrol(story, officer.id, officer.role.value, SLEMAN.code)
    enrol(story, RATNA.id, RATNA.role.value, BANTUL.code)
    _find(story)
    for case in (FIRST_CASE, SECOND_CASE):
        _refer(story, case)
    for case, choice in ((FIRST_CASE, STRIKE), (SECOND_CASE, DIFFERENT)):
        for officer in (SARI, WAYAN):
            see(story, case, officer.id)
            decide(story, case, officer.id, choice)
        settle(story, case, choice, (SARI.id, WAYAN.id))
    change(story, 407)
    change(story, 500)
    enact(story, OUTCOME)
    return story


def _find(story: Story) -> None:
    story.tell(
        "roll_taken_in",
        "program:roll-take-in",
        ROLL,
        roll=ROLL,
        roll_kind="DPB",
        file_sha256=digest("file"),
        sealed_sha256=digest("sealed"),
        lines_in=1002,
        checked=1000,
        set_aside=2,
        faults={"nomor_panjang": 7},
    )
    story.tell(
        "pairs_found",
        "program:linkage-find",
        RUN,
        run=RUN,
        roll=ROLL,
        engine="0.1.0",
        plan_sha256=digest("plan"),
        pairs_sha256=digest("pairs"),
        clusters_sha256=digest("clusters"),
        certain=3,
        probable=1,
        check=0,
        clusters=2,
    )


def _refer(story: Story, case: str) -> None:
    story.tell(
        "case_referred",
        "program:cases-refer",
        case,
        case=case,
        wilayah=SLEMAN.code,
        roll=ROLL,
        run=RUN,
        lines=LINES[case],
        band="certain",
        kpu_class="K1",
        class_scheme="2018",
        evidence_digest=EVIDENCE[case],
        assistant="roll-id",
        assistant_version="0.1.0",
    )


def enact(story: Story, outcome: str, *, next_file: str = "next roll", **changed: Any) -> Act:
    """An outcome with all its files, of which the public ones are published."""
    files = {name: hashlib.sha256(content).hexdigest() for name, content in PUBLIC.items()}
    files |= {f"daftar-berikutnya.{kind}": digest(next_file) for kind in ("csv", "parquet", "xlsx")}
    story.files |= {f"outcomes/{outcome}/{name}": content for name, content in PUBLIC.items()}
    body: dict[str, Any] = {
        "outcome": outcome,
        "roll_before": ROLL,
        "roll_after": short_digest(digest(next_file)),
        "lines_before": 1000,
        "lines_after": 998,
        "struck": 2,
        "changes": 2,
        "files": files,
    }
    return story.tell("outcome_enacted", "program:outcome-enact", outcome, **(body | changed))


def change_policy(story: Story, digest: str, *, before: str = "", reason: str = "log_key_rotated") -> Act:
    return story.tell(
        "policy_changed",
        "program:keys-change",
        digest,
        policy_sha256=digest,
        replaces_sha256=before or story.policy.digest,
        reason=reason,
    )


def as_bytes(whole: dict[str, Any]) -> bytes:
    """Canonical JSON of anything, sound entry or not."""
    written: bytes = rfc8785.dumps(whole)
    return written
