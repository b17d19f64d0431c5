"""Audit one piece of evidence (`bukti.zip`) offline: what it proves, cosigned by whom, when, under which policy.

Zip members, proof and the way from an entry to the root are read here from C2SP tlog-proof and RFC 9162 anew, apart
from the code of `ledger` that wrote them. Every bit of the five files counts: what nothing signs or hashes is refused.
"""

import binascii
import io
import re
import struct
import zipfile
import zlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from saksama.audit.entries import AuditedEntry, LooksPersonal, NotCanonical, read_entry
from saksama.audit.meaning import meaning_of
from saksama.audit.reading import hash_pair
from saksama.audit.report import Report, Verdict
from saksama.audit.signatures import judge_signed, read_policy, reason_of
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.errors import BadSignature, Malformed
from saksama.ledger.note import Note
from saksama.ledger.policy import Policy
from saksama.model.texts import _

ENTRY, PROOF = "catatan.json", "bukti.tlog-proof"
POLICY, DECLARED, DECLARED_PROOF = "policy", "kebijakan.json", "kebijakan.tlog-proof"
MEMBERS = (ENTRY, PROOF, POLICY, DECLARED, DECLARED_PROOF)
MAX_BYTES = 1 << 20  # of the zip and of each file in it; an entry has 16 KiB, a proof and a policy a few each
DECLARES = "policy_sha256"  # the field by which an entry says which policy file is in force
_HEADER = b"c2sp.org/tlog-proof@v1"
_MAX_HASHES = 63
_INDEX = re.compile(rb"index (0|[1-9][0-9]{0,18})")
_AHEAD = timedelta(days=1)  # as for a folder: how far an office's clock may be wrong
_ENCRYPTED = 0x1
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError,
    OverflowError, IndexError,
)  # fmt: skip


class NotEvidence(Exception):
    """Why this is no evidence, as a sentence for people."""


@dataclass(frozen=True, slots=True)
class Placed:
    """What a proof file says: an index, the hashes beside its path, and the signed note they lead to."""

    index: int
    hashes: tuple[bytes, ...]
    note: bytes


def audit_evidence(path: Path, *, policy: Path | None, report: Report) -> None:
    """Add to the report what holds of the file at `path`; raises OSError where it or `policy` cannot be read."""
    with path.open("rb") as file:
        raw = file.read(MAX_BYTES + 1)
    judge_evidence(raw, policy=None if policy is None else policy.read_bytes(), report=report)


def judge_evidence(raw: bytes, *, policy: bytes | None, report: Report) -> None:
    """Add to the report what holds of a `bukti.zip`, under the auditor's own policy or else the one inside.

    1. the zip has its five files, whole, and nothing else      2. the policy, and its fingerprint
    3. the log signed the checkpoint                            4. the witnesses are a quorum
    5. the policy inside is the one the log itself declared     6. the entry stands under the checkpoint; what it says
    It raises nothing: what does not hold is a finding.
    """
    try:
        files = read_members(raw)  # 1
        report.add(Verdict.OK, _("Berkas bukti utuh: catatan, kebijakan, dan bukti tempat keduanya di buku besar."))
        inside = _policy_inside(files[POLICY], own=policy is not None, report=report)  # 2
        trusted = inside if policy is None else read_policy(policy, own=True, report=report)
        if trusted is None:
            return
        place, declared_at = _read_proofs(files)
        checkpoint, cosigned = _read_note(place.note, inside, trusted, report)  # 3 4
        _judge_declared(files, declared_at, checkpoint, report)  # 5
        _judge_entry(files[ENTRY], place, checkpoint, cosigned, report)  # 6
    except NotEvidence as fault:
        report.add(Verdict.FAIL, str(fault))


def read_members(raw: bytes) -> dict[str, bytes]:
    """The five files by name; raises NotEvidence for anything but a small, plain zip of exactly these."""
    if len(raw) > MAX_BYTES:
        raise NotEvidence(_("Berkas ini lebih dari 1 MiB; bukti tidak pernah sebesar itu."))
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = archive.infolist()
            _require_names(members)
            return {member.filename: _member(archive, member) for member in members}
    except _UNREADABLE as fault:
        raise NotEvidence(_("Berkas ini bukan zip yang utuh; mungkin rusak atau terpotong saat disalin.")) from fault


def _require_names(members: list[zipfile.ZipInfo]) -> None:
    """Names are never quoted: a stranger chose them."""
    names = [member.orig_filename for member in members]
    if any("/" in name or "\\" in name or "\0" in name for name in names):
        raise NotEvidence(_("Di dalam zip ada nama yang menunjuk ke folder lain; bukti tidak memuat folder."))
    if len(set(names)) != len(names):
        raise NotEvidence(_("Di dalam zip ada nama yang muncul dua kali; tidak jelas mana yang berlaku."))
    missing = [name for name in MEMBERS if name not in names]
    if missing:
        raise NotEvidence(_("Di dalam zip tidak ada: {names}.").format(names=", ".join(missing)))
    if len(names) != len(MEMBERS):
        raise NotEvidence(_("Di dalam zip ada berkas yang bukan bagian dari bukti."))
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise NotEvidence(_("Isi zip bersandi; bukti selalu terbuka."))
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise NotEvidence(_("Isi zip dipadatkan dengan cara yang tidak dikenal; kirim ulang bukti aslinya."))
    if any(member.file_size > MAX_BYTES for member in members):
        raise NotEvidence(_("Isi zip mengembang menjadi lebih dari 1 MiB; itu bukan bukti."))


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as file:
        content = file.read(MAX_BYTES + 1)  # bounded, whatever size the zip claims: a bomb inflates no further
    if len(content) != member.file_size:
        raise zipfile.BadZipFile("the member is not of its size")
    return content


def _read_proofs(files: dict[str, bytes]) -> tuple[Placed, Placed]:
    place, declared_at = read_proof(files[PROOF]), read_proof(files[DECLARED_PROOF])
    if place.note != declared_at.note:
        raise NotEvidence(_("Kedua bukti di dalamnya memakai checkpoint yang berbeda."))
    return place, declared_at


def read_proof(raw: bytes) -> Placed:
    """What a proof file says (C2SP tlog-proof, without its `extra` line, which nothing signs); raises NotEvidence."""
    head, blank, note = raw.partition(b"\n\n")
    header, *lines = head.split(b"\n")
    found = _INDEX.fullmatch(lines[0]) if lines else None
    if not blank or header != _HEADER or found is None or len(lines) > _MAX_HASHES + 1:
        raise NotEvidence(_("Berkas bukti tempat catatan tidak berbentuk sah."))
    return Placed(int(found[1]), tuple(_hash(line) for line in lines[1:]), note)


def _hash(line: bytes) -> bytes:
    try:
        found = b64decode(line, validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if len(found) != 32 or b64encode(found) != line:
        raise NotEvidence(_("Berkas bukti tempat catatan tidak berbentuk sah."))
    return found


def root_from(leaf: bytes, index: int, size: int, hashes: tuple[bytes, ...]) -> bytes | None:
    """The root that an inclusion proof leads to from a leaf hash (RFC 9162, 2.1.3.2); None if it leads nowhere."""
    if not 0 <= index < size:
        return None
    node, last, found = index, size - 1, leaf
    for beside in hashes:
        if last == 0:
            return None
        if node & 1 or node == last:
            found = hash_pair(beside, found)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            found = hash_pair(found, beside)
        node, last = node >> 1, last >> 1
    return found if last == 0 else None


def _policy_inside(raw: bytes, *, own: bool, report: Report) -> Policy:
    if not own:
        policy = read_policy(raw, own=False, report=report)
        if policy is None:
            raise NotEvidence(_("Tanpa kebijakan yang sah, bukti ini tidak dapat diperiksa."))
        return policy
    try:
        return Policy.parse(raw)
    except Malformed as fault:
        raise NotEvidence(_("Berkas kebijakan rusak: {why}").format(why=reason_of(fault))) from fault


def _read_note(raw: bytes, inside: Policy, trusted: Policy, report: Report) -> tuple[Checkpoint, dict[str, int]]:
    try:
        note = Note.parse(raw)
        checkpoint = Checkpoint.parse(note.text)
        keys = [*(log.verifier for log in inside.logs), *(witness.verifier for witness in inside.witnesses)]
        if checkpoint.extensions or any(not any(key.is_key_of(line) for key in keys) for line in note.signatures):
            raise NotEvidence(_("Pada checkpoint ada baris yang tidak dijamin oleh kebijakan di dalam bukti."))
        inside.log_keys(note)  # every line under the note must be good, also those the auditor's policy does not ask
        inside.cosigned(note)
        logs, cosigned = trusted.log_keys(note), trusted.cosigned(note)
    except (Malformed, BadSignature) as fault:
        why = reason_of(fault)
        raise NotEvidence(_("Bukti rusak atau tanda tangannya palsu: {why}").format(why=why)) from fault
    if not logs and trusted is not inside:
        raise NotEvidence(
            _(
                "Bukti tidak ditandatangani oleh log dalam kebijakan Anda. Bila kunci log pernah diganti, mintalah "
                "berkas kebijakan yang baru kepada yang memberi Anda kebijakan ini."
            )
        )
    if not logs:
        raise NotEvidence(_("Bukti tidak ditandatangani oleh log dalam kebijakan."))
    judge_signed(checkpoint, trusted, cosigned, report)
    return checkpoint, cosigned


def _require_placed(raw: bytes, place: Placed, checkpoint: Checkpoint) -> None:
    leaf = sha256(b"\x00" + raw).digest()
    if root_from(leaf, place.index, checkpoint.size, place.hashes) != checkpoint.root:
        raise NotEvidence(_("Catatan ini tidak ada di bawah checkpoint itu, atau isinya diubah."))


def _entry(raw: bytes, place: Placed, checkpoint: Checkpoint) -> AuditedEntry:
    _require_placed(raw, place, checkpoint)
    try:
        return read_entry(place.index, raw)
    except (NotCanonical, LooksPersonal) as fault:
        raise NotEvidence(_("Catatan ini tidak berbentuk sah.")) from fault


def _judge_declared(files: dict[str, bytes], place: Placed, checkpoint: Checkpoint, report: Report) -> None:
    """The policy's bytes are signed by nobody; an entry that names their digest stands under the signed root."""
    declared = _entry(files[DECLARED], place, checkpoint)
    if declared.body.get(DECLARES) != sha256(files[POLICY]).hexdigest():
        raise NotEvidence(_("Berkas kebijakan di dalam bukti bukan yang dinyatakan di buku besar."))
    report.add(
        Verdict.OK,
        _("Kebijakan di dalam bukti adalah yang dinyatakan buku besar itu sendiri, pada catatan ke-{index}.").format(
            index=place.index
        ),
    )


def _judge_entry(raw: bytes, place: Placed, checkpoint: Checkpoint, cosigned: dict[str, int], report: Report) -> None:
    entry = _entry(raw, place, checkpoint)
    report.add(
        Verdict.OK,
        _("Catatan ini adalah catatan ke-{index} dari {size} di buku besar {origin}.").format(
            index=place.index, size=checkpoint.size, origin=checkpoint.origin
        ),
        [_("nomor: {id}").format(id=entry.id), _("SHA-256 catatan: {digest}").format(digest=sha256(raw).hexdigest())],
    )
    if cosigned and entry.at > datetime.fromtimestamp(max(cosigned.values()), UTC) + _AHEAD:
        raise NotEvidence(_("Catatan ini bertanggal sesudah tanda tangan saksi."))
    at = entry.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    report.add(
        Verdict.OK,
        _("Isinya, menurut kantor {office} pada {at}: {meaning}").format(
            office=entry.office, at=at, meaning=meaning_of(entry)
        ),
        [_("Bukti ini menyatakan catatan itu ada; apakah putusannya sah, periksa folder terbitan seluruhnya.")],
    )
