"""A short name made of a digest is never sixteen decimal digits: that is the form of a NIK."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saksama.model.digests import short_digest
from saksama.model.entry import ROLL, SHORT_DIGEST

hexes = st.text("0123456789abcdef", min_size=64, max_size=64)
mostly_decimal = st.builds(lambda many, rest: (many + rest)[:64], st.text("0123456789", min_size=16), hexes)


def test_it_is_the_first_sixteen_digits() -> None:
    digest = hashlib.sha256(b"daftar").hexdigest()
    assert short_digest(digest) == digest[:16]


@given(digest=st.one_of(hexes, mostly_decimal).filter(lambda text: not text.isdecimal()))
def test_it_has_a_letter_and_stands_in_the_digest(digest: str) -> None:
    name = short_digest(digest)
    assert len(name) == 16
    assert name in digest
    assert not name.isdecimal()
    assert ROLL(name)
    assert SHORT_DIGEST(name)


def test_it_moves_on_from_sixteen_decimal_digits_as_little_as_it_can() -> None:
    assert short_digest("3404077112850001" + "a" * 48) == "404077112850001a"


def test_it_refuses_a_digest_without_a_letter() -> None:
    with pytest.raises(AssertionError):
        short_digest("1" * 64)
