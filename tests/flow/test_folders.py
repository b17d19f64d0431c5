from pathlib import Path

import pytest

from saksama.flow.folders import FolderBusy, appearing, entries_left_in, leave_entries, sweep, write_whole
from saksama.flow.office import enrolment_entry
from tests.cast import SARI


def test_a_folder_appears_with_all_that_was_written(tmp_path: Path) -> None:
    with appearing(tmp_path / "whole") as folder:
        (folder / "a").write_text("a")
        assert not (tmp_path / "whole").exists()
    assert (tmp_path / "whole" / "a").read_text() == "a"
    assert [p.name for p in tmp_path.iterdir()] == ["whole"]


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), appearing(tmp_path / "whole") as folder:
        (folder / "a").write_text("a")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    left = tmp_path / ".whole.partial"
    left.mkdir()
    (left / "half").write_text("half")
    with appearing(tmp_path / "whole") as folder:
        assert list(folder.iterdir()) == []


def test_two_processes_do_not_fill_the_same_folder(tmp_path: Path) -> None:
    with appearing(tmp_path / "whole") as folder:
        (folder / "mine").write_text("mine")
        with pytest.raises(FolderBusy), appearing(tmp_path / "whole"):
            pass
        assert (folder / "mine").read_text() == "mine"  # the second did not clear what the first holds
    assert (tmp_path / "whole" / "mine").exists()


def test_what_a_killed_process_left_under_another_name_is_swept(tmp_path: Path) -> None:
    (tmp_path / ".old.partial").mkdir()
    (tmp_path / ".old.partial" / "half").write_text("half")
    with appearing(tmp_path / "living"):
        sweep(tmp_path)
        assert [p.name for p in tmp_path.iterdir()] == [".living.partial"]
    assert [p.name for p in tmp_path.iterdir()] == ["living"]


def test_it_never_replaces_a_folder_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    (tmp_path / "whole" / "kept").write_text("kept")
    with pytest.raises(OSError, match="not empty"), appearing(tmp_path / "whole"):
        pass
    assert (tmp_path / "whole" / "kept").read_text() == "kept"


def test_a_file_is_whole_or_as_before(tmp_path: Path) -> None:
    write_whole(tmp_path / "f", b"new")
    assert (tmp_path / "f").read_bytes() == b"new"
    assert (tmp_path / "f").stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["f"]


def test_entries_are_found_in_finished_folders_only(tmp_path: Path, office) -> None:  # type: ignore[no-untyped-def]
    entry = enrolment_entry(SARI, office=office, by="program:office-enrol")
    for name in ("done", ".half.partial"):
        (tmp_path / name).mkdir()
        leave_entries(tmp_path / name, [entry])
    assert entries_left_in(tmp_path) == [(entry.id, entry.to_bytes())]
