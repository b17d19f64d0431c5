"""A plan is taken whole or refused whole, with the line and the mend."""

from pathlib import Path

import pytest

from saksama.linkage.plan import load_plan, parse_plan, roll_id_plan
from saksama.model.errors import BadInput
from saksama.model.roll import COLUMNS

SMALL = """name = "small"
[[comparison]]
name = "names"
kind = "name"
columns = ["first", "last"]
[[blocking]]
name = "word"
keys = ["names:word"]
"""


def test_the_built_in_plan_reads_columns_of_a_checked_roll_only() -> None:
    assert set(roll_id_plan().columns) <= set(COLUMNS)


def test_its_digest_is_of_its_meaning_and_not_of_its_layout() -> None:
    one, two = parse_plan(SMALL, where="a"), parse_plan("# a remark\n\n" + SMALL, where="b")
    assert one.digest == two.digest
    assert one.digest != parse_plan(SMALL.replace("names:word", "names:start3"), where="c").digest


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('kind = "name"', 'kind = "nama"', "baris 4: kind"),
        ('keys = ["names:word"]', 'keys = ["names:sound"]', "baris 8: bagian names:sound"),
        ('keys = ["names:word"]', 'keys = ["born:date"]', "baris 8: bagian born:date"),
        ('columns = ["first", "last"]', "columns = 7", "baris 5: columns"),
        ('name = "word"', "", "beri aturan ini nama"),
        ('name = "word"', 'name = "word"\ncolour = 1', "colour"),
        ('name = "small"', "", "nama rencana"),
        ("[[blocking]]", "[bands]\ncheck = 0.9\nprobable = 0.5\n[[blocking]]", "check ≤ probable"),
        ("[[blocking]]", "[limits]\ngroup_cap = 1\n[[blocking]]", "group_cap"),
        ('name = "small"', 'name = "small"\nspeed = 3', "speed"),
        ("[[blocking]]", "[[blocking", "TOML"),
    ],
)
def test_it_refuses_a_faulty_plan_and_says_where(old: str, new: str, message: str) -> None:
    with pytest.raises(BadInput, match=message.replace("[", r"\[")):
        parse_plan(SMALL.replace(old, new), where="p.toml")


def test_it_names_all_faults_at_once() -> None:
    with pytest.raises(BadInput) as refused:
        parse_plan(SMALL.replace('"name"', '"nama"').replace("names:word", "names:sound"), where="p.toml")
    assert len(str(refused.value).splitlines()) == 2


def test_it_refuses_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match="UTF-8"):
        load_plan(tmp_path / "plan.toml")
