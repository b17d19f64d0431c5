"""Finding the header: titles above, a second row or column numbers below; and the place that the titles name."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from saksama.model.roll import COLUMNS
from saksama.model.texts import _
from saksama.roll.mapping import ColumnMapping, suggest
from saksama.roll.raw import WIDEST
from saksama.roll.refusals import TooBig, UnknownLayout
from saksama.roll.schema import BIRTH, FIELDS, PLACES, RT_RW, field_of, plain_label

SEARCHED = 60  # rows from the top among which the header must stand
_TITLE = re.compile(
    r"^\s*(provinsi|propinsi|kabupaten\s*/\s*kota|kabupaten|kota|kecamatan|distrik|kelurahan\s*/\s*desa|desa\s*/\s*kelurahan"
    r"|kalurahan|kelurahan|desa|(?:no(?:mor)?\.?\s*)?tps)\s*(?:/\s*\w+\s*)?[:.]?\s*(.*)$",
    re.I | re.S,
)
_LONG_NUMBER = re.compile(r"[0-9]{5,}|^\s*[0-9]{4}\s*$")  # "TPS 2024" may head a column


@dataclass(frozen=True, slots=True, repr=False)
class Layout:
    """Where each element stands in a sheet.

    `fields` maps a field to a column, from 0. `named` are the place columns that hold names; `spare` are columns of
    names beside a column of codes, read where the code is blank. `skip` counts the rows up to and with the header.
    `place` has texts from the titles or the mapping: codes or names of `PLACES`, and tps.
    """

    labels: tuple[str, ...]
    fields: Mapping[str, int]
    named: frozenset[str]
    skip: int
    place: Mapping[str, str]
    spare: Mapping[str, int] = field(default_factory=dict)

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.labels)

    @property
    def unused(self) -> tuple[str, ...]:
        """Labels of the columns that the checked roll has no place for."""
        taken = {*self.fields.values(), *self.spare.values()}
        return tuple(label for at, label in enumerate(self.labels) if at not in taken and label.strip())

    def has(self, column: str) -> bool:
        """Whether the sheet has `column` of the checked roll, by itself or inside a combined one."""
        inside = {"tempat_lahir": BIRTH, "tgl_lahir": BIRTH, "rt": RT_RW, "rw": RT_RW}
        return column in self.fields or inside.get(column, "") in self.fields


@dataclass(frozen=True, slots=True)
class _Header:
    labels: list[str]
    skip: int
    found: dict[str, list[tuple[int, bool]]]

    @property
    def score(self) -> int:
        return len(self.found)


def find_layout(head: list[list[str]], mapping: ColumnMapping | None, *, where: str) -> Layout | None:
    """The layout of a sheet with the rows `head` on top, or None if no header is there.

    Raises UnknownLayout if there is a header but columns clash, or the mapping names a label that is not there.
    """
    if any(len(row) > WIDEST for row in head):
        raise TooBig(
            _("{where}: lebih dari {n} kolom; simpan hanya kolom daftar pemilih.").format(where=where, n=WIDEST)
        )
    if mapping is not None:
        return _mapped(head, mapping, where=where)
    header = _best_header(head)
    if header is None:
        return None
    fields, named = _choose(header, where=where)
    names = {name: [at for at, is_name in hits if is_name] for name, hits in header.found.items() if name not in named}
    spare = {name: places[0] for name, places in names.items() if len(places) == 1}
    labels = _widened(header.labels, head[header.skip :])
    return Layout(tuple(labels), fields, named, header.skip, _titles(head[: header.skip]), spare)


def _widened(labels: list[str], below: list[list[str]]) -> list[str]:
    """Labels without empty ones at the end, then as many as most rows below have cells."""
    width = len(labels)
    while width and not labels[width - 1].strip():
        width -= 1
    usual, count = Counter(map(len, below)).most_common(1)[0] if below else (0, 0)
    return labels[:width] + [""] * (usual - width if 2 * count > len(below) else 0)


def _best_header(head: list[list[str]]) -> _Header | None:
    best: _Header | None = None
    for at in range(min(len(head), SEARCHED)):
        for rows in (1, 2):
            header = _read_header(head, at, rows)
            if header is not None and (best is None or header.score > best.score):
                best = header
        if best is not None and best.score >= 5 and at >= best.skip:
            break
    return best


def _read_header(head: list[list[str]], at: int, rows: int) -> _Header | None:
    """Rows `at` onward as a header of one or two rows, or None if they are none."""
    if at + rows > len(head):
        return None
    if any(_LONG_NUMBER.search(cell) for row in head[at : at + rows] for cell in row):
        return None  # a header holds no long numbers; a voter's line does
    labels = head[at] if rows == 1 else join_rows(head[at], head[at + 1])
    found: dict[str, list[tuple[int, bool]]] = {}
    for column, label in enumerate(labels):
        hit = _field_of(label)
        if hit is not None and hit[0]:
            found.setdefault(hit[0], []).append((column, hit[1]))
    if len(found) < 3 or "nama" not in found:
        return None
    skip = at + rows
    if skip < len(head) and _counts_up(head[skip]):
        skip += 1
    plain = [label.replace("\x1f", " ").strip() for label in labels]
    return _Header(plain, skip, found)


def join_rows(upper: list[str], lower: list[str]) -> list[str]:
    """Two header rows as one: a label above spans the empty cells right of it where the row below has labels."""
    width = max(len(upper), len(lower))
    upper, lower = upper + [""] * (width - len(upper)), lower + [""] * (width - len(lower))
    joined, above = [], ""
    for top, bottom in zip(upper, lower, strict=True):
        if top.strip():
            above = top.strip()
        spans = top.strip() or (above if bottom.strip() else "")
        joined.append(f"{spans}\x1f{bottom.strip()}" if bottom.strip() else spans)
    return joined


def _field_of(label: str) -> tuple[str, bool] | None:
    """The field of a label of one or two rows: the lower row speaks first, then both together, then the upper."""
    upper, parted, lower = label.partition("\x1f")
    if not parted:
        return field_of(upper)
    return field_of(lower) or field_of(f"{upper} {lower}") or field_of(upper)


def _counts_up(row: list[str]) -> bool:
    """Whether `row` numbers the columns, 1 2 3 ..., as forms do below the header."""
    numbers = [cell.strip().strip("()") for cell in row if cell.strip()]
    return (
        len(numbers) >= 3
        and all(n.isdecimal() and len(n) <= 2 for n in numbers)
        and ([int(n) for n in numbers] == list(range(int(numbers[0]), int(numbers[0]) + len(numbers))))
    )


def _choose(header: _Header, *, where: str) -> tuple[dict[str, int], frozenset[str]]:
    """One column a field: a code before a name; else two columns of one field are not guessed about."""
    fields: dict[str, int] = {}
    named: set[str] = set()
    for name, hits in header.found.items():
        coded = _foremost(name, [hit for hit in hits if not hit[1]] or hits, header.labels)
        if len(coded) > 1:
            sentence = _("{where}: ada {n} kolom untuk {field}; pilih satu dengan berkas pemetaan (--columns).").format(
                where=where, n=len(coded), field=name
            )
            raise _unknown(sentence, header.labels, below=[], headless=False)
        fields[name] = coded[0][0]
        if coded[0][1]:
            named.add(name)
    for joined, parts in ((BIRTH, ("tempat_lahir", "tgl_lahir")), (RT_RW, ("rt", "rw"))):
        if joined in fields and all(part in fields for part in parts):
            del fields[joined]
        elif joined in fields:
            for part in parts:
                fields.pop(part, None)
    return fields, frozenset(named)


def _foremost(name: str, hits: list[tuple[int, bool]], labels: list[str]) -> list[tuple[int, bool]]:
    """Of several columns the one that is meant, where that is plain: the address and not the hamlet, the first note."""
    if name == "alamat":
        return [hit for hit in hits if re.search("alamat|jalan|jln?\\b", labels[hit[0]], re.I)] or hits
    return hits[:1] if name == "keterangan" else hits


def _titles(rows: list[list[str]]) -> dict[str, str]:
    """The place that title rows such as "KECAMATAN : DEPOK" name."""
    keys = {"p": "kd_prov", "kab": "kd_kab", "kota": "kd_kab", "kec": "kd_kec", "dis": "kd_kec"}
    place: dict[str, str] = {}
    for row in rows:
        cells = [cell.strip() for cell in row if cell.strip()]
        if len(cells) > 6:
            continue  # the header itself
        for at, cell in enumerate(cells):
            found = _TITLE.match(cell)
            if not found:
                continue
            value = found.group(2).strip(" :.") or next((c.strip(" :.") for c in cells[at + 1 :] if c.strip(" :.")), "")
            kind = found.group(1).lower()
            key = "tps" if "tps" in kind else next((v for k, v in keys.items() if kind.startswith(k)), "kd_kel")
            if value and len(value) <= 60 and not _TITLE.fullmatch(value + ":"):
                place.setdefault(key, value)
    return place


def section_titles(line: list[str | None]) -> dict[str, str]:
    """The place that a row below the header names for the lines after it: "TPS : 002". A colon tells it from a line."""
    cells = [cell or "" for cell in line]
    if not any(":" in cell for cell in cells) or sum(1 for cell in cells if cell.strip()) > 6:
        return {}
    return _titles([cells])


def _mapped(head: list[list[str]], mapping: ColumnMapping, *, where: str) -> Layout | None:
    """The layout the operator wrote, for a sheet with rows `head` on top."""
    wanted = {plain_label(v): k for k, v in mapping.columns.items() if isinstance(v, str)}
    width = max(map(len, head), default=0)
    at = (mapping.header_row or 0) - 1 if mapping.header_row is not None else _row_with(head, wanted)
    if at is None:
        return None
    labels = (head[at] if 0 <= at < len(head) else []) + [""] * width
    labels = labels[:width]
    fields: dict[str, int] = {}
    for name, value in mapping.columns.items():
        place = value - 1 if isinstance(value, int) else _position(labels, value)
        if place is None or place >= width:
            sentence = _("{where}: kolom untuk {field} di berkas pemetaan tidak ada; perbaiki judul atau nomornya.")
            raise _unknown(sentence.format(where=where, field=name), labels, below=head[at + 1 :], headless=at < 0)
        fields[name] = place
    skip = at + 1
    if 0 < skip < len(head) and _counts_up(head[skip]):
        skip += 1
    place_texts = _titles(head[: max(at, 0)]) | dict(mapping.fixed)
    named = frozenset(name for name in PLACES if name in fields)  # code or name: looked up either way
    return Layout(tuple(labels), fields, named, skip, place_texts)


def _row_with(head: list[list[str]], wanted: Mapping[str, str]) -> int | None:
    if not wanted:
        return -1
    for at, row in enumerate(head[:SEARCHED]):
        if set(wanted) <= {plain_label(cell) for cell in row}:
            return at
    return None


def _position(labels: list[str], label: str) -> int | None:
    exact = [at for at, seen in enumerate(labels) if seen.strip() == label.strip()]
    alike = [at for at, seen in enumerate(labels) if plain_label(seen) == plain_label(label)]
    return next(iter(exact or alike), None)


def unknown_layout(head: list[list[str]], *, where: str, labelled: bool = False) -> UnknownLayout:
    """The answer to a file whose columns were not recognised: what is seen, and the mapping file to write.

    `labelled` says that the first row is labels by the file's own format.
    """
    voters = next((n for n, row in enumerate(head) if any(_LONG_NUMBER.search(cell) for cell in row)), len(head))
    at = next((n for n in range(min(voters, SEARCHED)) if _is_labels(head[n], head[n + 1 : n + 6])), None)
    sentence = _("{where}: susunan kolom tidak dikenali; tulis berkas pemetaan lalu ulangi dengan --columns.")
    if labelled and not any(re.search(r"[0-9]{4,}", cell) for cell in head[0]):
        at = 0  # with a long number in it, it is a voter's line that a program took for labels
    if at is None:
        return _unknown(sentence.format(where=where), _described(head), below=head, headless=True)
    labels = [cell.strip() for cell in head[at]]
    return _unknown(sentence.format(where=where), labels, below=head[at + 1 :], headless=False)


def _unknown(sentence: str, labels: list[str], *, below: list[list[str]], headless: bool) -> UnknownLayout:
    """The refusal, with guesses by the labels and then, for what is still missing, by the cells `below` them."""
    guesses: dict[str, int] = {}
    if not headless:
        for at, label in enumerate(labels):
            hit = field_of(label)
            if hit and hit[0] in FIELDS:
                guesses.setdefault(hit[0], at)
    shapes = _described(below)
    for shape, name in _SHAPES.items():
        free = [at for at in range(min(len(labels), len(shapes))) if at not in guesses.values()]
        alike = [at for at in free if shapes[at] in (shape, "campuran") and re.search(_HINTS[name], labels[at], re.I)]
        alike = alike or [at for at in free if shapes[at] == shape]
        if len(alike) == 1:
            guesses.setdefault(name, alike[0])
    _guess_numbers(guesses, [at for at, seen in enumerate(shapes) if seen == "16 angka"], below)
    given = {name: at + 1 if headless or not labels[at] else labels[at] for name, at in guesses.items()}
    return UnknownLayout(sentence, seen=tuple(labels), suggested_toml=suggest(labels, given, headless=headless))


def _guess_numbers(guesses: dict[str, int], columns: list[int], below: list[list[str]]) -> None:
    """Of two columns of 16 digits the one that repeats is NKK: families stand together."""
    different = {at: len({row[at].strip() for row in below if at < len(row)}) for at in columns}
    if len(columns) == 1:
        guesses.setdefault("nik", columns[0])
    elif len(columns) == 2 and not {"nik", "nkk"} & set(guesses) and len(set(different.values())) == 2:
        guesses["nkk"], guesses["nik"] = sorted(columns, key=lambda at: different[at])


def _is_labels(row: list[str], below: list[list[str]]) -> bool:
    """Whether `row` heads the rows below: all words, none twice, and some column below it holds numbers instead.

    Only such a row is ever shown: any other may hold a voter's data.
    """
    cells = [cell.strip() for cell in row if cell.strip()]
    if len(cells) < 3 or len(set(cells)) < len(cells) or any(re.search(r"[0-9]{3,}", cell) for cell in cells):
        return False
    numeric = sum(
        1
        for at, label in enumerate(row)
        if label.strip() and below and all(at < len(r) and _LONG_NUMBER.search(r[at]) for r in below)
    )
    return numeric > 0


_SHAPES: Mapping[str, str] = {"tanggal": "tgl_lahir", "L/P": "jk", "kata": "nama"}
_HINTS: Mapping[str, str] = {"tgl_lahir": "lahir|birth|born|tgl", "jk": "kelamin|sex|gender", "nama": "nama|name"}


def _described(head: list[list[str]]) -> list[str]:
    """What each column looks like, without a single value."""
    width = max(map(len, head), default=0)
    return [_shape(Counter(_cell_shape(row[at]) for row in head if at < len(row))) for at in range(width)]


def _shape(shapes: Counter[str]) -> str:
    shapes.pop("", None)
    return shapes.most_common(1)[0][0] if shapes else _("kosong")


def _cell_shape(cell: str) -> str:
    text = cell.strip()
    tests = (
        (r"", ""), (r"'?[0-9]{16}", "16 angka"), (r"[0-9]{1,4}[-/|.][0-9]{1,2}[-/|.][0-9]{2,4}", "tanggal"),
        (r"[LPlp]", "L/P"), (r"[0-9.,]+", "angka"), (r"[^0-9]+", "kata"),
    )  # fmt: skip
    return next((shape for pattern, shape in tests if re.fullmatch(pattern, text)), "campuran")


def is_repeated_header(cells: list[str | None], layout: Layout) -> bool:
    """Whether a row says again what the header says: its cells are labels of the columns they stand in."""
    hits = 0
    for name, at in layout.fields.items():
        text = cells[at] if at < len(cells) else None
        if text and text.strip():
            hit = field_of(text)
            hits += (hit is not None and hit[0] == name) or plain_label(text) == plain_label(layout.labels[at])
    texts = [c for c in cells if c and c.strip()]
    return hits >= min(3, len(layout.fields)) or (len(texts) >= 3 and _counts_up([c or "" for c in cells]))


assert set(_SHAPES.values()) <= set(COLUMNS)
