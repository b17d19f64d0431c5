"""Change the log's key, its witnesses or their keys: the policy changes, and an entry says so before it does.

A change is planned first, in a folder that appears whole; from then on it can only be finished, however often the
process is killed. Its entry is the last one under the old policy (`ledger.succession`).
"""

import shutil
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from saksama.flow.desk import Desk
from saksama.flow.enter import LedgerBook, enter_pending, held_open, ledger_faults
from saksama.flow.folders import appearing, write_whole
from saksama.flow.settings import LOG_KEY, OfficeSettings
from saksama.ledger.client import witnesses_in
from saksama.ledger.database import DatabasePlace
from saksama.ledger.errors import LedgerError
from saksama.ledger.keys import Signer, Verifier
from saksama.ledger.log import CHECKPOINT, POLICY, adopt_key
from saksama.ledger.policy import Policy, load_policy
from saksama.ledger.succession import following, replaced_by
from saksama.ledger.witness import Witness
from saksama.model.clock import Clock
from saksama.model.entry import Entry, EntryId, EntryKind
from saksama.model.errors import BadInput
from saksama.model.texts import _

_BEFORE, _AFTER, _REASON = "before.policy", "after.policy", "reason"


class KeyedOffice(Protocol):
    """What of an office a change of keys touches."""

    @property
    def folder(self) -> Path:
        """Where witness and ledger are."""

    @property
    def published(self) -> Path:
        """The folder that anyone may read."""

    @property
    def settings(self) -> OfficeSettings:
        """The log's origin, the office's area, where keys rest."""

    @property
    def clock(self) -> Clock:
        """The time of the entry."""

    @property
    def desk(self) -> Desk:
        """The cases whose entries wait."""

    @property
    def database(self) -> DatabasePlace | None:
        """Where the ledger's index is."""

    def log_key(self) -> Signer:
        """The log's key."""

    def unsealed_log_key(self, path: Path) -> Signer:
        """A log key in a sealed file."""

    def sealed_log_key(self, signer: Signer) -> bytes:
        """A log key as it rests."""

    def book(self, *, signer: Signer | None = None) -> AbstractContextManager[LedgerBook]:
        """The log with its witnesses, held open."""


class Reason(StrEnum):
    """Why a policy changes; `docs/formats/entry.md` says what each promises."""

    LOG_KEY_ROTATED = "log_key_rotated"
    SPARE_NAMED = "spare_named"
    SPARE_TAKEN = "spare_taken"
    WITNESS_KEY_ROTATED = "witness_key_rotated"
    WITNESSES_CHANGED = "witnesses_changed"
    LOG_KEY_LOST = "log_key_lost"
    QUORUM_LOST = "quorum_lost"


_LOST = (Reason.LOG_KEY_LOST, Reason.QUORUM_LOST)  # nobody can sign under the old policy any more


@dataclass(frozen=True, slots=True)
class Changed:
    """A change that is finished: the policy now in force, and the entry that announced it."""

    reason: Reason
    policy: Policy
    replaced: str
    index: int


@dataclass(frozen=True, slots=True, repr=False)
class _Plan:
    before: Policy
    after: Policy
    reason: Reason
    signer: Signer | None


def policy_in_force(office: KeyedOffice) -> Policy:
    """The policy that is published now."""
    with ledger_faults():
        return load_policy(office.published / POLICY)


def read_policy(path: Path) -> Policy:
    """The policy in a file that a person gave; raises BadInput."""
    try:
        return load_policy(path)
    except LedgerError as fault:
        raise BadInput(_("{path} bukan berkas kebijakan: {fault}").format(path=path, fault=fault)) from fault


def replaced(policy: Policy) -> str | None:
    """The SHA-256 of the policy that this one replaced."""
    return replaced_by(policy)


def is_unfinished(office: KeyedOffice) -> bool:
    """Whether a change was begun and not finished: nothing is entered until it is."""
    return _folder(office).is_dir()


def planned_policy(office: KeyedOffice) -> Policy | None:
    """The policy that an unfinished change leads to: its keys are those that witnesses elsewhere must come to know."""
    return _read_plan(office).after if is_unfinished(office) else None


def rotate_log_key(office: KeyedOffice) -> Changed:
    """Give the log a new key; the old one signs the announcement and is destroyed."""
    before, old = _begin(office), office.log_key().verifier()
    signer = Signer.generate(old.name)
    return _change(office, before, _with_key(before, old, signer.verifier()), Reason.LOG_KEY_ROTATED, signer)


def name_spare(office: KeyedOffice, out: Path) -> Changed:
    """Make a second log key, to be kept far from the first, and name it in the policy; `out` gets its private half.

    A spare named before is named no more.
    """
    before, own = _begin(office), office.log_key().verifier()
    if out.exists():
        raise BadInput(_("{path} sudah ada; sebutkan berkas baru untuk kunci cadangan.").format(path=out))
    spare = Signer.generate(own.name)
    write_whole(out, f"{spare.to_text()}\n".encode())
    lines: list[str] = []
    for line in _lines(before):
        words = line.split()
        if words[:1] == ["log"] and words[1] != str(own):
            continue
        lines.append(line)
        if words[:1] == ["log"]:
            lines.append(" ".join(["log", str(spare.verifier()), *words[2:]]))
    return _change(office, before, _from(lines), Reason.SPARE_NAMED, None)


def take_spare(office: KeyedOffice, spare: Path) -> Changed:
    """Go on with the spare key, because the log's own is lost or may have been copied; raises BadInput."""
    before = _begin(office)
    try:
        signer = Signer.load(spare.read_text().strip())
    except (OSError, UnicodeDecodeError, LedgerError) as fault:
        raise BadInput(_("{path} bukan kunci cadangan: {fault}").format(path=spare, fault=fault)) from fault
    if signer.verifier() not in [log.verifier for log in before.logs]:
        raise BadInput(_("Kunci di {path} tidak disebut dalam kebijakan yang berlaku.").format(path=spare))
    lines = [line for line in _lines(before) if line.split()[:1] != ["log"] or str(signer.verifier()) in line]
    return _change(office, before, _from(lines), Reason.SPARE_TAKEN, signer)


def replace_lost_log_key(office: KeyedOffice) -> Changed:
    """Give the log a new key that no old one vouches for. Auditors refuse it until they are handed the new policy."""
    before = _begin_after_loss(office)
    signer = Signer.generate(office.settings.origin)
    after = before.source
    for log in before.logs:
        after = after.replace(str(log.verifier).encode(), str(signer.verifier()).encode(), 1)
    lines = list(dict.fromkeys(after.decode().splitlines()))  # a spare that is lost too becomes the same line
    return _change(office, before, _from(lines), Reason.LOG_KEY_LOST, signer)


def rotate_witness_key(office: KeyedOffice) -> Changed:
    """Give the office's own witness new keys; the old ones cosign the announcement and are destroyed."""
    before = _begin(office)
    with ledger_faults(), held_open(lambda: Witness.open(office.folder / "witness")) as witness:
        new = witness.add_keys()
        old = witness.verifiers()[len(new) :]
    after = before
    for key in old:
        after = _with_key(after, key, next(item for item in new if item.key_type is key.key_type))
    return _change(office, before, after, Reason.WITNESS_KEY_ROTATED, None)


def replace_lost_witness_key(office: KeyedOffice) -> Changed:
    """Make the office's own witness anew where its keys are gone; refused while they are there."""
    before = _begin_after_loss(office)
    folder = office.folder / "witness"
    name = f"saksi.{office.settings.wilayah.code}.saksama"
    old = [witness.verifier for witness in before.witnesses if witness.verifier.name == name]
    if (folder / "keys").exists():
        if not _is_new(folder, old):
            raise BadInput(
                _("Kunci saksi masih ada di {folder}. Bila berkasnya rusak, pindahkan dahulu ke tempat lain.").format(
                    folder=folder
                )
            )
    else:
        with ledger_faults():
            logs = [log.verifier for log in before.logs]
            Witness.create(folder, name, logs=logs, lost=old).close()
    with ledger_faults(), held_open(lambda: Witness.open(folder)) as witness:
        new = witness.verifiers()
    after = before
    for key in old:
        after = _with_key(after, key, next(item for item in new if item.key_type is key.key_type))
    return _change(office, before, after, Reason.QUORUM_LOST, None)


def change_witnesses(office: KeyedOffice, policy: Policy) -> Changed:
    """Put the ledger under a policy with other witnesses; raises BadInput where it names other keys of the log."""
    before = _begin(office)
    if {log.verifier for log in policy.logs} != {log.verifier for log in before.logs}:
        raise BadInput(
            _("Baris log harus sama dengan kebijakan yang berlaku. Kunci log diganti dengan: saksama keys rotate-log")
        )
    return _change(office, before, policy, Reason.WITNESSES_CHANGED, None)


def finish_change(office: KeyedOffice) -> Changed:
    """Do what a planned change still lacks; raises BadInput where none is planned, LedgerBroken. May be repeated.

    1. everything that waits is entered under the old policy    2. the entry that announces the change is the last
    3. the old policy's checkpoint over it is kept, the same tree signed under the new policy    4. old keys go
    """
    if not is_unfinished(office):
        raise BadInput(_("Tidak ada pergantian kunci yang belum selesai."))
    plan = _read_plan(office)
    instead = plan.signer if plan.reason in (Reason.SPARE_TAKEN, Reason.LOG_KEY_LOST) else None
    if instead is not None:
        with ledger_faults():
            held_open(lambda: adopt_key(office.folder / "ledger", instead, database=office.database))
    with office.book(signer=instead) as book, ledger_faults():
        index = _hand_over(office, book, plan)
        shutil.rmtree(_folder(office))
    return Changed(plan.reason, plan.after, plan.before.digest, index)


def _hand_over(office: KeyedOffice, book: LedgerBook, plan: _Plan) -> int:
    own = book.witnesses[0]
    assert isinstance(own, Witness)
    entry = _entry(office, plan)
    if book.log.index_of(entry.id) is not None and not book.log.sealed:
        return book.log.seal(entry.id, entry.to_bytes())  # all was done but to forget the plan
    for log in plan.after.logs:
        own.trust(log.verifier, log.url)
    lost = plan.reason in _LOST
    if not lost and not book.log.sealed:
        enter_pending(book, office.desk.cases)  # 1
    index = book.log.seal(entry.id, entry.to_bytes(), unpublished=lost)  # 2
    others = [other for other in witnesses_in(plan.after) if other.name != own.name]
    try:
        book.log.hand_over(  # 3
            plan.before,
            plan.after,
            old=() if lost else book.witnesses,
            new=(own, *others),
            signer=plan.signer or office.log_key(),
        )
    finally:
        for other in others:
            other.close()
    if plan.signer is not None:
        write_whole(office.settings.keys_folder / LOG_KEY, office.sealed_log_key(plan.signer))
    for key in own.logs:
        if key.name == office.settings.origin and key not in [log.verifier for log in plan.after.logs]:
            own.distrust(key)  # 4
    if plan.reason is Reason.WITNESS_KEY_ROTATED:
        own.retire_keys()
    book.log.unseal()
    return index


def _entry(office: KeyedOffice, plan: _Plan) -> Entry:
    return Entry(
        id=EntryId(f"policy_changed:{plan.after.digest}"),
        kind=EntryKind.POLICY_CHANGED,
        at=office.clock.now(),
        office=office.settings.wilayah.code,
        actor="program:keys-change",
        body={
            "policy_sha256": plan.after.digest,
            "replaces_sha256": plan.before.digest,
            "reason": plan.reason.value,
        },
    )


def _folder(office: KeyedOffice) -> Path:
    return office.folder / "ledger" / "change"


def _begin(office: KeyedOffice) -> Policy:
    """The policy in force; raises BadInput while another change is unfinished."""
    if is_unfinished(office):
        raise BadInput(_("Pergantian kunci sebelumnya belum selesai. Selesaikan dengan: saksama keys finish"))
    return policy_in_force(office)


def _begin_after_loss(office: KeyedOffice) -> Policy:
    """The same; raises BadInput where nothing was ever published, so that nothing binds what stands before the loss."""
    if not (office.published / CHECKPOINT).exists():
        raise BadInput(_("Buku besar belum menerbitkan apa pun: buat kantor baru saja, dengan kunci baru."))
    return _begin(office)


def _change(office: KeyedOffice, before: Policy, after: Policy, reason: Reason, signer: Signer | None) -> Changed:
    with ledger_faults():
        after = following(after, before)
    with appearing(_folder(office)) as folder:
        write_whole(folder / _BEFORE, before.source)
        write_whole(folder / _AFTER, after.source)
        write_whole(folder / _REASON, reason.value.encode())
        if signer is not None:
            write_whole(folder / LOG_KEY, office.sealed_log_key(signer))
    return finish_change(office)


def _read_plan(office: KeyedOffice) -> _Plan:
    folder = _folder(office)
    key = folder / LOG_KEY
    with ledger_faults():
        return _Plan(
            load_policy(folder / _BEFORE),
            load_policy(folder / _AFTER),
            Reason((folder / _REASON).read_text()),
            office.unsealed_log_key(key) if key.exists() else None,
        )


def _lines(policy: Policy) -> list[str]:
    return policy.source.decode("utf-8", "surrogateescape").splitlines()


def _from(lines: Sequence[str]) -> Policy:
    return Policy.parse("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape"))


def _with_key(policy: Policy, old: Verifier, new: Verifier) -> Policy:
    """The policy with a key in the place of another, its other bytes as people wrote them."""
    if str(old).encode() not in policy.source:
        raise BadInput(_("Kebijakan yang berlaku tidak menyebut kunci {name}.").format(name=old.name))
    return Policy.parse(policy.source.replace(str(old).encode(), str(new).encode()))


def _is_new(folder: Path, old: Sequence[Verifier]) -> bool:
    """Whether the witness in the folder was made anew already, by a change that was not planned to its end."""
    with ledger_faults(), held_open(lambda: Witness.open(folder)) as witness:
        return not set(witness.verifiers()) & set(old)
