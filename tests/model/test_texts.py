"""Officers' texts are Indonesian unless English is asked for, and each task has its own language."""

from collections.abc import Iterator
from contextvars import copy_context
from threading import Thread

import pytest

from saksama.model.texts import LANGUAGES, _, language, speak

SENTENCE = "Kalimat ini tidak ada di katalog mana pun."


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    yield
    speak("id")


def test_it_is_indonesian_from_the_start() -> None:
    assert copy_context().run(language) == "id"
    assert _(SENTENCE) == SENTENCE


@pytest.mark.parametrize("asked", LANGUAGES)
def test_it_speaks_the_language_asked_for(asked: str) -> None:
    speak(asked)
    assert language() == asked


@pytest.mark.parametrize("asked", ["jv", "", "EN", "../en", "id_ID"])
def test_any_other_language_means_indonesian(asked: str) -> None:
    speak("en")
    speak(asked)
    assert language() == "id"


def test_a_sentence_without_a_translation_stays_indonesian() -> None:
    speak("en")
    assert _(SENTENCE) == SENTENCE


def test_one_task_does_not_change_the_language_of_another() -> None:
    copy_context().run(speak, "en")
    assert language() == "id"
    heard = []
    speak("en")
    other = Thread(target=lambda: heard.append(language()))
    other.start()
    other.join()
    assert heard == ["id"]
    assert language() == "en"
