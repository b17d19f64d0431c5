"""Every command as a person types it: help, reports, refusals with a sentence, exit codes 0, 1 and 2."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from saksama.cli.main import main
from saksama.model import texts

NOUNS = ["office", "roll", "linkage", "cases", "ledger", "outcome", "audit", "serve", "witness"]


@pytest.fixture(autouse=True)
def _indonesian() -> Iterator[None]:
    yield
    texts.speak("id")


def run(*arguments: object, says: str = "") -> Result:
    result = CliRunner().invoke(main, [str(a) for a in arguments], input=says)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception  # a command never ends in a trace
    return result


def commands() -> list[tuple[str, ...]]:
    context = click.Context(main)
    found: list[tuple[str, ...]] = []
    for noun in NOUNS:
        command = main.get_command(context, noun)
        assert command is not None
        found.append((noun,))
        if isinstance(command, click.Group):
            found += [(noun, verb) for verb in command.commands]
    return found


def test_the_nouns_are_listed_in_the_order_of_the_main_path() -> None:
    said = run("--help").stdout
    assert [noun for noun in NOUNS if noun in said] == NOUNS
    assert "0 baik, 1 ada temuan" in said


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_command_has_help(command: tuple[str, ...]) -> None:
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert "Pemakaian: main " + " ".join(command) in result.stdout


@pytest.mark.parametrize("command", [(), *commands()], ids=" ".join)
def test_every_help_is_english_where_english_is_spoken(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = run("--lang", "en", *command, "--help").stdout
    assert "Usage: main" in told
    indonesian = re.findall(
        r"\b(?:dan|yang|atau|dengan|kantor|daftar|berkas|bawaan|tanpa|dari|ini|bantuan|Perintah|Pilihan)\b", told
    )
    assert not indonesian
    monkeypatch.setenv("SAKSAMA_LANG", "en")
    assert run(*command, "--help").stdout == told


def test_what_is_called_wrongly_is_told_in_the_language_spoken() -> None:
    assert "Belum diisi: isian 'FILE'" in run("roll", "check").stderr
    assert "Pilihan '--x' tidak ada" in run("roll", "check", "--x").stderr
    assert "Perintah 'nothing' tidak ada" in run("nothing").stderr
    assert "'X' tidak ada di antara 'DP4'" in run("roll", "take-in", "a", "--office", "b", "--kind", "X").stderr
    assert "Missing argument 'FILE'" in run("--lang", "en", "roll", "check").stderr
    assert "No such option '--x'" in run("--lang", "en", "roll", "check", "--x").stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("roll", "sample", "x.csv"),
        ("roll", "sample", "x.csv", "--lines", "0", "--seed", "1"),
        ("roll", "take-in", "x.csv", "--office", "o", "--kind", "PEMILU"),
        ("office", "init"),
        ("ledger", "verify"),
        ("nothing",),
    ],
)
def test_a_command_called_wrongly_ends_with_2(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    made = run(
        "roll", "sample", tmp_path / "roll.csv", "--lines", 400, "--seed", 3, "--truth", tmp_path / "truth.parquet"
    )
    assert made.exit_code == 0, made.stderr
    return tmp_path / "roll.csv"


@pytest.fixture
def office(tmp_path: Path) -> Path:
    made = run("office", "init", tmp_path / "kantor", "--wilayah", "34.04", "--name", "KPU Kabupaten Sleman")
    assert made.exit_code == 0, made.stderr
    return tmp_path / "kantor"


def test_the_same_sample_is_the_same_bytes(sample: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.csv"
    run("roll", "sample", again, "--lines", 400, "--seed", 3)
    assert again.read_bytes() == sample.read_bytes()


def test_check_reports_as_json_and_in_sentences(sample: Path, tmp_path: Path) -> None:
    told = json.loads(run("roll", "check", sample, "--json").stdout)
    assert told["lines_in"] == told["checked"] + told["set_aside"] == 400
    assert told["wilayah"] == "34.04"
    files = ("--report", tmp_path / "laporan.html", "--faults", tmp_path / "cacat.xlsx")
    said = run("roll", "check", sample, *files)
    assert "400 baris = 400 diperiksa + 0 disisihkan" in said.stdout
    assert said.stdout.startswith("Dibaca sebagai CSV, koma, UTF-8.\n")
    assert said.exit_code == (1 if told["faulty_lines"] else 0)
    assert "<html" in (tmp_path / "laporan.html").read_text()
    assert (tmp_path / "cacat.xlsx").read_bytes()[:2] == b"PK"


def test_check_names_the_columns_it_had_no_use_for(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("No,NIK,Nama,JK,Hobi\n1,3404074107550001,SARI,P,catur\n")
    assert "Kolom yang tidak dipakai: Hobi\n" in run("roll", "check", path).stdout


def test_check_speaks_english_when_asked(sample: Path) -> None:
    said = run("--lang", "en", "roll", "check", sample).stdout
    assert "400 lines = 400 checked + 0 set aside" in said


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("none.csv", None),
        ("empty.csv", b""),
        ("binary.csv", bytes(range(256)) * 8),
        ("broken.xlsx", b"PK\x03\x04 no workbook"),
        ("broken.parquet", b"PAR1 no parquet"),
        ("broken.csv.gz", b"\x1f\x8b\x08 no gzip"),
        ("old.xls", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600),
        ("other.csv", b"a,b,c\n1,2,3\n4,5,6\n"),
    ],
)
def test_a_file_that_is_no_roll_gets_a_sentence_and_1(
    office: Path, tmp_path: Path, name: str, content: bytes | None
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    for command in (
        ("roll", "check", path),
        ("roll", "take-in", path, "--office", office, "--kind", "DPB"),
        ("linkage", "run", path, "--out", tmp_path / "out"),
    ):
        result = run(*command)
        assert result.exit_code == 1, result.output
        assert result.stderr.strip()
        assert "Traceback" not in result.stderr
    assert list((office / "rolls").iterdir()) == []  # nothing half taken in
    assert not (tmp_path / "out").exists()


def test_an_unknown_layout_is_answered_with_the_mapping_to_write(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_bytes(b"nomor,siapa,kapan\n3404010101700001,ANI,01-01-1970\n")
    result = run("roll", "check", path)
    assert result.exit_code == 1
    assert "nomor | siapa | kapan" in result.stderr
    told = json.loads(run("roll", "check", path, "--json").stdout)
    mapping = told["mapping"]
    assert mapping in result.stderr
    for column, label in (("nik", "nomor"), ("nama", "siapa"), ("tgl_lahir", "kapan")):
        mapping = mapping.replace(f'\n{column} = ""', f'\n{column} = "{label}"')
    (tmp_path / "MAP.toml").write_text(mapping)
    mended = json.loads(run("roll", "check", path, "--columns", tmp_path / "MAP.toml", "--json").stdout)
    assert (mended["lines_in"], mended["checked"]) == (1, 1)


def test_taking_in_twice_changes_nothing(office: Path, sample: Path) -> None:
    first = json.loads(run("roll", "take-in", sample, "--office", office, "--kind", "DPB", "--json").stdout)
    second = json.loads(run("roll", "take-in", sample, "--office", office, "--kind", "DPB", "--json").stdout)
    assert (first["is_new"], second["is_new"]) == (True, False)
    assert first["roll"] == second["roll"]


def test_linkage_runs_on_a_file_with_no_office_and_twice_the_same(sample: Path, tmp_path: Path) -> None:
    for out in ("one", "two"):
        assert run("linkage", "run", sample, "--out", tmp_path / out).exit_code == 0
    for name in ("pairs.parquet", "clusters.parquet", "evidence.parquet"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    pairs = pq.read_table(tmp_path / "one" / "pairs.parquet")
    assert pairs.column_names == ["left", "right", "weight_bits", "probability", "q_value", "band"]
    assert pq.read_table(tmp_path / "one" / "clusters.parquet").column_names == ["line", "cluster"]
    assert "input_sha256" in json.loads((tmp_path / "one" / "run.json").read_text())


def test_linkage_explains_a_pair_it_proposed_and_no_other(sample: Path, tmp_path: Path) -> None:
    run("linkage", "run", sample, "--out", tmp_path / "out")
    pairs = pq.read_table(tmp_path / "out" / "pairs.parquet")
    left, right = pairs["left"][0].as_py(), pairs["right"][0].as_py()
    picture = tmp_path / "why.svg"
    told = run("linkage", "explain", tmp_path / "out", right, left, "--svg", picture)
    assert told.exit_code == 0
    assert f"Baris {left} dan {right}; bobot dalam bit" in told.stdout
    assert told.stdout.rstrip().endswith("yang memutuskan petugas.")
    assert picture.read_text().startswith("<svg")
    known = json.loads(run("linkage", "explain", tmp_path / "out", left, right, "--json").stdout)
    assert known["weight_bits"] == pairs["weight_bits"][0].as_py()
    assert {"sentence_id", "sentence_en", "bits", "level"} <= set(known["steps"][1])
    assert (
        "of 100 pairs like this one" in run("--lang", "en", "linkage", "explain", tmp_path / "out", left, right).stdout
    )
    refused = run("linkage", "explain", tmp_path / "out", left, 10**9)
    assert refused.exit_code == 1
    assert f"Baris {left} berpasangan dengan" in refused.stderr
    assert (
        run("linkage", "explain", tmp_path / "out", left, right, "--svg", tmp_path / "out" / "run.json").exit_code == 1
    )
    assert run("linkage", "explain", tmp_path, left, right).exit_code == 1


def test_linkage_reports_on_a_run_in_one_page(sample: Path, tmp_path: Path) -> None:
    run("linkage", "run", sample, "--out", tmp_path / "out")
    page = tmp_path / "report.html"
    assert run("linkage", "report", tmp_path / "out", "--out", page).exit_code == 0
    assert "<h1>Laporan pencarian ganda</h1>" in page.read_text()
    assert run("--lang", "en", "linkage", "report", tmp_path / "out", "--out", page).exit_code == 0
    assert "<h1>Report on a search for double voters</h1>" in page.read_text()
    before = (tmp_path / "out" / "pairs.parquet").read_bytes()
    refused = run("linkage", "report", tmp_path / "out", "--out", tmp_path / "out" / "pairs.parquet")
    assert (refused.exit_code, "berakhiran .html" in refused.stderr) == (1, True)
    assert (tmp_path / "out" / "pairs.parquet").read_bytes() == before


def test_linkage_never_writes_over_what_is_there(sample: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")
    result = run("linkage", "run", sample, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "kosong" in result.stderr
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("wilayah", "said"), [("99.99", "tabel"), ("Sleman", "34.04.07.2001"), ("34.04.07.2001.1", "Kode wilayah")]
)
def test_an_unknown_wilayah_is_refused(tmp_path: Path, wilayah: str, said: str) -> None:
    result = run("office", "init", tmp_path / "k", "--wilayah", wilayah, "--name", "KPU")
    assert (result.exit_code, said in result.stderr) == (1, True)
    assert not (tmp_path / "k").exists()


def test_an_office_is_not_made_where_something_is(office: Path) -> None:
    result = run("office", "init", office, "--wilayah", "34.04", "--name", "KPU")
    assert result.exit_code == 1
    assert "kosong" in result.stderr


@pytest.mark.parametrize("command", [("linkage", "find"), ("roll", "take-in", "x.csv", "--kind", "DPB")])
def test_a_folder_that_is_no_office_is_told_how_to_become_one(tmp_path: Path, command: tuple[str, ...]) -> None:
    result = run(*command, "--office", tmp_path)
    assert result.exit_code == 1
    assert "saksama office init" in result.stderr


def test_find_without_a_roll_says_what_to_do_first(office: Path) -> None:
    result = run("linkage", "find", "--office", office)
    assert (result.exit_code, "saksama roll take-in" in result.stderr) == (1, True)


def test_audit_of_no_folder_cannot_say_yes(tmp_path: Path) -> None:
    none = run("audit", tmp_path / "none.zip")
    assert (none.exit_code, "Tidak ada berkas atau folder" in none.output) == (2, True)
    assert run("audit", tmp_path).exit_code == 2


def test_a_refusal_is_json_for_machines(office: Path) -> None:
    told = json.loads(run("linkage", "find", "--office", office, "--json").stdout)
    assert told["kind"] == "BadInput"
    assert "roll take-in" in told["refused"]
