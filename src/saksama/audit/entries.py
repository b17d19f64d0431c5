"""Parse an entry with code of the auditor's own: JSON in its one form, of a known kind, without a place for a name.

The table below restates `docs/formats/entry.md`. Nothing here is taken from the code that writes entries.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

MAX_BYTES = 16 * 1024
_FIELDS_OF_ENTRY = {"v", "id", "kind", "at", "office", "actor", "body"}

# What a value of a type looks like. No type has room for free text.
_FORMS = {
    "sha256": "[0-9a-f]{64}",
    "hex": r"(?![0-9]{16}\Z)[0-9a-f]{16,64}",  # sixteen decimal digits have the form of a NIK
    "roll": "(?![0-9]{16})[0-9a-f]{16}",
    "wilayah": r"\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?",
    "origin": "(?!([^0-9]*[0-9]){11})[a-z][a-z0-9.-]{0,99}(/[a-z0-9.-]{1,100}){1,5}",
    "officer": r"P-\d{6}",
    "actor": r"P-\d{6}|program:[a-z]+(-[a-z]+)*",
    "case": "GD-[0-9A-Z]{5}-[0-9A-Z]{5}",
    "role": "operator|anggota|pengawas",
    "roll_kind": "DP4|DPHP|DPS|DPSHP|DPT|DPTb|DPK|DPB",
    "ruling": "bukan_ganda|ganda|rujuk_disdukcapil",
    "band": "certain|probable|check",
    "kpu_class": "(K[1-4])?",
    "reason": "log_key_rotated|spare_named|spare_taken|witness_key_rotated|witnesses_changed|log_key_lost|quorum_lost",
    "year": r"\d{4}",
    "code": "(?!([^0-9]*[0-9]){5})[a-z][a-z0-9]{0,19}([_-][a-z0-9]{1,20}){1,5}",
    "version": r"\d{1,3}(\.\d{1,3}){1,3}(\+([0-9a-f]{8,12}|[0-9a-f]{32,64}))?",
    "file": r"(?!([^0-9]*[0-9]){5})[a-z0-9]{1,20}(-[a-z0-9]{1,20}){0,5}(\.[a-z0-9]{1,8}){1,2}",
}
_COMPILED = {name: re.compile(form, re.ASCII) for name, form in _FORMS.items()}
_OPENED = "decision:hex salt:sha256 ruling:ruling kept:line? struck:line*"

# kind: the fields of its body. `?` may be null, `*` is a list, `a>b` a table from a to b, `{}` a list of records.
_BODIES = {
    "office_opened": "wilayah:wilayah origin:origin policy_sha256:sha256",
    "officer_enrolled": "officer:officer role:role wilayah:wilayah by:actor",
    "roll_taken_in": "roll:roll roll_kind:roll_kind file_sha256:sha256 sealed_sha256:sha256 lines_in:count"
    " checked:count set_aside:count faults:code>count",
    "pairs_found": "run:hex roll:roll engine:version plan_sha256:sha256 pairs_sha256:sha256 clusters_sha256:sha256"
    " certain:count probable:count check:count clusters:count",
    "case_referred": "case:case wilayah:wilayah roll:roll run:hex lines:line* band:band kpu_class:kpu_class"
    " class_scheme:year evidence_digest:sha256 assistant:code assistant_version:version",
    "run_referred": "run:hex roll:roll clusters:count referred:count ruled_before:count awaiting:count"
    " overlapping:count not_ours:count",
    "evidence_seen": "case:case officer:officer evidence_digest:sha256",
    "decision_made": "decision:hex case:case choice_commitment:sha256 reason_commitment:sha256"
    " document_commitment:sha256? evidence_digest:sha256 supersedes:hex?",
    "case_settled": "case:case ruling:ruling kept:line? struck:line* decisions:hex* opened:{}",
    "roll_changed": "outcome:hex roll:roll line:line kept:line tms:count tms_scheme:year case:case decisions:hex*",
    "outcome_enacted": "outcome:hex roll_before:roll roll_after:roll lines_before:count lines_after:count"
    " struck:count changes:count files:file>sha256",
    "policy_changed": "policy_sha256:sha256 replaces_sha256:sha256 reason:reason",
}
KINDS = tuple(_BODIES)
_BIGGEST = 10**9  # a number of more digits could be most of a NIK
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


class NotCanonical(Exception):
    """Why these bytes are no entry, as a sentence that quotes nothing of them."""


class LooksPersonal(Exception):
    """Where in an entry something stands that could name a person."""


@dataclass(frozen=True, slots=True)
class AuditedEntry:
    """An entry as the auditor reads it."""

    index: int
    id: str
    kind: str
    at: datetime
    office: str
    actor: str
    body: Mapping[str, Any]


def read_entry(index: int, raw: bytes) -> AuditedEntry:
    """The entry in these bytes; raises NotCanonical, and LooksPersonal where free text found a way in."""
    whole = _parse(raw)
    if set(whole) != _FIELDS_OF_ENTRY or whole["v"] != 1 or isinstance(whole["v"], bool):
        raise NotCanonical("fields of the entry")
    kind, body = whole["kind"], whole["body"]
    if not isinstance(kind, str) or kind not in _BODIES:
        raise NotCanonical("unknown kind")
    if not isinstance(body, dict):
        raise NotCanonical("body")
    fields = dict(item.split(":", 1) for item in _BODIES[kind].split())
    if set(body) != set(fields):
        raise NotCanonical(f"fields of {kind}")
    for name, form in fields.items():
        _require(form, body[name], f"{kind}.{name}")
    _require("wilayah", whole["office"], "office")
    _require("actor", whole["actor"], "actor")
    _require_id(whole["id"], kind, body)
    return AuditedEntry(index, whole["id"], kind, _moment(whole["at"]), whole["office"], whole["actor"], body)


def _parse(raw: bytes) -> dict[str, Any]:
    if len(raw) > MAX_BYTES:
        raise NotCanonical("over 16 KiB")
    try:
        whole = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_once, parse_float=_no_float, parse_constant=_no_float
        )
        written = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        again = written.encode("utf-8")
    except (ValueError, RecursionError) as fault:
        raise NotCanonical("not JSON in its one form") from fault
    if not isinstance(whole, dict) or again != raw:
        raise NotCanonical("not JSON in its one form")
    return whole


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def _no_float(_text: str) -> float:
    raise ValueError("an entry has whole numbers only")


def _require(form: str, value: object, where: str) -> None:
    if not _fits(form, value):
        raise LooksPersonal(where)


def _fits(form: str, value: object) -> bool:
    if form.endswith("?"):
        return value is None or _fits(form[:-1], value)
    if form.endswith("*"):
        return isinstance(value, list) and all(_fits(form[:-1], item) for item in value)
    if form == "{}":
        return isinstance(value, list) and all(_is_opened(item) for item in value)
    if ">" in form:
        key, item_form = form.split(">")
        return isinstance(value, dict) and all(_fits(key, k) and _fits(item_form, v) for k, v in value.items())
    if form in ("count", "line"):
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _BIGGEST
    return isinstance(value, str) and _COMPILED[form].fullmatch(value) is not None


def _is_opened(item: object) -> bool:
    fields = dict(part.split(":", 1) for part in _OPENED.split())
    return isinstance(item, dict) and set(item) == set(fields) and all(_fits(f, item[n]) for n, f in fields.items())


def _require_id(written: object, kind: str, body: Mapping[str, Any]) -> None:
    """An id is its kind and values of the body, or their first 16 letters, so that it can hold nothing else."""
    if not isinstance(written, str) or not written.startswith(f"{kind}:") or len(written) > len(kind) + 101:
        raise NotCanonical("id")
    named: set[str] = set()
    for value in body.values():
        if isinstance(value, str | int) and not isinstance(value, bool):
            named |= {str(value), str(value)[:16], *str(value).split(".")}
    if not set(written[len(kind) + 1 :].split(".")) <= named - {""}:
        raise LooksPersonal("id")


def _moment(text: object) -> datetime:
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        raise NotCanonical("at")
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as fault:
        raise NotCanonical("at") from fault
