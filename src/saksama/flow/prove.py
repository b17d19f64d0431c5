"""Proofs for people: one entry with everything needed to check it offline, and the whole log checked at home."""

import io
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from saksama.flow.enter import LedgerBook, ledger_faults
from saksama.flow.folders import write_whole
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.errors import LedgerError
from saksama.ledger.fsck import fsck
from saksama.ledger.note import Note
from saksama.ledger.policy import Policy, Trusted
from saksama.ledger.proof import Proof
from saksama.model.clock import as_text
from saksama.model.entry import MAX_BYTES
from saksama.model.errors import BadInput
from saksama.model.texts import _

_ENTRY, _PROOF, _POLICY = "catatan.json", "bukti.tlog-proof", "policy"
_MAX_MEMBER = 1 << 20  # bytes; an entry has 16 KiB, a proof a few
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same proof gives the same zip


class ProofRefused(BadInput):
    """The proof does not show what it claims."""


@dataclass(frozen=True, slots=True)
class Proved:
    """Which entry was proved: its index, under a checkpoint of this size."""

    index: int
    size: int


def write_proof(entry_id: str, out: Path, *, book: LedgerBook) -> Proved:
    """Write a zip of the entry, its `.tlog-proof` and the policy; raises BadInput for an id not entered yet."""
    index = book.log.index_of(entry_id)
    if index is None or index >= book.log.published_size:
        raise BadInput(
            _("Catatan {entry} belum ada di buku besar. Jalankan dahulu: saksama ledger enter").format(entry=entry_id)
        )
    with ledger_faults():
        proof = book.log.prove(index)
        entry = book.log.entry(index)
        size = Checkpoint.parse(Note.parse(proof.checkpoint).text).size
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in ((_ENTRY, entry), (_PROOF, proof.to_bytes()), (_POLICY, book.policy.source)):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content)
    write_whole(out, written.getvalue(), mode=0o644)
    return Proved(index, size)


def verify_proof(path: Path) -> list[str]:
    """The sentences of a proof that holds; raises ProofRefused where anything does not."""
    entry, proof_bytes, policy_bytes = _members(path)
    try:
        policy = Policy.parse(policy_bytes)
        proof = Proof.parse(proof_bytes)
        trusted = proof.require_inclusion(entry, policy)
    except LedgerError as fault:
        raise ProofRefused(_("Bukti tidak sah: {fault}").format(fault=fault)) from fault
    return [
        _("Catatan ini adalah catatan ke-{index} buku besar {origin}.").format(
            index=proof.index, origin=trusted.checkpoint.origin
        ),
        *_about(trusted, policy),
    ]


def verify_book(book: LedgerBook) -> list[str]:
    """The sentences of an office's own log that holds: checkpoint trusted, every tile leading to its root."""
    note = book.log.published_note()
    if note is None:
        raise BadInput(_("Buku besar belum menerbitkan apa pun. Jalankan dahulu: saksama ledger enter"))
    with ledger_faults():
        trusted = book.policy.require_trusted(note)
        for key in trusted.logs:
            fsck(book.published, key)
    return [
        _("{size} catatan dihitung ulang; semuanya sampai pada akar yang ditandatangani.").format(
            size=trusted.checkpoint.size
        ),
        *_about(trusted, book.policy),
    ]


def _about(trusted: Trusted, policy: Policy) -> list[str]:
    cosigned = [
        _("Ditandatangani saksi {witness} pada {time}.").format(
            witness=witness, time=as_text(datetime.fromtimestamp(seconds, UTC))
        )
        for witness, seconds in sorted(trusted.cosigned.items())
    ]
    return [
        *cosigned,
        _("Kebijakan yang dipakai bersidik {digest}; cocokkan dengan yang tercetak di Berita Acara.").format(
            digest=policy.digest
        ),
    ]


def _members(path: Path) -> tuple[bytes, bytes, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            if sorted(archive.namelist()) != sorted((_ENTRY, _PROOF, _POLICY)):
                raise ProofRefused(_("{path} bukan bukti Saksama: isinya lain.").format(path=path))
            for name in archive.namelist():
                if archive.getinfo(name).file_size > _MAX_MEMBER:
                    raise ProofRefused(_("{path} bukan bukti Saksama: isinya terlalu besar.").format(path=path))
            entry, proof, policy = (archive.read(name) for name in (_ENTRY, _PROOF, _POLICY))
    except (OSError, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as fault:
        raise ProofRefused(_("{path} bukan zip yang dapat dibaca.").format(path=path)) from fault
    if len(entry) > MAX_BYTES:
        raise ProofRefused(_("{path} bukan bukti Saksama: isinya terlalu besar.").format(path=path))
    return entry, proof, policy
