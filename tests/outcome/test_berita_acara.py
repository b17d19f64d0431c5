from dataclasses import replace

import pytest

from saksama.model.decision import Ruling
from saksama.outcome.berita_acara import Anchor, DecidedCase, MinutesDisagree
from tests.outcome.conftest import case_id
from tests.outcome.minutes_made import ANCHOR, minutes


def test_an_annex_that_strikes_other_lines_than_the_totals_is_refused() -> None:
    made = minutes(200)
    with pytest.raises(MinutesDisagree, match="another number of lines"):
        replace(made, cases=made.cases[1:])
    with pytest.raises(MinutesDisagree, match="another number of lines"):
        replace(made, totals=minutes(220).totals)


def test_a_case_stands_in_the_document_once() -> None:
    made = minutes(200)
    with pytest.raises(MinutesDisagree, match="twice"):
        replace(made, cases=(*made.cases, made.cases[-1]))
    with pytest.raises(MinutesDisagree, match="twice"):
        replace(made, returned=(made.cases[-1].case,))


@pytest.mark.parametrize(
    "case",
    [
        DecidedCase(case_id(7), (), "K1", Ruling.UNDECIDED, 1, (1, 2)),  # one officer alone
        DecidedCase(case_id(7), (), "K1", Ruling.SAME_PERSON, 2, (1, 2)),  # names no line
        DecidedCase(case_id(7), (), "K1", Ruling.DIFFERENT_PEOPLE, 2, (1, 2), kept=1),
        DecidedCase(case_id(7), (), "K1", Ruling.SAME_PERSON, 2, (1, 2), kept=6),  # 6 is struck, and not of the case
        DecidedCase(case_id(7), (), "K1", Ruling.SAME_PERSON, 2, (1, 2), kept=1, struck=(2,)),  # not in the totals
    ],
)
def test_a_case_that_does_not_fit_is_not_printed(case: DecidedCase) -> None:
    made = minutes(200)
    with pytest.raises(MinutesDisagree):
        replace(made, cases=(*made.cases, case))


def test_a_code_that_the_scheme_does_not_know_is_not_printed() -> None:
    made = minutes(200)
    with pytest.raises(MinutesDisagree, match="scheme"):
        replace(made, tms_scheme="2019")


@pytest.mark.parametrize("root", ["", "bukan base64!", ANCHOR.root[:-4], "AAAA"])
def test_an_anchor_that_is_no_root_is_refused(root: str) -> None:
    with pytest.raises(MinutesDisagree):
        Anchor("kpu.go.id/34.04", 1, root, (), "")


def test_it_counts_its_cases_by_ruling() -> None:
    made = minutes(200)
    counts = [made.cases_ruled(ruling) for ruling in (Ruling.SAME_PERSON, Ruling.DIFFERENT_PEOPLE, Ruling.UNDECIDED)]
    assert counts == [9, 1, 1]
