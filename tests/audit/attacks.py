"""What someone could do to the story who holds the log's key, and the words by which the audit names it."""

from collections.abc import Callable
from datetime import timedelta

from saksama.model.decision import Choice, Ruling
from tests.audit.story import (
    BEGIN,
    DIFFERENT,
    FIRST_CASE,
    NEXT_ROLL,
    OUTCOME,
    SECOND_CASE,
    STRIKE,
    Story,
    account_for,
    change,
    decide,
    decision_id,
    digest,
    enrol,
    see,
    settle,
)
from tests.cast import RATNA, SARI, TONO, WAYAN


def drop_a_decision(story: Story) -> None:
    story.drop(story.find("decision_made", decision=decision_id(WAYAN.id, FIRST_CASE)))


def drop_both_decisions(story: Story) -> None:
    for officer in (SARI, WAYAN):
        story.drop(story.find("decision_made", decision=decision_id(officer.id, FIRST_CASE)))
    story.drop(story.find("case_settled", case=FIRST_CASE))


def drop_the_settlement(story: Story) -> None:
    story.drop(story.find("case_settled", case=FIRST_CASE))


def cite_one_decision_twice(story: Story) -> None:
    for act in story.acts:
        if act.kind == "roll_changed":
            act.body["decisions"] = [decision_id(SARI.id, FIRST_CASE)] * 2


def cite_one_person_twice(story: Story) -> None:
    act = story.find("decision_made", decision=decision_id(WAYAN.id, FIRST_CASE))
    act.actor = SARI.id


def cite_three_decisions(story: Story) -> None:
    act = story.first("roll_changed")
    act.body["decisions"] = [*act.body["decisions"], digest("third")[:32]]


def cite_another_case(story: Story) -> None:
    story.first("roll_changed").body["case"] = SECOND_CASE


def cite_no_case(story: Story) -> None:
    story.first("roll_changed").body["case"] = "GD-9KM2P-QX4ZB"


def let_the_observer_decide(story: Story) -> None:
    story.find("officer_enrolled", officer=WAYAN.id).body["role"] = TONO.role.value


def let_another_kabupaten_decide(story: Story) -> None:
    story.find("officer_enrolled", officer=WAYAN.id).body["wilayah"] = RATNA.wilayah.code


def let_the_province_decide(story: Story) -> None:
    story.find("officer_enrolled", officer=WAYAN.id).body["wilayah"] = "34"


def let_a_stranger_decide(story: Story) -> None:
    story.drop(story.find("officer_enrolled", officer=WAYAN.id))


def enrol_after_deciding(story: Story) -> None:
    act = story.find("officer_enrolled", officer=WAYAN.id)
    story.drop(act)
    story.acts.append(act)


def let_a_program_decide(story: Story) -> None:
    story.find("decision_made", decision=decision_id(WAYAN.id, FIRST_CASE)).actor = "program:assistant"


def let_a_program_settle(story: Story) -> None:
    story.find("case_settled", case=FIRST_CASE).actor = "program:assistant"


def let_an_officer_enrol_themselves(story: Story) -> None:
    act = story.find("officer_enrolled", officer=WAYAN.id)
    act.actor = act.body["by"] = WAYAN.id


def let_the_observer_enrol(story: Story) -> None:
    act = enrol(story, "P-000077", "anggota", "34.04")
    act.actor = act.body["by"] = TONO.id


def enrol_in_another_s_name(story: Story) -> None:
    story.find("officer_enrolled", officer=WAYAN.id).body["by"] = SARI.id


def decide_unseen(story: Story) -> None:
    story.drop(story.find("evidence_seen", case=FIRST_CASE, officer=WAYAN.id))


def see_after_deciding(story: Story) -> None:
    act = story.find("evidence_seen", case=FIRST_CASE, officer=WAYAN.id)
    story.drop(act)
    story.acts.append(act)


def see_for_another(story: Story) -> None:
    story.find("evidence_seen", case=FIRST_CASE, officer=WAYAN.id).actor = SARI.id


def decide_on_other_evidence(story: Story) -> None:
    story.find("decision_made", decision=decision_id(WAYAN.id, FIRST_CASE)).body["evidence_digest"] = digest("other")


def decide_before_seeing(story: Story) -> None:
    story.find("decision_made", decision=decision_id(WAYAN.id, FIRST_CASE)).at = BEGIN + timedelta(minutes=5)


def decide_no_case(story: Story) -> None:
    story.drop(story.find("case_referred", case=FIRST_CASE))


def decide_twice(story: Story) -> None:
    at = story.acts.index(story.find("case_settled", case=FIRST_CASE))
    act = decide(story, FIRST_CASE, SARI.id, DIFFERENT, decision=digest("again")[:32])
    story.drop(act)
    story.acts.insert(at, act)


def decide_after_the_settlement(story: Story) -> None:
    see(story, FIRST_CASE, SARI.id).name = f"evidence_seen:{FIRST_CASE}.P-000001"
    decide(story, FIRST_CASE, SARI.id, DIFFERENT, decision=digest("late")[:32])


def supersede_before_the_settlement(story: Story) -> None:
    at = story.acts.index(story.find("case_settled", case=FIRST_CASE))
    number, old = digest("changed my mind")[:32], decision_id(SARI.id, FIRST_CASE)
    act = decide(story, FIRST_CASE, SARI.id, DIFFERENT, decision=number, supersedes=old)
    story.drop(act)
    story.acts.insert(at, act)


def supersede_another_s_decision(story: Story) -> None:
    story.find("decision_made", decision=decision_id(WAYAN.id, FIRST_CASE)).body["supersedes"] = decision_id(
        SARI.id, FIRST_CASE
    )


def open_another_choice(story: Story) -> None:
    act = story.find("case_settled", case=FIRST_CASE)
    act.body["struck"] = [407]
    for item in act.body["opened"]:
        item["struck"] = [407]


def open_with_another_salt(story: Story) -> None:
    story.find("case_settled", case=FIRST_CASE).body["opened"][0]["salt"] = digest("another")


def open_one_only(story: Story) -> None:
    story.find("case_settled", case=FIRST_CASE).body["opened"].pop()


def settle_on_one_decision(story: Story) -> None:
    story.find("case_settled", case=FIRST_CASE).body["decisions"].pop()


def settle_a_disagreement(story: Story) -> None:
    act = story.find("decision_made", decision=decision_id(WAYAN.id, FIRST_CASE))
    at = story.acts.index(act)
    story.drop(act)
    other = decide(story, FIRST_CASE, WAYAN.id, DIFFERENT)
    story.drop(other)
    story.acts.insert(at, other)
    opened = story.find("case_settled", case=FIRST_CASE).body["opened"][1]
    opened.update(ruling="bukan_ganda", kept=None, struck=[])


def settle_twice(story: Story) -> None:
    settle(story, FIRST_CASE, STRIKE, (SARI.id, WAYAN.id)).name = f"case_settled:{FIRST_CASE}.ganda"


def strike_without_a_document(story: Story) -> None:
    story.find("decision_made", decision=decision_id(WAYAN.id, FIRST_CASE)).body["document_commitment"] = None


def _redo_first_case(story: Story, choice: Choice) -> None:
    """Both officers agree, in due form, on a choice that no form would have let them make."""
    keep = [act for act in story.acts if act.kind != "decision_made" or act.body["case"] != FIRST_CASE]
    at = next(n for n, act in enumerate(keep) if act.kind == "case_settled")
    story.acts = []
    made = [decide(story, FIRST_CASE, officer.id, choice) for officer in (SARI, WAYAN)]
    made.append(settle(story, FIRST_CASE, choice, (SARI.id, WAYAN.id)))
    for act in made:
        act.at = keep[at].at
        act.body |= {"document_commitment": digest("document")} if act.kind == "decision_made" else {}
    story.acts = [*keep[:at], *made, *keep[at + 1 :]]


def strike_all_of_a_case(story: Story) -> None:
    _redo_first_case(story, Choice(Ruling.SAME_PERSON, 12, (12, 407, 500)))


def strike_a_line_outside_the_case(story: Story) -> None:
    _redo_first_case(story, Choice(Ruling.SAME_PERSON, 12, (407, 500, 777)))


def strike_while_different(story: Story) -> None:
    _redo_first_case(story, Choice(Ruling.DIFFERENT_PEOPLE, None, (407, 500)))


def strike_the_kept(story: Story) -> None:
    act = change(story, 12)
    act.body["kept"] = 407
    story.acts.insert(-1, story.acts.pop())
    story.find("outcome_enacted", outcome=OUTCOME).body.update(struck=3, changes=3, lines_after=997)
    story.acts[-1], story.acts[-2] = story.acts[-2], story.acts[-1]


def strike_twice(story: Story) -> None:
    act = change(story, 407)
    act.name += ".2"
    story.acts.insert(story.acts.index(story.first("outcome_enacted")), story.acts.pop())
    story.find("outcome_enacted", outcome=OUTCOME).body.update(struck=3, changes=3, lines_after=997)


def strike_with_another_code(story: Story) -> None:
    story.first("roll_changed").body["tms"] = 1


def strike_in_another_roll(story: Story) -> None:
    story.first("roll_changed").body["roll"] = "ffb2c3d4e5f60718"


def change_after_the_outcome(story: Story) -> None:
    act = change(story, 407)
    story.acts.remove(story.first("roll_changed"))
    assert story.acts[-1] is act


def count_wrong(story: Story) -> None:
    story.first("outcome_enacted").body.update(changes=3)


def sum_wrong(story: Story) -> None:
    story.first("outcome_enacted").body.update(lines_after=1000)


def begin_from_another_sum(story: Story) -> None:
    story.first("outcome_enacted").body.update(lines_before=1001, lines_after=999)


def begin_from_no_roll(story: Story) -> None:
    story.first("outcome_enacted").body["roll_before"] = "ffb2c3d4e5f60718"


def drop_the_outcome(story: Story) -> None:
    story.drop(story.first("outcome_enacted"))
    story.files.clear()


def drop_a_change(story: Story) -> None:
    story.drop(story.first("roll_changed"))


def list_another_file_digest(story: Story) -> None:
    story.first("outcome_enacted").body["files"]["berita-acara.html"] = digest("another")


def lose_lines_at_intake(story: Story) -> None:
    story.first("roll_taken_in").body["set_aside"] = 1


def take_in_twice(story: Story) -> None:
    story.acts.insert(6, story.first("roll_taken_in"))


def take_the_next_roll_in_with_other_lines(story: Story) -> None:
    act = story.first("roll_taken_in")
    body = act.body | {"roll": NEXT_ROLL, "lines_in": 999, "checked": 999, "set_aside": 0}
    story.tell("roll_taken_in", act.actor, NEXT_ROLL, **body)


def find_in_no_roll(story: Story) -> None:
    story.first("pairs_found").body["roll"] = "ffb2c3d4e5f60718"


def refer_from_no_run(story: Story) -> None:
    story.first("case_referred").body["run"] = "ffb2c3d4e5f60718"


def refer_one_line(story: Story) -> None:
    story.find("case_referred", case=SECOND_CASE).body["lines"] = [13, 13]


def refer_lines_beyond_the_roll(story: Story) -> None:
    story.find("case_referred", case=SECOND_CASE).body["lines"] = [13, 5000]


def lose_a_cluster_on_the_way(story: Story) -> None:
    account_for(story, clusters=6)


def account_for_another_roll(story: Story) -> None:
    account_for(story, roll="ffb2c3d4e5f60718")


def open_the_office_for_another_log(story: Story) -> None:
    story.first("office_opened").body["origin"] = "bayangan.example/34.04"


def never_open_the_office(story: Story) -> None:
    story.drop(story.first("office_opened"))


def use_an_id_twice(story: Story) -> None:
    story.acts.append(story.find("officer_enrolled", officer=TONO.id))


ATTACKS: dict[Callable[[Story], None], str] = {
    drop_a_decision: "tanpa dua putusan",
    drop_both_decisions: "tanpa dua putusan",
    drop_the_settlement: "belum selesai diputuskan",
    cite_one_decision_twice: "tanpa dua putusan",
    cite_one_person_twice: "satu orang saja",
    cite_three_decisions: "tanpa dua putusan",
    cite_another_case: "putusan perkara lain",
    cite_no_case: "belum selesai diputuskan",
    let_the_observer_decide: "pengawas",
    let_another_kabupaten_decide: "wilayah lain",
    let_the_province_decide: "wilayah lain",
    let_a_stranger_decide: "tidak terdaftar",
    enrol_after_deciding: "tidak terdaftar",
    let_a_program_decide: "bukan oleh orang",
    let_a_program_settle: "bukan oleh orang",
    let_an_officer_enrol_themselves: "tidak berwenang",
    let_the_observer_enrol: "tidak berwenang",
    enrol_in_another_s_name: "bukan pelakunya",
    decide_unseen: "belum melihat bukti",
    see_after_deciding: "belum melihat bukti",
    see_for_another: "bukan pelaku catatan",
    decide_on_other_evidence: "bukti lain",
    decide_before_seeing: "mendahului dasarnya",
    decide_no_case: "perkara yang tidak ada",
    decide_twice: "memutuskan dua kali",
    decide_after_the_settlement: "sudah selesai",
    supersede_before_the_settlement: "sudah diganti",
    supersede_another_s_decision: "bukan miliknya",
    open_another_choice: "bukan pilihan yang dikunci",
    open_with_another_salt: "bukan pilihan yang dikunci",
    open_one_only: "tidak semua putusan",
    settle_on_one_decision: "tidak berdasar pada dua putusan",
    settle_a_disagreement: "tidak mengatakan hal yang sama",
    settle_twice: "sudah selesai",
    strike_without_a_document: "tanpa dokumen",
    strike_all_of_a_case: "menyisakan satu baris",
    strike_a_line_outside_the_case: "menyisakan satu baris",
    strike_while_different: "hanya putusan ganda",
    strike_the_kept: "dipertahankan ikut dicoret",
    strike_twice: "dicoret dua kali",
    strike_with_another_code: "kode selain ganda",
    strike_in_another_roll: "daftar lain",
    change_after_the_outcome: "setelah hasilnya diberlakukan",
    count_wrong: "jumlah perubahan",
    sum_wrong: "dikurangi yang dicoret",
    begin_from_another_sum: "jumlah baris sebelumnya",
    begin_from_no_roll: "daftar sebelumnya tidak ada",
    drop_the_outcome: "tanpa hasil",
    drop_a_change: "jumlah perubahan",
    list_another_file_digest: "isinya bukan yang dicatat",
    lose_lines_at_intake: "baris masuk tidak sama",
    take_in_twice: "dimasukkan dua kali",
    take_the_next_roll_in_with_other_lines: "jumlah baris lain",
    find_in_no_roll: "tidak pernah dimasukkan",
    refer_from_no_run: "pencarian yang tidak ada",
    lose_a_cluster_on_the_way: "dipertanggungjawabkan",
    account_for_another_roll: "rujukan atas pencarian",
    refer_one_line: "dua baris atau lebih",
    refer_lines_beyond_the_roll: "di luar daftar",
    open_the_office_for_another_log: "log lain",
    never_open_the_office: "belum dibuka",
    use_an_id_twice: "sudah dipakai",
}
