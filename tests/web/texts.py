"""Every text of the pages, collected from the sources: what the English catalogue has to have."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

WEB = Path(__file__).resolve().parents[2] / "src" / "saksama" / "web"
_TRANSLATE = re.compile(r"""\{%\s*translate\s+("([^"]*)"|'([^']*)')""")
_BLOCK = re.compile(
    r"\{%\s*blocktranslate[^%]*%\}(.*?)(?:\{%\s*plural\s*%\}.*?)?\{%\s*endblocktranslate\s*%\}", re.DOTALL
)
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_SPEAKERS = {"say", "later"}  # gettext and gettext_lazy, as the pages import them


def texts_of_pages() -> set[str]:
    """The msgids of templates and of Python."""
    found: set[str] = set()
    for path in sorted(WEB.rglob("*.html")):
        source = path.read_text(encoding="utf-8")
        found |= {double or single for _, double, single in _TRANSLATE.findall(source)}
        found |= {_VARIABLE.sub(r"%(\1)s", block) for block in _BLOCK.findall(source)}
    for path in sorted(WEB.rglob("*.py")):
        found |= set(_said_in(ast.parse(path.read_text(encoding="utf-8"))))
    return found


def _said_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _SPEAKERS:
            (text,) = node.args
            assert isinstance(text, ast.Constant), ast.dump(text)
            assert isinstance(text.value, str)
            yield text.value
