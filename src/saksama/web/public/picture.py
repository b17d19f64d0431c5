"""How the log has grown, as a picture drawn on the server: no script, no library, the same data the same drawing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

WIDE: Final = 600  # units of the drawing; a page stretches it to its own width
HIGH: Final = 160
_MOST: Final = 200  # points; a longer history is thinned, which takes nothing from a sum


@dataclass(frozen=True, slots=True)
class Growth:
    """A line and the area under it, in units; what stands at the ends of the axes."""

    line: str
    area: str
    top: int
    middle: int
    first: date
    last: date
    total: int


def draw_growth(days: Sequence[tuple[str, int]]) -> Growth | None:
    """The sum of entries day by day, from (ISO day, entries) in order; None if there are none.

    Each day takes the width of one day, so a week without work is a week's flat line.
    """
    counted = [(date.fromisoformat(day), n) for day, n in days if n]
    if not counted:
        return None
    first, last = counted[0][0], counted[-1][0]
    span = (last - first).days + 1
    total = sum(n for _, n in counted)
    top = _round_up(total)
    points = list(_thinned(_steps(counted, first, span, top)))
    line = " ".join(f"{x:g},{y:g}" for x, y in points)
    return Growth(line, f"0,{HIGH} {line} {points[-1][0]:g},{HIGH}", top, top // 2, first, last, total)


def _steps(counted: Sequence[tuple[date, int]], first: date, span: int, top: int) -> list[tuple[float, float]]:
    points = [(0.0, float(HIGH))]
    reached = 0
    for day, n in counted:
        begin = (day - first).days
        points.append((_x(begin, span), _y(reached, top)))  # flat through the days without entries
        reached += n
        points.append((_x(begin + 1, span), _y(reached, top)))
    return points


def _x(days: int, span: int) -> float:
    return round(days / span * WIDE, 1)


def _y(count: int, top: int) -> float:
    return round(HIGH - count / top * HIGH, 1)


def _thinned(points: Sequence[tuple[float, float]]) -> Iterable[tuple[float, float]]:
    step = -(-len(points) // _MOST)
    yield from points[:-1:step]
    yield points[-1]


def _round_up(count: int) -> int:
    """The next number of the kind 2, 4, 6, 8, 10 times a power of ten, so that half of it is whole and short."""
    power = 1
    while power * 10 < count:
        power *= 10
    return next(n * power for n in (2, 4, 6, 8, 10) if n * power >= count)
