"""What a sheet shows only as a whole: the order of its dates, columns that Excel damaged, a TPS of one date."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from saksama.roll.arrow import distinct
from saksama.roll.birthdays import Birthdays, read_birthdays
from saksama.roll.cells import Cells, cells_of, wanted_columns
from saksama.roll.dates import SHAPES, DateReader, Order, Shape, order_from
from saksama.roll.layout import Layout
from saksama.roll.mapping import DAY_FIRST, MONTH_FIRST
from saksama.roll.numbers import Numbers, inside, read_numbers, suspicious_tail
from saksama.roll.raw import RawBatch
from saksama.roll.schema import BIRTH

READ = frozenset({"nik", "nkk", "tgl_lahir", BIRTH, "tps", "kd_kel"})
_ENOUGH = 5  # lines that must agree before a column is called swapped or shifted
_DISTINCT = 30  # different dates without a day over 12: by chance once in 10^11 sheets
_SMALLEST_TPS = 5
_ENOUGH_NUMBERS = 20  # fewer show nothing about how often a number ends in 0


@dataclass(frozen=True, slots=True)
class Profile:
    """The findings of a sheet. `swapped` has the shapes of date whose day and month changed places."""

    order: Order = Order.DAY_FIRST
    tails: tuple[str, str] = ("", "")  # of NIK and NKK: "0", "00" or ""
    whole: tuple[bool, bool] = (False, False)  # NIK and NKK in number cells have all their digits
    swapped: frozenset[Shape] = frozenset()
    no_day_over_12: bool = False
    shifted_1904: bool = False
    epoch_places: frozenset[tuple[str, str]] = frozenset()  # (village cell, TPS cell)


@dataclass(slots=True)
class Profiler:
    """Counts, batch by batch, what `Profile` is concluded from."""

    layout: Layout
    base_1904: bool
    date_order: str = ""
    _tails: Counter[tuple[str, str]] = field(default_factory=Counter)
    _shapes: Counter[Shape] = field(default_factory=Counter)
    _agree: Counter[tuple[Shape, str]] = field(default_factory=Counter)
    _typed: set[int] = field(default_factory=set)
    _typed_over_12: int = 0
    _shifted: int = 0
    _straight: int = 0
    _dated: Counter[tuple[str, str]] = field(default_factory=Counter)
    _at_epoch: Counter[tuple[str, str]] = field(default_factory=Counter)
    _reader: DateReader = field(init=False)

    def __post_init__(self) -> None:
        self._reader = DateReader(Order.DAY_FIRST, self.base_1904)

    @property
    def columns(self) -> frozenset[int]:
        """The raw columns that are looked at."""
        return wanted_columns(self.layout, READ)

    def add(self, batch: RawBatch) -> None:
        """Count one batch."""
        cells = cells_of(batch, self.layout)
        numbers = {n: read_numbers(cells.texts[n], cells.kinds[n]) for n in ("nik", "nkk") if n in cells.texts}
        for name, column in numbers.items():
            self._count_tails(name, column)
        if "tgl_lahir" in cells.texts:
            born = read_birthdays(cells.texts["tgl_lahir"], cells.kinds["tgl_lahir"], self._reader)
            self._count_dates(born, numbers.get("nik"))
            self._count_epochs(born, cells)

    def _count_tails(self, name: str, numbers: Numbers) -> None:
        zero = numbers.sound & (numbers.digits[:, 15] == 0)
        for code in ("nomor_presisi_excel", "nomor_sebagai_angka"):
            self._tails[name, code] += len(numbers.faults.get(code, ()))
        self._tails[name, "all"] += int(numbers.sound.sum())
        self._tails[name, "0"] += int(zero.sum())
        self._tails[name, "00"] += int((zero & (numbers.digits[:, 14] == 0)).sum())

    def _count_dates(self, born: Birthdays, numbers: Numbers | None) -> None:
        for at, count in enumerate(np.bincount(born.shape, minlength=len(SHAPES)).tolist()):
            self._shapes[SHAPES[at]] += count
        typed = born.known & (born.shape == SHAPES.index(Shape.TYPED))
        self._typed_over_12 += int((typed & (born.day > 12)).sum())
        if len(self._typed) < _DISTINCT:
            self._typed |= set(np.unique(born.days[typed]).tolist()[:1000])
        if numbers is None:
            return
        nik = inside(numbers)
        straight, swapped = born.agrees(nik), born.agrees_swapped(nik)
        for shape in (Shape.TYPED, Shape.EITHER):
            here = (born.shape == SHAPES.index(shape)) & (born.day <= 12) & (born.day != born.month)
            self._agree[shape, "straight"] += int((straight & here).sum())
            self._agree[shape, "swapped"] += int((swapped & here).sum())
        self._straight += int(straight.sum())
        self._shifted += int(born.agrees_shifted(nik).sum())

    def _count_epochs(self, born: Birthdays, cells: Cells) -> None:
        """Dated lines, and those at an epoch, by place."""
        keys, which = place_keys(cells, len(born.days))
        dated = np.bincount(which[born.known], minlength=len(keys)).tolist()
        at_epoch = np.bincount(which[born.at_epoch()], minlength=len(keys)).tolist()
        for key, dates, epochs in zip(keys, dated, at_epoch, strict=True):
            self._dated[key] += dates
            if epochs:
                self._at_epoch[key] += epochs

    def profile(self) -> Profile:
        """What all batches together show."""
        order = order_from(self._shapes[Shape.DAY], self._shapes[Shape.MONTH])
        if self.date_order:
            order = {DAY_FIRST: Order.DAY_FIRST, MONTH_FIRST: Order.MONTH_FIRST}[self.date_order]
        swapped = set()
        for shape in (Shape.TYPED, Shape.EITHER):
            straight, other = self._agree[shape, "straight"], self._agree[shape, "swapped"]
            if shape is Shape.EITHER and order is Order.MONTH_FIRST:
                straight, other = other, straight  # counted as if the day came first
            if other >= _ENOUGH and other > straight:
                swapped.add(shape)
        return Profile(
            order=order,
            tails=(self._tail("nik"), self._tail("nkk")),
            whole=(self._is_whole("nik"), self._is_whole("nkk")),
            swapped=frozenset(swapped),
            no_day_over_12=len(self._typed) >= _DISTINCT and self._typed_over_12 == 0,
            shifted_1904=self._shifted >= _ENOUGH and self._shifted > self._straight,
            epoch_places=frozenset(
                key for key, count in self._at_epoch.items() if count >= _SMALLEST_TPS and 2 * count > self._dated[key]
            ),
        )

    def _is_whole(self, name: str) -> bool:
        """Whether the numbers of number cells are whole: Excel leaves a 0 at the end of all of them, not of a tenth."""
        cut, kept = self._tails[name, "nomor_presisi_excel"], self._tails[name, "nomor_sebagai_angka"]
        return kept >= _ENOUGH_NUMBERS and not suspicious_tail(cut + kept, cut, 0)

    def _tail(self, name: str) -> str:
        return suspicious_tail(self._tails[name, "all"], self._tails[name, "0"], self._tails[name, "00"])


def place_keys(cells: Cells, length: int) -> tuple[list[tuple[str, str]], np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """The (village, TPS) cells that occur, and for each row which of them it has."""
    which = np.zeros(length, np.int64)
    keys: list[tuple[str, ...]] = [()]
    for name in ("kd_kel", "tps"):
        if name in cells.texts:
            found, rows = distinct(cells.texts[name])
            texts = [text for text, _kind in found]
        else:
            texts, rows = [""], np.zeros(length, np.int64)
        joined, inverse = np.unique(which * max(len(texts), 1) + rows, return_inverse=True)
        keys = [(*keys[pair // len(texts)], texts[pair % len(texts)]) for pair in joined.tolist()]
        which = inverse.astype(np.int64)
    return [(key[0], key[1]) for key in keys] if length else [], which
