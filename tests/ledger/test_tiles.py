"""Tiles: Tessera's log byte for byte, paths in one form, and an edge that can be put down and picked up."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saksama.ledger import tree
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.errors import Damaged, Malformed
from saksama.ledger.keys import Verifier
from saksama.ledger.note import Note
from saksama.ledger.tiles import (
    MAX_ENTRY_BYTES,
    Edge,
    Nodes,
    Tile,
    edge_at,
    hashes_of,
    pack,
    tiles_at,
    unpack,
)
from tests.vectors import HERE, WORDS

TESSERA = HERE / "tessera-log"
TESSERA_KEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"


def test_it_writes_tessera_s_log_byte_for_byte():
    edge = Edge()
    written: dict[str, bytes] = {}
    for size in range(16):
        if size:
            written |= {tile.path: content for tile, content in edge.grow([WORDS[size - 1]])}
        note = Note.parse((TESSERA / f"checkpoint.{size}").read_bytes())
        checkpoint = Checkpoint.parse(note.text)
        assert (checkpoint.size, checkpoint.root) == (size, edge.root)
        assert Verifier.parse(TESSERA_KEY).verify_in(note) is not None
        assert note.to_bytes() == (TESSERA / f"checkpoint.{size}").read_bytes()
    theirs = {str(path.relative_to(TESSERA)): path.read_bytes() for path in TESSERA.rglob("000.p/*")}
    assert len(theirs) == 30
    assert written == theirs


def test_the_mirror_s_tiles_hold_together_as_far_as_they_go():
    """Sunlight's test data: 300 static-ct leaves; its tiles lead to the root that its mirror cosigned."""
    (folder,) = (HERE / "witness/witness/mirror").glob("000de184*")
    size = Checkpoint.parse(Note.parse((folder / "checkpoint").read_bytes()).text).size
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {"checkpoint"}
    assert names == {tile.path for tile in tiles_at(size)}
    assert {Tile.parse(name).path for name in names} == names


@pytest.mark.parametrize(
    ("path", "tile"),
    [
        ("tile/0/000", Tile(0, 0)),
        ("tile/0/x001/x234/067", Tile(0, 1_234_067)),
        ("tile/5/x001/000.p/255", Tile(5, 1000, 255)),
        ("tile/entries/x273/112.p/1", Tile(-1, 273_112, 1)),
        ("tile/63/999", Tile(63, 999)),
    ],
)
def test_a_path_is_written_and_read(path, tile):
    assert tile.path == path
    assert Tile.parse(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/00/000",
        "tile/64/000",
        "tile/0/0",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/x000/001",
        "tile/0/001/001",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/../0/000",
        "tile/data/000",
        "tile/0/000\n",
        "tile/0/٠٠٠",
    ],
)
def test_no_other_path_is_a_tile(path):
    with pytest.raises(Malformed):
        Tile.parse(path)


def test_a_log_of_70000_has_the_tiles_that_the_specification_counts():
    tiles = list(tiles_at(70_000))
    assert len([tile for tile in tiles if tile.level == 0]) == 274
    assert Tile(0, 273, 112) in tiles
    assert [tile for tile in tiles if tile.level > 0] == [Tile(1, 0), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert [tile for tile in tiles_at(256) if tile.level >= 0] == [Tile(0, 0), Tile(1, 0, 1)]
    assert list(tiles_at(0)) == []


@given(st.lists(st.binary(max_size=300), max_size=50))
def test_a_bundle_gives_its_entries_back(entries):
    assert unpack(pack(entries)) == entries


@given(st.binary(max_size=600))
def test_any_bytes_are_a_bundle_in_one_form_or_refused(raw):
    with suppress(Malformed):
        assert pack(unpack(raw)) == raw


def test_an_entry_over_65535_bytes_has_no_place_in_a_bundle():
    assert len(pack([bytes(MAX_ENTRY_BYTES)])) == MAX_ENTRY_BYTES + 2
    with pytest.raises(Malformed, match="65535"):
        pack([bytes(MAX_ENTRY_BYTES + 1)])


@pytest.mark.parametrize("length", [0, 31, 33, 257 * 32])
def test_a_tile_is_1_to_256_hashes(length):
    with pytest.raises(Malformed):
        hashes_of(bytes(length))


@given(st.lists(st.integers(1, 700), min_size=1, max_size=6))
def test_steps_of_any_length_give_the_same_tiles(steps):
    entries = [n.to_bytes(3, "big") for n in range(sum(steps))]
    at_once: dict[Tile, bytes] = dict(Edge().grow(entries))
    edge, stepwise, done = Edge(), dict[Tile, bytes](), 0
    for step in steps:
        stepwise |= dict(edge.grow(entries[done : done + step]))
        done += step
    wanted = set(tiles_at(done))
    assert {tile: stepwise[tile] for tile in wanted} == {tile: at_once[tile] for tile in wanted}
    assert edge.root == tree.root_of(map(tree.leaf_hash, entries))
    assert edge_at(done, stepwise.__getitem__) == edge


@pytest.mark.parametrize("size", [1, 255, 256, 257, 65_536, 66_000])
def test_proofs_are_made_from_tiles_alone(size):
    entries = [n.to_bytes(3, "big") for n in range(size)]
    edge = Edge()
    tiles = dict(edge.grow(entries))
    nodes = Nodes(size, tiles.__getitem__)
    for index in {0, size // 3, size - 1}:
        proof = tree.inclusion_proof(index, size, nodes)
        tree.require_inclusion(index, size, proof=proof, leaf=tree.leaf_hash(entries[index]), root=edge.root)
    for old in {1, size // 2 + 1, size}:
        earlier = tree.root_of(map(tree.leaf_hash, entries[:old]))
        proof = tree.consistency_proof(old, size, nodes)
        tree.require_consistency(old, size, proof=proof, old_root=earlier, new_root=edge.root)
        assert tree.range_root(0, old, nodes) == earlier


def test_an_edge_whose_parts_contradict_each_other_is_refused():
    tiles = dict(Edge().grow([b"a", b"b"]))
    with pytest.raises(Damaged, match="contradict"):
        edge_at(2, {**tiles, Tile(-1, 0, 2): pack([b"a", b"c"])}.__getitem__)
    with pytest.raises(Damaged, match="damaged"):
        edge_at(2, {**tiles, Tile(0, 0, 2): b"x"}.__getitem__)


def test_a_copy_of_an_edge_grows_alone():
    edge = Edge()
    list(edge.grow([b"a"]))
    root, copy = edge.root, edge.copy()
    list(copy.grow([b"b"]))
    assert (edge.size, edge.root, copy.size) == (1, root, 2)


@given(
    st.text("tile/x0129.p-e", max_size=24)
    | st.from_regex(r"tile/(entries|[0-9]{1,2})/(x[0-9]{3}/){0,3}[0-9]{3}(\.p/[0-9]{1,3})?", fullmatch=True)
)
def test_any_text_is_a_path_in_one_form_or_refused_in_one_way(path):
    with suppress(Malformed):
        assert Tile.parse(path).path == path


@given(st.binary(max_size=100) | st.integers(0, 300).map(lambda n: bytes(32 * n)))
def test_any_bytes_are_a_tile_in_one_form_or_refused_in_one_way(raw):
    with suppress(Malformed):
        assert b"".join(hashes_of(raw)) == raw
