from dataclasses import replace

from saksama.model.tms import SCHEME_2018
from saksama.outcome.composing import NO_PLACE, Table, compose
from tests.outcome.minutes_made import minutes


def figures(table: Table, heading: str) -> list[int]:
    column = table.headings.index(heading)
    return [int(row.cells[column].replace(".", "")) for row in table.rows]


def test_every_row_of_every_table_has_a_cell_for_every_heading() -> None:
    document = compose(minutes())
    tables = [table for point in document.points for table in point.tables] + [a.table for a in document.annexes]
    for table in tables:
        assert (
            {len(row.cells) for row in table.rows} == {len(table.headings)} == {len(table.align)} == {len(table.widths)}
        )


def test_the_sum_row_is_the_sum_of_the_rows_above_it() -> None:
    document = compose(minutes())
    by_kecamatan, by_village = document.points[0].tables[0], document.annexes[0].table
    for heading in ("L", "P", "Tidak tercatat", "Jumlah", "Baru", "TMS", "Ubah"):
        *kecamatan, total = figures(by_kecamatan, heading)
        assert sum(kecamatan) == total == figures(by_village, heading)[-1]
        rows = dict(zip(range(99), by_village.rows, strict=False))
        counts = figures(by_village, heading)
        assert [counts[n] for n, row in rows.items() if row.kind == "parent"] == kecamatan
        assert sum(counts[n] for n, row in rows.items() if row.kind == "") == total
    assert figures(by_village, "TMS 2")[-1] == figures(by_village, "TMS")[-1] == 149


def test_the_tms_codes_are_those_of_the_scheme_in_force() -> None:
    document = compose(replace(minutes(200), tms_scheme="2018"))
    assert [row.cells[0] for row in document.points[1].tables[0].rows[:-1]] == [str(c) for c in SCHEME_2018.codes]
    assert "tetap berhak memilih" not in document.points[1].tables[0].note
    assert "Kode 8: pemilih berpindah TPS dan tetap berhak memilih" in compose(minutes(200)).points[1].tables[0].note


def test_without_voters_of_unknown_sex_there_is_no_column_for_them() -> None:
    made = minutes(200)
    office = made.totals.office
    assert office.unknown == 1
    assert "Tidak tercatat" in compose(made).points[0].tables[0].headings
    known = replace(
        made.totals, office=replace(office, unknown=0, male=office.male + 1), **_without_unknown(made.totals)
    )
    document = compose(replace(made, totals=known))
    assert "Tidak tercatat" not in document.points[0].tables[0].headings
    assert "jenis kelaminnya tidak tercatat" not in document.points[0].paragraphs[0]


def _without_unknown(totals):  # type: ignore[no-untyped-def]
    def known(counts):  # type: ignore[no-untyped-def]
        return {key: replace(c, unknown=0, male=c.male + c.unknown) for key, c in counts.items()}

    return {"kecamatan": known(totals.kecamatan), "desa": known(totals.desa)}


def test_places_without_a_name_show_their_code_and_lines_without_a_code_say_so() -> None:
    document = compose(replace(minutes(200), names={}))
    assert document.annexes[0].table.rows[0].cells[1] == "34.04.07"
    assert NO_PLACE not in str(document)


def test_without_a_checkpoint_it_says_so_and_claims_no_witness() -> None:
    document = compose(replace(minutes(200), anchor=None))
    assert "belum memiliki titik periksa" in document.points[3].paragraphs[0]
    assert "Saksi" not in str(document.points[3])


def test_cases_that_went_back_to_people_are_named() -> None:
    assert "GD-90010-AAAAA, GD-90011-AAAAA" in compose(minutes(200)).points[2].paragraphs[1]
    assert len(compose(replace(minutes(200), returned=())).points[2].paragraphs) == 1


def test_the_annex_of_cases_is_in_the_order_of_their_numbers_and_names_no_person() -> None:
    made = minutes(200)
    backwards = replace(made, cases=made.cases[::-1])
    assert compose(made) == compose(backwards)
    table = compose(made).annexes[1].table
    assert table.headings == (
        *("No.", "Nomor perkara", "Desa/kelurahan", "Kelas", "Putusan", "Keputusan", "Baris daftar"),
    )
    assert table.rows[0].cells[1:] == (
        "GD-00001-AAAAA",
        "Condongcatur, Sariharjo",
        "K3",
        "Ganda",
        "2",
        "tetap 6; dicoret 7",
    )
    assert table.rows[-1].cells[1:] == (
        "GD-90002-AAAAA",
        "Sariharjo, Caturtunggal",
        "-",
        "Rujuk Disdukcapil",
        "2",
        "4, 5",
    )


def test_a_nought_of_new_and_changed_voters_is_explained_and_a_figure_is_not() -> None:
    made = minutes(200)
    assert "hanya pencoretan data ganda" in compose(made).points[0].tables[0].note
    (place, desa), (kecamatan, inside) = next(iter(made.totals.desa.items())), next(iter(made.totals.kecamatan.items()))
    totals = replace(
        made.totals,
        office=replace(made.totals.office, baru=1),
        kecamatan={**made.totals.kecamatan, kecamatan: replace(inside, baru=1)},
        desa={**made.totals.desa, place: replace(desa, baru=1)},
    )
    assert compose(replace(made, totals=totals)).points[0].tables[0].note == ""


def test_with_no_case_decided_the_annex_says_so() -> None:
    made = minutes(20)  # too small a roll to strike from
    assert made.totals.office.struck == 0
    document = compose(replace(made, cases=()))
    assert "Tidak ada perkara" in document.annexes[1].table.rows[0].cells[1]


def test_bawaslu_of_the_same_place_is_asked_to_sign_unless_others_are_named() -> None:
    assert compose(minutes(200, observers=None)).observers == ("Bawaslu Kabupaten Sleman",)
    assert compose(minutes(200, observers=(), office_name="KIP Kota Sabang")).observers == ()
    assert compose(minutes(200, observers=None, office_name="KIP Kota Sabang")).observers == ("Bawaslu Kota Sabang",)
    assert compose(minutes(200, observers=None, office_name="Kantor Uji")).observers == ("Bawaslu",)
