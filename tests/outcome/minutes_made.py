"""Minutes of a plenary in Sleman, of a size asked for."""

from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa

from saksama.model.decision import Ruling
from saksama.model.roll import RollId, RollKind
from saksama.outcome.applying import TotalsCounter, apply_changes
from saksama.outcome.berita_acara import Anchor, DecidedCase, Minutes
from saksama.outcome.changes import changes_for
from tests.outcome.conftest import DEPOK, NGAGLIK, ROLL, case_id, settled, voters

NAMES = {
    DEPOK: "Depok",
    NGAGLIK: "Ngaglik",
    f"{DEPOK}.2001": "Caturtunggal",
    f"{DEPOK}.2002": "Condongcatur",
    f"{NGAGLIK}.2001": "Sariharjo",
}
ANCHOR = Anchor(
    "kpu.go.id/34.04/2026",
    1_204,
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
    ("bawaslu.go.id/34.04", "saksi.ugm.ac.id"),
    "9f2c1e5a7b3d4860",
)


def minutes(lines: int = 3000, **changed: Any) -> Minutes:
    """Minutes of a roll of `lines` lines in which line 5n keeps and line 5n+1 is struck, for n up to a twentieth."""
    settlements = [settled(n, 5 * n, 5 * n + 1) for n in range(1, lines // 20)]
    roll: pa.Table = voters(lines)
    counter = TotalsCounter()
    for _table in apply_changes([roll], changes_for(settlements, tms_scheme="2024"), counter=counter):
        pass
    villages = roll["kd_kel"].to_pylist()
    cases = [
        DecidedCase(
            s.case, (villages[s.kept], villages[s.struck[0]]), "K3", s.ruling, 2, (s.kept, *s.struck), s.kept, s.struck
        )
        for s in settlements
        if s.kept is not None
    ]
    cases.append(DecidedCase(case_id(90_001), (villages[2], villages[3]), "K4", Ruling.DIFFERENT_PEOPLE, 3, (2, 3)))
    cases.append(DecidedCase(case_id(90_002), (villages[3], villages[4]), "", Ruling.UNDECIDED, 2, (3, 4)))
    made = Minutes(
        number="112/PL.02.1-BA/3404/2026",
        office_name="KPU Kabupaten Sleman",
        kind=RollKind.DPB,
        period="Triwulan IV Tahun 2026",
        held_on=date(2026, 12, 8),
        place="Aula KPU Kabupaten Sleman, Jalan Candi Gebang Nomor 1",
        roll_before=ROLL,
        roll_after=RollId("5e6f708192a3b4c5"),
        totals=counter.totals(),
        names=NAMES,
        cases=tuple(cases),
        tms_scheme="2024",
        class_scheme="2018",
        anchor=ANCHOR,
        returned=(case_id(90_010), case_id(90_011)),
        set_aside=3,
        observers=("Bawaslu Kabupaten Sleman", "Disdukcapil Kabupaten Sleman"),
    )
    return replace(made, **changed)
