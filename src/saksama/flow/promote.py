"""When the log's disk is lost: a mirror's copy becomes the office's log again, and nothing acknowledged is missing."""

import json
import shutil
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from saksama.flow.enter import ledger_faults
from saksama.flow.folders import appearing, sha256_of
from saksama.flow.prove import Published
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.cosigning import WitnessPort
from saksama.ledger.database import DatabasePlace, SqliteFile
from saksama.ledger.keys import Signer
from saksama.ledger.log import CHECKPOINT, DATABASE, POLICY, Log
from saksama.ledger.mirror import promote
from saksama.ledger.note import Note
from saksama.ledger.places import Folder, read_tile
from saksama.ledger.policy import Policy
from saksama.ledger.succession import FOLDER as POLICIES
from saksama.ledger.tiles import tiles_at
from saksama.model.errors import BadInput
from saksama.model.texts import _

COPY = "copy"  # where a mirror's folder keeps the log's own layout


@dataclass(frozen=True, slots=True)
class Promoted:
    """Where the log goes on from, and what was set aside for it."""

    checkpoint: Checkpoint
    aside: tuple[Path, ...]


class LostOffice(Protocol):
    """What an office still has when its log is lost."""

    @property
    def ledger(self) -> Path:
        """Where the log's own memory belongs."""

    @property
    def published(self) -> Path:
        """Where what anyone may read belongs."""

    @property
    def database(self) -> DatabasePlace | None:
        """Where the ledger's index and queue are; None for a file in the ledger's folder."""

    def log_key(self) -> Signer:
        """The key that signs the log."""

    def panel(self, policy: Policy) -> AbstractContextManager[Sequence[WitnessPort]]:
        """Those who are asked to cosign under a policy."""


def promote_copy(copy: Path, *, office: LostOffice, policy: bytes | None = None) -> Promoted:
    """Make the office's log from a mirror's copy. Refused, it leaves everything as it was.

    1. no log is there any more, and what is still published is not more than the copy has
    2. the policy is the one the log itself declared; `policy` or that of the copy
    3. every entry of the copy leads to its checkpoint, which the office's own key has signed
    4. the witnesses cosign it anew: none has seen more, or another history
    5. both folders appear by rename; what stood there is set aside, never deleted
    Raises BadInput, LedgerBroken.
    """
    if not (copy / CHECKPOINT).is_file() and (copy / COPY / CHECKPOINT).is_file():
        copy = copy / COPY  # the mirror's own folder was named
    ledger, published = office.ledger, office.published
    _require_lost(copy, office)  # 1
    with appearing(ledger) as new_ledger, appearing(published) as new_published:
        new_published.chmod(0o755)
        _lay_out(copy, published, new_published, policy)
        declared = Published(new_published)
        declared.declared_at()  # 2
        database = office.database or SqliteFile(new_ledger / DATABASE)
        with ledger_faults():
            promote(new_published, new_ledger, signer=office.log_key(), id_of=_id_of, database=database)  # 3
        try:
            checkpoint = _cosigned(office, new_ledger, declared, database)  # 4
        except BaseException:
            database.discard()
            raise
        aside = tuple(_set_aside(folder) for folder in (published, ledger) if _has_files(folder))  # 5
    return Promoted(checkpoint, aside)


def _cosigned(office: LostOffice, ledger: Path, published: Published, database: DatabasePlace) -> Checkpoint:
    signer = office.log_key()
    with office.panel(published.policy) as witnesses, ledger_faults():
        origin = signer.verifier().name
        with Log.open(ledger, published.folder, origin=origin, signer=signer, database=database) as log:
            return log.checkpoint(witnesses, published.policy, refresh=True)


def _id_of(entry: bytes) -> str:
    return str(json.loads(entry)["id"])


def _size_in(folder: Path) -> int:
    """The size of the checkpoint in a folder; 0 without one."""
    path = folder / CHECKPOINT
    if not path.is_file():
        return 0
    with ledger_faults():
        return Checkpoint.parse(Note.parse(path.read_bytes()).text).size


def _require_lost(copy: Path, office: LostOffice) -> None:
    ledger, published = office.ledger, office.published
    if (office.database or SqliteFile(ledger / DATABASE)).exists():
        raise BadInput(
            _(
                "Buku besar kantor ini masih ada di {folder}; salinan tidak dipakai selama yang asli dapat dibuka."
            ).format(folder=ledger)
        )
    if not (copy / CHECKPOINT).is_file():
        raise BadInput(
            _("Di {folder} tidak ada salinan buku besar. Tunjuk folder cermin, atau folder `copy` di dalamnya.").format(
                folder=copy
            )
        )
    size, held = _size_in(copy), _size_in(published)
    if held > size:
        raise BadInput(
            _(
                "Folder terbitan kantor ini berisi {held} catatan, salinan itu {size}. Lanjutkan dari yang lebih "
                "lengkap: saksama ledger promote {folder}"
            ).format(held=held, size=size, folder=published)
        )


def _lay_out(copy: Path, old: Path, new: Path, policy: bytes | None) -> None:
    """What is published, in a new folder: the copy's log, the office's policy, and documents that still are there."""
    with ledger_faults():
        for tile in tiles_at(_size_in(copy)):  # these and no others: a copy that came from elsewhere may hold anything
            target = new / tile.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(read_tile(Folder(copy), tile))
    shutil.copyfile(copy / CHECKPOINT, new / CHECKPOINT)
    kept = old / POLICY if (old / POLICY).is_file() else copy / POLICY
    (new / POLICY).write_bytes(kept.read_bytes() if policy is None else policy)
    _lay_out_earlier_policies(copy, new)
    if (old / "outcomes").is_dir():
        shutil.copytree(old / "outcomes", new / "outcomes")


def _lay_out_earlier_policies(copy: Path, new: Path) -> None:
    """The policies that were replaced, each under the SHA-256 of its content, and the last checkpoint of each."""
    for path in sorted((copy / POLICIES).glob("*")):
        digest = path.name.removesuffix(".checkpoint")
        if path.is_file() and (copy / POLICIES / digest).is_file() and sha256_of(copy / POLICIES / digest) == digest:
            (new / POLICIES).mkdir(exist_ok=True)
            shutil.copyfile(path, new / POLICIES / path.name)


def _has_files(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


def _set_aside(folder: Path) -> Path:
    """Rename a folder to the first free `NAME.lama-N` beside it."""
    number = 1
    while (aside := folder.with_name(f"{folder.name}.lama-{number}")).exists():
        number += 1
    folder.rename(aside)
    return aside
