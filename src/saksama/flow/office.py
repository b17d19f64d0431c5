"""An office: one KPU office's stores, ledger, keys and clock, built once from `saksama.toml`. Steps take its parts."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from saksama.casework.classes import SCHEMES as CLASS_SCHEMES
from saksama.casework.store import CaseStore
from saksama.flow.desk import Desk
from saksama.flow.enter import LedgerBook, LedgerBroken, held_open, ledger_faults
from saksama.flow.folders import appearing, leave_entries, sha256_of, write_whole
from saksama.flow.settings import FILE, LOG_KEY, OfficeSettings, checked_database, read_settings, write_settings
from saksama.flow.shelves import OutcomeShelf, RollShelf, RunShelf
from saksama.ledger.client import witnesses_in
from saksama.ledger.cosigning import WitnessPort
from saksama.ledger.database import DatabasePlace, SqliteFile
from saksama.ledger.keys import Signer
from saksama.ledger.log import DATABASE, POLICY, Log
from saksama.ledger.policy import Policy, load_policy
from saksama.ledger.postgres import PostgresSchema
from saksama.ledger.witness import Witness
from saksama.model.clock import Clock, SystemClock
from saksama.model.entry import Entry, EntryId, EntryKind
from saksama.model.errors import BadInput
from saksama.model.officer import Officer
from saksama.model.texts import _
from saksama.model.tms import SCHEMES as TMS_SCHEMES
from saksama.model.wilayah import Wilayah
from saksama.roll.regions import Regions
from saksama.vault.keys import Keystore
from saksama.vault.sealing import seal_bytes
from saksama.vault.unsealing import unseal_bytes

PASSPHRASE_FROM = "SAKSAMA_PASSPHRASE"  # noqa: S105  # the name of a variable, not what it holds
_LOG_KEY_PURPOSE = "log-key"
# Where a policy file says log and witness answer. This office's witness answers in the same process; the addresses are
# those of `saksama serve` and `saksama witness run`, because other implementations refuse a policy without them.
_LOG_URL = "http://127.0.0.1:8000/buku-besar/"
_WITNESS_URL = "http://127.0.0.1:8001/"


@dataclass(frozen=True)
class Office:
    """One office's parts. `cases` comes from the way in that has a database; without one only steps 1 and 2 run."""

    folder: Path
    settings: OfficeSettings
    clock: Clock
    cases: CaseStore | None = None

    @cached_property
    def keys(self) -> Keystore:
        """The opened keystore; asks the environment for the passphrase where one is set."""
        passphrase = os.environ.get(PASSPHRASE_FROM) if self.settings.passphrase else None
        return Keystore.open(self.settings.keys_folder, passphrase=passphrase)

    @cached_property
    def rolls(self) -> RollShelf:
        """The office's sealed rolls."""
        return RollShelf(self.folder / "rolls", self.keys, self.settings.wilayah)

    @property
    def runs(self) -> RunShelf:
        """The office's linkage runs."""
        return RunShelf(self.folder / "runs")

    @property
    def outcomes(self) -> OutcomeShelf:
        """The office's outcomes."""
        return OutcomeShelf(self.folder / "outcomes", self.published)

    @property
    def ledger(self) -> Path:
        """The log's own memory; whoever loses it goes on from a mirror (`flow.promote`)."""
        return self.folder / "ledger"

    @property
    def published(self) -> Path:
        """The folder that anyone may read."""
        return self.folder / "published"

    def log_key(self) -> Signer:
        """The key that signs the office's checkpoints, unsealed."""
        return self.unsealed_log_key(self.settings.keys_folder / LOG_KEY)

    def unsealed_log_key(self, path: Path) -> Signer:
        """The log key in a sealed file."""
        return Signer.load(unseal_bytes(path.read_bytes(), keys=self.keys, purpose=_LOG_KEY_PURPOSE).decode())

    def sealed_log_key(self, signer: Signer) -> bytes:
        """A log key as it rests in the keys folder."""
        return seal_bytes(signer.to_text().encode(), keys=self.keys, purpose=_LOG_KEY_PURPOSE)

    @property
    def database(self) -> DatabasePlace | None:
        """Where the ledger's index and queue are; None for a file in the ledger's folder."""
        return _database(self.settings)

    @contextmanager
    def book(self, *, signer: Signer | None = None) -> Iterator[LedgerBook]:
        """The office's log with its witnesses and policy, held open alone; raises LedgerBusy, LedgerBroken.

        `signer` takes the place of the office's own log key while that changes.
        """
        if not (self.database or SqliteFile(self.ledger / DATABASE)).exists():
            raise LedgerBroken(
                _(
                    "Buku besar hilang dari {folder}. Lanjutkan dari sebuah cermin: saksama ledger promote CERMIN"
                ).format(folder=self.ledger)
            )
        signer = signer or self.log_key()
        with self._own_witness() as own:
            with ledger_faults():
                log = held_open(
                    lambda: Log.open(
                        self.ledger,
                        self.published,
                        origin=self.settings.origin,
                        signer=signer,
                        database=self.database,
                    )
                )
            with closing(log):
                policy = load_policy(self.published / POLICY)
                with _asked(own, policy) as witnesses:
                    yield LedgerBook(
                        log=log,
                        witnesses=witnesses,
                        policy=policy,
                        published=self.published,
                        causes=(self.folder / "opening", self.rolls.folder, self.runs.folder),
                        outcomes=self.outcomes.folder,
                    )

    @contextmanager
    def panel(self, policy: Policy) -> Iterator[Sequence[WitnessPort]]:
        """Those who are asked to cosign under a policy, the witness beside the office first.

        Raises LedgerBusy, LedgerBroken.
        """
        with self._own_witness() as own, _asked(own, policy) as witnesses:
            yield witnesses

    @contextmanager
    def _own_witness(self) -> Iterator[Witness]:
        with ledger_faults():
            own = held_open(lambda: Witness.open(self.folder / "witness"))
        with closing(own):
            yield own

    @property
    def desk(self) -> Desk:
        """What working on cases needs; raises AssertionError where no way in with a database built this office."""
        assert self.cases is not None, "this office was opened without a case store"
        return Desk(
            office=self.settings.wilayah,
            office_name=self.settings.name,
            cases=self.cases,
            keys=self.keys,
            clock=self.clock,
            class_scheme=CLASS_SCHEMES[self.settings.class_scheme],
            tms_scheme=TMS_SCHEMES[self.settings.tms_scheme],
        )


def open_office(folder: Path, *, clock: Clock | None = None, cases: CaseStore | None = None) -> Office:
    """The office in `folder`; raises BadSettings where there is none."""
    folder = folder.resolve()
    return Office(folder, read_settings(folder), clock or SystemClock(), cases)


def create_office(
    folder: Path,
    wilayah: Wilayah,
    *,
    name: str,
    passphrase: str | None = None,
    clock: Clock | None = None,
    database: str = "",
) -> Office:
    """Make an office: folders, keys, log, witness, policy, and the entry that opens its ledger.

    `folder` must be absent or empty; `database` is a PostgreSQL address for the ledger's index and queue, or empty for
    SQLite. Raises BadInput for an unknown wilayah or a folder in use.
    """
    if not name.strip():
        raise BadInput(_('Nama kantor kosong. Contoh: --name "KPU Kabupaten Sleman"'))
    _require_known(wilayah)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(_("Folder {folder} sudah berisi. Pilih folder baru atau kosong.").format(folder=folder))
    checked_database(folder / FILE, database)
    _require_unused(database)
    with appearing(folder.resolve()) as partial:
        write_settings(partial, name=name, wilayah=wilayah, passphrase=passphrase is not None, database=database)
        settings = read_settings(partial)
        keys = Keystore.create(settings.keys_folder, passphrase=passphrase)
        signer = Signer.generate(settings.origin)
        sealed = seal_bytes(signer.to_text().encode(), keys=keys, purpose=_LOG_KEY_PURPOSE)
        write_whole(settings.keys_folder / LOG_KEY, sealed)
        for shelf in ("rolls", "runs", "outcomes", "ledger", "published"):
            (partial / shelf).mkdir(mode=0o755 if shelf == "published" else 0o700)
        name = f"saksi.{wilayah.code}.saksama"
        with closing(Witness.create(partial / "witness", name, logs=[signer.verifier()])) as witness:
            policy = Policy.of(signer.verifier(), witness.verifiers(), log_url=_LOG_URL, witness_url=_WITNESS_URL)
        write_whole(partial / "published" / POLICY, policy.source, mode=0o644)
        with ledger_faults():
            Log.create(
                partial / "ledger",
                partial / "published",
                origin=settings.origin,
                signer=signer,
                database=_database(settings),
            ).close()
        opening = partial / "opening" / "office"
        opening.mkdir(parents=True)
        leave_entries(opening, [_opening_entry(settings, partial, clock or SystemClock())])
    return open_office(folder, clock=clock)


@contextmanager
def _asked(own: Witness, policy: Policy) -> Iterator[Sequence[WitnessPort]]:
    """The office's own witness, and the others that the policy says where to find."""
    with ExitStack() as held:
        others = [other for other in witnesses_in(policy) if other.name != own.name]
        for other in others:
            held.callback(other.close)
        yield (own, *others)


def _require_unused(database: str) -> None:
    """Raise BadInput where the PostgreSQL database holds another office's ledger, LedgerWaits where nobody answers."""
    with ledger_faults():
        if database and PostgresSchema(database).exists():
            raise BadInput(
                _("Basis data itu sudah memuat buku besar. Buat basis data baru bagi kantor ini, misalnya: createdb …")
            )


def _database(settings: OfficeSettings) -> DatabasePlace | None:
    """Where the ledger's index and queue are; None for a file in its folder."""
    return PostgresSchema(settings.database) if settings.database else None


def enrolment_entry(officer: Officer, *, office: Office, by: str) -> Entry:
    """The entry that says this person may act here, in this role; without it no audit accepts a ruling of theirs.

    Raises BadInput for a wilayah that no table holds: an entry cannot be taken back.
    """
    _require_known(officer.wilayah)
    return Entry(
        id=EntryId(f"officer_enrolled:{officer.id}"),
        kind=EntryKind.OFFICER_ENROLLED,
        at=office.clock.now(),
        office=office.settings.wilayah.code,
        actor=by,
        body={"officer": officer.id, "role": officer.role.value, "wilayah": officer.wilayah.code, "by": by},
    )


def _require_known(wilayah: Wilayah) -> None:
    if not Regions.load().known(wilayah.code):
        raise BadInput(_("Wilayah {code} tidak ada di tabel kode wilayah 2016-2025.").format(code=wilayah.code))


def _opening_entry(settings: OfficeSettings, folder: Path, clock: Clock) -> Entry:
    return Entry(
        id=EntryId(f"office_opened:{settings.wilayah.code}"),
        kind=EntryKind.OFFICE_OPENED,
        at=clock.now(),
        office=settings.wilayah.code,
        actor="program:office-init",
        body={
            "wilayah": settings.wilayah.code,
            "origin": settings.origin,
            "policy_sha256": sha256_of(folder / "published" / POLICY),
        },
    )


__all__ = ["FILE", "Office", "create_office", "enrolment_entry", "open_office"]
