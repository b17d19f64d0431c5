"""Files of others, which no intake has checked."""

from pathlib import Path

from saksama.flow.find import batches_for_plan
from saksama.linkage.plan import parse_plan

PLAN = parse_plan(
    """
    name = "foreign"
    [[comparison]]
    name = "names"
    kind = "name"
    columns = ["given_name", "surname"]
    [[comparison]]
    name = "post"
    kind = "code"
    columns = "postcode"
    [[blocking]]
    name = "names"
    keys = ["names:plain"]
    """,
    where="foreign.toml",
)


def test_blanks_about_the_names_and_values_of_a_csv_are_no_part_of_them(tmp_path: Path) -> None:
    """As FEBRL's files have them; a leading zero stays, and a blank is one."""
    file = tmp_path / "foreign.csv"
    file.write_text("rec_id, given_name, surname, postcode\n1, mitchell, green, 0219\n2, , white,\n")
    (table,) = batches_for_plan(file, PLAN)
    assert table.to_pylist() == [
        {"given_name": "mitchell", "surname": "green", "postcode": "0219"},
        {"given_name": None, "surname": "white", "postcode": None},
    ]
