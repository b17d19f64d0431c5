"""Policy, log signature and witnesses: what every audit begins with."""

from datetime import UTC, datetime
from pathlib import Path

from saksama.audit.report import Report, Verdict
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.errors import BadSignature, Malformed
from saksama.ledger.note import Note
from saksama.ledger.policy import Policy
from saksama.model.texts import _


def reason_of(fault: Malformed | BadSignature) -> str:
    """Why, in the auditor's language, with the parser's own words behind it."""
    said = _("tanda tangan tidak cocok") if isinstance(fault, BadSignature) else _("bentuknya tidak sah")
    return f"{said} ({fault})"


def read_policy(raw: bytes, *, own: bool, report: Report) -> Policy | None:
    """The policy in these bytes, its fingerprints reported; `own` if the auditor brought it; None if it is none."""
    try:
        policy = Policy.parse(raw)
    except Malformed as fault:
        report.add(Verdict.FAIL, _("Berkas kebijakan rusak: {why}").format(why=reason_of(fault)))
        return None
    points = [_("sidik berkas kebijakan: {digest}").format(digest=policy.digest)]
    points += [_("log {name}: {key}").format(name=k.verifier.name, key=k.verifier.fingerprint) for k in policy.logs]
    points += [
        _("saksi {name} ({holder}): {key}").format(name=k.name, holder=k.verifier.name, key=k.verifier.fingerprint)
        for k in policy.witnesses
    ]
    if not own:
        sentence = _(
            "Kebijakan diambil dari yang diperiksa sendiri. Bandingkan sidiknya dengan yang tercetak pada Berita Acara "
            "atau yang Anda terima dari Bawaslu; tanpa itu, tiruan yang lengkap pun tampak benar."
        )
    else:
        sentence = _("Kebijakan diambil dari berkas Anda, bukan dari yang diperiksa.")
    report.add(Verdict.OK, sentence, points)
    return policy


def read_checkpoint(folder: Path, policy: Policy, report: Report) -> tuple[Checkpoint, datetime | None] | None:
    """The signed checkpoint, and when it was last cosigned."""
    place = folder / "checkpoint"
    if not place.is_file():
        report.add(Verdict.UNKNOWN, _("Tidak ada checkpoint di folder ini; tidak ada yang dapat diperiksa."))
        return None
    try:
        note = Note.parse(place.read_bytes())
        checkpoint = Checkpoint.parse(note.text)
        logs = policy.log_keys(note)
        cosigned = policy.cosigned(note)
    except (Malformed, BadSignature) as fault:
        report.add(Verdict.FAIL, _("Checkpoint rusak atau tanda tangannya palsu: {why}").format(why=reason_of(fault)))
        return None
    if not logs:
        report.add(
            Verdict.FAIL,
            _("Checkpoint {origin} tidak ditandatangani oleh log dalam kebijakan.").format(origin=checkpoint.origin),
        )
        return None
    judge_signed(checkpoint, policy, cosigned, report)
    return checkpoint, max((datetime.fromtimestamp(at, UTC) for at in cosigned.values()), default=None)


def judge_signed(checkpoint: Checkpoint, policy: Policy, cosigned: dict[str, int], report: Report) -> None:
    """Report a checkpoint that the log signed, who cosigned it when, and whether that is the policy's quorum."""
    report.add(
        Verdict.OK,
        _("Checkpoint {origin} atas {size} catatan ditandatangani oleh log.").format(
            origin=checkpoint.origin, size=checkpoint.size
        ),
        [_("akar: {root}").format(root=checkpoint.root_text)],
    )
    points = [
        _("{name} pada {at}").format(name=name, at=datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        for name, at in cosigned.items()
    ]
    if policy.quorum == "none":
        report.add(Verdict.UNKNOWN, _("Kebijakan tidak meminta saksi: sejarah yang bercabang tidak akan terlihat."))
    elif policy.is_satisfied_by(cosigned):
        report.add(
            Verdict.OK, _("Saksi memenuhi kuorum yang diminta kebijakan ({name}).").format(name=policy.quorum), points
        )
    else:
        report.add(
            Verdict.UNKNOWN,
            _("Saksi yang menandatangani belum memenuhi kuorum kebijakan ({name}).").format(name=policy.quorum),
            points,
        )
