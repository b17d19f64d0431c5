"""What someone could write who holds every key of the office and all its files, and the words by which it is named."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from saksama.model.case import case_id_for
from saksama.model.roll import RollId
from tests.audit.story import (
    AGAIN,
    BEGIN,
    FIRST_CASE,
    NEXT_ROLL,
    OUTCOME,
    ROLL,
    Story,
    change,
    digest,
    enact,
    enrol,
    see,
)
from tests.cast import BANTUL, RATNA, SARI, SLEMAN, TONO, WAYAN


def raise_the_observer_and_lower_him_again(story: Story) -> None:
    for role in ("anggota", "pengawas"):
        enrol(story, TONO.id, role, SLEMAN.code).name += f".{role}"


def move_an_officer_here(story: Story) -> None:
    enrol(story, RATNA.id, "anggota", SLEMAN.code).name += ".anggota"


def enrol_by_another_program(story: Story) -> None:
    act = story.find("officer_enrolled", officer=WAYAN.id)
    act.actor = act.body["by"] = "program:outcome-enact"


def let_another_area_enrol(story: Story) -> None:
    act = enrol(story, "P-000077", "anggota", SLEMAN.code)
    act.actor = act.body["by"] = RATNA.id


def let_the_observer_enact(story: Story) -> None:
    for act in story.acts[-3:]:
        act.actor = TONO.id


def let_a_stranger_enact(story: Story) -> None:
    story.first("outcome_enacted").actor = "P-999999"


def let_another_area_enact(story: Story) -> None:
    story.first("outcome_enacted").actor = RATNA.id


def let_a_stranger_take_in(story: Story) -> None:
    story.first("roll_taken_in").actor = "P-999999"


def let_a_stranger_refer(story: Story) -> None:
    story.first("case_referred").actor = "P-999999"


def let_the_finder_refer(story: Story) -> None:
    story.first("case_referred").actor = "program:linkage-find"


def let_a_program_see(story: Story) -> None:
    see(story, FIRST_CASE, SARI.id).actor = "program:cases-refer"


def _refer_again(story: Story, lines: list[int], case: str | None = None, roll: str = ROLL, **changed: Any) -> None:
    number = case or case_id_for(RollId(roll), tuple(lines))
    body = story.first("case_referred").body | {"case": number, "lines": lines, "roll": roll}
    story.tell("case_referred", "program:cases-refer", number, **(body | changed))


def refer_under_another_number(story: Story) -> None:
    _refer_again(story, [20, 21], "GD-AAAAA-AAAAA")


def refer_a_line_of_another_case(story: Story) -> None:
    _refer_again(story, [13, 21])


def refer_for_another_area(story: Story) -> None:
    _refer_again(story, [20, 21], wilayah=BANTUL.code)


def refer_lines_beyond_the_next_roll(story: Story) -> None:
    run = story.first("pairs_found")
    story.tell("pairs_found", run.actor, AGAIN, **(run.body | {"roll": NEXT_ROLL, "run": AGAIN}))
    _refer_again(story, [20, 998], roll=NEXT_ROLL, run=AGAIN)


def decide_in_another_office(story: Story) -> None:
    policy = story.first("office_opened").body | {"wilayah": BANTUL.code}
    act = story.tell("office_opened", "program:office-init", BANTUL.code, **policy)
    story.acts.insert(0, story.acts.pop())
    act.at, act.office = BEGIN, BANTUL.code
    for act in story.acts:
        if act.kind == "case_settled" or act.body.get("officer") == RATNA.id:
            act.office = BANTUL.code


def name_a_run_twice(story: Story) -> None:
    act = story.first("pairs_found")
    story.acts.append(replace(act, name=f"{act.name}.{ROLL}", body=dict(act.body)))


def leave_out_the_first_case(story: Story) -> None:
    """No fault in itself if the case was settled only while the outcome was written."""
    for act in [act for act in story.acts if act.kind == "roll_changed"]:
        story.drop(act)
    story.first("outcome_enacted").body.update(struck=0, changes=0, lines_after=1000)


def hide_a_settled_case(story: Story) -> None:
    leave_out_the_first_case(story)


def strike_half_of_a_case(story: Story) -> None:
    story.drop(story.first("roll_changed"))
    story.first("outcome_enacted").body.update(struck=1, changes=1, lines_after=999)
    late = story.find("case_settled", case=FIRST_CASE).at
    for act in story.acts[-2:]:
        act.at = late


def lose_the_changes_of_an_earlier_outcome(story: Story) -> None:
    nothing = {"struck": 0, "changes": 0, "lines_after": 1000}
    enact(story, AGAIN, next_file="the roll as it was", **nothing)


def lose_one_change_of_an_earlier_outcome(story: Story) -> None:
    change(story, 407, AGAIN)
    enact(story, AGAIN, next_file="another", struck=1, changes=1, lines_after=999)


def name_the_roll_of_another_file(story: Story) -> None:
    story.first("roll_taken_in").body["file_sha256"] = digest("another file")


def name_the_next_roll_of_another_file(story: Story) -> None:
    story.first("outcome_enacted").body["roll_after"] = "abcdef0123456789"


def give_the_next_roll_a_name_of_more_lines(story: Story) -> None:
    act = story.first("roll_taken_in")
    body = act.body | {"roll": NEXT_ROLL, "file_sha256": digest("next roll"), "lines_in": 9000, "checked": 9000}
    story.tell("roll_taken_in", act.actor, NEXT_ROLL, **(body | {"set_aside": 0}))
    story.acts.insert(6, story.acts.pop())
    story.acts[6].at = story.acts[5].at


def publish_no_minutes(story: Story) -> None:
    del story.first("outcome_enacted").body["files"]["berita-acara.pdf"]
    del story.files[f"outcomes/{OUTCOME}/berita-acara.pdf"]


def write_no_next_roll(story: Story) -> None:
    del story.first("outcome_enacted").body["files"]["daftar-berikutnya.csv"]


def strike_under_no_scheme(story: Story) -> None:
    story.first("roll_changed").body["tms_scheme"] = "1999"


FORGERIES: dict[Callable[[Story], None], str] = {
    raise_the_observer_and_lower_him_again: "didaftarkan dua kali",
    move_an_officer_here: "didaftarkan dua kali",
    enrol_by_another_program: "program yang bukan untuk itu",
    let_another_area_enrol: "tidak berwenang",
    let_the_observer_enact: "pengawas",
    let_a_stranger_enact: "tidak terdaftar",
    let_another_area_enact: "wilayah lain",
    let_a_stranger_take_in: "tidak terdaftar",
    let_a_stranger_refer: "tidak terdaftar",
    let_the_finder_refer: "program yang bukan untuk itu",
    let_a_program_see: "bukan oleh orang",
    refer_under_another_number: "bukan nomor bagi daftar",
    refer_a_line_of_another_case: "dalam perkara lain",
    refer_for_another_area: "wilayah lain daripada kantornya",
    refer_lines_beyond_the_next_roll: "di luar daftar",
    decide_in_another_office: "wilayah lain daripada kantornya",
    name_a_run_twice: "sudah dipakai",
    hide_a_settled_case: "berbeda dari yang diputuskan",
    strike_half_of_a_case: "berbeda dari yang diputuskan",
    lose_the_changes_of_an_earlier_outcome: "berbeda dari yang diputuskan",
    lose_one_change_of_an_earlier_outcome: "berbeda dari yang diputuskan",
    name_the_roll_of_another_file: "bukan sidik berkasnya",
    name_the_next_roll_of_another_file: "bukan sidik berkasnya",
    give_the_next_roll_a_name_of_more_lines: "jumlah baris lain",
    publish_no_minutes: "berita-acara.pdf: hilang",
    write_no_next_roll: "daftar-berikutnya.csv: hilang",
    strike_under_no_scheme: "kode selain ganda",
}
