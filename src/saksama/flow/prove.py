"""Proofs for people: one entry with everything needed to check it offline, and the whole log checked at home.

What is written here `saksama audit` reads with code of its own (`audit/evidence.py`); `docs/formats/evidence.md` is
what the two agree on.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from saksama.flow.enter import LedgerBook, ledger_faults
from saksama.flow.folders import write_whole
from saksama.ledger import tree
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.errors import Damaged, Malformed
from saksama.ledger.fsck import fsck
from saksama.ledger.log import CHECKPOINT, POLICY
from saksama.ledger.note import Note
from saksama.ledger.places import Folder, Place, read_tile
from saksama.ledger.policy import Policy, Trusted
from saksama.ledger.proof import Proof
from saksama.ledger.tiles import WIDTH, Nodes, Tile, unpack
from saksama.model.clock import as_text
from saksama.model.errors import BadInput
from saksama.model.texts import _

_ENTRY, _PROOF = "catatan.json", "bukti.tlog-proof"
_DECLARED, _DECLARED_PROOF = "kebijakan.json", "kebijakan.tlog-proof"
_DECLARES = "policy_sha256"  # the field by which an entry declares the policy in force
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same proof gives the same zip


@dataclass(frozen=True, slots=True)
class Proved:
    """Which entry was proved: its index, under a checkpoint of this size."""

    index: int
    size: int


class Published:
    """A published folder as one checkpoint shows it. Needs no lock: whoever writes meanwhile only adds to it.

    Raises LedgerBroken where its files are not what they must be.
    """

    def __init__(self, folder: Path) -> None:
        """Read the checkpoint and the policy; raises BadInput if nothing is published yet."""
        self.folder = folder
        self._place: Place = Folder(folder)
        raw, policy = self._place.get(CHECKPOINT), self._place.get(POLICY)
        if raw is None or policy is None:
            raise BadInput(_("Buku besar belum menerbitkan apa pun. Jalankan dahulu: saksama ledger enter"))
        with ledger_faults():
            self.policy = Policy.parse(policy)
            self.note = Note.parse(raw)
            self.trusted = self.policy.require_trusted(raw)
        self.checkpoint: Checkpoint = self.trusted.checkpoint
        self._nodes = Nodes(self.checkpoint.size, partial(read_tile, self._place))

    def entries(self, number: int) -> list[bytes]:
        """The entries of bundle `number`: all of those from 256 times it that are published, at most 256."""
        bundle = Tile(-1, number, min(WIDTH, self.checkpoint.size - number * WIDTH))
        with ledger_faults():
            try:
                found = unpack(read_tile(self._place, bundle))
            except Malformed as fault:
                raise Damaged(f"{bundle.path} is damaged") from fault
            if len(found) != bundle.width:
                raise Damaged(f"{bundle.path} holds {len(found)} entries instead of {bundle.width}")
            return found

    def entry(self, index: int) -> bytes:
        """The bytes of an entry; raises BadInput for one that is not there."""
        if not 0 <= index < self.checkpoint.size:
            raise BadInput(
                _("Catatan ke-{index} tidak ada; buku besar berisi {size} catatan, dihitung dari 0.").format(
                    index=index, size=self.checkpoint.size
                )
            )
        return self.entries(index // WIDTH)[index % WIDTH]

    def proof(self, index: int) -> bytes:
        """The `.tlog-proof` of an entry, under the signatures that the policy knows and no others."""
        keys = [*(log.verifier for log in self.policy.logs), *(item.verifier for item in self.policy.witnesses)]
        lines = tuple(line for line in self.note.signatures if any(key.is_key_of(line) for key in keys))
        with ledger_faults():
            hashes = tree.inclusion_proof(index, self.checkpoint.size, self._nodes)
        return Proof(index, tuple(hashes), Note(self.note.text, lines).to_bytes()).to_bytes()

    def declared_at(self) -> int:
        """The index of the entry that declares the policy; most logs begin with it. Raises LedgerBroken without one."""
        digest = self.policy.digest
        for index, entry in self._all():
            if digest.encode() in entry and json.loads(entry)["body"].get(_DECLARES) == digest:
                return index
        with ledger_faults():
            raise Damaged("no entry declares the policy in the published folder")

    def _all(self) -> Iterator[tuple[int, bytes]]:
        for number in range(-(-self.checkpoint.size // WIDTH)):
            yield from enumerate(self.entries(number), start=number * WIDTH)

    def evidence(self, index: int, *, declared_at: int | None = None) -> bytes:
        """`bukti.zip` of an entry: the same entry under the same checkpoint is the same bytes."""
        entry = self.entry(index)
        declared = self.declared_at() if declared_at is None else declared_at
        members = (
            (_ENTRY, entry),
            (_PROOF, self.proof(index)),
            (POLICY, self.policy.source),
            (_DECLARED, self.entry(declared)),
            (_DECLARED_PROOF, self.proof(declared)),
        )
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w") as archive:
            for name, content in members:
                archive.writestr(zipfile.ZipInfo(name, _EPOCH), content)
        return written.getvalue()


def write_proof(entry: str, out: Path, *, book: LedgerBook) -> Proved:
    """Write the evidence of an entry, named by its id or its index; raises BadInput for one that is not entered."""
    is_index = entry.isascii() and entry.isdecimal() and len(entry) < 20
    index = int(entry) if is_index else book.log.index_of(entry)
    if index is None or index >= book.log.published_size:
        raise BadInput(
            _("Catatan {entry} belum ada di buku besar. Jalankan dahulu: saksama ledger enter").format(entry=entry)
        )
    published = Published(book.published)
    write_whole(out, published.evidence(index), mode=0o644)
    return Proved(index, published.checkpoint.size)


def verify_book(book: LedgerBook) -> list[str]:
    """The sentences of an office's own log that holds: checkpoint trusted, every tile leading to its root."""
    published = Published(book.published)
    with ledger_faults():
        for key in published.trusted.logs:
            fsck(book.published, key)
    return [
        _("{size} catatan dihitung ulang; semuanya sampai pada akar yang ditandatangani.").format(
            size=published.checkpoint.size
        ),
        *_about(published.trusted, published.policy),
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
