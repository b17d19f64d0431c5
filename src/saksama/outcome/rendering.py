"""Print a Berita Acara: the same composed document as HTML for screens and as PDF for paper."""

import dataclasses
import json
from collections.abc import Iterable
from datetime import UTC, datetime, time
from html import escape
from importlib import resources

import typst

from saksama.model.errors import Broken
from saksama.outcome.berita_acara import Minutes
from saksama.outcome.composing import Annex, Document, Point, Row, Table, compose

_BLANK = "." * 40
# A screen reader's tags for every cell make 10 MB of a document with 5,000 cases, 0.6 MB without; beyond this bound the
# HTML is the version to listen to.
_MAX_TAGGED_CASES = 1_000
_ALIGN = {"l": "", "c": ' class="c"', "r": ' class="r"'}


class CannotPrint(Broken):
    """The template of this version does not print the document."""


def minutes_pdf(minutes: Minutes) -> bytes:
    """The Berita Acara as PDF/A-2b. Same minutes, same bytes: its dates are the plenary's, its fonts the wheel's own.

    Text reaches the template as data, so nothing in it is read as markup. Asks nothing of the network or the system's
    fonts. Raises CannotPrint.
    """
    document = {
        "document": json.dumps(dataclasses.asdict(compose(minutes)), ensure_ascii=False),
        "held": minutes.held_on.isoformat(),
    }
    template = resources.files("saksama.outcome").joinpath("berita_acara.typ").read_bytes()
    compiler = typst.Compiler(template, font_paths=typst.Fonts(include_system_fonts=False), sys_inputs=document)
    try:
        printed = compiler.compile(
            format="pdf",
            pdf_standards="a-2b",
            pdf_tags=len(minutes.cases) <= _MAX_TAGGED_CASES,
            timestamp=datetime.combine(minutes.held_on, time(), UTC),
        )
    except typst.TypstError as refused:
        raise CannotPrint("the Berita Acara template does not compile") from refused
    if not isinstance(printed, bytes):
        raise CannotPrint("typst gave no single PDF")
    return printed


def minutes_html(minutes: Minutes) -> str:
    """The Berita Acara as one HTML page that needs no other file, readable on a phone and printable on A4."""
    document = compose(minutes)
    style = resources.files("saksama.outcome").joinpath("berita_acara.css").read_text()
    title = escape(" ".join((document.title[0], *document.title[2:])))
    return (
        '<!DOCTYPE html>\n<html lang="id">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        f"{_head(document)}<p>{escape(document.opening)}</p>\n"
        f"<ol>\n{''.join(map(_point, document.points))}</ol>\n<p>{escape(document.closing)}</p>\n"
        f"{_signatures(document)}"
        f"{''.join(_annex(annex, document) for annex in document.annexes)}"
        f"<footer>{escape(document.footer)}</footer>\n</main>\n</body>\n</html>\n"
    )


def _head(document: Document) -> str:
    kop = "<br>".join(map(escape, document.letterhead))
    first, joint, *rest = map(escape, document.title)
    return (
        f'<header><p class="kop">{kop}</p>\n<h1>{first}</h1>\n<p>NOMOR: {escape(document.number) or _BLANK}</p>\n'
        f'<p class="joint">{joint}</p>\n<p class="about">{"<br>".join(rest)}</p></header>\n'
    )


def _point(point: Point) -> str:
    return (
        f"<li>{''.join(f'<p>{escape(text)}</p>' for text in point.paragraphs)}\n"
        f"{''.join(map(_table, point.tables))}</li>\n"
    )


def _table(table: Table) -> str:
    caption = f"<caption>{escape(table.caption)}</caption>\n" if table.caption else ""
    headings = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in table.headings)
    rows = "".join(_row(row, table.align) for row in table.rows)
    note = f'<p class="note">{escape(table.note)}</p>\n' if table.note else ""
    # A wide table scrolls by itself, by keyboard too; the page never does.
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(table.caption or "Tabel lampiran")}">'
        f"<table>\n{caption}<thead><tr>{headings}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n{note}"
    )


def _row(row: Row, align: str) -> str:
    kind = f' class="{row.kind}"' if row.kind else ""
    cells = "".join(f"<td{_ALIGN[letter]}>{escape(cell)}</td>" for letter, cell in zip(align, row.cells, strict=True))
    return f"<tr{kind}>{cells}</tr>\n"


def _signatures(document: Document) -> str:
    signers = _lines((role, name or _BLANK) for role, name in document.signers)
    observers = _lines((name, "nama dan tanda tangan") for name in document.observers)
    seen = f"<p>Hadir dan menyaksikan:</p>\n<ol>{observers}</ol>\n" if document.observers else ""
    return (
        f'<section class="sign"><p class="for">{escape(document.signed_for)}<br>{escape(document.dated)}</p>\n'
        f"<ol>{signers}</ol>\n{seen}</section>\n"
    )


def _lines(people: Iterable[tuple[str, str]]) -> str:
    return "".join(
        f'<li><span>{escape(role)}</span> <span>{escape(name)}</span> <span class="line"></span></li>\n'
        for role, name in people
    )


def _annex(annex: Annex, document: Document) -> str:
    wide = " wide" if annex.is_wide else ""
    numbered = f"Nomor {document.number} " if document.number else ""
    attached = escape(f"{annex.label} Berita Acara {numbered}tanggal {document.dated}")
    return (
        f'<section class="annex{wide}"><p>{attached}</p>\n'
        f"<h2>{escape(annex.title)}</h2>\n{_table(annex.table)}</section>\n"
    )
