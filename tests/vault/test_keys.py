import json
import os
import stat
from pathlib import Path

import pytest

from saksama.model.errors import BadInput, Broken
from saksama.vault.keys import (
    KEY_FILE,
    Keystore,
    KeystoreDamaged,
    KeystoreExists,
    KeystoreMissing,
    KeystoreOpenToOthers,
    PassphraseRefused,
    WrongKey,
)
from tests.vault.conftest import names_in

PASSPHRASE = "kopi tubruk di alun-alun"


def test_only_its_owner_may_enter_the_folder_or_read_the_file(tmp_path: Path) -> None:
    Keystore.create(tmp_path / "keys")
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "keys" / KEY_FILE).stat().st_mode) == 0o600
    assert names_in(tmp_path / "keys") == [KEY_FILE]


def test_what_it_wrapped_it_unwraps_after_being_opened_again(tmp_path: Path) -> None:
    wrapped = Keystore.create(tmp_path / "keys").wrap(b"k" * 32, "rolls/a#nik")
    assert Keystore.open(tmp_path / "keys").unwrap(wrapped, "rolls/a#nik") == b"k" * 32


def test_it_wraps_the_same_key_differently_each_time(keys: Keystore) -> None:
    assert keys.wrap(b"k" * 32, "a") != keys.wrap(b"k" * 32, "a")


def test_it_unwraps_under_no_other_name(keys: Keystore) -> None:
    wrapped = keys.wrap(b"k" * 32, "rolls/a#nik")
    for other in ("rolls/b#nik", "rolls/a#nama", "rolls/a#", ""):
        with pytest.raises(WrongKey):
            keys.unwrap(wrapped, other)


def test_another_office_unwraps_nothing(keys: Keystore, other_office: Keystore) -> None:
    with pytest.raises(WrongKey, match="Kunci kantor ini tidak membuka"):
        other_office.unwrap(keys.wrap(b"k" * 32, "a"), "a")


def test_no_flipped_bit_of_a_wrapped_key_is_accepted(keys: Keystore) -> None:
    wrapped = keys.wrap(b"k" * 32, "a")
    for bit in range(8 * len(wrapped)):
        flipped = bytearray(wrapped)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(WrongKey):
            keys.unwrap(bytes(flipped), "a")
    for length in range(len(wrapped)):
        with pytest.raises(WrongKey):
            keys.unwrap(wrapped[:length], "a")


def test_secrets_are_stable_for_a_purpose_and_unlike_for_another(tmp_path: Path, other_office: Keystore) -> None:
    keys = Keystore.create(tmp_path / "keys")
    assert keys.secret("evidence") == Keystore.open(tmp_path / "keys").secret("evidence")
    assert len({keys.secret("evidence"), keys.secret("mark"), other_office.secret("evidence")}) == 3


def test_a_passphrase_is_needed_and_must_be_the_right_one(tmp_path: Path) -> None:
    wrapped = Keystore.create(tmp_path / "keys", passphrase=PASSPHRASE).wrap(b"k" * 32, "a")
    with pytest.raises(PassphraseRefused, match="dikunci dengan frasa sandi"):
        Keystore.open(tmp_path / "keys")
    with pytest.raises(PassphraseRefused, match="salah") as refused:
        Keystore.open(tmp_path / "keys", passphrase=PASSPHRASE + "!")
    assert PASSPHRASE not in str(refused.value)
    assert Keystore.open(tmp_path / "keys", passphrase=PASSPHRASE).unwrap(wrapped, "a") == b"k" * 32


def test_with_a_passphrase_the_file_does_not_hold_the_root_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("secrets.token_bytes", lambda length: b"R" * length)
    Keystore.create(tmp_path / "open")
    Keystore.create(tmp_path / "locked", passphrase=PASSPHRASE)
    as_written = "UlJSUlJSUlJSUlJSUlJSUlJSUlJSUlJSUlJSUlJSUlI="  # base64 of 32 times R
    assert as_written in (tmp_path / "open" / KEY_FILE).read_text()
    assert as_written[:40] not in (tmp_path / "locked" / KEY_FILE).read_text()


def test_a_passphrase_that_would_protect_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PassphraseRefused, match="12 karakter"):
        Keystore.create(tmp_path / "keys", passphrase="pendek")
    assert not (tmp_path / "keys" / KEY_FILE).exists()
    Keystore.create(tmp_path / "keys")
    with pytest.raises(PassphraseRefused, match="tidak memakai frasa sandi"):
        Keystore.open(tmp_path / "keys", passphrase=PASSPHRASE)


def test_a_second_root_secret_never_replaces_the_first(tmp_path: Path) -> None:
    Keystore.create(tmp_path / "keys")
    before = (tmp_path / "keys" / KEY_FILE).read_bytes()
    with pytest.raises(KeystoreExists):
        Keystore.create(tmp_path / "keys")
    assert (tmp_path / "keys" / KEY_FILE).read_bytes() == before


def test_of_two_that_create_at_once_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Keystore.create(tmp_path / "keys")
    before = (tmp_path / "keys" / KEY_FILE).read_bytes()
    monkeypatch.setattr(Path, "exists", lambda _path: False)  # as it looked a moment ago
    with pytest.raises(KeystoreExists):
        Keystore.create(tmp_path / "keys")
    assert (tmp_path / "keys" / KEY_FILE).read_bytes() == before
    assert names_in(tmp_path / "keys") == [KEY_FILE]


def test_a_crash_while_creating_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def power_cut(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "link", power_cut)
    with pytest.raises(KeyboardInterrupt):
        Keystore.create(tmp_path / "keys")
    assert names_in(tmp_path / "keys") == []


def test_a_missing_keystore_is_named_with_its_folder(tmp_path: Path) -> None:
    with pytest.raises(KeystoreMissing, match="kunci-yang-hilang"):
        Keystore.open(tmp_path / "kunci-yang-hilang")
    (tmp_path / "kosong").mkdir(mode=0o700)
    with pytest.raises(KeystoreMissing, match="kosong"):
        Keystore.open(tmp_path / "kosong")


@pytest.mark.parametrize(("path", "mode", "mend"), [("", 0o750, "chmod 700"), (KEY_FILE, 0o640, "chmod 600")])
def test_it_refuses_what_others_may_read_and_says_how_to_mend_it(
    tmp_path: Path, path: str, mode: int, mend: str
) -> None:
    Keystore.create(tmp_path / "keys")
    (tmp_path / "keys" / path).chmod(mode)
    with pytest.raises(KeystoreOpenToOthers, match=mend):
        Keystore.open(tmp_path / "keys")


def test_it_follows_no_link_to_a_file_elsewhere(tmp_path: Path) -> None:
    Keystore.create(tmp_path / "keys")
    (tmp_path / "keys" / KEY_FILE).rename(tmp_path / "elsewhere")
    (tmp_path / "keys" / KEY_FILE).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(KeystoreDamaged):
        Keystore.open(tmp_path / "keys")


def test_damage_is_told_apart_from_a_wrong_passphrase(tmp_path: Path) -> None:
    Keystore.create(tmp_path / "keys", passphrase=PASSPHRASE)
    path = tmp_path / "keys" / KEY_FILE
    whole = path.read_bytes()
    fields = json.loads(whole)
    damaged = [whole[: len(whole) // 2], b"", b"{}", b"[]", b"null", b"\xff\xfe", b'{"kind": []}', b'{"kind": "plain"}']
    for name in fields:
        changed = {**fields, name: 2 if name == "v" else "A" + str(fields[name])[1:]}
        damaged.append(json.dumps(changed).encode() if changed != fields else b"{")
        damaged.append(json.dumps({key: value for key, value in fields.items() if key != name}).encode())
    for bytes_found in damaged:
        path.write_bytes(bytes_found)
        with pytest.raises(KeystoreDamaged):
            Keystore.open(tmp_path / "keys", passphrase=PASSPHRASE)


def test_refusals_belong_to_the_families() -> None:
    assert all(issubclass(kind, BadInput) for kind in (KeystoreMissing, KeystoreOpenToOthers, PassphraseRefused))
    assert all(issubclass(kind, Broken) for kind in (KeystoreDamaged, WrongKey))


def test_it_shows_nothing_of_itself(keys: Keystore) -> None:
    assert repr(keys) == str(keys) == "Keystore(hidden)"
    assert not hasattr(keys, "__dict__")
