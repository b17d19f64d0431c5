"""The auditor's own tree agrees with the log's, which it shares no code with."""

from pathlib import Path

import pytest

from saksama.audit.reading import FolderReader, merkle_root, split_bundle
from saksama.ledger import tree
from saksama.ledger.storage import Storage
from saksama.ledger.tiles import Edge


@pytest.mark.parametrize("size", [*range(1, 70), 255, 256, 257, 511, 1000])
def test_its_root_is_the_log_s(size):
    hashes = [tree.leaf_hash(bytes([n % 256, n // 256])) for n in range(size)]
    assert merkle_root(hashes) == tree.root_of(hashes)


def test_the_empty_tree_has_its_root():
    assert merkle_root([]) == tree.EMPTY_ROOT


@pytest.mark.parametrize("size", [1, 255, 256, 257, 70_000])
def test_it_walks_every_file_of_a_log_of_any_size(tmp_path: Path, size):
    entries = [n.to_bytes(3, "big") for n in range(size)]
    edge = Edge()
    Storage(tmp_path).put_all([(tile.path, content) for tile, content in edge.grow(entries)])
    reader = FolderReader(tmp_path, size)
    assert [raw for _, raw in reader.entries()] == entries
    assert reader.tree.root == edge.root
    assert (reader.tree.missing, reader.tree.changed, reader.tree.extra) == ([], [], [])


def test_a_bundle_that_ends_inside_an_entry_is_none():
    assert split_bundle(b"\x00\x01a\x00\x02b") is None
    assert split_bundle(b"\x00") is None
    assert split_bundle(b"\x00\x00\x00\x01a") == [b"", b"a"]
