"""A pair's weight as a waterfall picture (SVG): from the starting point, each element up or down, to the sum."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from saksama.linkage.telling.explaining import PairExplanation
from saksama.model.texts import _, language

WIDTH = 800
_LABELS, _VALUES, _TOP, _ROW = 330, 64, 76, 42  # px: left column, room for figures at the right, head, a row
_FOR, _AGAINST, _GIVEN, _INK, _SOFT, _GRID = "#1d4a75", "#92291a", "#6b7280", "#1b2330", "#4a5463", "#ddd8cc"
_FONT = "'Atkinson Hyperlegible','Segoe UI','Noto Sans','DejaVu Sans',sans-serif"
_UNSEEN = 0.05  # bits: 0,0 as written
_At = Callable[[float], float]  # bits to px
_MOST_LETTERS = 46  # of a line under a label; the whole stands in the row's title


@dataclass(frozen=True, slots=True)
class _Bar:
    """A bar from `begin` to `end` on the axis of bits."""

    label: str
    fact: str
    sentence: str
    begin: float
    end: float
    color: str
    figure: str


def waterfall(pair: PairExplanation) -> str:
    """The picture as an SVG document in the language spoken: 800 px wide, for screens and print; nobody is named."""
    bars = _bars(pair)
    low = min(0.0, *(min(bar.begin, bar.end) for bar in bars))
    high = max(0.0, *(max(bar.begin, bar.end) for bar in bars))
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 1000) if (high - low) / s <= 9)
    low, high = step * (low // step), step * -(-high // step)
    scale = (WIDTH - _LABELS - _VALUES) / max(high - low, 1)

    def at(bits: float) -> float:
        return round(_LABELS + (bits - low) * scale, 1)

    height = _TOP + _ROW * len(bars) + 44
    title = _("Baris {left} dan {right}: mengapa diusulkan").format(left=pair.left, right=pair.right)
    told = " ".join(f"{bar.label} {bar.figure}." for bar in bars)
    described = _("Bobot dalam bit, dari titik awal sampai jumlah. {told}").format(told=told)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-labelledby="t d" lang="{language()}" font-family="{_FONT}" font-size="13" fill="{_INK}">',
        f'<title id="t">{escape(title)}</title>',
        f'<desc id="d">{escape(described)}</desc>',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="16" y="30" font-size="18" font-weight="700">{escape(title)}</text>',
        f'<text x="16" y="52" fill="{_SOFT}">{escape(_how_to_read())}</text>',
        *_axis((low, high, step), at, height - 44),
        *(_row(bar, bars[k + 1] if k + 1 < len(bars) else None, _TOP + _ROW * k, at) for k, bar in enumerate(bars)),
        "</svg>\n",
    ]
    return "\n".join(parts)


def _how_to_read() -> str:
    return _("Bobot dalam bit: tiap bit membuatnya dua kali lebih mungkin. Di kanan 0, satu orang lebih mungkin.")


def _bars(pair: PairExplanation) -> list[_Bar]:
    english, out, reached = language() == "en", [], 0.0
    for step in pair.steps:
        label, fact = (step.label_en, step.fact_en) if english else (step.label_id, step.fact_id)
        said = step.sentence_en if english else step.sentence_id
        color = _GIVEN if not step.level or abs(step.bits) < _UNSEEN else _FOR if step.bits > 0 else _AGAINST
        out.append(_Bar(label, fact, said, reached, reached + step.bits, color, signed(step.bits)))
        reached += step.bits
    said = pair.sum_en if english else pair.sum_id
    fact = pair.sum_fact_en if english else pair.sum_fact_id
    out.append(_Bar(_("Jumlah"), fact, said, 0.0, pair.sum_bits, _INK, signed(pair.sum_bits)))
    return out


def signed(bits: float) -> str:
    """Bits with sign and one decimal as the language writes them; a true minus."""
    text = f"{abs(bits):.1f}"
    text = text if language() == "en" else text.replace(".", ",")
    return f"{'' if abs(bits) < _UNSEEN else '+' if bits > 0 else '−'}{text}"


def _axis(scale: tuple[float, float, float], at: _At, bottom: float) -> list[str]:
    low, high, step = scale
    out = []
    value = low
    while value <= high:
        even = value == 0
        out.append(
            f'<line x1="{at(value)}" x2="{at(value)}" y1="{_TOP - 8}" y2="{bottom}" stroke="{_INK if even else _GRID}" '
            f'stroke-width="{1.5 if even else 1}"/>'
            f'<text x="{at(value)}" y="{bottom + 18}" text-anchor="middle" font-size="12" fill="{_SOFT}">'
            f"{'−' if value < 0 else ''}{abs(value):g}</text>"
        )
        value += step
    out.append(
        f'<text x="{at(0)}" y="{bottom + 35}" text-anchor="middle" font-size="12" fill="{_SOFT}">'
        f"{escape(_('sama mungkin'))}</text>"
    )
    return out


def _row(bar: _Bar, following: _Bar | None, top: float, at: _At) -> str:
    left, right = sorted((at(bar.begin), at(bar.end)))
    width = max(round(right - left, 1), 1.5)
    middle = top + 18
    fact = bar.fact if len(bar.fact) <= _MOST_LETTERS else bar.fact[: _MOST_LETTERS - 1].rstrip() + "…"
    link = (
        f'<line x1="{at(bar.end)}" x2="{at(bar.end)}" y1="{middle + 10}" y2="{middle + _ROW - 10}" '
        f'stroke="{_SOFT}" stroke-dasharray="2 2"/>'
        if following is not None and following.begin == bar.end
        else ""
    )
    return (
        f"<g><title>{escape(bar.sentence)}</title>"
        f'<text x="16" y="{top + 16}" font-weight="700">{escape(bar.label)}</text>'
        f'<text x="16" y="{top + 32}" font-size="12" fill="{_SOFT}">{escape(fact)}</text>'
        f'<rect x="{left}" y="{middle - 10}" width="{width}" height="20" fill="{bar.color}"/>'
        f'{link}<text x="{right + 6}" y="{middle + 5}" font-weight="700" paint-order="stroke" stroke="#fff" '
        f'stroke-width="4">{bar.figure}</text></g>'
    )
