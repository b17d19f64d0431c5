"""What step 3 pays for remembering: N settled cases, every one unsealed, fingerprinted and forgotten again.

    .venv/bin/python bench/remember.py --cases 20000

The cases are two neighbouring lines of an invented roll each, opened as step 3 opens them and ruled bukan ganda by two
officers through the guards of the database. CPU seconds of this process, median of three; peak memory of the process.
"""

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from saksama.casework.evidence import Evidence, evidence_digest
from saksama.casework.opening import open_case, referral_entry
from saksama.casework.store import NewCase
from saksama.flow.desk import SALT_BYTES, Desk
from saksama.flow.intake import take_in_roll
from saksama.flow.office import create_office
from saksama.flow.refer import ASSISTANT
from saksama.flow.remember import memory_of
from saksama.flow.sample import make_sample
from saksama.linkage.telling.explanation import compare_elements
from saksama.model.officer import Officer, OfficerId, Role
from saksama.model.pair import Band
from saksama.model.recommendation import PairComparison, Recommendation
from saksama.model.record import Record, RecordRef
from saksama.model.roll import COLUMNS, LINE, RollId, RollKind
from saksama.model.wilayah import Wilayah
from saksama.vault.sealing import seal_bytes
from saksama.web.office import enrol_officer, open_office

SLEMAN, RUN, PASSWORD = Wilayah("34.04"), "feedfacefeedface", "kata sandi untuk pengukuran"
OFFICERS = [Officer(OfficerId(f"P-00000{n}"), Role.OPERATOR, SLEMAN, "KPU Kabupaten Sleman") for n in (1, 2)]


def new_cases(records: list[Record], desk: Desk) -> Iterator[NewCase]:
    """A case of every two neighbours."""
    for one, other in zip(records[::2], records[1::2], strict=True):
        compared = PairComparison(one.ref, other.ref, compare_elements(one.values, other.values))
        said = Recommendation(ASSISTANT, RUN, (one.ref, other.ref), Band.CHECK, (compared,))
        written, salt = Evidence((one, other), said).to_bytes(), bytes(SALT_BYTES)
        case = open_case(
            said, (one, other), owner=SLEMAN, scheme=desk.class_scheme,
            evidence_digest=evidence_digest(written, salt=salt), at=desk.clock.now(),
        )  # fmt: skip
        sealed = seal_bytes(salt + written, keys=desk.keys, purpose=f"evidence:{case.id}")
        yield NewCase(case, sealed, referral_entry(case, said))


def settle_all(desk: Desk) -> None:
    """Two officers see and rule every case, as rows: the guards of the database look at each."""
    from django.db import transaction

    from saksama.web.cases.models import CaseRow, DecisionRow, SeenRow

    cases = list(CaseRow.objects.all())
    with transaction.atomic():
        for officer in OFFICERS:
            SeenRow.objects.bulk_create(
                [SeenRow(case_id=c.id, officer_id=officer.id, digest=c.evidence_digest) for c in cases], 500
            )
            DecisionRow.objects.bulk_create(
                [
                    DecisionRow(
                        id=f"{officer.id[2:]}{number:026x}", case_id=c.id, officer_id=officer.id,
                        ruling="bukan_ganda", struck=[], at=desk.clock.now(), evidence_digest=c.evidence_digest,
                        sealed_text=b"x" * 300,
                    )
                    for number, c in enumerate(cases)
                ],
                500,
            )  # fmt: skip
        CaseRow.objects.update(state="settled", version=1)


def main() -> None:
    """Make the office, measure, print one line."""
    wanted = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    wanted.add_argument("--cases", type=int, default=20_000)
    count = wanted.parse_args().cases
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_sample(folder / "roll.csv", lines=2 * count + 1000, seed=1945, wilayah=SLEMAN.code)
        create_office(folder / "kantor", SLEMAN, name="KPU Kabupaten Sleman")
        office = open_office(folder / "kantor")
        for officer in OFFICERS:
            enrol_officer(officer, username=officer.id, password=PASSWORD, office=office)
        roll = take_in_roll(folder / "roll.csv", RollKind.DPB, shelf=office.rolls, clock=office.clock).summary.roll
        table = office.rolls.table(roll, [LINE, *COLUMNS]).slice(0, 2 * count).to_pylist()
        records = [
            Record(RecordRef(roll, row.pop(LINE)), {key: str(value) for key, value in row.items() if value})
            for row in table
        ]
        office.desk.cases.open_new(new_cases(records, office.desk))
        settle_all(office.desk)
        clusters = [
            [Record(RecordRef(RollId("f" * 16), record.ref.line), record.values) for record in records[at : at + 2]]
            for at in range(0, 2 * min(count, 5000), 2)
        ]
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        spent = []
        for _ in range(3):
            began = time.process_time()
            memory = memory_of(office.desk, clusters=clusters)
            spent.append(time.process_time() - began)
        left_out = sum(memory.recall(cluster).left_out is not None for cluster in clusters)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{count:,} settled cases: {statistics.median(spent):.2f} CPU s, "
        f"{1000 * statistics.median(spent) / count:.3f} ms a case; peak {before} -> {peak} MB; "
        f"{left_out:,} of {len(clusters):,} clusters left out"
    )


if __name__ == "__main__":
    main()
