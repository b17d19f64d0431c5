"""The law of deciding, restated for outsiders: who may decide, on what, and what two people must have agreed."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

from saksama.audit.entries import AuditedEntry
from saksama.audit.names import case_number, roll_name
from saksama.audit.powers import is_of_office, require_actor
from saksama.audit.state import DECIDING_ROLES, Case, Decision, Person, PolicyInForce, Settlement, State, Topic
from saksama.model.texts import _

_FATES = ("referred", "ruled_before", "awaiting", "overlapping", "not_ours")  # of a cluster that was found


def take(entry: AuditedEntry, state: State) -> None:
    """Add what the entry establishes to the state, and note every promise it breaks."""
    state.counts[entry.kind] += 1
    if entry.kind != "office_opened" and entry.office not in state.offices:
        state.fault(Topic.OFFICERS, entry, _("kantornya belum dibuka di buku besar ini"))
    require_actor(entry, state)
    rule = _RULES.get(entry.kind)
    if rule is not None:
        rule(entry, state)


def _office_opened(entry: AuditedEntry, state: State) -> None:
    if entry.body["wilayah"] != entry.office or entry.office in state.offices:
        state.fault(Topic.OFFICERS, entry, _("pembukaan kantor ganda atau atas nama kantor lain"))
    state.offices[entry.office] = dict(entry.body)
    state.opened_at[entry.office] = entry.at
    declared = entry.body["policy_sha256"]
    if not state.policies:
        state.policies.append(PolicyInForce(declared, entry.index))
    elif state.policies[-1].digest != declared:
        state.fault(Topic.OFFICERS, entry, _("kantor dibuka dengan kebijakan lain daripada yang berlaku"))


def _policy_changed(entry: AuditedEntry, state: State) -> None:
    body = entry.body
    if not state.policies or state.policies[-1].digest != body["replaces_sha256"]:
        state.fault(Topic.KEYS, entry, _("menggantikan kebijakan yang tidak sedang berlaku"))
    if body["policy_sha256"] in {policy.digest for policy in state.policies}:
        state.fault(Topic.KEYS, entry, _("kebijakan yang pernah berlaku diberlakukan lagi"))
    state.policies.append(PolicyInForce(body["policy_sha256"], entry.index, body["reason"]))


def _officer_enrolled(entry: AuditedEntry, state: State) -> None:
    by = entry.body["by"]
    if by != entry.actor:
        state.fault(Topic.OFFICERS, entry, _("pendaftar yang tertulis bukan pelakunya"))
    if by.startswith("P-"):
        registrar = state.people.get(by)
        may = registrar is not None and registrar.role in DECIDING_ROLES and is_of_office(registrar, entry)
        if not may or by == entry.body["officer"]:
            state.fault(Topic.OFFICERS, entry, _("petugas didaftarkan oleh orang yang tidak berwenang"))
    if entry.body["officer"] in state.people:  # else a role could be lent for one decision and taken back
        state.fault(Topic.OFFICERS, entry, _("petugas yang sama didaftarkan dua kali"))
        return
    state.people[entry.body["officer"]] = Person(entry.body["role"], entry.body["wilayah"], entry.office, entry.at)


def _roll_taken_in(entry: AuditedEntry, state: State) -> None:
    body = entry.body
    if body["lines_in"] != body["checked"] + body["set_aside"]:
        state.fault(Topic.ROLLS, entry, _("baris masuk tidak sama dengan baris diperiksa ditambah disisihkan"))
    if body["roll"] in state.taken_in:
        state.fault(Topic.ROLLS, entry, _("daftar yang sama dimasukkan dua kali"))
    elif state.rolls.get(body["roll"], body["lines_in"]) != body["lines_in"]:
        # The next roll of an outcome is taken in again as the file that was written.
        state.fault(Topic.ROLLS, entry, _("daftar hasil dimasukkan kembali dengan jumlah baris lain"))
    if body["roll"] != roll_name(body["file_sha256"]):
        state.fault(Topic.ROLLS, entry, _("nomor daftar bukan sidik berkasnya"))
    state.taken_in.add(body["roll"])
    state.rolls[body["roll"]] = body["checked"]
    state.line_limits[body["roll"]] = body["lines_in"]


def _pairs_found(entry: AuditedEntry, state: State) -> None:
    if entry.body["roll"] not in state.rolls:
        state.fault(Topic.ROLLS, entry, _("pencarian atas daftar yang tidak pernah dimasukkan"))
    if entry.body["run"] in state.runs:
        state.fault(Topic.ROLLS, entry, _("nomor catatan yang sama sudah dipakai"))
        return
    state.runs[entry.body["run"]] = entry.body["roll"]


def _case_referred(entry: AuditedEntry, state: State) -> None:
    body = entry.body
    lines = frozenset(body["lines"])
    if state.runs.get(body["run"]) != body["roll"]:
        state.fault(Topic.CASES, entry, _("perkara dari pencarian yang tidak ada atau atas daftar lain"))
    if len(lines) < 2 or sorted(lines) != body["lines"]:
        state.fault(Topic.CASES, entry, _("perkara tidak memuat dua baris atau lebih yang berbeda"))
    if lines and max(lines) >= state.line_limits.get(body["roll"], 0):
        state.fault(Topic.CASES, entry, _("perkara menyebut baris di luar daftar"))
    if body["wilayah"] != entry.office:
        state.fault(Topic.CASES, entry, _("perkara wilayah lain daripada kantornya"))
    if body["case"] != case_number(body["roll"], body["lines"]):
        state.fault(Topic.CASES, entry, _("nomor perkara bukan nomor bagi daftar dan barisnya"))
    if body["case"] in state.cases:
        state.fault(Topic.CASES, entry, _("perkara dirujuk dua kali"))
        return
    places = {(body["roll"], line) for line in lines}
    if places & state.in_cases:
        state.fault(Topic.CASES, entry, _("barisnya sudah ada dalam perkara lain"))
    state.in_cases |= places
    state.cases[body["case"]] = Case(body["wilayah"], body["roll"], lines, body["evidence_digest"], entry.at)


def _run_referred(entry: AuditedEntry, state: State) -> None:
    body = entry.body
    if state.runs.get(body["run"]) != body["roll"]:
        state.fault(Topic.CASES, entry, _("rujukan atas pencarian yang tidak ada atau atas daftar lain"))
    if body["clusters"] != sum(body[name] for name in _FATES):
        state.fault(Topic.CASES, entry, _("tidak semua kelompok hasil pencarian dipertanggungjawabkan"))


def _require_own_area(entry: AuditedEntry, case: Case | None, state: State, topic: Topic) -> None:
    """Note it where an office acts on another's case; who acts for the office, `powers` has judged."""
    if case is not None and case.wilayah != entry.office:
        state.fault(topic, entry, _("perkara wilayah lain daripada kantornya"))


def _evidence_seen(entry: AuditedEntry, state: State) -> None:
    body = entry.body
    case = state.cases.get(body["case"])
    if case is None or case.evidence != body["evidence_digest"]:
        state.fault(Topic.CASES, entry, _("bukti yang dilihat bukan bukti suatu perkara di buku besar"))
        return
    _require_own_area(entry, case, state, Topic.CASES)
    if body["officer"] != entry.actor:
        state.fault(Topic.CASES, entry, _("yang melihat bukti bukan pelaku catatan"))
    state.after(entry, case.at)
    state.seen.setdefault((body["case"], body["officer"], body["evidence_digest"]), entry.at)


def _decision_made(entry: AuditedEntry, state: State) -> None:
    body = entry.body
    case = state.cases.get(body["case"])
    _require_own_area(entry, case, state, Topic.DECISIONS)
    if case is None:
        state.fault(Topic.DECISIONS, entry, _("putusan atas perkara yang tidak ada"))
        return
    if body["evidence_digest"] != case.evidence:
        state.fault(Topic.DECISIONS, entry, _("putusan atas bukti lain daripada bukti perkara"))
    seen_at = state.seen.get((body["case"], entry.actor, body["evidence_digest"]))
    if seen_at is None:
        state.fault(Topic.DECISIONS, entry, _("pemutus belum melihat bukti yang diputusnya"))
    else:
        state.after(entry, seen_at)
    if body["case"] in state.settled:
        state.fault(Topic.DECISIONS, entry, _("putusan atas perkara yang sudah selesai"))
    if body["decision"] in state.decisions:
        state.fault(Topic.DECISIONS, entry, _("nomor putusan dipakai dua kali"))
        return
    _supersede(entry, state)
    state.decisions[body["decision"]] = Decision(
        entry.actor, body["case"], body["choice_commitment"], body["document_commitment"] is not None, entry.at
    )
    state.decisions_of[body["case"]].append(body["decision"])


def _supersede(entry: AuditedEntry, state: State) -> None:
    """A person has one decision in force on a case: a second one must name the first."""
    standing = [
        decision
        for decision in state.decisions_of[entry.body["case"]]
        if decision not in state.superseded and state.decisions[decision].officer == entry.actor
    ]
    named = entry.body["supersedes"]
    if standing != ([] if named is None else [named]):
        state.fault(
            Topic.DECISIONS, entry, _("satu orang memutuskan dua kali, atau mengganti putusan yang bukan miliknya")
        )
    if named in standing:
        state.after(entry, state.decisions[named].at)
        state.superseded.add(named)


def _case_settled(entry: AuditedEntry, state: State) -> None:
    body = entry.body
    case = state.cases.get(body["case"])
    _require_own_area(entry, case, state, Topic.SETTLEMENTS)
    if case is None or body["case"] in state.settled:
        state.fault(Topic.SETTLEMENTS, entry, _("penyelesaian atas perkara yang tidak ada atau sudah selesai"))
        return
    opened = {item["decision"]: item for item in body["opened"]}
    if list(opened) != state.decisions_of[body["case"]] or len(opened) != len(body["opened"]):
        state.fault(Topic.SETTLEMENTS, entry, _("tidak semua putusan perkara dibuka, atau yang dibuka bukan miliknya"))
    for number, item in opened.items():
        decision = state.decisions.get(number)
        if decision is None or choice_commitment(body["case"], item) != decision.commitment:
            state.fault(Topic.SETTLEMENTS, entry, _("pilihan yang dibuka bukan pilihan yang dikunci saat memutuskan"))
        else:
            state.after(entry, decision.at)
    agreed = [state.decisions[number] for number in body["decisions"] if number in state.decisions]
    _require_agreement(entry, opened, agreed, state)
    _require_sound(entry, case, agreed, state)
    state.settled[body["case"]] = Settlement(
        body["ruling"], body["kept"], frozenset(body["struck"]), frozenset(body["decisions"]), entry.at, entry.index
    )


def _require_agreement(
    entry: AuditedEntry, opened: Mapping[str, Mapping[str, Any]], agreed: list[Decision], state: State
) -> None:
    body = entry.body
    if len(body["decisions"]) != 2 or len(agreed) != 2 or any(item.case != body["case"] for item in agreed):
        state.fault(Topic.SETTLEMENTS, entry, _("tidak berdasar pada dua putusan atas perkara itu"))
    if len({item.officer for item in agreed}) != 2:
        state.fault(Topic.SETTLEMENTS, entry, _("berdasar pada putusan satu orang saja"))
    if any(number in state.superseded for number in body["decisions"]):
        state.fault(Topic.SETTLEMENTS, entry, _("berdasar pada putusan yang sudah diganti"))
    said = [_said(opened[number]) for number in body["decisions"] if number in opened]
    if len(said) != 2 or any(item != _said(body) for item in said):
        state.fault(Topic.SETTLEMENTS, entry, _("kedua putusan tidak mengatakan hal yang sama"))


def _require_sound(entry: AuditedEntry, case: Case, agreed: list[Decision], state: State) -> None:
    body = entry.body
    struck = set(body["struck"])
    if body["ruling"] != "ganda":
        if body["kept"] is not None or struck:
            state.fault(Topic.SETTLEMENTS, entry, _("hanya putusan ganda yang mencoret"))
        return
    if body["kept"] not in case.lines or not struck or not struck <= case.lines or body["kept"] in struck:
        state.fault(
            Topic.SETTLEMENTS, entry, _("putusan ganda harus menyisakan satu baris perkara dan mencoret yang lain")
        )
    if not all(item.has_document for item in agreed):
        state.fault(Topic.SETTLEMENTS, entry, _("pencoretan tanpa dokumen pendukung"))


def _said(item: Mapping[str, Any]) -> tuple[str, int | None, tuple[int, ...]]:
    return item["ruling"], item["kept"], tuple(sorted(item["struck"]))


def choice_commitment(case: str, opened: Mapping[str, Any]) -> str:
    """The commitment that an opened choice must have been locked under (`docs/formats/entry.md`)."""
    ruling, kept, struck = _said(opened)
    said = {"case": case, "kept": kept, "ruling": ruling, "struck": list(struck)}
    message = b"saksama/choice/v1\n" + json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
    return hmac.new(bytes.fromhex(opened["salt"]), message, hashlib.sha256).hexdigest()


_RULES: Mapping[str, Callable[[AuditedEntry, State], None]] = {
    "office_opened": _office_opened,
    "officer_enrolled": _officer_enrolled,
    "roll_taken_in": _roll_taken_in,
    "pairs_found": _pairs_found,
    "case_referred": _case_referred,
    "run_referred": _run_referred,
    "evidence_seen": _evidence_seen,
    "decision_made": _decision_made,
    "case_settled": _case_settled,
    "policy_changed": _policy_changed,
}
