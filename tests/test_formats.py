"""The pages on `saksama.toml` and the office folder say what the code does."""

import re
from pathlib import Path

import pytest

from saksama.casework.classes import SCHEMES as CLASS_SCHEMES
from saksama.flow.enact import ROLL_FILE
from saksama.flow.folders import ENTRIES
from saksama.flow.office import create_office
from saksama.flow.settings import FILE, BadSettings, OfficeSettings, read_settings, write_settings
from saksama.flow.shelves import ASIDE, FAULTS, OUTCOME, PUBLIC, SEALED, SUMMARY, TALLY
from saksama.model.tms import SCHEMES as TMS_SCHEMES
from tests.cast import SLEMAN

FORMATS = Path(__file__).parents[1] / "docs" / "formats"
TOML_PAGE = (FORMATS / "saksama-toml.md").read_text(encoding="utf-8")
FOLDER_PAGE = (FORMATS / "office-folder.md").read_text(encoding="utf-8")
EXAMPLE = re.search("```toml\n(.*?)```", TOML_PAGE, re.DOTALL).group(1)  # type: ignore[union-attr]
RUN_FILES = ("pairs.parquet", "clusters.parquet", "evidence.parquet", "run.json")
KEYS = re.findall(r"^\| `([a-z]+\.[a-z_]+)` \| (.*?) \|", TOML_PAGE, re.MULTILINE)
FROM_THE_START, LATER = FOLDER_PAGE.split("## As work goes on")


def paths(part: str) -> set[str]:
    return set(re.findall(r"^\| `([^`]+)` \|", part, re.MULTILINE))


def settings_in(folder: Path, text: str) -> OfficeSettings:
    (folder / FILE).write_text(text, encoding="utf-8")
    return read_settings(folder)


def test_the_example_is_what_a_new_office_has(tmp_path: Path) -> None:
    write_settings(tmp_path, name="KPU Kabupaten Sleman", wilayah=SLEMAN)
    assert settings_in(tmp_path, EXAMPLE) == read_settings(tmp_path)


@pytest.mark.parametrize(("key", "_value"), KEYS)
def test_a_key_of_the_page_is_needed_and_its_misspelling_is_refused(tmp_path: Path, key: str, _value: str) -> None:
    name = key.partition(".")[2]
    line = re.search(f"^{name} = .*$", EXAMPLE, re.MULTILINE).group(0)  # type: ignore[union-attr]
    without = EXAMPLE.replace(line, "")
    if key == "keys.passphrase":
        assert settings_in(tmp_path, without).passphrase is False
    else:
        with pytest.raises(BadSettings, match=name):
            settings_in(tmp_path, without)
    with pytest.raises(BadSettings, match=f"{name}s"):
        settings_in(tmp_path, EXAMPLE.replace(line, line.replace(name, f"{name}s", 1)))


def test_the_page_has_every_key_of_the_example_and_every_scheme() -> None:
    assert [key.partition(".")[2] for key, _ in KEYS] == re.findall("^([a-z_]+) =", EXAMPLE, re.MULTILINE)
    allowed = {key: re.findall('"([^"]+)"', value) for key, value in KEYS}
    assert allowed["rules.class_scheme"] == list(CLASS_SCHEMES)
    assert allowed["rules.tms_scheme"] == list(TMS_SCHEMES)


def test_a_new_office_has_the_files_of_the_page_and_no_other(tmp_path: Path) -> None:
    office = create_office(tmp_path / "kantor", SLEMAN, name="KPU Kabupaten Sleman")
    there = {str(path.relative_to(office.folder)) for path in office.folder.rglob("*") if path.is_file()}
    assert there == paths(FROM_THE_START)
    assert office.folder.stat().st_mode & 0o777 == 0o700


def test_the_page_has_every_file_that_a_step_leaves() -> None:
    left = {f"rolls/ROLL/{name}" for name in (SEALED, ASIDE, FAULTS, TALLY, SUMMARY, ENTRIES)}
    left |= {f"runs/RUN/{name}" for name in (*RUN_FILES, ENTRIES)}
    left |= {f"outcomes/OUTCOME/{ROLL_FILE}.{kind}" for kind in ("csv", "xlsx", "parquet")}
    left |= {f"outcomes/OUTCOME/{name}" for name in (*PUBLIC, OUTCOME, ENTRIES)}
    named = {path for path in paths(LATER) if path.startswith(("rolls/", "runs/", "outcomes/"))}
    assert named == left
