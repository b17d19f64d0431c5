"""The pictures of the report, as SVG inside the page: the histogram of weights, and strips with an interval."""

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from saksama.linkage.telling.report_words import count, figure
from saksama.model.texts import _

_WIDTH, _HEIGHT = 880, 330
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 16, 46
_LEAST = 0.1  # pairs: the foot of the logarithmic axis


def histogram_picture(rows: Sequence[Mapping[str, Any]], even: float) -> str:
    """Pairs by bit of weight on a logarithmic axis: all weighed, expected one person, strangers; decoys if counted.

    `even` is the weight at which one person and strangers are equally likely.
    """
    low, high = int(rows[0]["bits"]), int(rows[-1]["bits"]) + 1
    top = max(10.0 ** math.ceil(math.log10(max(row["pairs"] for row in rows))), 10.0)
    wide = (_WIDTH - _LEFT - _RIGHT) / (high - low)

    def x(bits: float) -> float:
        return round(_LEFT + (bits - low) * wide, 1)

    def y(pairs: float) -> float:
        part = math.log10(max(pairs, _LEAST) / _LEAST) / math.log10(top / _LEAST)
        return round(_HEIGHT - _BOTTOM - part * (_HEIGHT - _TOP - _BOTTOM), 1)

    foot = y(_LEAST)
    bars = "".join(
        f'<rect x="{x(row["bits"])}" y="{y(row["pairs"])}" width="{round(max(wide - 0.6, 0.5), 1)}" '
        f'height="{round(foot - y(row["pairs"]), 1)}"/>'
        for row in rows
    )
    lines = "".join(
        f'<path class="{name}" d="{_steps([(row["bits"], row.get(name, 0.0)) for row in rows], x, y)}"/>'
        for name in ("strangers", "strangers_alike", "decoys", "one_person")
        if name in rows[0]
    )
    described = _(
        "Pasangan menurut bobot, {low} sampai {high} bit; paling banyak {most} dalam satu bit. Angkanya di tabel di "
        "bawah."
    ).format(low=low, high=high - 1, most=count(max(row["pairs"] for row in rows)))
    mark = ""
    if low < even < high:
        mark = (
            f'<line class="even" x1="{x(even)}" x2="{x(even)}" y1="{_TOP}" y2="{foot}"/>'
            f'<text class="halo" x="{x(even) + 5}" y="{_TOP + 11}">{escape(_("sama mungkin"))}</text>'
        )
    return (
        f'<svg class="histogram" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-labelledby="ht hd">'
        f'<title id="ht">{escape(_("Bobot pasangan"))}</title><desc id="hd">{escape(described)}</desc>'
        f'{_grid((low, high), top, x, y)}<g class="pairs">{bars}</g>{lines}{mark}'
        f'<text class="axis" x="{(_LEFT + _WIDTH - _RIGHT) / 2}" y="{_HEIGHT - 6}" text-anchor="middle">'
        f"{escape(_('bobot, bit'))}</text></svg>"
    )


def strip(low: float, middle: float, high: float, scale: tuple[float, float], reference: float | None = None) -> str:
    """An interval with its middle on a scale shared by all strips of a table; a line at `reference`."""
    width, height = 170, 18
    span = max(scale[1] - scale[0], 1e-9)

    def at(value: float) -> float:
        return round(5 + (width - 10) * min(max((value - scale[0]) / span, 0.0), 1.0), 1)

    line = ""
    if reference is not None:
        line = f'<line class="reference" x1="{at(reference)}" x2="{at(reference)}" y1="0" y2="{height}"/>'
    return (
        f'<svg class="strip" viewBox="0 0 {width} {height}" width="{width}" height="{height}" aria-hidden="true">'
        f'<line class="base" x1="5" x2="{width - 5}" y1="9" y2="9"/>{line}'
        f'<line class="range" x1="{at(low)}" x2="{at(high)}" y1="9" y2="9"/>'
        f'<circle cx="{at(middle)}" cy="9" r="4"/></svg>'
    )


def _steps(points: list[tuple[int, float]], x: Any, y: Any) -> str:
    """A line in steps, one bit wide, broken where nothing is expected."""
    parts, last = [], None
    for bits, value in points:
        if value < _LEAST:
            last = None
            continue
        move = "M" if last != bits else "L"
        parts.append(f"{move}{x(bits)} {y(value)}H{x(bits + 1)}")
        last = bits + 1
    return "".join(parts)


def _grid(bounds: tuple[int, int], top: float, x: Any, y: Any) -> str:
    out, value = [], 1.0
    while value <= top:
        out.append(
            f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y(value)}" y2="{y(value)}"/>'
            f'<text x="{_LEFT - 8}" y="{y(value) + 4}" text-anchor="end">{count(value)}</text>'
        )
        value *= 10
    every = 10 if bounds[1] - bounds[0] > 25 else 5
    out.extend(
        f'<line x1="{x(bits)}" x2="{x(bits)}" y1="{y(_LEAST)}" y2="{y(_LEAST) + 5}"/>'
        f'<text x="{x(bits)}" y="{y(_LEAST) + 19}" text-anchor="middle">{figure(bits, 0)}</text>'
        for bits in range(-(-bounds[0] // every) * every, bounds[1] + 1, every)
    )
    return f'<g class="grid">{"".join(out)}</g>'
