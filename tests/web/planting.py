"""Cases laid before an office by hand, as step 3 lays them: invented voters, sealed evidence, an outbox entry."""

from collections.abc import Mapping, Sequence
from itertools import combinations

from saksama.casework.evidence import Evidence, evidence_digest
from saksama.casework.memory import EarlierRuling
from saksama.casework.opening import open_case, referral_entry
from saksama.casework.store import CaseStore, NewCase
from saksama.flow.desk import Desk
from saksama.linkage.telling.explanation import compare_elements
from saksama.model.case import Case
from saksama.model.pair import Band
from saksama.model.recommendation import Assistant, PairComparison, Recommendation
from saksama.model.record import Record, RecordRef
from saksama.model.roll import RollId
from saksama.vault.sealing import seal_bytes

ROLL, RUN = RollId("0123456789abcdef"), "feedfacefeedface"
SALT = bytes(range(32))
NGATINEM = {
    "nik": "3404074107550001",
    "nkk": "3404071203080012",
    "nama": "NGATINEM WIDYASTUTI",
    "tempat_lahir": "SLEMAN",
    "tgl_lahir": "1955-07-01",
    "jk": "P",
    "status_kawin": "S",
    "alamat": "DUKUH KARANGMALANG",
    "rt": "003",
    "rw": "012",
    "disabilitas": "4",
    "tps": "007",
    "kd_kab": "34.04",
    "kd_kec": "34.04.07",
    "kd_kel": "34.04.07.2001",
    "ktp_el": "S",
}
HER_OTHER_LINE = NGATINEM | {
    "nik": "3404074107550010",
    "nama": "NGATINEM WIDIASTUTI",
    "alamat": "KARANG MALANG BLOK D",
    "rt": "",
    "rw": "015",
    "disabilitas": "",
    "tps": "011",
    "kd_kel": "34.04.07.2002",
    "keterangan": "PINDAHAN",
}
THIRD = NGATINEM | {
    "nik": "3471024107550002",
    "nkk": "3471020906110003",
    "nama": "NGATINEM",
    "tempat_lahir": "YOGYAKARTA",
    "status_kawin": "P",
    "alamat": "PERUM CONDONGSARI B7",
    "kd_kel": "34.04.07.2003",
}


def plant(
    desk: Desk,
    people: Sequence[Mapping[str, str]] = (NGATINEM, HER_OTHER_LINE),
    *,
    lines: Sequence[int] = (1040, 52317),
    band: Band = Band.PROBABLE,
    salt: bytes = SALT,
    earlier: tuple[EarlierRuling, ...] = (),
) -> Case:
    """Open a case about these people on these lines."""
    new = new_case(desk, people, lines=lines, band=band, salt=salt, earlier=earlier)
    assert desk.cases.open_new([new]).opened == 1
    return new.case


def new_case(
    desk: Desk,
    people: Sequence[Mapping[str, str]],
    *,
    lines: Sequence[int],
    band: Band = Band.PROBABLE,
    salt: bytes = SALT,
    earlier: tuple[EarlierRuling, ...] = (),
) -> NewCase:
    """A case that may be opened."""
    records = tuple(
        Record(RecordRef(ROLL, line), {name: value for name, value in values.items() if value})
        for line, values in zip(lines, people, strict=True)
    )
    said = Recommendation(
        Assistant("pencari-ganda", "0.1.0"),
        RUN,
        tuple(record.ref for record in records),
        band,
        tuple(_compare(one, other) for one, other in combinations(records, 2)),
    )
    written = Evidence(records, said, earlier).to_bytes()
    case = open_case(
        said,
        records,
        owner=desk.office,
        scheme=desk.class_scheme,
        evidence_digest=evidence_digest(written, salt=salt),
        at=desk.clock.now(),
    )
    sealed = seal_bytes(salt + written, keys=desk.keys, purpose=f"evidence:{case.id}")
    return NewCase(case, sealed, referral_entry(case, said))


def entries_of(cases: CaseStore) -> list[bytes]:
    """The bytes of every entry that waits."""
    return [written for _id, written in cases.outbox(10_000)]


def _compare(one: Record, other: Record) -> PairComparison:
    return PairComparison(one.ref, other.ref, compare_elements(one.values, other.values))
