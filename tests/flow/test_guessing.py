"""A NIK that is hashed without a secret falls in minutes: an attacker tries them all against what is published."""

import hashlib
import hmac
import re
from collections.abc import Iterator
from pathlib import Path

from saksama.flow.enter import enter_pending
from saksama.flow.office import Office, enrolment_entry
from saksama.model.case import Case
from tests.cast import SARI, WAYAN
from tests.flow.conftest import records
from tests.flow.test_decide import SAME, rule

_DIGEST = re.compile(rb"[0-9a-f]{16,64}")


def every_nik(kecamatan: str = "340407", year: int = 55) -> Iterator[str]:
    """Each NIK that somebody born in that year in that kecamatan could have: days, sexes, and serials up to 20."""
    for month in range(1, 13):
        for day in (*range(1, 32), *range(41, 72)):
            for serial in range(1, 21):
                yield f"{kecamatan}{day:02}{month:02}{year:02}{serial:04}"


def guesses(nik: str) -> Iterator[str]:
    """What a developer in a hurry might have put into the ledger for this NIK."""
    raw = nik.encode()
    yield hashlib.sha256(raw).hexdigest()
    yield hashlib.md5(raw, usedforsecurity=False).hexdigest()
    yield hashlib.sha1(raw, usedforsecurity=False).hexdigest()
    for label in (b"", b"saksama", b"saksama/subjek/v1\0", b"saksama/bukti/v1\n", b"saksama/commit/v1\0", b"reason"):
        yield hashlib.sha256(label + raw).hexdigest()
        yield hmac.new(bytes(32), label + raw, "sha256").hexdigest()
        yield hmac.new(label, raw, "sha256").hexdigest()


def found_in(published: bytes) -> set[str]:
    """The NIKs that the attacker reads out of these bytes."""
    there = {written[:16].decode() for written in _DIGEST.findall(published)}
    return {nik for nik in every_nik() if any(guess[:16] in there for guess in guesses(nik))}


def everything_below(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_the_attacker_finds_what_was_hashed_in_a_hurry_and_nothing_of_ours(office: Office, case: Case) -> None:
    office.desk.cases.add_to_outbox(enrolment_entry(SARI, office=office, by="program:office-enrol"))
    for officer in (SARI, WAYAN):
        rule(case, SAME, officer, office.desk)
    with office.book() as book:
        enter_pending(book, office.desk.cases)
    published = everything_below(office.published)
    people = {str(record.values["nik"]) for record in records(10, 20)}
    assert people <= set(every_nik()), "the attacker's list must hold those who are in the case"
    assert len(_DIGEST.findall(published)) > 10
    assert found_in(published) == set()
    (one, other) = sorted(people)
    planted = (
        hashlib.sha256(one.encode()).hexdigest() + "\n" + hmac.new(bytes(32), other.encode(), "sha256").hexdigest()
    )
    assert found_in(published + planted.encode()) == people
