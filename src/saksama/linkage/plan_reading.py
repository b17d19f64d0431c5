"""Reads a plan's TOML and refuses a faulty one whole: every fault with its line and how to mend it."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from saksama.model.errors import BadInput
from saksama.model.texts import _

# Which roles a kind of comparison has: needed and optional, with how many columns each may name.
ROLES: Mapping[str, Mapping[str, tuple[int, int]]] = {
    "name": {"columns": (1, 4)},
    "date": {"columns": (1, 3)},
    "person_number": {"number": (1, 1), "born": (0, 1)},
    "place": {"household": (0, 1), "tiers": (0, 4), "lane": (0, 3)},
    "text": {"columns": (1, 1)},
    "code": {"columns": (1, 1)},
}
# What a blocking key may take of a comparison of each kind.
PARTS: Mapping[str, tuple[str, ...]] = {
    "name": ("word", "start3", "start1", "plain", "joined", "rarest1", "rarest3"),
    "date": ("date", "day_month", "year", "year_month", "year_day"),
    "person_number": ("number", "rebuilt", "region", "region_date", "date_serial", "region_serial", "one_off"),
    "place": ("household", "village", "district", "regency", "lane"),
    "text": ("value", "start3"),
    "code": ("value",),
}
MANY = {"name": ("word", "start3", "start1"), "person_number": ("one_off",)}  # of these a record has several keys
STYLES = ("plain", "indonesia")


@dataclass(slots=True)
class ComparisonText:
    """A `[[comparison]]` as read."""

    name: str
    kind: str
    columns: dict[str, tuple[str, ...]]
    style: str


@dataclass(slots=True)
class RuleText:
    """A `[[blocking]]` as read."""

    name: str
    keys: tuple[str, ...]
    longer: tuple[str, ...]


@dataclass(slots=True)
class PlanText:
    """A plan as read, its values of the right types and its names known."""

    name: str
    comparisons: list[ComparisonText]
    blocking: list[RuleText]
    bands: dict[str, float]
    limits: dict[str, int]
    faults: list[str] = field(default_factory=list)


class _Reader:
    """Collects faults while it reads, so that one refusal names them all."""

    def __init__(self, text: str, where: str) -> None:
        self.lines = text.splitlines()
        self.where = where
        self.faults: list[str] = []

    def line_of(self, table: str, number: int | None, key: str | None) -> int:
        """The line (from 1) of `key` in the `number`-th `[[table]]`; of the table itself where the key is absent."""
        seen, begin = -1, 1
        for at, line in enumerate(self.lines, 1):
            if re.match(rf"\s*\[+\s*{re.escape(table)}\s*\]+", line):
                seen, begin = seen + 1, at
                if key is None and seen == (number or 0):
                    return at
            elif line.lstrip().startswith("["):
                if seen == (number or 0):
                    return begin
            elif seen == (number or 0) and key is not None and re.match(rf"\s*{re.escape(key)}\s*=", line):
                return at
        return begin

    def fault(self, table: str, number: int | None, key: str | None, sentence: str) -> None:
        line = self.line_of(table, number, key)
        self.faults.append(
            _("{where}, baris {line}: {sentence}").format(where=self.where, line=line, sentence=sentence)
        )

    def texts(self, value: Any) -> tuple[str, ...] | None:
        """A text or a list of texts as a tuple; None for anything else."""
        listed = [value] if isinstance(value, str) else value
        if isinstance(listed, list) and all(isinstance(v, str) and v for v in listed):
            return tuple(listed)
        return None


def read_plan(text: str, where: str) -> PlanText:
    """The plan in `text`. Raises BadInput with every fault found, a line each."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise BadInput(_("{where} bukan TOML yang sah: {fault}.").format(where=where, fault=fault)) from fault
    reader = _Reader(text, where)
    for key in raw.keys() - {"name", "comparison", "blocking", "bands", "limits"}:
        reader.faults.append(
            _("{where}: bagian {key} tidak dikenal; yang ada: name, comparison, blocking, bands, limits.").format(
                where=where, key=key
            )
        )
    name = raw.get("name")
    if not isinstance(name, str) or not name:
        reader.faults.append(_('{where}: tulis nama rencana, misalnya name = "daftar-saya".').format(where=where))
    comparisons = [_comparison(reader, k, item) for k, item in enumerate(_tables(reader, raw, "comparison"))]
    _unique(reader, "comparison", [c.name for c in comparisons])
    kinds = {c.name: c.kind for c in comparisons}
    rules = [_rule(reader, k, item, kinds) for k, item in enumerate(_tables(reader, raw, "blocking"))]
    _unique(reader, "blocking", [r.name for r in rules])
    plan = PlanText(str(name), comparisons, rules, _bands(reader, raw), _limits(reader, raw))
    if reader.faults:
        raise BadInput("\n".join(reader.faults))
    return plan


def _tables(reader: _Reader, raw: dict[str, Any], table: str) -> list[dict[str, Any]]:
    found = raw.get(table)
    if not isinstance(found, list) or not found or not all(isinstance(item, dict) for item in found):
        reader.faults.append(
            _("{where}: perlu sekurangnya satu bagian [[{table}]].").format(where=reader.where, table=table)
        )
        return []
    return found


def _unique(reader: _Reader, table: str, names: list[str]) -> None:
    for k, name in enumerate(names):
        if name in names[:k]:
            reader.fault(table, k, "name", _("nama {name} dipakai dua kali; pilih nama lain.").format(name=name))


def _comparison(reader: _Reader, number: int, item: dict[str, Any]) -> ComparisonText:
    table = "comparison"
    name, kind, style = item.get("name"), item.get("kind"), item.get("style", "plain")
    if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        reader.fault(table, number, "name", _("name harus huruf kecil, angka atau garis bawah, misalnya nama_ibu."))
    if not isinstance(kind, str) or kind not in ROLES:
        reader.fault(table, number, "kind", _("kind harus salah satu dari {kinds}.").format(kinds=", ".join(ROLES)))
        return ComparisonText(str(name), "code", {}, "plain")
    if style not in STYLES:
        reader.fault(
            table, number, "style", _("style harus salah satu dari {styles}.").format(styles=", ".join(STYLES))
        )
    columns: dict[str, tuple[str, ...]] = {}
    for role, (least, most) in ROLES[kind].items():
        value = reader.texts(item.get(role, []))
        if value is None or not least <= len(value) <= most or (kind == "date" and len(value) == 2):
            reader.fault(
                table, number, role,
                _("{role} menyebut {least}-{most} nama kolom (tanggal: satu, atau tahun, bulan dan hari).").format(
                    role=role, least=least, most=most),
            )  # fmt: skip
        elif value:
            columns[role] = value
    for key in item.keys() - {"name", "kind", "style", *ROLES[kind]}:
        reader.fault(
            table, number, key, _("{key} tidak dikenal di sini; hapus atau perbaiki ejaannya.").format(key=key)
        )
    if kind == "place" and not columns.keys() & {"household", "tiers"}:
        reader.fault(table, number, None, _("tempat perlu household, tiers, atau keduanya."))
    return ComparisonText(str(name), kind, columns, str(style))


def _rule(reader: _Reader, number: int, item: dict[str, Any], kinds: dict[str, str]) -> RuleText:
    table = "blocking"
    name = item.get("name")
    if not isinstance(name, str) or not name:
        reader.fault(table, number, "name", _("beri aturan ini nama."))
    lists = {}
    for key in ("keys", "longer"):
        value = reader.texts(item.get(key, []))
        if value is None or (key == "keys" and not value):
            reader.fault(table, number, key, _('{key} menyebut bagian kunci, misalnya ["nama:word"].').format(key=key))
            value = ()
        lists[key] = value
        for part in value:
            _check_part(reader, (number, key), part, kinds)
    for key in item.keys() - {"name", "keys", "longer"}:
        reader.fault(
            table, number, key, _("{key} tidak dikenal di sini; hapus atau perbaiki ejaannya.").format(key=key)
        )
    if (
        sum(what in MANY.get(kinds.get(name, ""), ()) for name, _, what in (p.partition(":") for p in lists["keys"]))
        > 1
    ):
        reader.fault(
            table, number, "keys", _("satu aturan hanya boleh satu bagian yang berkunci banyak (kata nama, one_off).")
        )
    if any(part.endswith(":one_off") for part in lists["longer"]):
        reader.fault(table, number, "longer", _("one_off hanya untuk keys."))
    return RuleText(str(name), lists["keys"], lists["longer"])


def _check_part(reader: _Reader, place: tuple[int, str], part: str, kinds: dict[str, str]) -> None:
    comparison, _colon, what = part.partition(":")
    if comparison not in kinds:
        sentence = _("bagian {part} menunjuk pembanding yang tidak ada; yang ada: {known}.").format(
            part=part, known=", ".join(kinds)
        )
        reader.fault("blocking", place[0], place[1], sentence)
    elif what not in PARTS[kinds[comparison]]:
        sentence = _("bagian {part} tidak ada; dari {name} dapat dipakai: {parts}.").format(
            part=part, name=comparison, parts=", ".join(PARTS[kinds[comparison]])
        )
        reader.fault("blocking", place[0], place[1], sentence)


def _bands(reader: _Reader, raw: dict[str, Any]) -> dict[str, float]:
    bands = raw.get("bands", {})
    order = ("check", "probable", "certain")
    if not isinstance(bands, dict) or bands.keys() - set(order):
        reader.fault("bands", None, None, _("bands hanya mengenal certain, probable dan check."))
        return {}
    values = {"check": 0.5, "probable": 0.9, "certain": 0.99, **bands}
    sound = all(isinstance(v, int | float) and not isinstance(v, bool) and 0 < v < 1 for v in values.values())
    if not sound or not values["check"] <= values["probable"] <= values["certain"]:
        reader.fault("bands", None, None, _("ambang harus di antara 0 dan 1, dan check ≤ probable ≤ certain."))
        return {}
    return {key: float(value) for key, value in values.items()}


def _limits(reader: _Reader, raw: dict[str, Any]) -> dict[str, int]:
    limits = raw.get("limits", {})
    allowed = {"group_cap": (2, 10_000), "largest_cluster": (2, 12)}
    if not isinstance(limits, dict):
        reader.faults.append(_("{where}: tulis batas di bawah [limits].").format(where=reader.where))
        return {}
    for key, value in limits.items():
        low, high = allowed.get(key, (0, -1))
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            sentence = _("{key} tidak dikenal atau di luar batas; group_cap 2-10000, largest_cluster 2-12.")
            reader.fault("limits", None, key, sentence.format(key=key))
    return {key: value for key, value in limits.items() if key in allowed}
