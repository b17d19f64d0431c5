"""A mirror: a full copy of a published log, taken only after every entry was seen to lead to the witnessed root.

The copy has the log's own layout, so a static web server serves it, `fsck` and `audit` read it, and when the log's
machine is lost it can be promoted: the entries are there, the witnesses say how many there must be.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from saksama.ledger import tree
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.database import DatabasePlace, SqliteFile
from saksama.ledger.errors import Damaged, Malformed, NotTrusted, ProofFails, SplitView
from saksama.ledger.fsck import fsck
from saksama.ledger.index import PROMOTING, Index
from saksama.ledger.keys import Signer
from saksama.ledger.log import CHECKPOINT, DATABASE, POLICY
from saksama.ledger.places import Folder, Place, read_tile
from saksama.ledger.policy import Policy, Trusted
from saksama.ledger.storage import FolderLock, Storage
from saksama.ledger.succession import FOLDER as SUCCESSION
from saksama.ledger.succession import last_checkpoint_of, policy_file, replaced_by
from saksama.ledger.tiles import WIDTH, Edge, Nodes, Tile, edge_at, tiles_at, unpack

_INCOMING = "incoming"
_POLICIES_AT_MOST = 1000
_AT_ONCE = 64 * WIDTH  # entries held in memory while copying


class Mirror:
    """A copy in `folder/copy`. `policy` decides which checkpoints are believed, and is laid beside the copy."""

    def __init__(self, folder: Path, policy: Policy) -> None:
        """Open or begin a mirror; raises Locked if another process has it, Damaged if the copy was changed."""
        self._lock = FolderLock(folder / "lock", what="mirror")
        try:
            self.copy = folder / "copy"
            self._incoming = folder / _INCOMING
            shutil.rmtree(self._incoming, ignore_errors=True)
            self._policy = policy
            self._storage = Storage(self.copy)
            self._storage.make(self.copy)
            self._storage.sweep()
        except BaseException:
            self._lock.release()
            raise

    def close(self) -> None:
        """Let go of the folder."""
        self._lock.release()

    def __enter__(self) -> "Mirror":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def held(self) -> Trusted | None:
        """The checkpoint up to which the copy is whole; None before the first. Raises NotTrusted, BadSignature."""
        raw = self._storage.read_if_there(CHECKPOINT)
        if raw is None:
            return None
        try:
            return self._policy.require_trusted(raw)
        except NotTrusted:
            laid = self._storage.read_if_there(POLICY)  # the policy it was taken under, if that has changed since
            if laid is None or laid == self._policy.source:
                raise
            return Policy.parse(laid).require_trusted(raw)

    def pull(self, place: Place) -> Checkpoint:
        """Copy what is new at `place`, whole or not at all, and give the checkpoint now held.

        1. the checkpoint is believed by the policy      2. it continues the one held      3. every entry leads to its
        root; only then the tiles take their places, and the checkpoint last. May be repeated after a crash anywhere.
        Raises SplitView with both notes if history was changed, Damaged, NotTrusted, WitnessUnreachable.
        """
        raw = place.get(CHECKPOINT)
        if raw is None:
            raise Damaged(f"{place.name} has no checkpoint")
        offered = self._policy.require_trusted(raw).checkpoint  # 1
        held = self.held
        if held is not None and not self._continues(held.checkpoint, offered, raw, place):  # 2
            return held.checkpoint
        size = 0 if held is None else held.checkpoint.size
        edge = self._edge(size, held)
        files = self._fetch(place, edge, offered)  # 3
        for tile in sorted(files):
            target = self.copy / tile.path
            self._storage.make(target.parent)
            (self._incoming / tile.path).replace(target)
        for folder in {(self.copy / tile.path).parent for tile in files}:
            self._storage.disk.sync_folder(folder)
        self._take_earlier_policies(place)
        self._storage.put(POLICY, self._policy.source)
        self._storage.put(CHECKPOINT, raw)
        shutil.rmtree(self._incoming, ignore_errors=True)
        return offered

    def _take_earlier_policies(self, place: Place) -> None:
        """Copy the policies that were replaced, each with its last checkpoint, as the policy held leads to them."""
        digest = replaced_by(self._policy)
        for _ in range(_POLICIES_AT_MOST):
            if digest is None or self._storage.read_if_there(f"{SUCCESSION}/{digest}") is not None:
                return
            source, last = (place.get(f"{SUCCESSION}/{digest}{end}") for end in ("", ".checkpoint"))
            if source is None or last is None or sha256(source).hexdigest() != digest:
                return  # whoever audits the copy will miss it; the entries are whole
            earlier = Policy.parse(source)
            self._storage.put_all([(policy_file(earlier), source), (last_checkpoint_of(earlier), last)])
            digest = replaced_by(earlier)

    def _continues(self, held: Checkpoint, offered: Checkpoint, raw: bytes, place: Place) -> bool:
        """Whether there is something new that continues what is held; raises SplitView."""
        mine = self._storage.read(CHECKPOINT)
        if held.origin != offered.origin:
            raise Damaged(f"{place.name} is another log: {offered.origin}")
        if offered.size <= held.size:
            if offered.size == held.size and offered.root == held.root:
                return False
            nodes = Nodes(held.size, lambda tile: read_tile(Folder(self.copy), tile))
            earlier = tree.range_root(0, offered.size, nodes) if offered.size else tree.EMPTY_ROOT
            if earlier == offered.root:
                return False  # an old checkpoint of the same history: nothing new, nothing wrong
            raise SplitView(f"{place.name} shows another history at size {offered.size}", mine, raw)
        if held.size == 0:
            return True
        nodes = Nodes(offered.size, lambda tile: read_tile(place, tile))
        try:
            proof = tree.consistency_proof(held.size, offered.size, nodes)
            tree.require_consistency(held.size, offered.size, proof=proof, old_root=held.root, new_root=offered.root)
        except ProofFails as fault:
            raise SplitView(f"{place.name} does not continue what was mirrored to {held.size}", mine, raw) from fault
        return True

    def _edge(self, size: int, held: Trusted | None) -> Edge:
        edge = edge_at(size, lambda tile: read_tile(Folder(self.copy), tile))
        if held is not None and edge.root != held.checkpoint.root:
            raise Damaged("the copy was changed: its tiles do not lead to the checkpoint it holds")
        return edge

    def _fetch(self, place: Place, edge: Edge, offered: Checkpoint) -> list[Tile]:
        """Bring the new entries into `incoming` with the tiles over them; raises Damaged unless they give the root."""
        incoming = Storage(self._incoming)
        wanted = set(tiles_at(offered.size))
        written: list[Tile] = []
        while edge.size < offered.size:
            entries = self._entries(place, edge.size, min(offered.size, edge.size + _AT_ONCE))
            files = [(tile, content) for tile, content in edge.grow(entries) if tile in wanted]
            incoming.put_all([(tile.path, content) for tile, content in files])
            written += [tile for tile, _ in files]
        if edge.root != offered.root:
            shutil.rmtree(self._incoming, ignore_errors=True)
            raise Damaged(f"the entries at {place.name} do not lead to its checkpoint; nothing was copied")
        return list(dict.fromkeys(written))

    def _entries(self, place: Place, start: int, end: int) -> list[bytes]:
        found: list[bytes] = []
        for number in range(start // WIDTH, -(-end // WIDTH)):
            width = min(WIDTH, end - number * WIDTH)
            bundle = Tile(-1, number, width)
            # Inside the log the bundle is full; ask for that, and cut at the end of this piece if need be.
            try:
                entries = unpack(read_tile(place, bundle))
            except Malformed as fault:
                raise Damaged(f"{bundle.path} at {place.name} is damaged") from fault
            if len(entries) != width:
                raise Damaged(f"{bundle.path} at {place.name} does not have its {width} entries")
            found += entries[max(0, start - number * WIDTH) :]
        return found


def promote(
    copy: Path, folder: Path, *, signer: Signer, id_of: Callable[[bytes], str], database: DatabasePlace | None = None
) -> int:
    """Make a log's private folder from a mirror's copy, so that `Log.open(folder, copy)` goes on from there.

    `id_of` gives the idempotency id of an entry. Gives the size. The first checkpoint then asks every witness and is
    refused (Behind) if one has seen more than the copy has. Raises Damaged if the copy does not lead to its checkpoint
    or a log is in `folder` already. May be repeated after a crash.
    """
    place = database or SqliteFile(folder / DATABASE)
    folder.mkdir(parents=True, exist_ok=True)
    if place.exists():
        if not _is_half_made(place):
            raise Damaged("a log is there already")
        place.discard()
    checkpoint = fsck(copy, signer.verifier())
    with closing(place.open()) as opened:
        index = Index(opened)
        index.note_fact(PROMOTING, "1")
        index.remember(_ids_in(copy, checkpoint.size, id_of))
        index.note_fact("vkey", str(signer.verifier()))
        index.note_signing(checkpoint)
        index.note_published(checkpoint.size)
        index.note_fact(PROMOTING, "")
    return checkpoint.size


def _is_half_made(place: DatabasePlace) -> bool:
    with closing(place.open()) as opened:
        index = Index(opened)
        return bool(index.fact(PROMOTING)) or index.fact("vkey") is None


def _ids_in(copy: Path, size: int, id_of: Callable[[bytes], str]) -> Iterator[tuple[str, int]]:
    for number in range(-(-size // WIDTH)):
        width = min(WIDTH, size - number * WIDTH)
        entries = unpack(read_tile(Folder(copy), Tile(-1, number, width)))
        yield from ((id_of(entry), number * WIDTH + at) for at, entry in enumerate(entries))
