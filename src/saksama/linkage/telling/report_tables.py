"""The tables of the report: bands, weights learnt, blocks, groups; from run.json and the run's tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from saksama.linkage.arrow import pc
from saksama.linkage.evidence import BLANK
from saksama.linkage.kernels.arrays import Floats
from saksama.linkage.summary import LEVEL_NAMES
from saksama.linkage.telling.level_sentences import fact, name_of
from saksama.linkage.telling.reading import RunFolder
from saksama.linkage.telling.report_pictures import strip
from saksama.linkage.telling.report_words import BANDS, GROUPINGS, count, estimate, figure, group_name, say, share
from saksama.linkage.telling.waterfall import signed
from saksama.model.pair import Band
from saksama.model.texts import _, language

_PER = 100_000  # lines, of which false flags are told


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: what it says, and whether it is a figure (to the right), not to be broken, or markup of ours."""

    text: str
    is_figure: bool = False
    is_whole: bool = False
    is_markup: bool = False

    def html(self) -> str:
        """The cell as `td`."""
        kind = "r" if self.is_figure else "whole" if self.is_whole else ""
        return f"<td{of_class(kind)}>{self.text if self.is_markup else escape(self.text)}</td>"


def of_class(name: str) -> str:
    """The attribute, or nothing for no class."""
    return f' class="{name}"' if name else ""


def number(text: str) -> Cell:
    """A cell of a figure."""
    return Cell(text, is_figure=True)


def table(heads: Sequence[str], rows: Sequence[str], *, caption: str, figures: int = 99) -> str:
    """A table that scrolls by itself on a narrow screen; heads after the first are to the right, `figures` of them."""
    first, *rest = heads
    width = "wide" if len(heads) > 2 else "narrow"
    head = f'<th scope="col">{escape(first)}</th>' + "".join(
        f'<th scope="col"{of_class("r" if k < figures else "")}>{escape(text)}</th>' for k, text in enumerate(rest)
    )
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(caption)}"><table class="{width}">'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def row(head: str, cells: Sequence[Cell], kind: str = "") -> str:
    """A row whose first cell is its head."""
    return f'<tr{of_class(kind)}><th scope="row">{escape(head)}</th>{"".join(cell.html() for cell in cells)}</tr>'


def bands_table(bands: Mapping[str, Mapping[str, float]]) -> str:
    """Pairs per band with expected false ones and their interval, and all together."""
    rows = []
    for band in Band:
        known = bands[band.value]
        rows.append(row(say(BANDS, band.value), _false_cells(known)))
    keys = ("pairs", "expected_false")
    total = {key: sum(bands[band.value][key] for band in Band) for key in keys}
    # Bands are independent sums: half-widths add in squares.
    half = (
        sum(((bands[b.value]["expected_false_high"] - bands[b.value]["expected_false_low"]) / 2) ** 2 for b in Band)
        ** 0.5
    )
    total["expected_false_low"] = max(total["expected_false"] - half, 0.0)
    total["expected_false_high"] = min(total["expected_false"] + half, total["pairs"])
    rows.append(row(_("semua"), _false_cells(total), "total"))
    heads = [_("Petunjuk"), _("pasangan"), _("perkiraan salah"), _("selang 95 %"), _("bagian salah")]
    return table(heads, rows, caption=_("Pasangan yang diusulkan, dan berapa yang diperkirakan dua orang"))


def _false_cells(known: Mapping[str, float]) -> list[Cell]:
    part = known["expected_false"] / known["pairs"] if known["pairs"] else 0.0
    return [
        number(count(known["pairs"])),
        number(estimate(known["expected_false"])),
        number(_interval(known)),
        number(share(part)),
    ]


def _interval(known: Mapping[str, float]) -> str:
    return f"{estimate(known['expected_false_low'])}–{estimate(known['expected_false_high'])}"


def q_table(q_values: Floats) -> str:
    """How many pairs stand at each expected share of false ones."""
    rows = [
        row(f"q ≤ {figure(bar, 3 if bar < 0.01 else 2)}", [number(count((q_values <= bar).sum()))])
        for bar in (0.001, 0.01, 0.05, 0.1)
    ]
    caption = _("Bila hanya pasangan teratas diambil: paling banyak bagian q di antaranya diperkirakan salah")
    return table([_("Batas"), _("pasangan")], rows, caption=caption)


def weights_table(run: RunFolder) -> str:
    """m, u and bits of every level, and the bits that flagged pairs were given: middle and 5-95 %."""
    m, u = run.about["model"]["one_person"], run.about["strangers"]["levels"]
    given = {each["name"]: run.evidence[f"bits_{each['name']}"].to_numpy() for each in run.about["comparisons"]}
    every = np.concatenate(list(given.values())) if run.evidence.num_rows else np.zeros(1)
    scale = (float(min(every.min(), -1.0)), float(max(every.max(), 1.0)))
    rows = []
    for each in run.about["comparisons"]:
        name, kind = each["name"], each["kind"]
        rows.append(_kind_row(name_of(name, kind)[_english()], 7))
        for level in (*(level for level in LEVEL_NAMES[kind] if level), BLANK):
            bits = given[name][pc.equal(run.evidence[f"level_{name}"], level).to_numpy()]
            if level == BLANK and not len(bits):
                continue
            rows.append(
                _weight_row(fact(name, kind, level)[_english()], (m[name].get(level), u[name].get(level)), bits, scale)
            )
    heads = [_("Tingkat"), "m", "u", "log₂(m/u)", _("pasangan"), _("bit yang diberikan"), _("tengah (5–95 %)")]
    return table(heads, rows, caption=_("Bobot yang dipelajari"), figures=4)


def _weight_row(head: str, chances: tuple[float | None, float | None], bits: Floats, scale: tuple[float, float]) -> str:
    m, u = chances
    cells = [number("–" if m is None else share(m)), number("–" if u is None else share(u) if u else _("tak terlihat"))]
    cells.append(number(signed(float(np.log2(m / u))) if m and u else "–"))
    cells.append(number(count(len(bits))))
    if not len(bits) or m is None:
        return row(head, [*cells, Cell(""), Cell("")])
    low, middle, high = (float(value) for value in np.quantile(bits, [0.05, 0.5, 0.95]))
    told = signed(middle) if high - low < 0.1 else f"{signed(middle)} ({signed(low)} … {signed(high)})"
    return row(head, [*cells, Cell(strip(low, middle, high, scale, 0.0), is_markup=True), Cell(told, is_whole=True)])


def blocks_table(rules: Sequence[Mapping[str, Any]]) -> str:
    """The blocking rules, the largest groups first."""
    worst = sorted(rules, key=lambda rule: (-rule["largest_group"], -rule["pairs"]))
    rows = [
        row(
            str(rule["rule"]),
            [number(count(rule[key])) for key in ("pairs", "largest_group", "cap", "split_entries", "left_in_windows")],
        )
        for rule in worst
    ]
    heads = [
        _("Aturan"), _("pasangan"), _("kelompok terbesar"), _("batas kelompok"), _("dipecah"),
        _("hanya dengan tetangga"),
    ]  # fmt: skip
    return table(heads, rows, caption=_("Aturan pemblokan, kelompok terbesar dahulu"))


def groups_table(groupings: Mapping[str, Sequence[Mapping[str, Any]]], whole: float, top: float) -> str:
    """Lines flagged and expected to be flagged falsely by group, with the rate per 100,000 lines and its interval.

    `whole` is the rate of all lines, `top` the end of the scale. A group whose whole interval lies above is marked.
    """
    heads = [
        _("Kelompok"), _("baris"), _("diusulkan"), _("perkiraan salah"), _("bagian salah"), _("salah per 100.000"),
        _("selang 95 %"), _("selang; merah: seluruh daftar"),
    ]  # fmt: skip
    rows = []
    for name in GROUPINGS:  # run.json sorts its keys; a reader wants place and person first
        if groups := groupings.get(name):
            rows.append(_kind_row(say(GROUPINGS, name), len(heads)))
            rows.extend(_group_row(group, whole, top) for group in groups)
    return table(heads, rows, caption=_("Salah diusulkan menurut kelompok pemilih"), figures=6)


def _group_row(group: Mapping[str, Any], whole: float, top: float) -> str:
    low, middle, high = (rate_of(group["lines"], group[f"expected_false{end}"]) for end in ("_low", "", "_high"))
    cells = [
        number(count(group["lines"])),
        number(count(group["flagged"])),
        number(estimate(group["expected_false"])),
        number(share(group["expected_false"] / group["flagged"] if group["flagged"] else 0.0)),
        number(estimate(middle)),
        number(f"{estimate(low)}–{estimate(high)}"),
        Cell(strip(low, middle, high, (0.0, top), whole), is_markup=True),
    ]
    is_apart = low > whole
    return row(group_name(group["group"]) + (" ▲" if is_apart else ""), cells, "apart" if is_apart else "")


def _kind_row(head: str, width: int) -> str:
    return f'<tr class="kind"><th scope="colgroup" colspan="{width}">{escape(head)}</th></tr>'


def rate_of(lines: int, expected_false: float) -> float:
    """False flags per 100,000 lines."""
    return _PER * expected_false / max(lines, 1)


def _english() -> int:
    return int(language() == "en")
