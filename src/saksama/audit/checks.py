"""Audit a published folder alone: no database, no network, no code of those who made it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from saksama.audit import effects, law
from saksama.audit.entries import AuditedEntry, LooksPersonal, NotCanonical, read_entry
from saksama.audit.evidence import audit_evidence
from saksama.audit.memory import Memory, read_memory, write_memory
from saksama.audit.reading import FolderReader, folder_sentence
from saksama.audit.report import Report, Verdict
from saksama.audit.signatures import read_checkpoint, read_policy
from saksama.audit.state import DECIDING_ROLES, State, Topic
from saksama.audit.succession import Found, Succession, report_succession
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.policy import Policy
from saksama.model.texts import _

Progress = Callable[[float, float | None], None]
_AHEAD = timedelta(days=1)  # an office's clock may be wrong by so much before an entry counts as from the future


def audit_folder(
    folder: Path, *, policy: Path | None = None, progress: Progress | None = None, memory: Path | None = None
) -> Report:
    """The report on a published folder or one proof file, under a policy of the auditor's own or else the one inside.

    1. policy and keys   2. signature and witnesses   3. every file, to the signed root   4. every entry's form
    5. the law of deciding   6. effects and their files
    It raises nothing: what cannot be read is a finding. `progress` is told entries read and entries in all. `memory` is
    a file of the auditor's own: after an audit that found all valid it holds how far that came, and the next one
    reads only what is new, up to a root that is computed from what was known.
    """
    report = Report()
    try:
        if folder.is_file():
            audit_evidence(folder, policy=policy, report=report)
            return report
        place = policy or folder / "policy"
        if not place.is_file():
            report.add(
                Verdict.UNKNOWN, _("Tidak ada berkas kebijakan; tanpa itu tidak diketahui siapa log dan saksinya.")
            )
            return report
        first = read_policy(place.read_bytes(), own=policy is not None, report=report)  # 1
        if first is not None:
            succession = Succession(folder, first if policy is not None else None)
            trusted = succession.policy_in_force(first)
            signed = read_checkpoint(folder, trusted, report)  # 2
            if signed is not None:
                subject = _Subject(folder, trusted, succession, *signed, remember=memory is not None)
                own = first.digest if policy is not None else ""
                known = Memory(subject.checkpoint.origin, own)
                if memory is not None:
                    known = read_memory(memory, origin=subject.checkpoint.origin, own_policy=own)
                learnt = _check_content(subject, known, report, progress or (lambda _done, _total: None))
                if memory is not None and learnt is not None and report.exit_code == 0:
                    write_memory(memory, learnt)
    except OSError as fault:
        report.add(Verdict.UNKNOWN, _("Berkas tidak dapat dibaca: {why}").format(why=fault.strerror or fault))
    return report


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is audited: a folder, under which policy, up to which checkpoint, last cosigned when."""

    folder: Path
    policy: Policy
    succession: Succession
    checkpoint: Checkpoint
    cosigned: datetime | None
    remember: bool


def _check_content(subject: _Subject, known: Memory, report: Report, progress: Progress) -> bytes | None:
    """Judge what is new since `known`; gives the new memory, if the entries are those that were signed."""
    folder, checkpoint = subject.folder, subject.checkpoint
    if checkpoint.size < known.begun.size:
        report.add(
            Verdict.FAIL,
            _("Buku besar ini berisi {size} catatan; pemeriksaan Anda yang lalu menemukan {known}.").format(
                size=checkpoint.size, known=known.begun.size
            ),
        )
        return None
    reader = FolderReader(folder, checkpoint.size, known.begun)
    state = known.state
    for entry in _entries(reader, state):
        if entry.id in state.ids:
            state.fault(Topic.IDENTITY, entry, _("nomor catatan yang sama sudah dipakai"))
        state.ids.add(entry.id)
        law.take(entry, state)  # 5
        effects.take(entry, state)  # 6
        _require_time(entry, subject.cosigned, state)
        if entry.index % 1000 == 0:
            progress(entry.index, checkpoint.size)
    tree = reader.tree
    learnt = None
    faults = [_("{path} hilang").format(path=path) for path in tree.missing]  # 3
    faults += [_("{path} berubah").format(path=path) for path in tree.changed]
    if not faults and tree.root != checkpoint.root:
        faults.append(_("catatan tidak menghasilkan akar yang ditandatangani"))
    found = Found(reader, subject.succession.take_files(reader, state), known.vouching)
    if subject.remember and not faults:
        # Now: what follows judges this moment, and a memory is of the entries alone.
        learnt = Memory(checkpoint.origin, known.own_policy, reader.end, state, found.vouching).to_bytes()
    effects.finish(state)
    broken = [] if faults else subject.succession.judge(found, subject.policy, checkpoint, state)
    report.judge(folder_sentence(tree, known.begun), faults)
    unknown = effects.check_files(folder, tree.extra, state)
    report.judge(_("Tidak ada berkas lain di folder ini."), [path.rstrip("*") for path in unknown])
    if faults:
        report.add(
            Verdict.UNKNOWN, _("Isi catatan tidak dinilai, karena catatannya sendiri bukan yang ditandatangani.")
        )
        return None
    _require_declared_policy(folder, checkpoint, state)
    _judge_all(state, checkpoint.size, report)
    report_succession(state, broken, report)
    return learnt


def _entries(reader: FolderReader, state: State) -> Iterator[AuditedEntry]:
    for index, raw in reader.entries():
        try:
            yield read_entry(index, raw)
        except NotCanonical as fault:
            state.fault(
                Topic.FORM, index, _("bukan catatan dalam satu-satunya bentuk sahnya ({what})").format(what=fault)
            )
        except LooksPersonal as fault:
            state.fault(Topic.PERSONAL, index, _("isian {where} di luar bentuk yang dibolehkan").format(where=fault))


def _require_time(entry: AuditedEntry, cosigned: datetime | None, state: State) -> None:
    """An entry's own time lies between the opening of its office and the witness's cosignature."""
    opened_at = state.opened_at.get(entry.office)
    if opened_at is not None:
        state.after(entry, opened_at)
    if cosigned is not None and entry.at > cosigned + _AHEAD:
        state.fault(Topic.TIME, entry, _("bertanggal sesudah tanda tangan saksi"))


def _require_declared_policy(folder: Path, checkpoint: Checkpoint, state: State) -> None:
    place = folder / "policy"
    digest = sha256(place.read_bytes()).hexdigest() if place.is_file() else None
    for office, opened in state.offices.items():
        if opened["origin"] != checkpoint.origin:
            state.faults[Topic.OFFICERS].append(_("kantor {office} dibuka untuk log lain").format(office=office))
        if len(state.policies) == 1 and digest != opened["policy_sha256"]:
            state.faults[Topic.OFFICERS].append(
                _("berkas kebijakan di folder bukan yang dicatat saat kantor {office} dibuka").format(office=office)
            )
    if not state.offices and checkpoint.size:
        state.faults[Topic.OFFICERS].append(_("tidak ada catatan pembukaan kantor"))


def _judge_all(state: State, size: int, report: Report) -> None:
    for topic, promise in (*_of_entries(state, size), *_of_decisions(state)):
        report.judge(promise, state.faults[topic])


def _of_entries(state: State, size: int) -> list[tuple[Topic, str]]:
    n = state.counts
    deciders = [
        f"{number} {person.role} {person.wilayah}"
        for number, person in state.people.items()
        if person.role in DECIDING_ROLES
    ]
    return [
        (Topic.FORM, _("Semua {n} catatan berbentuk sah, dari jenis yang dikenal.").format(n=size)),
        (Topic.IDENTITY, _("Tidak ada nomor catatan yang dipakai dua kali.")),
        (Topic.PERSONAL, _("Tidak ada catatan yang punya tempat bagi nama, NIK, NKK atau alamat.")),
        (Topic.TIME, _("Urutan waktu masuk akal: tidak ada catatan yang mendahului dasarnya.")),
        (
            Topic.OFFICERS,
            _("{n} petugas terdaftar; yang dapat memutuskan: {names}.").format(
                n=len(state.people), names=", ".join(deciders) or "-"
            ),
        ),
        (
            Topic.ROLLS,
            _("{n} daftar dimasukkan dan {m} pencarian; jumlah barisnya cocok.").format(
                n=n["roll_taken_in"], m=n["pairs_found"]
            ),
        ),
    ]


def _of_decisions(state: State) -> list[tuple[Topic, str]]:
    n = state.counts
    return [
        (
            Topic.CASES,
            _("{n} perkara dirujuk dari pencarian yang tercatat; {m} kali buktinya dilihat.").format(
                n=n["case_referred"], m=n["evidence_seen"]
            ),
        ),
        (
            Topic.DECISIONS,
            _("{n} putusan, semuanya oleh orang terdaftar wilayah itu yang telah melihat buktinya.").format(
                n=n["decision_made"]
            ),
        ),
        (
            Topic.SETTLEMENTS,
            _("{n} perkara selesai, masing-masing atas putusan yang sama dari dua orang berbeda.").format(
                n=n["case_settled"]
            ),
        ),
        (
            Topic.CHANGES,
            _(
                "{n} perubahan daftar, masing-masing berdasar pada putusan dua orang; yang dipertahankan tetap ada."
            ).format(n=n["roll_changed"]),
        ),
        (Topic.OUTCOMES, _("{n} hasil diberlakukan; jumlahnya cocok.").format(n=n["outcome_enacted"])),
        (Topic.FILES, _("{n} berkas hasil cocok dengan sidik yang dicatat.").format(n=n["files"])),
    ]
