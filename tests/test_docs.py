"""The documentation hangs together: every relative link leads to a file, every page is on the map."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)]*)?\)")


def links(document: Path) -> list[str]:
    """Relative links of a page, pictures too, without their fragment."""
    return [target for target, _ in LINK.findall(document.read_text(encoding="utf-8")) if "://" not in target]


@pytest.mark.parametrize("document", PAGES, ids=lambda document: str(document.relative_to(ROOT)))
def test_every_link_of_a_page_leads_to_a_file(document: Path) -> None:
    assert [target for target in links(document) if not (document.parent / target).exists()] == []


def test_every_page_is_on_the_map() -> None:
    the_map = ROOT / "docs" / "README.md"
    on_it = {(the_map.parent / target).resolve() for target in links(the_map)}
    assert [str(page) for page in PAGES if page.parent != ROOT and page != the_map and page not in on_it] == []


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(page.name[:4]) for page in PAGES if page.parent.name == "decisions"]
    assert numbers == list(range(1, len(numbers) + 1))
