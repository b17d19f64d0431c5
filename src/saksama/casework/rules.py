"""The law of deciding, as pure rules: values in, a value or a refusal out. Every way in calls these and no other."""

from collections.abc import Sequence

from saksama.model.case import Case, CaseState
from saksama.model.decision import Choice, Decision, Ruling
from saksama.model.errors import BadInput, NotAllowed
from saksama.model.officer import Officer, OfficerId
from saksama.model.texts import _

_ALL_DIFFER = 3  # officers of three different minds: nobody is left to side with, so each may think again


class CaseClosed(NotAllowed):
    """The case takes no further decision."""


class EvidenceNotSeen(NotAllowed):
    """Who has not had the evidence on the screen may not rule on it."""


class AlreadyDecided(NotAllowed):
    """This officer has decided; the second pair of eyes must be another person's."""


def require_reader(officer: Officer, case: Case) -> None:
    """Raise NotAllowed unless the case lies in the officer's area: deciders and observers may read it there."""
    if not officer.wilayah.contains(case.wilayah):
        raise NotAllowed(
            _(
                "Perkara {case} milik KPU wilayah {area}; hanya petugas dan pengawas wilayah itu yang dapat membukanya."
            ).format(case=case.id, area=case.wilayah)
        )


def require_power(officer: Officer, case: Case) -> None:
    """Raise NotAllowed unless the officer decides, and for exactly this area (no office strikes another's record)."""
    require_reader(officer, case)
    if not officer.role.decides:
        raise NotAllowed(_("Pengawas membaca dan tidak memutuskan. Yang memutuskan: operator dan anggota KPU."))
    if officer.wilayah != case.wilayah:
        raise NotAllowed(
            _("Perkara {case} diputuskan oleh KPU wilayah {area} sendiri.").format(case=case.id, area=case.wilayah)
        )


def require_open(case: Case) -> None:
    """Raise CaseClosed once two officers agree."""
    if case.state in (CaseState.SETTLED, CaseState.ENACTED):
        raise CaseClosed(_("Perkara {case} sudah diputuskan oleh dua petugas.").format(case=case.id))


def require_evidence_seen(case: Case, seen_digest: str | None) -> None:
    """Raise EvidenceNotSeen unless `seen_digest`, of what this officer had on the screen, is the case's evidence."""
    if seen_digest != case.evidence_digest:
        raise EvidenceNotSeen(
            _("Buka dahulu halaman perkara {case}; putusan harus atas bukti yang dilihat.").format(case=case.id)
        )


def require_sound_choice(case: Case, choice: Choice, *, reason: str, document: str) -> None:
    """Raise BadInput unless the choice names records of the case and carries what the law asks for.

    A strike keeps exactly one named record, strikes others only, and cites a document (UU 7/2017 art. 198(2) lets a
    citizen stand once; PKPU practice since 2022 asks an authentic document for every striking-off).
    """
    if not reason.strip():
        raise BadInput(_("Alasan wajib diisi."))
    if choice.ruling is not Ruling.SAME_PERSON:
        if choice.kept is not None or choice.struck:
            raise BadInput(_("Hanya putusan ganda yang menyebut data dipertahankan dan dicoret."))
        return
    if choice.kept is None or choice.kept not in case.lines:
        raise BadInput(_("Pilih satu data yang dipertahankan."))
    struck = set(choice.struck)
    if not struck or not struck <= set(case.lines) or choice.kept in struck or len(struck) != len(choice.struck):
        raise BadInput(_("Data yang dicoret harus data lain dari perkara ini; satu data selalu dipertahankan."))
    if not document.strip():
        raise BadInput(_("Nomor dokumen pendukung wajib diisi untuk mencoret (misalnya konfirmasi Disdukcapil)."))


def standing(decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """The decisions still in force, oldest first: those that no later one of the same officer supersedes."""
    superseded = {(d.officer, d.supersedes) for d in decisions}  # nobody withdraws another officer's decision
    return tuple(d for d in decisions if (d.officer, d.id) not in superseded)


def require_turn(officer: Officer, case: Case, decisions: Sequence[Decision]) -> Decision | None:
    """The officer's own standing decision, which a new one would supersede, if any; raise AlreadyDecided at a dispute.

    While a case waits, an officer may change their mind. Once two disagree, a third has to settle it: the two can no
    longer see who gives way, so neither is pressed. Where three differ, any of them may change their mind again.
    """
    own = next((d for d in standing(decisions) if d.officer == officer.id), None)
    if own is not None and case.state is CaseState.DISPUTED and len(standing(decisions)) < _ALL_DIFFER:
        raise AlreadyDecided(
            _("Anda sudah memutuskan perkara {case}; petugas ketiga yang menyelesaikannya.").format(case=case.id)
        )
    return own


def may_decide(officer: Officer, case: Case, decisions: Sequence[Decision]) -> bool:
    """Whether a decision form is of any use to this officer now; `decide` asks the same rules again."""
    try:
        require_power(officer, case)
        require_open(case)
        require_turn(officer, case, decisions)
    except NotAllowed:
        return False
    return True


def agreement(decisions: Sequence[Decision]) -> tuple[Decision, Decision] | None:
    """The first two standing decisions by different officers that say the same, or None."""
    met: list[Decision] = []
    for decision in standing(decisions):
        for earlier in met:
            if earlier.officer != decision.officer and _says_the_same(earlier.choice, decision.choice):
                return earlier, decision
        met.append(decision)
    return None


def state_after(decisions: Sequence[Decision]) -> CaseState:
    """Where a case stands after these decisions: open, waiting for a second, disputed, or settled."""
    if agreement(decisions) is not None:
        return CaseState.SETTLED
    officers: set[OfficerId] = {d.officer for d in standing(decisions)}
    if not officers:
        return CaseState.OPEN
    return CaseState.WAITING if len(officers) == 1 else CaseState.DISPUTED


def visible_decisions(officer: Officer, case: Case, decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """What this officer may see of the rulings: their own, and all of them once the case is settled.

    The second pair of eyes does not see the first one's choice until done (DOMAIN section 10 no. 12).
    """
    if case.state in (CaseState.SETTLED, CaseState.ENACTED):
        return tuple(decisions)
    return tuple(d for d in decisions if d.officer == officer.id)


def _says_the_same(one: Choice, other: Choice) -> bool:
    return one.ruling is other.ruling and one.kept == other.kept and set(one.struck) == set(other.struck)
