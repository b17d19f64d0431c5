import gettext
import re
from pathlib import Path

import pytest

from tests.web.texts import WEB, texts_of_pages

CATALOGUE = WEB / "locale" / "en" / "LC_MESSAGES"
_PLACES = re.compile(r"%\(\w+\)s|\{\w+\}")


@pytest.fixture(scope="module")
def english() -> gettext.GNUTranslations:
    with (CATALOGUE / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def translated(english: gettext.GNUTranslations) -> dict[str, list[str]]:
    """Each msgid with its translation, or its two."""
    found: dict[str, list[str]] = {}
    for key, text in english._catalog.items():  # type: ignore[attr-defined]
        if key:
            found.setdefault(key if isinstance(key, str) else key[0], []).append(text)
    return found


def test_every_text_of_the_pages_has_an_english_one_and_no_other_stands_there(
    english: gettext.GNUTranslations,
) -> None:
    assert set(translated(english)) == texts_of_pages()
    assert len(texts_of_pages()) > 200


def test_every_translation_fills_the_same_places(english: gettext.GNUTranslations) -> None:
    for text, versions in translated(english).items():
        for version in versions:
            assert sorted(_PLACES.findall(version)) == sorted(_PLACES.findall(text)), text


def test_the_compiled_catalogue_is_the_written_one(english: gettext.GNUTranslations) -> None:
    written = (CATALOGUE / "django.po").read_text(encoding="utf-8")
    for versions in translated(english).values():
        for version in versions:
            assert version.replace('"', '\\"') in written


def test_vendored_files_are_what_their_manifest_says() -> None:
    import hashlib

    vendor = WEB / "static" / "vendor"
    lines = (vendor / "MANIFEST.sha256").read_text().splitlines()
    listed = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    present = {str(p.relative_to(vendor)) for p in vendor.rglob("*") if p.is_file()} - {"MANIFEST.sha256"}
    assert set(listed) == present
    for name, digest in listed.items():
        assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == digest
    for folder in {Path(name).parent for name in listed}:
        assert (vendor / folder / "LICENSE").is_file()
