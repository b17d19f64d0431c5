"""The page about a run: whole in one file, true to the run, in both languages, naming nobody."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest

from saksama.linkage.plan import parse_plan, roll_id_plan
from saksama.linkage.run import link, write_run
from saksama.linkage.telling.reading import RunFolder, read_run
from saksama.linkage.telling.report import report_page
from saksama.linkage.telling.report_words import count, estimate, figure, group_name, share
from saksama.model.texts import speak
from tests.linkage.rolls import as_table, moved, person, strangers

ROWS = strangers(2000)
ROWS += [moved(row) for row in ROWS[:60]] + [person(), moved(person(), nama="RAHAYU K", jk=None)]
VOID = {"meta", "br", "rect", "line", "circle", "path"}


class Reader(HTMLParser):
    """Reads a page and checks that every element is closed in its turn."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(autouse=True)
def speak_indonesian_afterwards() -> Iterator[None]:
    yield
    speak("id")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return run_of(as_table(ROWS), roll_id_plan(), tmp_path_factory)


def run_of(table: Any, plan: Any, factory: pytest.TempPathFactory) -> RunFolder:
    folder = factory.mktemp("run")
    write_run(link(table, plan), folder)
    return read_run(folder)


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_page_is_one_well_formed_file_that_asks_for_nothing(run: RunFolder, language: str) -> None:
    speak(language)
    read = Reader(report_page(run))
    assert read.seen[0] == ("html", {"lang": language})
    assert not {tag for tag, _ in read.seen} & {"script", "link", "img", "iframe", "object"}
    assert not any(
        name in ("src", "href", "style") or name.startswith("on") for _, attrs in read.seen for name in attrs
    )
    assert "url(" not in report_page(run)
    assert [tag for tag, _ in read.seen].count("h1") == 1


def test_it_tells_the_figures_of_the_run(run: RunFolder) -> None:
    page, counts = report_page(run), run.about["counts"]
    for figure_of in ("lines", "candidates", "pairs", "clusters"):
        assert f"<dd>{count(counts[figure_of])}</dd>" in page
    for band in run.about["bands"].values():
        assert f'<td class="r">{count(band["pairs"])}</td><td class="r">{estimate(band["expected_false"])}</td>' in page
    assert f"{share(run.about['blocking_recall']['estimate'])}" in page
    for rule in run.about["rules"]:
        assert rule["rule"] in page
    women = next(group for group in run.about["groups"]["sex"] if group["group"] == "P")
    assert (
        f'perempuan</th><td class="r">{count(women["lines"])}</td><td class="r">{count(women["flagged"])}</td>' in page
    )
    assert "34 DI Yogyakarta" in page


def test_every_figure_of_the_histogram_is_in_its_table(run: RunFolder) -> None:
    table = report_page(run).split("<details>")[1].split("</details>")[0]
    rows = re.findall(r'<tr><th scope="row">(.*?)</th><td class="r">(.*?)</td>', table)
    assert rows == [(figure(row["bits"], 0), estimate(row["pairs"])) for row in run.about["histogram"]]


def test_a_group_whose_whole_interval_is_above_the_roll_is_marked(run: RunFolder) -> None:
    assert '<tr class="apart">' not in report_page(run)
    worse = {**run.about["groups"]["sex"][0], "group": "P", "lines": 100, "flagged": 90}
    worse |= {"expected_false": 80.0, "expected_false_low": 70.0, "expected_false_high": 90.0}
    about = {**run.about, "groups": {**run.about["groups"], "sex": [worse]}}
    assert '<tr class="apart"><th scope="row">perempuan ▲</th>' in report_page(
        RunFolder(about, run.pairs, run.evidence)
    )


def test_nobody_is_named(run: RunFolder) -> None:
    page = report_page(run).upper()
    for row in ROWS[:60]:
        assert row["nik"] not in page
        assert f">{row['nama']}<" not in page
    assert not any(word in page for word in ("RAHAYU", "KINASIH", "1980-03-02"))


def test_a_run_of_another_plan_or_of_nobody_has_a_page_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    plan = parse_plan(
        'name = "x<y"\n[[comparison]]\nname = "full_name"\nkind = "name"\ncolumns = "nama"\n'
        '[[blocking]]\nname = "a & b"\nkeys = ["full_name:plain"]\n',
        where="test",
    )
    page = report_page(run_of(as_table(ROWS), plan, tmp_path_factory))
    Reader(page)
    assert "Rencana x&lt;y" in page
    assert "a &amp; b" in page
    assert "tidak memuat kolom untuk mengelompokkan" in page
    Reader(report_page(run_of(as_table([]), roll_id_plan(), tmp_path_factory)))


def test_figures_are_written_as_the_language_writes_them() -> None:
    told = [count(1090578), figure(-1.25, 2), estimate(9.94), estimate(12345.6), share(0.4567), share(0.00004)]
    assert told == ["1.090.578", "−1,25", "9,9", "12.346", "45,7\u00a0%", "0,0040\u00a0%"]
    speak("en")
    assert [count(1090578), share(0.4567)] == ["1,090,578", "45.7\u00a0%"]
    assert [group_name("1980s"), group_name("51"), group_name("X")] == ["1980–1989", "51 Bali", "X"]
