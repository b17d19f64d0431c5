"""What an entry says, in a sentence that anyone understands. Only what the entry itself holds: no name, no register."""

from collections.abc import Callable, Mapping
from typing import Any

from saksama.audit.entries import AuditedEntry
from saksama.model.texts import _

Body = Mapping[str, Any]


def meaning_of(entry: AuditedEntry) -> str:
    """The sentence of an entry; one of a kind that has none here is told by kind and actor."""
    say = _SENTENCES.get(entry.kind)
    if say is None:
        return _("{actor} mencatat {kind}.").format(actor=entry.actor, kind=entry.kind)
    return say(entry.body, entry.actor)


def _number(count: int) -> str:
    return f"{count:,}".replace(",", ".")


def _lines(lines: list[int]) -> str:
    return ", ".join(map(_number, lines))


def _office_opened(body: Body, _actor: str) -> str:
    return _("Kantor {wilayah} dibuka dengan buku besar {origin} dan kebijakan bersidik {digest}.").format(
        wilayah=body["wilayah"], origin=body["origin"], digest=body["policy_sha256"]
    )


def _officer_enrolled(body: Body, _actor: str) -> str:
    return _("Petugas {officer} didaftarkan sebagai {role} wilayah {wilayah} oleh {by}.").format(
        officer=body["officer"], role=body["role"], wilayah=body["wilayah"], by=body["by"]
    )


def _roll_taken_in(body: Body, _actor: str) -> str:
    return _(
        "Daftar {kind} {roll} dimasukkan: {lines} baris, {checked} diperiksa, {aside} disisihkan. "
        "SHA-256 berkasnya {digest}."
    ).format(
        kind=body["roll_kind"],
        roll=body["roll"],
        lines=_number(body["lines_in"]),
        checked=_number(body["checked"]),
        aside=_number(body["set_aside"]),
        digest=body["file_sha256"],
    )


def _pairs_found(body: Body, _actor: str) -> str:
    return _(
        "Pencarian {run} atas daftar {roll} mengusulkan {clusters} kelompok untuk diperiksa orang: pasangan dengan "
        "petunjuk sangat kuat {certain}, kuat {probable}, perlu diperiksa {check}."
    ).format(
        run=body["run"],
        roll=body["roll"],
        clusters=_number(body["clusters"]),
        certain=_number(body["certain"]),
        probable=_number(body["probable"]),
        check=_number(body["check"]),
    )


def _case_referred(body: Body, _actor: str) -> str:
    return _("Perkara {case} dibuka atas baris {lines} daftar {roll}, dari usul {assistant} {version}.").format(
        case=body["case"],
        lines=_lines(body["lines"]),
        roll=body["roll"],
        assistant=body["assistant"],
        version=body["assistant_version"],
    )


def _evidence_seen(body: Body, _actor: str) -> str:
    return _("Petugas {officer} melihat bukti perkara {case}.").format(officer=body["officer"], case=body["case"])


def _decision_made(body: Body, actor: str) -> str:
    if body["supersedes"] is not None:
        return _(
            "Petugas {officer} memutuskan perkara {case} sekali lagi, menggantikan putusannya {old}; isi putusan "
            "terkunci sampai perkara selesai."
        ).format(officer=actor, case=body["case"], old=body["supersedes"])
    return _("Petugas {officer} memutuskan perkara {case}; isi putusan terkunci sampai perkara selesai.").format(
        officer=actor, case=body["case"]
    )


def _case_settled(body: Body, _actor: str) -> str:
    if body["ruling"] == "ganda":
        return _(
            "Perkara {case} selesai dengan dua putusan yang sama: ganda; baris {kept} dipertahankan, baris {struck} "
            "dicoret."
        ).format(case=body["case"], kept=_number(body["kept"]), struck=_lines(body["struck"]))
    if body["ruling"] == "bukan_ganda":
        return _("Perkara {case} selesai dengan dua putusan yang sama: bukan ganda.").format(case=body["case"])
    return _("Perkara {case} selesai dengan dua putusan yang sama: dirujuk ke Disdukcapil.").format(case=body["case"])


def _roll_changed(body: Body, _actor: str) -> str:
    return _(
        "Baris {line} daftar {roll} dicoret (kode TMS {tms}, aturan {scheme}) dan baris {kept} dipertahankan, atas "
        "putusan dua orang dalam perkara {case}."
    ).format(
        line=_number(body["line"]),
        roll=body["roll"],
        tms=body["tms"],
        scheme=body["tms_scheme"],
        kept=_number(body["kept"]),
        case=body["case"],
    )


def _outcome_enacted(body: Body, _actor: str) -> str:
    return _(
        "Hasil {outcome} diberlakukan: daftar {before} berisi {lines} baris, {struck} dicoret; daftar berikutnya "
        "{after} berisi {left} baris."
    ).format(
        outcome=body["outcome"],
        before=body["roll_before"],
        lines=_number(body["lines_before"]),
        struck=_number(body["struck"]),
        after=body["roll_after"],
        left=_number(body["lines_after"]),
    )


def _policy_changed(body: Body, _actor: str) -> str:
    return _("Kebijakan bersidik {old} digantikan kebijakan bersidik {new}: {reason}.").format(
        old=body["replaces_sha256"], new=body["policy_sha256"], reason=_reason(body["reason"])
    )


def _reason(code: str) -> str:
    match code:
        case "log_key_rotated":
            return _("kunci log diganti")
        case "spare_named":
            return _("kunci cadangan ditunjuk")
        case "spare_taken":
            return _("kunci cadangan dipakai")
        case "witness_key_rotated":
            return _("kunci saksi diganti")
        case "witnesses_changed":
            return _("susunan saksi diubah")
        case "log_key_lost":
            return _("kunci log hilang")
        case _:
            return _("kuorum saksi hilang")


_SENTENCES: dict[str, Callable[[Body, str], str]] = {
    "office_opened": _office_opened,
    "officer_enrolled": _officer_enrolled,
    "roll_taken_in": _roll_taken_in,
    "pairs_found": _pairs_found,
    "case_referred": _case_referred,
    "evidence_seen": _evidence_seen,
    "decision_made": _decision_made,
    "case_settled": _case_settled,
    "roll_changed": _roll_changed,
    "outcome_enacted": _outcome_enacted,
    "policy_changed": _policy_changed,
}
