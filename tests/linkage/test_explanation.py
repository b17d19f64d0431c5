"""What an officer reads beside each element: right, plain, and quoting no value."""

import pytest

from saksama.linkage.telling.explanation import compare_elements
from saksama.model.recommendation import Agreement, ElementComparison
from saksama.model.record import Element


def about(element: Element, left: str | None, right: str | None) -> ElementComparison:
    compared = compare_elements({element.value: left}, {element.value: right})
    return next(comparison for comparison in compared if comparison.element is element)


def test_all_elements_are_compared_in_their_order() -> None:
    assert [comparison.element for comparison in compare_elements({}, {})] == list(Element)


@pytest.mark.parametrize("element", list(Element))
def test_blank_is_never_agreement(element: Element) -> None:
    for left, right in ((None, None), ("", ""), ("3404014203800001", None), (None, "1980-03-02"), (" ", " ")):
        assert about(element, left, right).agreement is Agreement.BLANK


@pytest.mark.parametrize(
    ("left", "right", "agreement", "sentence"),
    [
        ("RATNA SARI", "RATNASARI", "similar", "Nama sama kecuali kata yang ditulis sambung atau pisah."),
        ("DEWI", "DEWY", "similar", "Nama sama kecuali cara mengeja huruf yang bunyinya sama."),
        ("SOEPRIJANTO", "SUPRIYANTO", "similar", "Nama sama kecuali ejaan lama dan baru."),
        ("MUH. ALI", "MUHAMMAD ALI", "similar", "Nama sama kecuali singkatan yang lazim."),
        ("H. ALI, S.Pd", "ALI", "agree", "Nama sama kecuali gelar atau sebutan."),
        ("MA'RUF", "MARUF", "agree", "Nama sama kecuali tanda baca atau huruf besar-kecil."),
        ("ALI BIN UMAR", "ALI UMAR", "agree", "Nama sama kecuali gelar atau sebutan."),
        ("BUDI S", "BUDI SANTOSO", "similar", "Nama mirip: ada kata yang ditulis huruf awalnya saja."),
        ("SITI AMINAH", "AMINAH SITI", "similar", "Kata-kata namanya sama, urutannya berbeda."),
        ("SITI AMINAH", "SITI RAHAYU", "differ", "Hanya sebagian kata namanya sama."),
        ("N", "K", "differ", "Nama berbeda."),
    ],
)
def test_it_says_how_names_differ(left: str, right: str, agreement: str, sentence: str) -> None:
    for one, two in ((left, right), (right, left)):
        found = about(Element.NAMA, one, two)
        assert (found.agreement.value, found.sentence_id) == (agreement, sentence)


@pytest.mark.parametrize(
    ("left", "right", "sentence"),
    [
        ("3404014203800001", "3404014203800081", "NIK berbeda satu angka."),
        ("3404014203800001", "3404014203800010", "NIK sama kecuali dua angka berdampingan tertukar."),
        ("3404014203800001", "340401420380001", "NIK sama kecuali satu angka hilang atau berlebih."),
        ("3404014203800001", "3471104203800001",
         "Tanggal dan nomor urut dalam NIK sama, kode wilayahnya berbeda."),
        ("3404014203800001", "3404014203800002",
         "Dua belas angka pertama NIK sama dan nomor urutnya berdekatan; begitu pula NIK saudara kembar."),
        ("3404014203800001", "5107010107550012", "NIK berbeda."),
        ("0000000000000000", "3404014203800001",
         "NIK pada salah satu baris hanya berisi angka pengganti, bukan nomor."),
    ],
)  # fmt: skip
def test_it_says_how_niks_differ(left: str, right: str, sentence: str) -> None:
    assert about(Element.NIK, left, right).sentence_id == sentence


@pytest.mark.parametrize(
    ("left", "right", "agreement", "sentence"),
    [
        ("1955-07-01", "1955-07-01", "agree", "Tanggal lahir sama, tetapi tanggal bawaan (1 Juli), maka lemah."),
        ("1955-03-15", "1955-03-15", "agree", "Tanggal lahir sama, tetapi tanggal bawaan (tanggal 15), maka lemah."),
        ("1955-07-03", "1955-07-03", "agree", "Tanggal lahir sama."),
        ("1955-07-02", "1955-02-07", "similar", "Tanggal lahir sama bila hari dan bulan ditukar."),
        ("1955-07-02", "1957-07-02", "similar", "Tanggal lahir berbeda satu angka."),
        ("1955-07-02", "1968-07-02", "similar", "Hari dan bulan lahir sama, tahunnya berbeda."),
        ("1955-07-02", "1968-11-20", "differ", "Tanggal lahir berbeda."),
    ],
)
def test_it_says_how_dates_differ(left: str, right: str, agreement: str, sentence: str) -> None:
    found = about(Element.TGL_LAHIR, left, right)
    assert (found.agreement.value, found.sentence_id) == (agreement, sentence)


def test_rt_001_is_rt_1_and_sleman_is_part_of_kabupaten_sleman() -> None:
    assert about(Element.RT, "001", "1").agreement is Agreement.AGREE
    assert about(Element.TEMPAT_LAHIR, "KAB. SLEMAN", "SLEMAN").agreement is Agreement.SIMILAR
    assert about(Element.STATUS_KAWIN, "S", "P").sentence_en == "Marital status differs; it may change with time."


def test_no_sentence_quotes_a_value() -> None:
    left = {"nik": "3404014203800001", "nkk": "3404010101100001", "nama": "RAHAYU KINASIH", "tempat_lahir": "SLEMAN",
            "tgl_lahir": "1980-03-02", "alamat": "MLATI KRAJAN", "rt": "017", "rw": "023"}  # fmt: skip
    right = {"nik": "3404014203800081", "nkk": "3404170707150077", "nama": "RAHAJOE KINASIH", "tempat_lahir": "SLEMNA",
             "tgl_lahir": "1980-02-03", "alamat": "KRAJAN", "rt": "018", "rw": "023"}  # fmt: skip
    said = " ".join(c.sentence_id + c.sentence_en for c in compare_elements(left, right)).upper()
    for value in {*left.values(), *right.values()}:
        assert value.upper() not in said
