"""Reading back what was sealed, and refusing everything else."""

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from saksama.model.errors import Broken
from saksama.vault import kms, unsealing
from saksama.vault.keys import Keystore, WrongKey
from saksama.vault.kms import OfficeKms, SealedFileForeign, sealing_properties
from saksama.vault.sealing import FRAME_BYTES, ROW_GROUP_LINES, SealedTableWriter, seal_bytes
from saksama.vault.unsealing import (
    SealedFileChanged,
    SealedFileDamaged,
    SealedFileMissing,
    iter_sealed,
    read_sealed,
    unseal_bytes,
)
from tests.vault.conftest import PLANTED

NAME = "rolls/00aa11bb22cc33dd/sealed.parquet"


def seal(path: Path, table: pa.Table, keys: Keystore, name: str = NAME) -> str:
    with SealedTableWriter(path, table.schema, keys=keys, name=name) as writer:
        writer.write(table)
    return writer.sha256


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> list[OfficeKms]:
    """Every OfficeKms that reading makes, so that its unwraps can be counted."""
    made: list[OfficeKms] = []

    def make(keys: Keystore, *, name: str | None = None) -> OfficeKms:
        made.append(OfficeKms(keys, name=name))
        return made[-1]

    monkeypatch.setattr(unsealing, "OfficeKms", make)
    return made


def test_what_was_sealed_is_read_back_whole(tmp_path: Path, keys: Keystore, roll: pa.Table) -> None:
    digest = seal(tmp_path / "r.parquet", roll, keys)
    assert read_sealed(tmp_path / "r.parquet", keys=keys, expected_sha256=digest, name=NAME).equals(roll)


def test_an_empty_roll_keeps_its_columns(tmp_path: Path, keys: Keystore, roll: pa.Table) -> None:
    digest = seal(tmp_path / "r.parquet", roll.slice(0, 0), keys)
    read = read_sealed(tmp_path / "r.parquet", keys=keys, expected_sha256=digest)
    assert (read.num_rows, read.schema) == (0, roll.schema)


def test_a_stream_of_row_groups_is_the_same_table(tmp_path: Path, keys: Keystore) -> None:
    table = pa.table({"line": range(150_000), "nik": [str(n) for n in range(150_000)]})
    digest = seal(tmp_path / "r.parquet", table, keys)
    parts = list(iter_sealed(tmp_path / "r.parquet", keys=keys, expected_sha256=digest))
    assert [part.num_rows for part in parts] == [ROW_GROUP_LINES, ROW_GROUP_LINES, 150_000 - 2 * ROW_GROUP_LINES]
    assert pa.concat_tables(parts).equals(table)


def test_it_gives_the_columns_asked_for_in_that_order(tmp_path: Path, keys: Keystore, roll: pa.Table) -> None:
    digest = seal(tmp_path / "r.parquet", roll, keys)
    wanted = ["nama", "line"]
    read = read_sealed(tmp_path / "r.parquet", keys=keys, expected_sha256=digest, columns=wanted)
    assert read.equals(roll.select(wanted))
    with pytest.raises(Broken, match="agama"):
        read_sealed(tmp_path / "r.parquet", keys=keys, expected_sha256=digest, columns=["agama"])


def test_only_the_keys_of_those_columns_are_unwrapped_and_each_once(
    tmp_path: Path, keys: Keystore, counting: list[OfficeKms]
) -> None:
    table = pa.table({name: pa.array(range(4 * ROW_GROUP_LINES)) for name in ("line", "a", "b", "c")})
    digest = seal(tmp_path / "r.parquet", table, keys)
    list(iter_sealed(tmp_path / "r.parquet", keys=keys, expected_sha256=digest, columns=["a"]))
    read_sealed(tmp_path / "r.parquet", keys=keys, expected_sha256=digest)
    assert [made.unwraps for made in counting] == [2, 5]  # the footer's and the columns', not once a row group


def test_every_read_asks_the_keystore_anew_so_nothing_outlives_it(
    tmp_path: Path, keys: Keystore, other_office: Keystore, roll: pa.Table
) -> None:
    """pyarrow's own cache goes on reading after keys were taken away; ours must not."""
    digest = seal(tmp_path / "r.parquet", roll, keys)
    for _ in range(3):
        read_sealed(tmp_path / "r.parquet", keys=keys, expected_sha256=digest)
        with pytest.raises(WrongKey):
            read_sealed(tmp_path / "r.parquet", keys=other_office, expected_sha256=digest)


def test_key_wrapping_is_single_so_no_key_encryption_key_stays_behind(
    tmp_path: Path, keys: Keystore, roll: pa.Table
) -> None:
    seal(tmp_path / "r.parquet", roll, keys)
    assert b'"doubleWrapping":false' in (tmp_path / "r.parquet").read_bytes()
    assert b'"doubleWrapping":true' not in (tmp_path / "r.parquet").read_bytes()


def test_another_offices_key_opens_nothing_and_the_refusal_names_nobody(
    tmp_path: Path, keys: Keystore, other_office: Keystore, roll: pa.Table
) -> None:
    digest = seal(tmp_path / "r.parquet", roll, keys)
    for columns in (None, ["line"]):
        with pytest.raises(WrongKey) as refused:
            read_sealed(tmp_path / "r.parquet", keys=other_office, expected_sha256=digest, columns=columns)
        assert not any(planted in str(refused.value) for planted in PLANTED)


def test_an_old_file_of_ours_in_the_place_of_the_current_one_is_refused(
    tmp_path: Path, keys: Keystore, roll: pa.Table
) -> None:
    old = seal(tmp_path / "old.parquet", roll, keys)
    new = seal(tmp_path / "r.parquet", roll.slice(1), keys)
    (tmp_path / "old.parquet").replace(tmp_path / "r.parquet")
    with pytest.raises(SealedFileChanged, match="diganti"):
        read_sealed(tmp_path / "r.parquet", keys=keys, expected_sha256=new)
    assert old != new


def test_a_file_of_another_name_is_refused_even_with_its_own_digest(
    tmp_path: Path, keys: Keystore, roll: pa.Table
) -> None:
    digest = seal(tmp_path / "r.parquet", roll, keys, name="rolls/ff/sealed.parquet")
    with pytest.raises(SealedFileForeign):
        read_sealed(tmp_path / "r.parquet", keys=keys, expected_sha256=digest, name=NAME)


def test_a_column_whose_key_names_another_column_or_file_is_refused(keys: Keystore) -> None:
    asked = OfficeKms(keys)
    footer = OfficeKms(keys).wrap_key(b"k" * 32, "saksama/v1/rolls/a#")
    assert asked.unwrap_key(footer, "saksama/v1/rolls/a#") == b"k" * 32
    other_file = OfficeKms(keys).wrap_key(b"k" * 32, "saksama/v1/rolls/b#nik")
    with pytest.raises(SealedFileForeign):
        asked.unwrap_key(other_file, "saksama/v1/rolls/b#nik")
    nik = OfficeKms(keys).wrap_key(b"k" * 32, "saksama/v1/rolls/a#nik")
    with pytest.raises(WrongKey):
        asked.unwrap_key(nik, "saksama/v1/rolls/a#nama")
    for strange in ("nik", "saksama/v1/rolls/a", "other/v1/rolls/a#nik", "saksama/v1/rolls/a#N IK"):
        with pytest.raises(SealedFileForeign):
            asked.unwrap_key(nik, strange)
    with pytest.raises(WrongKey):
        asked.unwrap_key("bukan base64!", "saksama/v1/rolls/a#nik")


def test_a_flipped_byte_anywhere_is_noticed_before_anything_is_parsed(
    tmp_path: Path, keys: Keystore, roll: pa.Table, counting: list[OfficeKms]
) -> None:
    digest = seal(tmp_path / "r.parquet", roll, keys)
    sealed = (tmp_path / "r.parquet").read_bytes()
    for position in range(0, len(sealed), 37):
        (tmp_path / "r.parquet").write_bytes(flipped(sealed, position))
        with pytest.raises(SealedFileChanged):
            read_sealed(tmp_path / "r.parquet", keys=keys, expected_sha256=digest)
    assert counting == []


DEEP = """
import hashlib, sys
from pathlib import Path
from saksama.model.errors import Broken
from saksama.vault.keys import Keystore
from saksama.vault.unsealing import read_sealed

keys, path = Keystore.open(Path(sys.argv[1])), Path(sys.argv[2])
whole = path.read_bytes()
right = read_sealed(path, keys=keys, expected_sha256=hashlib.sha256(whole).hexdigest())
refused = read = 0
for position in range(0, len(whole), int(sys.argv[3])):
    forged = bytearray(whole)
    forged[position] ^= 0x55
    path.write_bytes(forged)
    try:
        found = read_sealed(path, keys=keys, expected_sha256=hashlib.sha256(forged).hexdigest())
    except Broken:
        refused += 1
    else:
        assert found.equals(right), position
        read += 1
print(refused, read)
"""


def test_even_with_a_forged_digest_a_flipped_byte_never_gives_wrong_data_nor_kills_the_interpreter(
    tmp_path: Path, keys: Keystore, roll: pa.Table
) -> None:
    """In a child process: Parquet code that aborts would take the tests with it."""
    seal(tmp_path / "r.parquet", roll, keys)
    ran = subprocess.run(
        [sys.executable, "-c", DEEP, str(tmp_path / "keys"), str(tmp_path / "r.parquet"), "5"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    refused, read = map(int, ran.stdout.split())
    assert refused > 500
    # Bytes that carry nothing (a spare length, a reference nobody follows) may be read past; the data is the same.
    assert read < refused / 20


@pytest.mark.parametrize("cut", [0, 3, 4, 11, 100, 1000])
def test_a_file_cut_short_is_refused(tmp_path: Path, keys: Keystore, roll: pa.Table, cut: int) -> None:
    digest = seal(tmp_path / "r.parquet", roll, keys)
    short = (tmp_path / "r.parquet").read_bytes()[:cut]
    (tmp_path / "r.parquet").write_bytes(short)
    with pytest.raises(SealedFileChanged):
        read_sealed(tmp_path / "r.parquet", keys=keys, expected_sha256=digest)
    with pytest.raises(SealedFileDamaged):
        read_sealed(tmp_path / "r.parquet", keys=keys, expected_sha256=hashlib.sha256(short).hexdigest())


def test_a_missing_file_is_named_by_its_file_name(tmp_path: Path, keys: Keystore) -> None:
    with pytest.raises(SealedFileMissing, match=r"hilang\.parquet"):
        list(iter_sealed(tmp_path / "hilang.parquet", keys=keys, expected_sha256="0" * 64))


def test_a_plain_parquet_file_is_not_taken_for_a_sealed_one(tmp_path: Path, keys: Keystore, roll: pa.Table) -> None:
    """pyarrow reads a plain file happily although it was given decryption properties."""
    pq.write_table(roll, tmp_path / "r.parquet")
    digest = hashlib.sha256((tmp_path / "r.parquet").read_bytes()).hexdigest()
    with pytest.raises(SealedFileDamaged):
        read_sealed(tmp_path / "r.parquet", keys=keys, expected_sha256=digest)


@pytest.mark.parametrize("sealed_columns", [[], ["line", "nama"]])
def test_a_file_with_a_column_in_clear_is_not_taken_for_a_sealed_one(
    tmp_path: Path, keys: Keystore, roll: pa.Table, sealed_columns: list[str]
) -> None:
    properties = sealing_properties(OfficeKms(keys), NAME, sealed_columns or ["line"])
    with pq.ParquetWriter(tmp_path / "r.parquet", roll.schema, encryption_properties=properties) as writer:
        writer.write_table(roll)
    digest = hashlib.sha256((tmp_path / "r.parquet").read_bytes()).hexdigest()
    with pytest.raises(SealedFileDamaged):
        read_sealed(tmp_path / "r.parquet", keys=keys, expected_sha256=digest)
    with pytest.raises(SealedFileDamaged):
        list(iter_sealed(tmp_path / "r.parquet", keys=keys, expected_sha256=digest, columns=["line", "nik"]))


def test_asking_for_a_hidden_statistic_would_abort_so_reading_never_asks(
    tmp_path: Path, keys: Keystore, roll: pa.Table
) -> None:
    """The package reads no statistics at all; the trap itself is shown in `docs/formats/sealed.md`."""
    seal(tmp_path / "r.parquet", roll, keys)
    for module in (unsealing, kms):
        assert ".statistics" not in Path(str(module.__file__)).read_text()


def flipped(sealed: bytes, position: int) -> bytes:
    forged = bytearray(sealed)
    forged[position] ^= 1
    return bytes(forged)


@pytest.mark.parametrize("length", [0, 1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 3 * FRAME_BYTES + 17])
def test_a_blob_opens_to_what_it_was(keys: Keystore, length: int) -> None:
    plain = (b"Saksama" * (1 + length // 7))[:length]
    assert unseal_bytes(seal_bytes(plain, keys=keys, purpose="evidence"), keys=keys, purpose="evidence") == plain


def test_a_blob_opens_for_its_purpose_and_its_office_only(keys: Keystore, other_office: Keystore) -> None:
    sealed = seal_bytes(b"alasan", keys=keys, purpose="reason:GD-1")
    with pytest.raises(WrongKey):
        unseal_bytes(sealed, keys=keys, purpose="reason:GD-2")
    with pytest.raises(WrongKey):
        unseal_bytes(sealed, keys=other_office, purpose="reason:GD-1")


def test_no_flipped_bit_and_no_cut_of_a_blob_is_accepted(keys: Keystore) -> None:
    sealed = seal_bytes(b"alasan yang panjang", keys=keys, purpose="reason")
    for bit in range(8 * len(sealed)):
        forged = bytearray(sealed)
        forged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Broken):
            unseal_bytes(bytes(forged), keys=keys, purpose="reason")
    for length in range(len(sealed)):
        with pytest.raises(Broken):
            unseal_bytes(sealed[:length], keys=keys, purpose="reason")


FRAME = FRAME_BYTES + 16


@pytest.mark.parametrize(
    "forge",
    [
        lambda head, frames: head + frames[: 2 * FRAME],  # the last frame dropped
        lambda head, frames: head + frames[FRAME : 2 * FRAME] + frames[:FRAME] + frames[2 * FRAME :],  # two swapped
        lambda head, frames: head + frames[:FRAME] + frames,  # one repeated
        lambda head, frames: head + frames + frames[2 * FRAME :],  # the last one twice
        lambda head, frames: head + frames[FRAME:],  # the first dropped
        lambda head, frames: head,  # all dropped
    ],
)
def test_frames_of_a_blob_cannot_be_dropped_swapped_or_repeated(
    keys: Keystore, forge: Callable[[bytes, bytes], bytes]
) -> None:
    sealed = seal_bytes(bytes(2 * FRAME_BYTES + 100), keys=keys, purpose="evidence")
    head = len(sealed) - (2 * FRAME + 116)
    with pytest.raises(SealedFileDamaged):
        unseal_bytes(forge(sealed[:head], sealed[head:]), keys=keys, purpose="evidence")
