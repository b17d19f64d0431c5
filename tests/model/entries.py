"""One sound entry of every kind, and the people whose data must never stand in one."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime

from saksama.model.entry import Entry, EntryId, EntryKind

AT = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
DIGEST = "0f" * 32
OTHER_DIGEST = "e1" * 32
ROLL = "a1b2c3d4e5f60718"
RUN = "0718a1b2c3d4e5f6"
CASE = "GD-7KM2P-QX4ZB"
FIRST, SECOND = "c0ffee" * 5 + "01", "c0ffee" * 5 + "02"
CHOICE = {"ruling": "ganda", "kept": 12, "struck": [40711]}

# Typed into a form or standing in a roll. The numbers are invented; province 34, kabupaten 04.
PLANTED = (
    "SARI WIDURI KUSUMANINGRUM",
    "Sari Widuri",
    "SARI",
    "Sari",
    "sari",
    "I Wayan Sudarma, S.Pd.",
    "3404077112850001",
    "3404070101100002",
    "34040771128500",
    "31-12-1985",
    "31/12/1985",
    "1985-12-31",
    "31.12.1985",
    "JALAN KALIURANG KM 12,5",
    "RT 03 RW 07",
    "Sudah dikonfirmasi Disdukcapil Sleman",
    "470/1123/DKCS/2026",
    "081234567890",
    "sari.widuri@contoh.id",
    "sudah ditelepon",
    "Ñ",
    "",
)

BODIES: Mapping[EntryKind, Mapping[str, object]] = {
    EntryKind.OFFICE_OPENED: {"wilayah": "34.04", "origin": "saksama/34.04", "policy_sha256": DIGEST},
    EntryKind.OFFICER_ENROLLED: {
        "officer": "P-000001",
        "role": "operator",
        "wilayah": "34.04",
        "by": "program:office-enrol",
    },
    EntryKind.ROLL_TAKEN_IN: {
        "roll": ROLL,
        "roll_kind": "DPB",
        "file_sha256": DIGEST,
        "sealed_sha256": OTHER_DIGEST,
        "lines_in": 100_002,
        "checked": 100_000,
        "set_aside": 2,
        "faults": {"nomor_panjang": 7, "nik_tanggal_beda": 31},
    },
    EntryKind.PAIRS_FOUND: {
        "run": RUN,
        "roll": ROLL,
        "engine": "0.1.0",
        "plan_sha256": DIGEST,
        "pairs_sha256": OTHER_DIGEST,
        "clusters_sha256": DIGEST,
        "certain": 400,
        "probable": 80,
        "check": 20,
        "clusters": 470,
    },
    EntryKind.CASE_REFERRED: {
        "case": CASE,
        "wilayah": "34.04",
        "roll": ROLL,
        "run": RUN,
        "lines": [12, 40711],
        "band": "certain",
        "kpu_class": "K3",
        "class_scheme": "2018",
        "evidence_digest": DIGEST,
        "assistant": "pencari-ganda",
        "assistant_version": "0.1.0+0123456789",
    },
    EntryKind.RUN_REFERRED: {
        "run": RUN,
        "roll": ROLL,
        "clusters": 470,
        "referred": 440,
        "ruled_before": 21,
        "awaiting": 3,
        "overlapping": 6,
        "not_ours": 0,
    },
    EntryKind.EVIDENCE_SEEN: {"case": CASE, "officer": "P-000001", "evidence_digest": DIGEST},
    EntryKind.DECISION_MADE: {
        "decision": FIRST,
        "case": CASE,
        "choice_commitment": DIGEST,
        "reason_commitment": OTHER_DIGEST,
        "document_commitment": None,
        "evidence_digest": DIGEST,
        "supersedes": None,
    },
    EntryKind.CASE_SETTLED: {
        "case": CASE,
        **CHOICE,
        "decisions": [FIRST, SECOND],
        "opened": [
            {"decision": FIRST, "salt": DIGEST, **CHOICE},
            {"decision": SECOND, "salt": OTHER_DIGEST, **CHOICE},
        ],
    },
    EntryKind.ROLL_CHANGED: {
        "outcome": RUN,
        "roll": ROLL,
        "line": 40711,
        "kept": 12,
        "tms": 2,
        "tms_scheme": "2024",
        "case": CASE,
        "decisions": [FIRST, SECOND],
    },
    EntryKind.OUTCOME_ENACTED: {
        "outcome": RUN,
        "roll_before": ROLL,
        "roll_after": RUN,
        "lines_before": 100_000,
        "lines_after": 99_999,
        "struck": 1,
        "changes": 1,
        "files": {"daftar-pemilih.xlsx": DIGEST, "berita-acara.pdf": OTHER_DIGEST},
    },
    EntryKind.POLICY_CHANGED: {
        "policy_sha256": OTHER_DIGEST,
        "replaces_sha256": DIGEST,
        "reason": "log_key_rotated",
    },
}
IDS: Mapping[EntryKind, str] = {
    EntryKind.OFFICE_OPENED: "office_opened:34.04",
    EntryKind.OFFICER_ENROLLED: "officer_enrolled:P-000001",
    EntryKind.ROLL_TAKEN_IN: f"roll_taken_in:{ROLL}",
    EntryKind.PAIRS_FOUND: f"pairs_found:{RUN}",
    EntryKind.CASE_REFERRED: f"case_referred:{CASE}",
    EntryKind.RUN_REFERRED: f"run_referred:{RUN}.470.440.21.3.6.0",
    EntryKind.EVIDENCE_SEEN: f"evidence_seen:{CASE}.P-000001.{DIGEST[:16]}",
    EntryKind.DECISION_MADE: f"decision_made:{FIRST}",
    EntryKind.CASE_SETTLED: f"case_settled:{CASE}",
    EntryKind.ROLL_CHANGED: f"roll_changed:{RUN}.40711",
    EntryKind.OUTCOME_ENACTED: f"outcome_enacted:{RUN}",
    EntryKind.POLICY_CHANGED: f"policy_changed:{OTHER_DIGEST}",
}


def body_of(kind: EntryKind) -> dict[str, object]:
    """A sound body of this kind, the caller's to spoil."""
    return deepcopy(dict(BODIES[kind]))


def entry_of(kind: EntryKind, body: Mapping[str, object] | None = None) -> Entry:
    """A sound entry of this kind, or one with another body."""
    return Entry(EntryId(IDS[kind]), kind, AT, "34.04", "P-000001", body_of(kind) if body is None else body)
