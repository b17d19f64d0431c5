"""Policies that followed one another: each announced by the last entry under the one before, which signed it.

`policies/<sha256>` in a published folder is a policy that was replaced, `policies/<sha256>.checkpoint` the last
checkpoint it believes. A policy speaks for the trees from its announcement up to the announcement of the next.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from saksama.audit.reading import FolderReader
from saksama.audit.report import Report, Verdict
from saksama.audit.signatures import reason_of
from saksama.audit.state import PolicyInForce, State, Topic
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.errors import BadSignature, Malformed, NotTrusted
from saksama.ledger.policy import Policy
from saksama.model.texts import _

_FOLDER = "policies"
_LAST = ".checkpoint"
# After these nobody may have been left to sign under the old policy: a person must say that they believe the new one.
_LOST = ("log_key_lost", "quorum_lost")


class Succession:
    """Under which policy a folder is judged, and whether the way to it from the auditor's own was kept."""

    def __init__(self, folder: Path, own: Policy | None) -> None:
        self._folder = folder
        self._own = own

    def policy_in_force(self, first: Policy) -> Policy:
        """The folder's policy where it says that `first` was replaced, which `judge` then must find; else `first`."""
        if self._own is None or not (self._folder / _FOLDER / first.digest).is_file():
            return first
        try:
            return Policy.parse((self._folder / "policy").read_bytes())
        except (OSError, Malformed):
            return first

    def take_files(self, reader: FolderReader, state: State) -> dict[str, bytes]:
        """The files of the policies that were replaced, by path: they belong to the folder."""
        paths = [f"{_FOLDER}/{policy.digest}{end}" for policy in state.policies[:-1] for end in ("", _LAST)]
        return {path: content for path in paths if (content := reader.take_extra(path)) is not None}

    def judge(self, found: "Found", judged_by: Policy, signed: Checkpoint, state: State) -> list[PolicyInForce]:
        """Note every break in the succession; gives the changes that no old policy signed and the auditor believes.

        1. the folder's policy is the last that was announced    2. the checkpoint was judged by it
        3. each change was signed by the policy before it, over the tree that ends with its announcement
        """
        policies = state.policies
        if not policies:
            return []
        faults = state.faults[Topic.KEYS]
        place = self._folder / "policy"
        if len(policies) > 1 and (
            not place.is_file() or sha256(place.read_bytes()).hexdigest() != policies[-1].digest
        ):  # 1
            faults.append(_("berkas kebijakan di folder bukan yang terakhir dicatat di buku besar"))
        digests = [policy.digest for policy in policies]
        known = self._own is not None and self._own.digest in digests
        if self._own is None or known:
            believed = digests.index(self._own.digest) if self._own is not None else 0
            if judged_by.digest != digests[-1]:  # 2
                faults.append(_("checkpoint terakhir tidak dinilai menurut kebijakan yang berlaku baginya"))
        else:
            believed = len(policies) - 1  # a policy from elsewhere believes the checkpoint itself, whatever came before
            if judged_by.digest != self._own.digest:
                faults.append(_("kebijakan Anda tidak pernah berlaku di buku besar ini"))
        broken: list[PolicyInForce] = []
        for at, policy in enumerate(policies[1:], start=1):  # 3
            fault, was_signed = _fault_of(policies[at - 1].digest, policy, found, signed.origin)
            if fault:
                faults.append(_("catatan ke-{index}: {why}").format(index=policy.index, why=fault))
            elif not was_signed and at > believed:
                faults.append(
                    _(
                        "catatan ke-{index}: kebijakan baru tidak ditandatangani menurut kebijakan lama, karena "
                        "kuncinya hilang; hanya yang menerima kebijakan baru dari Bawaslu dapat memercayainya "
                        "(--policy)"
                    ).format(index=policy.index)
                )
            elif not was_signed:
                broken.append(policy)
        return broken


@dataclass(frozen=True, slots=True)
class Found:
    """The files that vouch for earlier policies, as they are now; `vouched` their SHA-256 when last judged."""

    reader: FolderReader
    files: Mapping[str, bytes]
    vouched: Mapping[str, str]

    @property
    def vouching(self) -> dict[str, str]:
        """The SHA-256 of every one of them."""
        return {path: sha256(content).hexdigest() for path, content in self.files.items()}

    def root(self, last: Checkpoint, *paths: str) -> bytes | None:
        """The root that the checkpoint must have; its own where these very files were judged before."""
        if all(self.vouched.get(path) == self.vouching.get(path) for path in paths):
            return last.root
        return self.reader.root_of_first(last.size)


def _fault_of(before: str, policy: PolicyInForce, found: Found, origin: str) -> tuple[str, bool]:
    """What is wrong with a change, and whether the old policy signed the tree that ends with it."""
    paths = f"{_FOLDER}/{before}", f"{_FOLDER}/{before}{_LAST}"
    source, raw = map(found.files.get, paths)
    if source is None or raw is None:
        return _("kebijakan lama atau checkpoint terakhirnya tidak ada di folder"), False
    if sha256(source).hexdigest() != before:
        return _("berkas kebijakan lama bukan yang dicatat"), False
    try:
        last = Policy.parse(source).require_trusted(raw).checkpoint
    except (Malformed, BadSignature) as fault:
        return reason_of(fault), False
    except NotTrusted:
        return _("checkpoint terakhir kebijakan lama tidak ditandatangani menurut kebijakan itu"), False
    if last.origin != origin or last.root != found.root(last, *paths):
        return _("checkpoint terakhir kebijakan lama bukan dari sejarah ini"), False
    if last.size == policy.index + 1:
        return "", True
    if last.size > policy.index or policy.reason not in _LOST:
        return _("pergantian tidak diumumkan di bawah kebijakan lama"), False
    return "", False


def report_succession(state: State, broken: list[PolicyInForce], report: Report) -> None:
    """Say how often the policy changed and how it was signed; nothing where it never changed."""
    changes = len(state.policies) - 1
    if changes < 1 and not state.faults[Topic.KEYS]:
        return
    report.judge(
        _(
            "Kebijakan diganti {n} kali, masing-masing diumumkan dan ditandatangani menurut kebijakan sebelumnya."
        ).format(n=changes - len(broken)),
        state.faults[Topic.KEYS],
    )
    for policy in broken:
        report.add(
            Verdict.OK,
            _(
                "Pada catatan ke-{index} kebijakan diganti tanpa tanda tangan kebijakan lama, karena kuncinya hilang; "
                "Anda memercayai kebijakan sesudahnya. Catatan sebelum itu tetap yang ditandatangani dahulu."
            ).format(index=policy.index),
        )
