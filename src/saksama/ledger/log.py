"""The log: entries get an index for ever, checkpoints are signed, witnessed and published.

Order is everything. An entry is committed (SQLite, synced) before its index is told. A checkpoint is signed only over
entries that are committed, and the size and root are noted before the signature is made. Witnesses cosign before
anything is published; tiles and bundles are durable before the checkpoint that needs them takes its place by rename.
A process killed anywhere leaves a state from which the next call of `checkpoint` does all that is missing: recovery is
the ordinary path.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from types import TracebackType

from saksama.ledger import tree
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.cosigning import Panel, View, WitnessPort
from saksama.ledger.database import DatabasePlace, SqliteFile
from saksama.ledger.errors import BadSignature, Damaged, HandingOver, Malformed, NoQuorum, NotInLog, NotTrusted
from saksama.ledger.index import PROMOTING, Index
from saksama.ledger.keys import Signer, Verifier
from saksama.ledger.note import Note
from saksama.ledger.policy import Policy
from saksama.ledger.proof import Proof
from saksama.ledger.storage import Disk, FolderLock, Storage
from saksama.ledger.succession import last_checkpoint_of, policy_file
from saksama.ledger.tiles import MAX_ENTRY_BYTES, WIDTH, Edge, Nodes, Tile, edge_at, unpack

DATABASE = "log.sqlite3"
CHECKPOINT = "checkpoint"
POLICY = "policy"
_AT_ONCE = 100_000  # entries under one checkpoint, so that memory has a bound however long the witnesses were away


class Log:
    """One log, held open by one process. `folder` is its private memory, `published` what the world may read."""

    def __init__(
        self,
        folder: Path,
        published: Path,
        *,
        origin: str,
        signer: Signer,
        disk: Disk | None = None,
        database: DatabasePlace | None = None,
    ) -> None:
        """Open a log made by `create`; raises Locked, Damaged. Prefer `Log.open` and `Log.create`.

        `database` is SQLite in `folder` unless another place is given.
        """
        if signer.verifier().name != origin:
            raise Malformed(f"the key of the log {origin} must bear its name, not {signer.verifier().name}")
        with ExitStack() as undo:
            self._lock = undo.enter_context(FolderLock(folder / "lock", what="log"))
            opened = undo.enter_context(closing((database or SqliteFile(folder / DATABASE)).open()))
            self._index = Index(opened)
            self._storage = Storage(published, disk)
            self._signer = signer
            self.origin = origin
            self.refusals: Mapping[str, str] = {}  # of the last `checkpoint`: why witnesses did not cosign
            self._require_same_log(signer)
            self._panel = self._panel_of(signer)
            self._storage.make(published)
            self._storage.sweep()
            self._edge = self._edge_published()
            undo.pop_all()

    @classmethod
    def create(
        cls,
        folder: Path,
        published: Path,
        *,
        origin: str,
        signer: Signer,
        disk: Disk | None = None,
        database: DatabasePlace | None = None,
    ) -> "Log":
        """Begin a log in a folder that has none; raises Damaged if one is there or something is published already."""
        database = database or SqliteFile(folder / DATABASE)
        if database.exists() or (published / CHECKPOINT).exists():
            raise Damaged("a log is there already; it is opened, never begun again")
        private = Storage(folder, disk)
        private.make(folder)
        log = cls(folder, published, origin=origin, signer=signer, disk=disk, database=database)
        try:
            private.disk.sync_folder(folder)  # the database's own name in it
        except OSError:
            log.close()
            raise
        return log

    @classmethod
    def open(
        cls,
        folder: Path,
        published: Path,
        *,
        origin: str,
        signer: Signer,
        disk: Disk | None = None,
        database: DatabasePlace | None = None,
    ) -> "Log":
        """Open a log; raises Locked if another process has it, Damaged if its parts contradict each other."""
        database = database or SqliteFile(folder / DATABASE)
        if not database.exists():
            raise Damaged("there is no log in this folder")
        return cls(folder, published, origin=origin, signer=signer, disk=disk, database=database)

    def close(self) -> None:
        """Close the log and let go of its lock."""
        self._index.close()
        self._lock.release()

    def __enter__(self) -> "Log":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def size(self) -> int:
        """How many entries are committed, published or not."""
        return self._index.size

    @property
    def published_size(self) -> int:
        """How many entries stand under the published checkpoint."""
        return self._index.published

    @property
    def waiting(self) -> int:
        """How many entries are committed and not yet published."""
        return self.size - self.published_size

    def index_of(self, entry_id: str) -> int | None:
        """The index of the entry that came in with this id, published or not."""
        return self._index.find(entry_id)

    def append(self, entries: Sequence[tuple[str, bytes]]) -> list[int]:
        """Take in (id, bytes) pairs, all or none, and give their indexes; durable on return, not yet signed.

        An id that is in already gets its old index and adds nothing. Raises Malformed for an entry over 65,535 bytes.
        """
        for _, entry in entries:
            if len(entry) > MAX_ENTRY_BYTES:
                raise Malformed(f"an entry has at most {MAX_ENTRY_BYTES} bytes, this one {len(entry)}")
        sealed = self._index.sealed
        if sealed and any(self._index.find(entry_id) is None for entry_id, _ in entries):
            raise HandingOver(f"the log is changing its policy at size {sealed}; finish that first")
        return self._index.add(entries)

    @property
    def sealed(self) -> int:
        """The size at which the policy changes, while that is unfinished; else 0."""
        return self._index.sealed

    def seal(self, entry_id: str, entry: bytes, *, unpublished: bool = False) -> int:
        """Take in the last entry under the policy in force, and nothing after it until `unseal`; gives its index.

        Everything before it must be published, unless `unpublished`: where nobody can sign under that policy. May be
        repeated, also after `unseal`. Raises HandingOver.
        """
        if not self._index.sealed:
            known = self._index.find(entry_id)
            if known is not None:
                return known
            if self.waiting and not unpublished:
                raise HandingOver("entries wait to be published; the policy changes after them")
            self._index.note_fact("sealed", str(self.size + 1))
        if self.size == self._index.sealed:
            if self._index.find(entry_id) != self.size - 1:
                raise HandingOver("the log is changing its policy for another one; finish that first")
        else:
            self._index.add([(entry_id, entry)])
        return self.size - 1

    def hand_over(
        self, before: Policy, after: Policy, *, old: Sequence[WitnessPort], new: Sequence[WitnessPort], signer: Signer
    ) -> Checkpoint:
        """Put the sealed log under the policy `after` and the key `signer`. May be repeated after a crash anywhere.

        1. the last checkpoint under `before`, by its key and quorum, is kept for auditors (`succession`)
        2. the key changes      3. the same tree is signed anew, under `after`
        Where nobody can sign under `before` any more, `old` is empty and what was published last is kept instead; no
        auditor then believes `after` unless a person has told them to. Raises what `checkpoint` raises.
        """
        assert self._index.sealed == self.size
        kept = self._storage.read_if_there(last_checkpoint_of(before))
        if kept is None:
            if old:
                self.checkpoint(old, before, refresh=self._standing(before) is None)
            note = self.published_note() or b""
            self._storage.put_all([(policy_file(before), before.source), (last_checkpoint_of(before), note)])  # 1
        self._index.note_key(str(signer.verifier()))  # 2
        self._signer = signer
        self._panel = self._panel_of(signer)
        while (checkpoint := self._publish(new, after)).size < self.size:  # 3
            pass
        self._storage.put(POLICY, after.source)
        return checkpoint

    def unseal(self) -> None:
        """Take in entries again; to be called when the new key lies where the log's key is looked for."""
        self._index.note_fact("sealed", "0")

    def checkpoint(self, witnesses: Sequence[WitnessPort], policy: Policy, *, refresh: bool = False) -> Checkpoint:
        """Sign what is committed, have it cosigned, publish it. To be repeated after a failure or a crash anywhere.

        1. no witness has seen more, or another history     2. size and root are noted before they are signed
        3. the witnesses make up the policy's quorum        4. tiles and bundles are durable before the checkpoint
        With nothing new it gives the published checkpoint, unless `refresh` asks for fresh cosignatures of it. Very
        much that waits is published in several checkpoints. Raises NoQuorum (why, in `refusals`), Behind, SplitView,
        Damaged, OSError; what was not published then stays committed.
        """
        standing = self._standing(policy)
        if standing is not None and standing.size == self.size and not refresh:
            self._settle(standing.size)
            return standing
        while True:
            checkpoint = self._publish(witnesses, policy)
            if checkpoint.size == self.size:
                return checkpoint

    def _publish(self, witnesses: Sequence[WitnessPort], policy: Policy) -> Checkpoint:
        # Never below what was signed before: a witness may have seen that.
        piece = self._index.piece(self._edge.size, min(self.size, self._edge.size + _AT_ONCE))
        end = max(piece, self._index.most_signed)
        edge = self._edge.copy()
        files = dict(edge.grow(self._index.waiting(edge.size, end)))
        checkpoint = Checkpoint(self.origin, edge.size, edge.root)
        note = self._witnessed(checkpoint, witnesses, policy, files)  # 1, 2, 3
        self._storage.put_all([(tile.path, content) for tile, content in files.items()])  # 4
        if self._storage.read_if_there(POLICY) is None:
            self._storage.put(POLICY, policy.source)
        self._storage.put(CHECKPOINT, note.to_bytes())
        self._index.note_published(checkpoint.size)
        self._edge = edge
        for tile in files:
            if tile.width == WIDTH:
                # The full tile takes the place of its beginnings, as tlog-tiles allows; one that stays harms nobody.
                self._storage.discard_folder(f"{tile.path}.p")
        return checkpoint

    def published_note(self) -> bytes | None:
        """The published checkpoint with all its signatures; None before the first."""
        return self._storage.read_if_there(CHECKPOINT)

    def prove(self, index: int) -> Proof:
        """The proof of a published entry under the published checkpoint; raises NotInLog if it is not yet under it."""
        raw = self.published_note()
        size = 0 if raw is None else Checkpoint.parse(Note.parse(raw).text).size
        if raw is None or not 0 <= index < size:
            raise NotInLog(f"entry {index} is not under a published checkpoint yet; {size} entries are")
        nodes = Nodes(size, self._read_tile)
        return Proof(index, tuple(tree.inclusion_proof(index, size, nodes)), raw)

    def entry(self, index: int) -> bytes:
        """The bytes of an entry, published or not; raises NotInLog."""
        if not 0 <= index < self.size:
            raise NotInLog(f"there is no entry {index}; {self.size} entries are in")
        if index >= self._edge.size:
            return self._index.waiting(index, index + 1)[0]
        bundle = Tile(-1, index // WIDTH, min(WIDTH, self._edge.size - index // WIDTH * WIDTH))
        return unpack(self._read_tile(bundle))[index % WIDTH]

    def _read_tile(self, tile: Tile) -> bytes:
        try:
            return self._storage.read(tile.path)
        except FileNotFoundError as fault:
            raise Damaged(f"{tile.path} is gone from the published folder") from fault

    def _require_same_log(self, signer: Signer) -> None:
        if self._index.fact(PROMOTING):
            raise Damaged("this log was being made from a mirror's copy and is not whole: repeat that")
        known, own = self._index.fact("vkey"), str(signer.verifier())
        # While the key changes, either may lie where it is looked for; nothing but the change itself can be done then.
        changing = self._index.earlier_keys if self._index.sealed else []
        if known is None:
            self._index.note_fact("vkey", own)
        elif own not in (known, *changing):
            raise Damaged("this folder's log has another origin or another key")

    def _panel_of(self, signer: Signer) -> Panel:
        return Panel(signer.verifier(), *(Verifier.parse(vkey) for vkey in self._index.earlier_keys))

    def _edge_published(self) -> Edge:
        size = self._index.published
        edge = edge_at(size, self._read_tile)
        if size and self._index.signed_root(size) != edge.root:
            raise Damaged(f"the published tiles do not lead to the root that was signed for size {size}")
        if size and self.published_note() is None:
            raise Damaged("the published checkpoint is gone")
        return edge

    def _standing(self, policy: Policy) -> Checkpoint | None:
        """The published checkpoint, if this policy believes it."""
        raw = self.published_note()
        if raw is None:
            return None
        try:
            return policy.require_trusted(raw).checkpoint
        except NotTrusted:
            return None
        except (Malformed, BadSignature) as fault:
            raise Damaged(f"the published checkpoint was changed: {fault}") from fault

    def _settle(self, size: int) -> None:
        """Note a checkpoint that a killed process had published and not noted."""
        if size != self._index.published:
            edge = edge_at(size, self._read_tile)
            if edge.root != self._index.signed_root(size):
                raise Damaged(f"the published tiles do not lead to the root that was signed for size {size}")
            self._index.note_published(size)
            self._edge = edge

    def _witnessed(
        self, checkpoint: Checkpoint, witnesses: Sequence[WitnessPort], policy: Policy, files: Mapping[Tile, bytes]
    ) -> Note:
        view = self._view(checkpoint, files)
        self._panel.survey(witnesses, view)  # 1
        self._index.note_signing(checkpoint)  # 2
        note = Note(checkpoint.text, (self._signer.sign(checkpoint.text),))
        known = [witness.verifier for witness in policy.witnesses]
        gathered = self._panel.cosign(witnesses, note, view, known=known, enough=policy.would_trust)
        self.refusals = gathered.refusals
        note = note.with_signatures(gathered.lines)
        try:
            policy.require_trusted(note.to_bytes())  # 3
        except NotTrusted as fault:
            self._panel.wake()
            said = "; ".join(f"{name}: {why}" for name, why in gathered.refusals.items())
            sentence = f"nothing was published, {fault}. {said}".rstrip()
            raise NoQuorum(sentence, suspects_split=gathered.suspects_split) from fault
        return note

    def _view(self, checkpoint: Checkpoint, files: Mapping[Tile, bytes]) -> View:
        def read(tile: Tile) -> bytes:
            return files[tile] if tile in files else self._read_tile(tile)

        def nodes() -> Callable[[int, int], bytes]:
            return Nodes(checkpoint.size, read)

        return View(
            checkpoint,
            self.published_note() or b"",
            root_at=lambda size: tree.range_root(0, size, nodes()) if size else tree.EMPTY_ROOT,
            proof_from=lambda size: tree.consistency_proof(size, checkpoint.size, nodes()),
        )


def adopt_key(folder: Path, signer: Signer, *, database: DatabasePlace | None = None) -> None:
    """Let the log in `folder` be opened with this key from now on, because its own was lost; raises Damaged, Locked.

    Whoever checks the log learns of it by `seal` and `hand_over`, and believes it by the policy alone.
    """
    place = database or SqliteFile(folder / DATABASE)
    if not place.exists():
        raise Damaged("there is no log in this folder")
    with FolderLock(folder / "lock", what="log"), closing(place.open()) as opened:
        index = Index(opened)
        known = index.fact("vkey")
        if known is None or Verifier.parse(known).name != signer.name:
            raise Damaged("this folder's log has another origin")
        index.note_key(str(signer.verifier()))
