"""What the operator reads of an intake: a report to print. The workbook of faulty lines is in `faults_book`."""

import html
from pathlib import Path

from saksama.model.roll import FaultLevel
from saksama.model.texts import _, language
from saksama.roll.faults import ASIDE, FAULTS, WORKLISTS
from saksama.roll.faults_book import FaultsWriter, write_faults
from saksama.roll.recap import Compared
from saksama.roll.regions import Regions
from saksama.roll.tally import PlaceCount, Tally
from saksama.roll.writing import written_aside

__all__ = ["FaultsWriter", "write_faults", "write_report"]

_STYLE = """
:root { color-scheme: light }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; color: #111;
  background: #fff }
h1 { font-size: 1.5rem; margin: 0 0 .5rem }
h2 { font-size: 1.15rem; margin: 1.75rem 0 .5rem }
.sums { display: flex; flex-wrap: wrap; gap: .5rem 2rem; border: 1px solid #444; padding: .75rem 1rem }
.sums b { font-size: 1.4rem; display: block }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .35rem .5rem; border-bottom: 1px solid #bbb }
thead th { border-bottom: 2px solid #444 }
th.n, td.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
small, .none { color: #444 }
@media (max-width: 34rem) {
  body { padding: .75rem; font-size: 15px }
  th, td { padding: .3rem .2rem; font-size: .8rem }
  th.n { white-space: normal }
}
@media print {
  body { font-size: 10.5pt; max-width: none; padding: 0 }
  h2 { break-after: avoid }
  tr { break-inside: avoid }
  thead { display: table-header-group }
  .wide { overflow: visible }
}
"""


def write_report(path: Path, tally: Tally, *, title: str, about: str = "") -> None:
    """Write the HTML report of an intake: one file that asks for nothing from outside, to print or read on a phone.

    `title` names the file or office, `about` what the file is. Counts only: no voter stands in it.
    """
    page = _page(tally, title=title, about=about)
    with written_aside(path) as file:
        file.write(page.encode("utf-8"))


def _page(tally: Tally, *, title: str, about: str) -> str:
    parts = [
        f'<!doctype html><html lang="{language()}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>{_e(title)}</title><style>{_STYLE}</style></head><body><main>",
        f"<h1>{_e(title)}</h1>",
        f"<p>{_e(about)}</p>" if about else "",
        _sums(tally),
        f"<p>{_e(_promise())}</p>",
        _fault_section(tally, FaultLevel.FORMAT, _("Cacat format")),
        _fault_section(tally, FaultLevel.LOOK, _("Perlu dilihat")),
        _simple_section(_("Baris yang disisihkan"), [(ASIDE[c].spoken(), n) for c, n in _by_count(tally.aside)]),
    ]
    if tally.worklists:
        rows = [(WORKLISTS[code].spoken(), count) for code, count in _by_count(tally.worklists)]
        parts.append(_simple_section(_("Daftar kunjungan"), rows))
    wrong = [line for line in tally.recap() if line.stated != line.found]
    if wrong:
        parts.append(_recap_section(wrong))
    parts += [_village_section(tally), _place_section(tally), "</main></body></html>\n"]
    return "\n".join(part for part in parts if part)


def _promise() -> str:
    return _(
        "Setiap baris masuk berakhir sebagai diperiksa atau disisihkan. Tidak satu pun temuan di sini alasan untuk "
        "mencoret pemilih; nilai asli tetap disimpan."
    )


def _sums(tally: Tally) -> str:
    sums = (
        (_("baris masuk"), tally.lines_in),
        (_("diperiksa"), tally.checked),
        (_("disisihkan"), tally.set_aside),
        (_("baris dengan cacat format"), tally.faulty_lines),
    )
    boxes = "".join(f"<div><b>{_number(count)}</b>{_e(label)}</div>" for label, count in sums)
    return f'<div class="sums">{boxes}</div>'


def _fault_section(tally: Tally, level: FaultLevel, heading: str) -> str:
    rows = []
    found = [(key, n) for key, n in tally.faults_by_column.items() if FAULTS[key[1]].level is level]
    for (column, code), count in sorted(found, key=lambda item: (-item[1], item[0])):
        sentence, mend = FAULTS[code].spoken()
        where = column or _("seluruh baris")
        rows.append(
            f"<tr><td>{_e(where)}</td><td>{_e(sentence)}<br><small>{_e(mend)}</small></td>"
            f'<td class="n">{_number(count)}</td></tr>'
        )
    heads = (_("Kolom"), _("Temuan dan cara memperbaiki"), _("Baris"))
    return _section(heading, heads, rows, numbers=1)


def _simple_section(heading: str, counted: list[tuple[str, int]]) -> str:
    rows = [f'<tr><td>{_e(text)}</td><td class="n">{_number(count)}</td></tr>' for text, count in counted]
    return _section(heading, (_("Alasan"), _("Baris")), rows, numbers=1)


def _recap_section(wrong: list[Compared]) -> str:
    rows = [
        f"<tr><td>{_e(_village(line.village))}</td><td>{_e(line.tps or '–')}</td>"
        f'<td class="n">{_number(line.stated)}</td><td class="n">{_number(line.found)}</td></tr>'
        for line in wrong
    ]
    heads = (_("Desa/kelurahan"), _("TPS"), _("Menurut rekap"), _("Menurut baris"))
    return _section(_("Rekap yang tidak cocok dengan baris"), heads, rows, numbers=2)


def _village_section(tally: Tally) -> str:
    rows = [
        f"<tr><td>{_e(_village(village))}</td>{_cells(count)}</tr>" for village, count in tally.by_village().items()
    ]
    return _section(_("Neraca per desa/kelurahan"), (_("Desa/kelurahan"), *_balance_heads()), rows, numbers=3)


def _place_section(tally: Tally) -> str:
    places = tally.shown_places()
    with_sheets = any(place.sheet for place in places)
    rows = [
        f"<tr>{f'<td>{_e(place.sheet)}</td>' if with_sheets else ''}<td>{_e(_village(place.village))}</td>"
        f"<td>{_e(place.tps or '–')}</td>{_cells(count)}</tr>"
        for place, count in places.items()
    ]
    heads = ((_("Lembar"),) if with_sheets else ()) + (_("Desa/kelurahan"), _("TPS"), *_balance_heads())
    return _section(_("Neraca per TPS"), heads, rows, numbers=3)


def _balance_heads() -> tuple[str, str, str]:
    return _("Masuk"), _("Diperiksa"), _("Disisihkan")


def _cells(count: PlaceCount) -> str:
    numbers = (count.lines_in, count.checked, count.set_aside)
    return "".join(f'<td class="n">{_number(number)}</td>' for number in numbers)


def _section(heading: str, heads: tuple[str, ...], rows: list[str], *, numbers: int) -> str:
    if not rows:
        return f'<h2>{_e(heading)}</h2><p class="none">{_e(_("Tidak ada."))}</p>'
    first_number = len(heads) - numbers
    labels = "".join(
        f'<th scope="col"{" class=n" if at >= first_number else ""}>{_e(head)}</th>' for at, head in enumerate(heads)
    )
    body = "\n".join(rows)
    return (
        f'<h2>{_e(heading)}</h2><div class="wide"><table><thead><tr>{labels}</tr></thead>'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def _village(village: str) -> str:
    if not village:
        return _("(tanpa desa)")
    if village == "?":
        return _("(nama tidak dikenal)")
    regions = Regions.load()
    return f"{regions.name_of(village)} ({village})" if regions.known(village) else village


def _by_count(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _number(count: int) -> str:
    return f"{count:,}".replace(",", "." if language() == "id" else ",")


def _e(text: str) -> str:
    return html.escape(text)
