"""Audit one proof (`bukti.zip`): what it proves, cosigned by whom, when, under which policy."""

import zipfile
from pathlib import Path

from saksama.audit.entries import LooksPersonal, NotCanonical, read_entry
from saksama.audit.report import Report, Verdict
from saksama.audit.signatures import judge_witnesses, read_policy, reason_of
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.errors import BadSignature, Malformed, ProofFails
from saksama.ledger.note import Note
from saksama.ledger.proof import Proof
from saksama.ledger.tree import leaf_hash, require_inclusion
from saksama.model.texts import _

ENTRY, PROOF, POLICY = "catatan.json", "bukti.tlog-proof", "policy"
_MOST = 1 << 20  # bytes of one file inside; an entry has 16 KiB, a proof a few


def audit_proof(path: Path, *, policy: Path | None, report: Report) -> None:
    """Add what holds of a proof file to the report.

    1. the file holds an entry, a proof and a policy, nothing else   2. the policy and its fingerprint
    3. log and witnesses                                             4. the entry's form, and its place under the root
    """
    files = _files(path, report)  # 1
    if files is None:
        return
    trusted = read_policy(
        files[POLICY] if policy is None else policy.read_bytes(), own=policy is not None, report=report
    )
    if trusted is None:  # 2
        return
    try:
        proof = Proof.parse(files[PROOF])
        note = Note.parse(proof.checkpoint)
        checkpoint = Checkpoint.parse(note.text)
        logs, cosigned = trusted.log_keys(note), trusted.cosigned(note)
    except (Malformed, BadSignature) as fault:
        report.add(Verdict.FAIL, _("Bukti rusak atau tanda tangannya palsu: {why}").format(why=reason_of(fault)))
        return
    if not logs:
        report.add(Verdict.FAIL, _("Bukti tidak ditandatangani oleh log dalam kebijakan."))
        return
    judge_witnesses(trusted, cosigned, report)  # 3
    _judge_entry(files[ENTRY], proof, checkpoint, report)  # 4


def _files(path: Path, report: Report) -> dict[str, bytes] | None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if sorted(member.filename for member in members) != sorted((ENTRY, PROOF, POLICY)):
                report.add(Verdict.FAIL, _("Berkas bukti harus berisi catatan, bukti dan kebijakan, dan tidak lebih."))
                return None
            if any(member.file_size > _MOST for member in members):
                report.add(Verdict.FAIL, _("Isi berkas bukti terlalu besar."))
                return None
            return {member.filename: archive.read(member) for member in members}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        report.add(Verdict.FAIL, _("Berkas bukti bukan zip yang utuh."))
        return None


def _judge_entry(raw: bytes, proof: Proof, checkpoint: Checkpoint, report: Report) -> None:
    try:
        require_inclusion(proof.index, checkpoint.size, proof=proof.hashes, leaf=leaf_hash(raw), root=checkpoint.root)
    except ProofFails:
        report.add(Verdict.FAIL, _("Catatan ini tidak ada di bawah checkpoint itu, atau isinya diubah."))
        return
    report.add(
        Verdict.OK,
        _("Catatan ini adalah catatan ke-{index} dari {size} di buku besar {origin}.").format(
            index=proof.index, size=checkpoint.size, origin=checkpoint.origin
        ),
    )
    try:
        entry = read_entry(proof.index, raw)
    except (NotCanonical, LooksPersonal):
        report.add(Verdict.FAIL, _("Catatan ini tidak berbentuk sah."))
        return
    report.add(
        Verdict.OK,
        _("Isinya: {kind} oleh {actor} pada {at}, kantor {office}.").format(
            kind=entry.kind, actor=entry.actor, at=entry.at.strftime("%Y-%m-%dT%H:%M:%SZ"), office=entry.office
        ),
    )
    report.add(
        Verdict.OK,
        _("Bukti ini menyatakan catatan itu ada; apakah putusannya sah, periksa folder terbitan seluruhnya."),
    )
