"""`fsck` recomputes everything: no byte of what is published may differ."""

import pytest

from saksama.ledger.errors import Damaged
from saksama.ledger.fsck import fsck
from saksama.ledger.keys import Signer
from tests.ledger.parts import ORIGIN


@pytest.fixture
def published(grow, tmp_path):
    grow(300)
    return tmp_path / "published"


def test_it_accepts_what_the_log_wrote(published, signer):
    checkpoint = fsck(published, signer.verifier())
    assert (checkpoint.origin, checkpoint.size) == (ORIGIN, 300)


def test_it_names_every_file_that_was_changed_cut_or_lost(published, signer):
    files = sorted(path for path in (published / "tile").rglob("*") if path.is_file())
    assert len(files) == 5
    for path in files:
        whole = path.read_bytes()
        for bent in (bytes([whole[0] ^ 1]) + whole[1:], whole[:-1], whole + b"x", b""):
            path.write_bytes(bent)
            with pytest.raises(Damaged, match="tile/"):
                fsck(published, signer.verifier())
        path.unlink()
        with pytest.raises(Damaged, match="is gone"):
            fsck(published, signer.verifier())
        path.write_bytes(whole)
    fsck(published, signer.verifier())


def test_it_accepts_no_other_checkpoint(published, signer):
    path = published / "checkpoint"
    whole = path.read_bytes()
    with pytest.raises(Damaged, match="not signed by"):
        fsck(published, Signer.generate(ORIGIN).verifier())
    for bent in (whole.replace(b"\n300\n", b"\n299\n"), whole[:40], b""):
        path.write_bytes(bent)
        with pytest.raises(Damaged, match="checkpoint is damaged"):
            fsck(published, signer.verifier())
    path.unlink()
    with pytest.raises(Damaged, match="no checkpoint"):
        fsck(published, signer.verifier())
