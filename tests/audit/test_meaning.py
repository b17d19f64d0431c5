import re

import pytest

from saksama.audit.entries import KINDS, AuditedEntry, read_entry
from saksama.audit.meaning import _SENTENCES, meaning_of
from saksama.model.texts import speak
from tests.audit.story import BEGIN, FIRST_CASE, SARI, SECOND_CASE, Story


@pytest.fixture
def said(story: Story) -> list[str]:
    return [meaning_of(read_entry(at, act.to_bytes())) for at, act in enumerate(story.acts)]


def test_each_act_of_the_story_is_told_in_a_sentence(said: list[str]) -> None:
    assert all(re.fullmatch(r"[A-Z].*\.", sentence) for sentence in said)
    told = "\n".join(said)
    assert f"Petugas {SARI.id} melihat bukti perkara {FIRST_CASE}." in told
    assert f"Perkara {FIRST_CASE} selesai dengan dua putusan yang sama: ganda; baris 12 dipertahankan" in told
    assert "baris 407, 500 dicoret" in told
    assert f"Perkara {SECOND_CASE} selesai dengan dua putusan yang sama: bukan ganda." in told
    assert "1.002 baris, 1.000 diperiksa, 2 disisihkan" in told


def test_a_ruling_is_not_told_before_the_case_is_settled(said: list[str]) -> None:
    for sentence in said:
        if "memutuskan perkara" in sentence:
            assert "terkunci" in sentence
            assert "ganda" not in sentence


def test_a_second_ruling_names_the_first(story: Story) -> None:
    act = story.first("decision_made")
    act.body["supersedes"] = "ab" * 16
    assert f"menggantikan putusannya {'ab' * 16}" in meaning_of(read_entry(0, act.to_bytes()))


def test_a_referral_to_disdukcapil_is_said(story: Story) -> None:
    act = story.first("case_settled")
    entry = AuditedEntry(0, act.name, act.kind, BEGIN, "34.04", SARI.id, act.body | {"ruling": "rujuk_disdukcapil"})
    assert "dirujuk ke Disdukcapil" in meaning_of(entry)


def test_a_kind_without_a_sentence_is_told_by_its_name() -> None:
    entry = AuditedEntry(0, "x", "something_new", BEGIN, "34.04", "program:x", {})
    assert meaning_of(entry) == "program:x mencatat something_new."
    assert set(_SENTENCES) <= set(KINDS)
    assert {"office_opened", "decision_made", "case_settled", "outcome_enacted"} <= set(_SENTENCES)


def test_it_speaks_english_when_asked(story: Story) -> None:
    speak("en")
    try:
        said = [meaning_of(read_entry(at, act.to_bytes())) for at, act in enumerate(story.acts)]
    finally:
        speak("id")
    assert "a double; line 12 stays" in "\n".join(said)
