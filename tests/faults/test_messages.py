"""What an operator reads when the machine, a clock or a witness fails: each fault, and its sentence."""

import dataclasses
import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from saksama.cli.terminal import refusals
from saksama.flow import keys
from saksama.flow.enter import LedgerBroken, LedgerWaits, enter_pending, ledger_faults
from saksama.flow.office import Office
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.client import HttpWitness
from saksama.ledger.cosigning import WitnessPort
from saksama.ledger.errors import Conflict
from saksama.ledger.keys import KeyType, Signer
from saksama.ledger.policy import Policy
from saksama.ledger.server import Rate, WitnessServer
from saksama.ledger.storage import Disk
from saksama.ledger.witness import Witness
from tests.flow.conftest import office
from tests.ledger.conftest import serving
from tests.ledger.test_client import door

__all__ = ["door", "office", "serving"]


def entering(office: Office, *witnesses: WitnessPort) -> None:
    with office.book() as book:
        enter_pending(dataclasses.replace(book, witnesses=witnesses or book.witnesses), office.desk.cases)


def told(office: Office, capsys, *witnesses: WitnessPort) -> str:
    """What `saksama ledger enter` writes to the error stream; it leaves with 1, and nothing was published."""
    before = sorted(office.published.rglob("*"))
    with pytest.raises(SystemExit) as left, refusals():
        entering(office, *witnesses)
    assert left.value.code == 1
    assert sorted(office.published.rglob("*")) == before
    return capsys.readouterr().err


def failing_write(code: int) -> Callable[..., int]:
    def write(_self: Disk, path: Path, _content: bytes, *, mode: int = 0o644) -> int:
        raise OSError(code, os.strerror(code), str(path))

    return write


@pytest.mark.parametrize(
    ("code", "sentence"),
    [(errno.ENOSPC, "No space left on device"), (errno.EROFS, "Read-only file system"), (errno.EDQUOT, "quota")],
)
def test_a_disk_that_is_full_or_read_only(office, capsys, monkeypatch, code, sentence):
    monkeypatch.setattr(Disk, "write", failing_write(code))
    with office.book() as book:
        name = book.witnesses[0].name
    said = told(office, capsys)
    monkeypatch.undo()
    assert sentence in said
    assert str(office.folder) in said or name in said  # which disk: the folder, or the witness that could not keep
    entering(office)  # and with room again the same command does it all
    assert (office.published / "checkpoint").exists()


def test_a_database_that_is_full_or_may_not_be_written(office, capsys):
    for setting, sentence in (("max_page_count=1", "database or disk is full"), ("query_only=1", "readonly database")):
        with pytest.raises(SystemExit), refusals(), office.book() as book, ledger_faults():
            book.log._index._db.rows(f"PRAGMA {setting}")
            book.log.append([(f"x:{n}", bytes(60_000)) for n in range(20)])
        said = capsys.readouterr().err
        assert sentence in said
        assert "Nothing was acknowledged that it has not kept" in said
    entering(office)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"", "does not answer: it takes too long"),
        (b"garbage\r\n\r\n", "does not answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nabc\n", "showed a checkpoint that is none"),
        (
            b"HTTP/1.1 500 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            "does not show what it has seen (HTTP 500)",
        ),
    ],
    ids=["hangs", "garbage", "nonsense", "broken"],
)
def test_a_witness_that_hangs_or_talks_nonsense(office, capsys, door, answer, sentence):
    url, say = door
    say(answer, 0.0)
    with office.book() as book:
        name = book.witnesses[0].name
    said = told(office, capsys, HttpWitness(name, url, timeout=0.3))
    assert sentence in said
    assert "nothing was published, cosigned by nobody: that is no quorum (kuorum)" in said
    assert "Tidak ada yang hilang; perbaiki sebabnya, lalu ulangi." in said
    assert "Berhenti" not in said  # an outage is no evidence of anything


@pytest.mark.parametrize("days", [-1, 400])
def test_a_clock_that_jumps(office, serving, days):
    """The witness's clock goes a day back, or was 400 days ahead and is set right: it falls silent and says so."""
    with office.book() as book:
        own = book.witnesses[0]
        assert isinstance(own, Witness)
        now = own._clock()
        own._clock = lambda: now if days < 0 else now + days * 86_400
        enter_pending(book, office.desk.cases)
        own._clock = lambda: now + min(days, 0) * 86_400
        url = serving(WitnessServer(("127.0.0.1", 0), own, rate=Rate(1000, 1000))).url
        remote = HttpWitness(own.name, url)
        book.log.append([("x:1", b"x")])
        with pytest.raises(LedgerWaits) as refused:
            enter_pending(dataclasses.replace(book, witnesses=(remote,)), office.desk.cases)
        remote.close()
    assert "refused (HTTP 503: this witness's clock has gone back; it cosigns no more until that is mended)" in str(
        refused.value
    )


class Saying:
    """A witness that shows what it is told to, and answers 409 with a size."""

    def __init__(self, name: str, size: int, seen: bytes) -> None:
        self.name, self.size, self.seen, self.asked = name, size, seen, 0

    def latest(self, origin: str) -> bytes | None:
        return self.seen

    def add_checkpoint(self, old_size: int, proof: object, checkpoint: bytes) -> bytes:
        self.asked += 1
        raise Conflict(self.size)


def test_409_with_our_own_size_is_said_as_the_alarm_it_is(office):
    entering(office)
    published = (office.published / "checkpoint").read_bytes()
    with office.book() as book, pytest.raises(LedgerBroken) as refused, ledger_faults():
        witness = Saying(book.witnesses[0].name, 1, published)
        book.log.checkpoint([witness], book.policy, refresh=True)  # the same tree, to be cosigned afresh
    assert witness.asked == 1  # never a retry
    assert "has seen another tree of our size 1: suspect a split view" in str(refused.value)


def test_a_witness_that_has_seen_more_than_is_here(office, capsys):
    """The folder was restored from an old backup: the sentence says what is missing and what to do."""
    signer = office.log_key()
    text = Checkpoint(signer.name, 7, bytes(32)).text
    line = signer.sign(text)
    with office.book() as book:
        name = book.witnesses[0].name
    said = told(office, capsys, Saying(name, 7, f"{text}\n{line}".encode()))
    assert f"{name} has seen 7 entries of this log; this folder has 1" in said
    assert "restore them from a mirror" in said


def test_a_witness_that_is_missing_while_the_others_are_enough_is_named(office):
    """The office goes on, and its operator reads who did not cosign."""
    entering(office)
    own = keys.policy_in_force(office)
    other = Signer.generate("saksi.bawaslu.example", KeyType.ED25519_COSIGNATURE).verifier()
    lines = f"{own.source.decode()}".replace("quorum kuorum\n", "")
    wanted = f"{lines}witness bawaslu {other} http://127.0.0.1:9/\ngroup semua any kuorum bawaslu\nquorum semua\n"
    keys.change_witnesses(office, Policy.parse(wanted.encode()))
    with office.book() as book:
        book.log.append([("x:1", b"x")])
        (warning,) = enter_pending(book, office.desk.cases).warnings
    assert warning.startswith("Saksi saksi.bawaslu.example tidak menandatangani: http://127.0.0.1:9/ does not answer")
