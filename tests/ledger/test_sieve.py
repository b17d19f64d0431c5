"""The sieve: it may let a stranger pass, and never stops one that was added."""

from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st

from saksama.ledger.sieve import DIGEST_BYTES, Sieve


def digests(numbers):
    return [sha256(b"%d" % number).digest()[:DIGEST_BYTES] for number in numbers]


def test_it_lets_pass_what_was_added_and_stops_nearly_all_else():
    sieve = Sieve()
    inside, outside = digests(range(5000)), digests(range(5000, 10_000))
    assert sieve.passing(inside) == []
    sieve.add(inside)
    assert sieve.passing(inside) == inside
    assert len(sieve.passing(outside)) < 5
    assert sieve.passing([*outside[:3], inside[7]])[-1] == inside[7]


@settings(max_examples=20, deadline=None)  # each has its 32 MiB
@given(st.lists(st.binary(min_size=DIGEST_BYTES, max_size=DIGEST_BYTES), max_size=20))
def test_whatever_was_added_passes(any_digests):
    sieve = Sieve()
    sieve.add(any_digests[:10])
    assert set(any_digests[:10]) <= set(sieve.passing(any_digests))
