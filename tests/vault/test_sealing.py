"""The traps of Parquet's encryption, each shut; and blobs."""

import hashlib
import os
import stat
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe
import pytest

from saksama.vault.keys import Keystore
from saksama.vault.kms import OfficeKms, sealing_properties
from saksama.vault.sealing import ROW_GROUP_LINES, NotSealable, SealedTableWriter, seal_bytes
from saksama.vault.unsealing import read_sealed
from tests.vault.conftest import PLANTED, names_in

NAME = "rolls/00aa11bb22cc33dd/sealed.parquet"


class Listening(OfficeKms):
    """The office's keys, remembering which data key stands for which column."""

    def __init__(self, keys: Keystore) -> None:
        super().__init__(keys)
        self.given: dict[str, bytes] = {}

    def wrap_key(self, key_bytes: bytes, master_key_identifier: str) -> str:
        self.given[master_key_identifier] = key_bytes
        return super().wrap_key(key_bytes, master_key_identifier)


def seal(path: Path, table: pa.Table, keys: Keystore, name: str = NAME) -> str:
    with SealedTableWriter(path, table.schema, keys=keys, name=name) as writer:
        writer.write(table)
    return writer.sha256


def test_the_file_holds_no_planted_value_and_no_column_name_in_clear(
    tmp_path: Path, keys: Keystore, roll: pa.Table
) -> None:
    seal(tmp_path / "r.parquet", roll, keys)
    sealed = (tmp_path / "r.parquet").read_bytes()
    for planted in (*PLANTED, "1985-12-31", "alamat", "nama", "WARGA"):
        assert planted.encode() not in sealed
        assert planted.encode("utf-16-le") not in sealed
    plain = tmp_path / "plain.parquet"
    pq.write_table(roll, plain, compression="none")
    assert all(value.encode() in plain.read_bytes() for value in PLANTED)  # else the search above proves nothing


def test_without_keys_not_even_the_schema_can_be_read(tmp_path: Path, keys: Keystore, roll: pa.Table) -> None:
    seal(tmp_path / "r.parquet", roll, keys)
    for look in (pq.read_schema, pq.read_metadata, pq.read_table):
        with pytest.raises(OSError, match="encrypted"):
            look(tmp_path / "r.parquet")
    with pytest.raises(Exception, match=r"(?i)encrypt"):
        pl.read_parquet(tmp_path / "r.parquet")


def test_it_knows_the_digest_of_the_file_it_wrote(tmp_path: Path, keys: Keystore, roll: pa.Table) -> None:
    digest = seal(tmp_path / "r.parquet", roll, keys)
    assert digest == hashlib.sha256((tmp_path / "r.parquet").read_bytes()).hexdigest()
    assert stat.S_IMODE((tmp_path / "r.parquet").stat().st_mode) == 0o600


def test_every_column_and_the_footer_get_a_key_of_their_own_of_256_bits(keys: Keystore, roll: pa.Table) -> None:
    given = {}
    for _ in range(2):
        kms = Listening(keys)
        properties = sealing_properties(kms, NAME, roll.column_names)
        with pq.ParquetWriter(pa.BufferOutputStream(), roll.schema, encryption_properties=properties) as writer:
            writer.write_table(roll)
        assert set(kms.given) == {f"saksama/v1/{NAME}#{column}" for column in ("", *roll.column_names)}
        given.update({(key_id, _): key for key_id, key in kms.given.items()})
    assert {len(key) for key in given.values()} == {32}
    assert len(set(given.values())) == 2 * (1 + roll.num_columns)


def test_a_data_key_of_128_bits_pyarrows_default_is_refused(keys: Keystore, roll: pa.Table) -> None:
    factory = pe.CryptoFactory(lambda _: OfficeKms(keys))
    configuration = pe.EncryptionConfiguration(footer_key="saksama/v1/a#", column_keys={"saksama/v1/a#nik": ["nik"]})
    with pytest.raises(AssertionError, match="256 bits"):
        factory.file_encryption_properties(pe.KmsConnectionConfig(), configuration)


def test_each_columns_data_key_opens_that_column_alone_says_another_implementation(
    tmp_path: Path, keys: Keystore, roll: pa.Table
) -> None:
    """Polars reads Parquet with code of its own: given some data keys, it reads just those columns."""
    kms = Listening(keys)
    properties = sealing_properties(kms, NAME, roll.column_names)
    with pq.ParquetWriter(
        tmp_path / "r.parquet", roll.schema, encryption_properties=properties, write_statistics=False
    ) as writer:
        writer.write_table(roll)
    footer = kms.given.pop(f"saksama/v1/{NAME}#")
    by_column = {key_id.rpartition("#")[2]: key for key_id, key in kms.given.items()}
    everything = decrypted_by_polars(tmp_path / "r.parquet", footer, by_column)
    assert everything.to_arrow().cast(roll.schema).equals(roll)
    some = {"tgl_lahir": by_column["tgl_lahir"]}
    assert decrypted_by_polars(tmp_path / "r.parquet", footer, some, ["tgl_lahir"]).height == roll.num_rows
    for column in sorted(set(by_column) - set(some)):
        with pytest.raises(pl.exceptions.PolarsError):
            decrypted_by_polars(tmp_path / "r.parquet", footer, some, [column])


def decrypted_by_polars(
    path: Path, footer: bytes, by_column: dict[str, bytes], columns: list[str] | None = None
) -> pl.DataFrame:
    keys = pl.ParquetDecryptionProperties(footer_key=footer, column_keys=by_column)
    return pl.read_parquet(path, columns=columns, decryption=keys)


@pytest.mark.parametrize(
    "schema",
    [
        pa.schema([("nik", pa.string()), ("Nama Lengkap", pa.string())]),
        pa.schema([("nik", pa.string()), ("a.b", pa.string())]),
        pa.schema([("nik", pa.string()), ("a,b", pa.string())]),
        pa.schema([("nik", pa.string()), ("a:b;c", pa.string())]),
        pa.schema([("nik", pa.string()), ("nik", pa.string())]),
        pa.schema([("nik", pa.list_(pa.string()))]),
        pa.schema([("nik", pa.struct([("isi", pa.string())]))]),
        pa.schema([("nik", pa.dictionary(pa.int32(), pa.string()))]),
        pa.schema([]),
    ],
)
def test_a_schema_with_a_column_no_key_would_cover_is_refused(
    tmp_path: Path, keys: Keystore, schema: pa.Schema
) -> None:
    with pytest.raises(NotSealable):
        SealedTableWriter(tmp_path / "r.parquet", schema, keys=keys, name=NAME)
    assert {path.name for path in tmp_path.iterdir()} == {"keys"}


def test_the_trap_is_there_an_unlisted_column_is_written_in_clear(keys: Keystore) -> None:
    """Why the key map is made from the schema itself: pyarrow says nothing when a column is left out."""
    table = pa.table({"nik": ["1"], "nama": ["SARI WIDURI KUSUMANINGRUM"]})
    sink = pa.BufferOutputStream()
    properties = sealing_properties(OfficeKms(keys), NAME, ["nik"])
    with pq.ParquetWriter(sink, table.schema, encryption_properties=properties) as writer:
        writer.write_table(table)
    assert b"SARI WIDURI" in sink.getvalue().to_pybytes()


@pytest.mark.parametrize("name", ["", "a b", "../a", "a#b", "a;b", "a:b", "a" * 201])
def test_a_name_that_could_be_read_as_another_is_our_own_bug(
    tmp_path: Path, keys: Keystore, roll: pa.Table, name: str
) -> None:
    with pytest.raises(AssertionError):
        SealedTableWriter(tmp_path / "r.parquet", roll.schema, keys=keys, name=name)


def test_rows_of_another_schema_are_refused(tmp_path: Path, keys: Keystore, roll: pa.Table) -> None:
    with (
        pytest.raises(NotSealable, match="another schema"),
        SealedTableWriter(tmp_path / "r.parquet", roll.schema, keys=keys, name=NAME) as writer,
    ):
        writer.write(roll.drop_columns(["nkk"]))
    assert not (tmp_path / "r.parquet").exists()


def test_nothing_appears_before_the_end_and_nothing_remains_after_a_failure(
    tmp_path: Path, keys: Keystore, roll: pa.Table
) -> None:
    folder = tmp_path / "rolls"
    folder.mkdir()
    with (
        pytest.raises(KeyboardInterrupt),
        SealedTableWriter(folder / "r.parquet", roll.schema, keys=keys, name=NAME) as writer,
    ):
        for _ in range(1 + ROW_GROUP_LINES // roll.num_rows):
            writer.write(roll)
        assert not (folder / "r.parquet").exists()
        raise KeyboardInterrupt
    assert names_in(folder) == []


def test_a_failure_keeps_the_file_that_was_there(tmp_path: Path, keys: Keystore, roll: pa.Table) -> None:
    digest = seal(tmp_path / "r.parquet", roll, keys)
    writer = SealedTableWriter(tmp_path / "r.parquet", roll.schema, keys=keys, name=NAME)
    writer.write(roll)
    writer.abandon()
    assert hashlib.sha256((tmp_path / "r.parquet").read_bytes()).hexdigest() == digest


def test_closing_by_hand_does_what_leaving_the_block_does(tmp_path: Path, keys: Keystore, roll: pa.Table) -> None:
    writer = SealedTableWriter(tmp_path / "r.parquet", roll.schema, keys=keys, name=NAME)
    writer.write(roll)
    writer.close()
    writer.abandon()
    assert read_sealed(tmp_path / "r.parquet", keys=keys, expected_sha256=writer.sha256).equals(roll)


def test_the_file_is_on_the_disk_before_it_has_its_name_and_the_name_before_it_is_said(
    tmp_path: Path, keys: Keystore, roll: pa.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def syncing(descriptor: int) -> None:
        done.append(
            "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else f"file of {os.fstat(descriptor).st_size}"
        )
        fsync(descriptor)

    def renaming(path: Path, target: Path) -> Path:
        done.append("name")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", syncing)
    monkeypatch.setattr(Path, "replace", renaming)
    seal(tmp_path / "r.parquet", roll, keys)
    assert done == [f"file of {(tmp_path / 'r.parquet').stat().st_size}", "name", "folder"]


def test_row_groups_hold_65536_rows_however_the_rows_came(tmp_path: Path, keys: Keystore) -> None:
    table = pa.table({"line": range(200_000)})
    with SealedTableWriter(tmp_path / "r.parquet", table.schema, keys=keys, name=NAME) as writer:
        start = 0
        for length in (1, 7, 65_535, 65_536, 30_000, 38_921):
            writer.write(table.slice(start, length))
            start += length
        assert start == writer.rows == table.num_rows
    assert read_sealed(tmp_path / "r.parquet", keys=keys, expected_sha256=writer.sha256).equals(table)
    groups = list(_group_sizes(tmp_path / "r.parquet", keys))
    assert groups == [65_536, 65_536, 65_536, 200_000 - 3 * 65_536]


def _group_sizes(path: Path, keys: Keystore) -> list[int]:
    factory = pe.CryptoFactory(lambda _: OfficeKms(keys))
    metadata = pq.read_metadata(
        path, decryption_properties=factory.file_decryption_properties(pe.KmsConnectionConfig())
    )
    assert not any(
        metadata.row_group(group).column(0).is_stats_set for group in range(metadata.num_row_groups)
    )  # smallest and largest NIK would be somebody's
    return [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]


def test_a_sealed_blob_holds_nothing_in_clear_and_differs_each_time(keys: Keystore) -> None:
    plain = PLANTED[0].encode() * 100
    sealed = seal_bytes(plain, keys=keys, purpose="evidence:GD-1")
    assert PLANTED[0].encode() not in sealed
    assert sealed != seal_bytes(plain, keys=keys, purpose="evidence:GD-1")
    assert len(sealed) < len(plain) + 200
