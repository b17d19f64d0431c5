"""Why a pair was proposed, in words and as a picture: whole, true to the run, in both languages, naming nobody."""

import math
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pyarrow as pa
import pytest

from saksama.linkage.plan import roll_id_plan
from saksama.linkage.run import link, write_run
from saksama.linkage.summary import LEVEL_NAMES
from saksama.linkage.telling.explaining import PairExplanation, explain_pair
from saksama.linkage.telling.level_sentences import LEVELS, fact, times, weighed
from saksama.linkage.telling.reading import RunFolder, read_run
from saksama.linkage.telling.waterfall import waterfall
from saksama.model.errors import BadInput
from saksama.model.texts import speak
from tests.linkage.rolls import NO_NUMBERS, as_table, moved, person, strangers

SVG = "{http://www.w3.org/2000/svg}"
ROWS = strangers(1500)
ROWS += [moved(row) for row in ROWS[:40]]
FIRST = len(ROWS)
ROWS += [person(), moved(person(), nama="RAHAJOE KINASIH", nik=None)]


@pytest.fixture(autouse=True)
def speak_indonesian_afterwards() -> Iterator[None]:
    yield
    speak("id")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    folder = tmp_path_factory.mktemp("run")
    write_run(link(as_table(ROWS), roll_id_plan()), folder)
    return read_run(folder)


@pytest.fixture
def pair(run: RunFolder) -> PairExplanation:
    return explain_pair(run, FIRST, FIRST + 1)


def test_the_steps_sum_to_the_odds_of_the_probability_written(run: RunFolder) -> None:
    for left, right in zip(run.pairs["left"].to_pylist(), run.pairs["right"].to_pylist(), strict=True):
        explained = explain_pair(run, left, right)
        assert sum(step.bits for step in explained.steps) == pytest.approx(explained.sum_bits, abs=1e-3)
        if 0.001 < explained.probability < 0.999:
            odds = math.log2(explained.probability / (1 - explained.probability))
            assert explained.sum_bits == pytest.approx(odds, abs=0.01)


def test_the_elements_sum_to_the_weight_between_prior_and_other_explanations(pair: PairExplanation) -> None:
    assert [step.name for step in pair.steps] == [
        "prior", "nama", "tgl_lahir", "nik", "tempat", "tempat_lahir", "jk", "status_kawin", "others"
    ]  # fmt: skip
    assert sum(step.bits for step in pair.steps[1:-1]) == pytest.approx(pair.weight_bits, abs=1e-4)
    assert pair.steps[0].bits < 0
    assert pair.steps[-1].bits <= 0


def test_each_element_says_its_level_and_its_weight_in_both_languages(pair: PairExplanation) -> None:
    said = {step.name: step for step in pair.steps}
    assert said["nama"].sentence_id.startswith("Nama sama kecuali ejaan, singkatan, urutan atau sambungan kata: ")
    assert "kali lebih lazim pada dua baris milik satu orang" in said["nama"].sentence_id
    assert said["nama"].sentence_en.endswith("times as common in two lines of one person as in two people.")
    assert said["nik"].sentence_id == "NIK kosong pada salah satu atau kedua baris: tidak berbobot."
    assert said["nik"].bits == 0
    assert said["tempat"].sentence_en.startswith("One kabupaten/kota, other kecamatan: ")


@pytest.mark.parametrize(
    ("probability", "indonesian"),
    [(0.999999, "lebih dari 99,99"), (0.9912, "kira-kira 99,12"), (0.646, "kira-kira 65"), (0.002, "kurang dari 1")],
)
def test_the_sum_is_told_as_so_many_of_a_hundred(run: RunFolder, probability: float, indonesian: str) -> None:
    pairs = run.pairs.set_column(3, "probability", pa.array([probability] * run.pairs.num_rows))
    explained = explain_pair(RunFolder(run.about, pairs, run.evidence), FIRST, FIRST + 1)
    assert explained.sum_id == f"Jumlah: di antara 100 pasangan seperti ini, {indonesian} adalah satu orang."
    assert explained.sum_fact_id == f"Satu orang: {indonesian} dari 100"


def test_a_plan_that_weighs_no_other_explanation_tells_of_none(tmp_path: Path) -> None:
    write_run(link(as_table([*ROWS[:300], *ROWS[:100]]), NO_NUMBERS), tmp_path)
    run = read_run(tmp_path)
    explained = explain_pair(run, run.pairs["left"][0].as_py(), run.pairs["right"][0].as_py())
    assert [step.name for step in explained.steps] == ["prior", "nama", "lahir", "rumah"]
    assert explained.steps[2].label_id == "Lahir"
    assert sum(step.bits for step in explained.steps) == pytest.approx(explained.sum_bits, abs=1e-3)


def test_lines_may_be_named_in_either_order(run: RunFolder, pair: PairExplanation) -> None:
    assert explain_pair(run, FIRST + 1, FIRST) == pair


def test_a_pair_that_was_not_written_is_refused_and_its_lines_partners_are_named(run: RunFolder) -> None:
    alone = next(line for line in range(FIRST) if line not in set(run.pairs["left"].to_pylist()))
    with pytest.raises(BadInput, match=rf"tidak diusulkan .* Baris {FIRST} berpasangan dengan {FIRST + 1}\."):
        explain_pair(run, FIRST, alone)
    with pytest.raises(BadInput, match="Baris 999999 tidak ada dalam pasangan mana pun"):
        explain_pair(run, FIRST, 999999)


def test_of_two_tables_left_is_of_the_first_and_right_of_the_second(tmp_path: Path) -> None:
    write_run(link(as_table(ROWS[:300]), roll_id_plan(), other=as_table(ROWS[1500:1540])), tmp_path)
    run = read_run(tmp_path)
    assert explain_pair(run, 0, 0).weight_bits > 20
    assert explain_pair(run, 7, 7).left == 7
    with pytest.raises(BadInput, match="Baris 100 tidak ada"):
        explain_pair(run, 7, 100)


@pytest.mark.parametrize("gone", ["run.json", "evidence.parquet"])
def test_a_folder_that_is_no_run_or_an_old_one_is_refused(gone: str, tmp_path: Path) -> None:
    write_run(link(as_table([person()]), roll_id_plan()), tmp_path)
    (tmp_path / gone).unlink()
    with pytest.raises(BadInput, match=gone):
        read_run(tmp_path)


def test_a_damaged_run_is_refused(tmp_path: Path) -> None:
    write_run(link(as_table([person()]), roll_id_plan()), tmp_path)
    (tmp_path / "evidence.parquet").write_bytes(b"PAR1")
    with pytest.raises(BadInput, match="rusak"):
        read_run(tmp_path)


def test_every_level_of_every_kind_has_its_sentences() -> None:
    assert {kind: set(levels) for kind, levels in LEVELS.items()} == {
        kind: {level for level in levels if level} for kind, levels in LEVEL_NAMES.items()
    }
    for kind, levels in LEVELS.items():
        for level in levels:
            for text in weighed(fact("nik", kind, level), level, -3.0):
                assert text[0].isupper()
                assert text.endswith(".")
                assert "{" not in text


@pytest.mark.parametrize(
    ("bits", "indonesian", "english"),
    [
        (1.0, "2", "2"), (-1.0, "2", "2"), (1.32, "2,5", "2.5"), (4.0, "16", "16"), (14.24, "19.000", "19,000"),
        (22.3, "5,2 juta", "5.2 million"), (29.4, "710 juta", "710 million"), (31.0, "2,1 miliar", "2.1 billion"),
        (99.0, "lebih dari seribu triliun", "over a thousand trillion"),
    ],
)  # fmt: skip
def test_how_often_is_told_in_two_figures(bits: float, indonesian: str, english: str) -> None:
    assert times(bits, english=False) == indonesian
    assert times(bits, english=True) == english


@pytest.mark.parametrize(("language", "title"), [("id", "mengapa diusulkan"), ("en", "why they were proposed")])
def test_the_waterfall_is_a_picture_with_a_text_for_those_who_do_not_see_it(
    pair: PairExplanation, language: str, title: str
) -> None:
    speak(language)
    root = ElementTree.fromstring(waterfall(pair))  # noqa: S314  # our own picture
    assert root.get("role") == "img"
    described = {element.get("id"): element.text or "" for element in root if element.get("id")}
    assert root.get("aria-labelledby", "").split() == list(described)
    assert title in described["t"]
    rows = root.findall(f"{SVG}g")
    assert len(rows) == len(pair.steps) + 1
    for step in pair.steps:
        assert (step.label_en if language == "en" else step.label_id) in described["d"]


def test_the_bars_of_the_waterfall_hang_together_and_stay_inside(pair: PairExplanation) -> None:
    root = ElementTree.fromstring(waterfall(pair))  # noqa: S314  # our own picture
    bars = [group.find(f"{SVG}rect") for group in root.findall(f"{SVG}g")]
    spans = [(float(bar.get("x")), float(bar.get("x")) + float(bar.get("width"))) for bar in bars]  # type: ignore[union-attr, arg-type]
    assert all(330 <= low <= high <= 800 for low, high in spans)
    scale = (spans[0][1] - spans[0][0]) / abs(pair.steps[0].bits)
    for (low, high), step in zip(spans, pair.steps, strict=False):
        assert high - low == pytest.approx(max(abs(step.bits) * scale, 1.5), abs=0.3)


def test_nothing_of_a_voter_is_in_words_or_picture(pair: PairExplanation) -> None:
    told = str(pair.as_json()).upper() + waterfall(pair).upper()
    assert not any(value in told for value in ("RAHAYU", "RAHAJOE", "KINASIH", "3404", "1980"))
