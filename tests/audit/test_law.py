"""The law, attacked by someone who holds the log's key and whom the witness, blind to content, has cosigned."""

from datetime import timedelta

import pytest

from saksama.audit import audit_folder
from tests.audit.attacks import ATTACKS
from tests.audit.forgeries import FORGERIES, leave_out_the_first_case
from tests.audit.story import (
    AGAIN,
    DIFFERENT,
    EVIDENCE,
    FIRST_CASE,
    LINES,
    NEXT_ROLL,
    account_for,
    change,
    decide,
    decision_id,
    digest,
    enact,
)
from tests.cast import SARI

ALL = ATTACKS | FORGERIES


@pytest.mark.parametrize("attack", ALL, ids=lambda attack: attack.__name__)
def test_it_finds_the_attack_and_names_it(attack, story, witness, tmp_path):
    attack(story)
    report = audit_folder(story.publish(tmp_path, witness))
    said = [text for finding in report.findings for text in (finding.sentence, *finding.points)]
    assert report.exit_code == 1
    assert any(ALL[attack] in text for text in said), said


def test_a_change_of_mind_before_the_settlement_is_lawful(story, witness, tmp_path):
    """Sari first said different, then ganda: the superseded choice is opened too, and hides nothing."""
    first = story.find("decision_made", decision=decision_id(SARI.id, FIRST_CASE))
    number = digest("first thought")[:32]
    earlier = decide(story, FIRST_CASE, SARI.id, DIFFERENT, decision=number)
    story.drop(earlier)
    earlier.at = first.at
    story.acts.insert(story.acts.index(first), earlier)
    first.body["supersedes"] = number
    opened = story.find("case_settled", case=FIRST_CASE).body["opened"]
    salt = digest(f"salt {SARI.id} {FIRST_CASE}")
    opened.insert(0, {"decision": number, "salt": salt, "ruling": "bukan_ganda", "kept": None, "struck": []})
    assert audit_folder(story.publish(tmp_path, witness)).exit_code == 0


def test_every_cluster_of_a_run_is_accounted_for(story, witness, tmp_path):
    account_for(story)
    report = audit_folder(story.publish(tmp_path, witness))
    assert report.exit_code == 0, report.sentences()


def test_a_second_outcome_restates_the_first_and_adds_to_it(story, witness, tmp_path):
    """A later outcome of the same roll replaces an earlier one whole: the same lines are struck in both."""
    for line in (407, 500):
        change(story, line, AGAIN)
    enact(story, AGAIN)
    report = audit_folder(story.publish(tmp_path, witness))
    assert report.exit_code == 0, report.sentences()


def test_the_next_roll_is_taken_in_and_goes_its_own_way(story, witness, tmp_path):
    act = story.first("roll_taken_in")
    body = act.body | {
        "roll": NEXT_ROLL,
        "file_sha256": digest("next roll"),
        "lines_in": 998,
        "checked": 998,
        "set_aside": 0,
    }
    story.tell("roll_taken_in", act.actor, NEXT_ROLL, **body)
    nothing = {"roll_before": NEXT_ROLL, "lines_before": 998, "lines_after": 998, "struck": 0, "changes": 0}
    enact(story, AGAIN, next_file="the one after", **nothing)
    report = audit_folder(story.publish(tmp_path, witness))
    assert report.exit_code == 0, report.sentences()


def test_the_story_has_both_members_of_no_pair_struck(story):
    struck = {act.body["line"] for act in story.acts if act.kind == "roll_changed"}
    assert struck < set(LINES[FIRST_CASE])
    assert EVIDENCE[FIRST_CASE] == story.find("case_referred", case=FIRST_CASE).body["evidence_digest"]


def test_a_case_settled_while_the_outcome_was_written_is_no_fault(story, witness, tmp_path):
    """It is entered before the outcome and not in it: the next one takes it up."""
    for act in story.acts[-3:]:
        act.at = story.find("case_settled", case=FIRST_CASE).at + timedelta(seconds=120)
    leave_out_the_first_case(story)
    report = audit_folder(story.publish(tmp_path, witness))
    assert report.exit_code == 0, report.sentences()


def test_a_case_settled_after_the_outcome_waits_for_the_next(story, witness, tmp_path):
    settled = story.find("case_settled", case=FIRST_CASE)
    leave_out_the_first_case(story)
    story.drop(settled)
    story.acts.append(settled)
    settled.at = story.acts[-2].at
    report = audit_folder(story.publish(tmp_path, witness))
    assert report.exit_code == 0, report.sentences()
