import unicodedata
from hashlib import sha256

import pytest

from saksama.vault.keys import Keystore
from saksama.vault.pseudonym import SALT_BYTES, commit, mark, opens

NIK = b"3404077112850001"


def test_a_commitment_opens_with_its_salt_and_nothing_else() -> None:
    made = commit(NIK, purpose="subject")
    assert opens(made.digest, made.salt, value=NIK, purpose="subject")
    assert not opens(made.digest, made.salt, value=b"3404077112850002", purpose="subject")
    assert not opens(made.digest, made.salt, value=NIK, purpose="reason")
    assert not opens(made.digest, bytes(SALT_BYTES), value=NIK, purpose="subject")
    assert not opens(made.digest[:-1] + "0", made.salt, value=NIK, purpose="subject") or made.digest[-1] == "0"


def test_two_commitments_to_one_person_share_nothing() -> None:
    made = [commit(NIK, purpose="subject") for _ in range(50)]
    assert len({c.digest for c in made}) == len({c.salt for c in made}) == 50
    assert all(len(c.salt) == SALT_BYTES and len(c.digest) == 64 for c in made)


def test_without_the_salt_a_commitment_is_no_guessable_hash() -> None:
    """All that someone holding only the digest could try: the value under every plain form of it."""
    digest = commit(NIK, purpose="subject").digest
    tried = [sha256(prefix + NIK).hexdigest() for prefix in (b"", b"subject", b"saksama/commit/v1\x00")]
    assert digest not in tried


def test_a_short_salt_opens_nothing_even_if_it_is_a_prefix() -> None:
    made = commit(NIK, purpose="subject")
    # HMAC pads keys with zeros, so without the check a salt cut of trailing zeros would be the same key.
    assert not opens(made.digest, made.salt + b"\x00", value=NIK, purpose="subject")


def test_purpose_and_value_cannot_run_into_each_other() -> None:
    made = commit(b"b-value", purpose="a")
    assert not opens(made.digest, made.salt, value=b"-value", purpose="ab")


def test_a_mark_is_the_same_whatever_the_order_and_the_form_of_letters(keys: Keystore) -> None:
    first = mark({"nama": "RENÉ", "nik": "1"}, keys=keys, purpose="case")
    decomposed = unicodedata.normalize("NFD", "RENÉ")
    assert decomposed != "RENÉ"
    assert first == mark({"nik": "1", "nama": decomposed}, keys=keys, purpose="case")
    assert len(first) == 64


@pytest.mark.parametrize(
    "other", [{"nama": "RENE", "nik": "1"}, {"nama": "RENÉ"}, {"nama": "1", "nik": "RENÉ"}, {"nama": 'RENÉ","nik":"1'}]
)
def test_other_elements_get_another_mark(keys: Keystore, other: dict[str, str]) -> None:
    assert mark({"nama": "RENÉ", "nik": "1"}, keys=keys, purpose="case") != mark(other, keys=keys, purpose="case")


def test_a_mark_means_nothing_to_another_office_or_purpose(keys: Keystore, other_office: Keystore) -> None:
    person = {"nik": "1"}
    marks = {
        mark(person, keys=keys, purpose="case"),
        mark(person, keys=other_office, purpose="case"),
        mark(person, keys=keys, purpose="subject"),
    }
    assert len(marks) == 3


def test_a_commitment_does_not_show_its_salt() -> None:
    made = commit(NIK, purpose="subject")
    assert "salt hidden" in repr(made)
    assert made.salt.hex() not in repr(made)
    assert repr(made.salt) not in repr(made)
