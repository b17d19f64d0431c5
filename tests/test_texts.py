import ast
import gettext
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from saksama.cli.main import main
from saksama.model.texts import _, language, speak
from tests.texts import (
    SAID_FROM_TABLES,
    SOURCES,
    modules_that_speak,
    said_from_elsewhere,
    texts_of_saksama,
    written_texts,
)

CATALOGUE = SOURCES / "locale" / "en" / "LC_MESSAGES"
_PAIR = re.compile(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"\n)+)', re.MULTILINE)


@cache
def compiled() -> dict[str, str]:
    """Each msgid of the compiled catalogue with its English text."""
    with (CATALOGUE / "saksama.mo").open("rb") as file:
        entries: dict[str, str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {text: english for text, english in entries.items() if text}


def written() -> dict[str, str]:
    """Each msgid of the written catalogue with its English text."""
    found: dict[str, str] = {}
    for text, english in _PAIR.findall((CATALOGUE / "saksama.po").read_text(encoding="utf-8")):
        joined = "".join(ast.literal_eval(line) for line in text.splitlines())
        assert joined not in found, joined
        found[joined] = "".join(ast.literal_eval(line) for line in english.splitlines())
    return {text: english for text, english in found.items() if text}


def places(text: str) -> list[tuple[str, str, str]]:
    """The places of a text that are filled in: their names, formats and conversions."""
    return sorted(
        (name, form or "", conversion or "")
        for _before, name, form, conversion in string.Formatter().parse(text)
        if name is not None
    )


@pytest.fixture(autouse=True)
def speak_indonesian_afterwards() -> Iterator[None]:
    yield
    speak("id")


def test_every_text_has_an_english_one_and_no_other_stands_in_the_catalogue() -> None:
    texts, catalogue = texts_of_saksama(), compiled()
    assert sorted(texts - set(catalogue)) == []
    assert sorted(set(catalogue) - texts) == []
    assert [text for text, english in catalogue.items() if not english.strip()] == []
    assert len(texts) > 400


def test_every_translation_fills_the_same_places() -> None:
    for text, english in compiled().items():
        assert places(english) == places(text), text


def test_every_translation_begins_and_ends_as_its_text_does() -> None:
    for text, english in compiled().items():
        assert english[0].isspace() == text[0].isspace(), text
        assert (english[-1] in ".:;") == (text[-1] in ".:;"), text


def test_the_compiled_catalogue_is_the_written_one() -> None:
    assert compiled() == written()


def test_what_is_said_from_a_table_is_collected_from_it() -> None:
    assert said_from_elsewhere() == SAID_FROM_TABLES


def test_every_module_that_speaks_has_its_voice_from_one_place() -> None:
    silent = [
        module
        for module, tree in modules_that_speak()
        if not any(
            isinstance(node, ast.ImportFrom)
            and node.module == "saksama.model.texts"
            and any(alias.name == "_" for alias in node.names)
            for node in ast.walk(tree)
        )
    ]
    assert silent == []
    assert {"cli/roll.py", "casework/rules.py", "web/people/guarding.py"} <= {module for module, _ in written_texts()}


def test_a_language_we_do_not_speak_is_indonesian() -> None:
    speak("fr")
    assert language() == "id"
    assert _("Alasan wajib diisi.") == "Alasan wajib diisi."


def test_a_command_speaks_the_language_it_is_asked_to(tmp_path: Path) -> None:
    def said(*options: str) -> str:
        roll = tmp_path / f"{len(options)}.csv"
        return CliRunner().invoke(
            main, [*options, "roll", "sample", str(roll), "--lines", "20", "--seed", "1"], catch_exceptions=False
        ).output  # fmt: skip

    assert "20 invented lines written to" in said("--lang", "en")
    assert "20 baris rekaan ditulis ke" in said()


def test_a_refusal_speaks_the_language_it_is_asked_to(tmp_path: Path) -> None:
    refused = CliRunner().invoke(main, ["--lang", "en", "roll", "check", str(tmp_path / "none.csv")])
    assert refused.exit_code == 1
    assert "There is no file none.csv; check its name and folder." in refused.output
