"""The law of changing policies, as far as entries alone can break it; `tests/flow/test_keys.py` has the drills."""

import pytest

from saksama.audit import audit_folder
from tests.audit.story import change_policy, true_story

NEW, NEWER = "ab" * 32, "cd" * 32


def replaces_another(story):
    change_policy(story, NEW, before=NEWER)


def comes_back(story):
    change_policy(story, NEW)
    change_policy(story, story.policy.digest, before=NEW)


def stays_the_same(story):
    change_policy(story, story.policy.digest)


def by_another_program(story):
    change_policy(story, NEW).actor = "program:office-init"


def before_any_office(story):
    story.acts.insert(0, change_policy(story, NEW))
    story.acts.pop()


ATTACKS = {
    replaces_another: "menggantikan kebijakan yang tidak sedang berlaku",
    comes_back: "kebijakan yang pernah berlaku diberlakukan lagi",
    stays_the_same: "kebijakan yang pernah berlaku diberlakukan lagi",
    by_another_program: "dilakukan oleh program yang bukan untuk itu",
    before_any_office: "menggantikan kebijakan yang tidak sedang berlaku",
}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_it_is_refused(attack, policy, witness, tmp_path):
    story = true_story(policy)
    attack(story)
    report = audit_folder(story.publish(tmp_path, witness))
    assert report.exit_code == 1
    assert any(ATTACKS[attack] in point for finding in report.findings for point in finding.points)


def test_a_policy_that_no_entry_announced_does_not_become_the_one_in_force(policy, witness, tmp_path):
    story = true_story(policy)
    change_policy(story, NEW)
    report = audit_folder(story.publish(tmp_path, witness))
    points = [point for finding in report.findings for point in finding.points]
    assert report.exit_code == 1
    assert any("bukan yang terakhir dicatat" in point for point in points)
    assert any("kebijakan lama atau checkpoint terakhirnya tidak ada" in point for point in points)


def test_a_second_office_opens_under_the_policy_in_force(policy, witness, tmp_path):
    story = true_story(policy)
    opened = story.first("office_opened")
    bantul = {"wilayah": "34.02", "origin": opened.body["origin"], "policy_sha256": NEW}
    act = story.tell("office_opened", "program:office-init", "34.02", **bantul)
    act.office = "34.02"
    report = audit_folder(story.publish(tmp_path, witness))
    assert any("kebijakan lain daripada yang berlaku" in p for finding in report.findings for p in finding.points)
