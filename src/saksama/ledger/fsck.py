"""Recompute a published log from its entries: every tile, every bundle, to the signed root."""

from pathlib import Path

from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.errors import BadSignature, Damaged, Malformed
from saksama.ledger.keys import Verifier
from saksama.ledger.log import CHECKPOINT
from saksama.ledger.note import Note
from saksama.ledger.tiles import WIDTH, Edge, Tile, tiles_at, unpack


def fsck(published: Path, log_key: Verifier) -> Checkpoint:
    """The signed checkpoint of a folder all of whose tiles lead to it; raises Damaged, naming the first that does not.

    Files beside those of the checkpoint's size (older partial tiles) are not looked at.
    """
    try:
        note = Note.parse((published / CHECKPOINT).read_bytes())
        checkpoint = Checkpoint.parse(note.text)
        signed = log_key.verify_in(note)
    except FileNotFoundError as fault:
        raise Damaged("there is no checkpoint") from fault
    except (Malformed, BadSignature) as fault:
        raise Damaged(f"the checkpoint is damaged: {fault}") from fault
    if signed is None or checkpoint.origin != log_key.name:
        raise Damaged(f"the checkpoint is not signed by {log_key.name}")
    expected = set(tiles_at(checkpoint.size))
    edge = Edge()
    for start in range(0, checkpoint.size, WIDTH):
        bundle = Tile(-1, start // WIDTH, min(WIDTH, checkpoint.size - start))
        entries = _entries(published, bundle)
        for tile, content in edge.grow(entries):
            if tile in expected and _read(published, tile) != content:
                raise Damaged(f"{tile.path} is not what its entries hash to")
    if edge.root != checkpoint.root:
        raise Damaged("the entries do not lead to the signed root")
    return checkpoint


def _entries(published: Path, bundle: Tile) -> list[bytes]:
    try:
        entries = unpack(_read(published, bundle))
    except Malformed as fault:
        raise Damaged(f"{bundle.path} is damaged: {fault}") from fault
    if len(entries) != bundle.width:
        raise Damaged(f"{bundle.path} holds {len(entries)} entries instead of {bundle.width}")
    return entries


def _read(published: Path, tile: Tile) -> bytes:
    try:
        return (published / tile.path).read_bytes()
    except FileNotFoundError as fault:
        raise Damaged(f"{tile.path} is gone") from fault
