"""The drills of `docs/keys.md`: each key changes or is lost; the audit believes what the old policy announced."""

import copy
import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from saksama.audit import Report, audit_folder
from saksama.casework.store import MemoryCaseStore
from saksama.flow import keys
from saksama.flow.enter import LedgerWaits, enter_pending
from saksama.flow.keys import Changed, Reason
from saksama.flow.office import Office, create_office, enrolment_entry
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.keys import Signer
from saksama.ledger.log import Log
from saksama.ledger.mirror import Mirror
from saksama.ledger.note import Note
from saksama.ledger.places import Folder
from saksama.ledger.policy import Policy
from saksama.ledger.server import Rate, WitnessServer
from saksama.ledger.storage import Storage
from saksama.ledger.witness import Witness
from saksama.model.errors import BadInput
from tests.cast import SARI, TONO, WAYAN
from tests.ledger.conftest import serving

__all__ = ["serving"]


def enter(office: Office, *people) -> int:
    for person in people:
        office.desk.cases.add_to_outbox(enrolment_entry(person, office=office, by="program:office-enrol"))
    with office.book() as book:
        return enter_pending(book, office.desk.cases).checkpoint.size


@pytest.fixture
def office(office: Office) -> Office:
    assert enter(office, SARI) == 2
    return office


def failures(report: Report) -> str:
    return "\n".join(p for f in report.findings if f.verdict.value != "ok" for p in (f.sentence, *f.points))


def digest_of(path: Path) -> str:
    return Policy.parse(path.read_bytes()).digest


def log_key_on(office: Office) -> bytes:
    note = Note.parse((office.published / "checkpoint").read_bytes())
    return next(line.key_id for line in note.signatures if line.name == office.settings.origin)


def rotate_log(office: Office, tmp_path: Path) -> Changed:
    return keys.rotate_log_key(office)


def rotate_witness(office: Office, tmp_path: Path) -> Changed:
    return keys.rotate_witness_key(office)


def spare(office: Office, tmp_path: Path) -> Changed:
    return keys.name_spare(office, tmp_path / "spare")


def take_spare(office: Office, tmp_path: Path) -> Changed:
    if not (tmp_path / "spare").exists():
        keys.name_spare(office, tmp_path / "spare")
    (office.settings.keys_folder / "log.skey.sealed").unlink(missing_ok=True)
    return keys.take_spare(office, tmp_path / "spare")


def lose_log(office: Office, tmp_path: Path) -> Changed:
    (office.settings.keys_folder / "log.skey.sealed").unlink(missing_ok=True)
    return keys.replace_lost_log_key(office)


def lose_witness(office: Office, tmp_path: Path) -> Changed:
    (office.folder / "witness/keys").unlink(missing_ok=True)
    return keys.replace_lost_witness_key(office)


ANNOUNCED = [rotate_log, rotate_witness, spare, take_spare]
LOST = [lose_log, lose_witness]
Drill = Callable[[Office, Path], Changed]


@pytest.mark.parametrize("drill", ANNOUNCED)
def test_what_the_old_policy_signed_every_auditor_believes(office, drill, tmp_path):
    first = tmp_path / "policy-of-the-beginning"
    shutil.copy(office.published / "policy", first)
    old_key = log_key_on(office)
    changed = drill(office, tmp_path)
    assert not keys.is_unfinished(office)
    assert (office.published / "policy").read_bytes() == changed.policy.source
    assert (log_key_on(office) == old_key) == (drill in (rotate_witness, spare))
    for _ in range(2):  # right after the change, and with what comes later
        for policy in (None, first, office.published / "policy"):
            report = audit_folder(office.published, policy=policy)
            assert (report.exit_code, failures(report)) == (0, "")
            assert "kebijakan sebelumnya" in "\n".join(report.sentences())
        enter(office, WAYAN)


@pytest.mark.parametrize("drill", LOST)
def test_what_no_old_policy_signed_is_believed_only_by_who_was_given_the_new_one(office, drill, tmp_path):
    first = tmp_path / "policy-of-the-beginning"
    shutil.copy(office.published / "policy", first)
    changed = drill(office, tmp_path)
    assert changed.reason in (Reason.LOG_KEY_LOST, Reason.QUORUM_LOST)
    enter(office, WAYAN)
    for policy in (None, first):
        report = audit_folder(office.published, policy=policy)
        assert report.exit_code == 1
        assert "kuncinya hilang" in failures(report)
    report = audit_folder(office.published, policy=office.published / "policy")
    assert report.exit_code == 0
    assert "Anda memercayai kebijakan sesudahnya" in "\n".join(report.sentences())


def test_many_changes_in_a_row_lead_from_the_first_policy_to_the_last(office, tmp_path):
    first = tmp_path / "first"
    shutil.copy(office.published / "policy", first)
    for number, drill in enumerate([rotate_log, rotate_witness, take_spare, rotate_log, spare]):
        (tmp_path / f"{number}").mkdir()
        drill(office, tmp_path / f"{number}")
        enter(office, *([TONO] if number == 2 else []))
        memory = audit_folder(office.published, policy=first, memory=tmp_path / "memory")
        assert (memory.exit_code, failures(memory)) == (0, "")
    assert "dilanjutkan" in "\n".join(memory.sentences())
    (last,) = (office.published / "policies").glob(f"{digest_of(first)}.checkpoint")
    kept = last.read_bytes()
    last.write_bytes(kept + b"x")
    assert audit_folder(office.published, policy=first, memory=tmp_path / "memory").exit_code == 1
    last.write_bytes(kept)
    report = audit_folder(office.published, policy=first)
    assert (report.exit_code, failures(report)) == (0, "")
    assert "Kebijakan diganti 6 kali" in "\n".join(report.sentences())


@pytest.mark.parametrize("drill", [*ANNOUNCED, *LOST])
def test_killed_at_any_step_it_is_finished_by_repeating(office, drill, tmp_path, monkeypatch):
    """Every durable write of the change fails once, as if the process were killed right before it."""

    class Killed(BaseException):
        pass

    left = 0

    def dying(inner):
        def call(*given, **named):
            nonlocal left
            left -= 1
            if left == 0:
                raise Killed
            return inner(*given, **named)

        return call

    monkeypatch.setattr(Storage, "put_all", dying(Storage.put_all))
    monkeypatch.setattr(keys, "write_whole", dying(keys.write_whole))
    monkeypatch.setattr(keys.shutil, "rmtree", dying(shutil.rmtree))
    for name in ("seal", "unseal", "hand_over"):
        monkeypatch.setattr(Log, name, dying(getattr(Log, name)))
    named = tmp_path / "spare"
    if drill is take_spare:
        keys.name_spare(office, named)
    before, kills, done = (office.published / "policy").read_bytes(), 0, False
    while not done:
        at = kills + 1
        folder = tmp_path / f"copy-{at}"
        shutil.copytree(office.folder, folder)
        settings = dataclasses.replace(office.settings, keys_folder=folder / "keys")
        again = dataclasses.replace(office, folder=folder, settings=settings, cases=copy.deepcopy(office.cases))
        left = at
        try:
            drill(again, tmp_path)
            done = True
        except Killed:
            kills += 1
            left = 0
            if keys.is_unfinished(again):
                with pytest.raises(BadInput, match="keys finish"):
                    keys.rotate_log_key(again)
                keys.finish_change(again)
            elif (again.published / "policy").read_bytes() == before:
                if drill is spare:
                    named.unlink(missing_ok=True)  # made, and named by no policy
                if drill is lose_witness:
                    keys.replace_lost_witness_key(again)  # whose keys may have been made already
                else:
                    drill(again, tmp_path)
        left = 0
        if drill is spare:
            named.unlink()
        enter(again, WAYAN)
        report = audit_folder(again.published, policy=again.published / "policy")
        assert (at, report.exit_code, failures(report)) == (at, 0, "")
        shutil.rmtree(folder)
    assert kills > 8


def test_while_a_change_is_unfinished_nothing_is_entered(office, monkeypatch):
    monkeypatch.setattr(Log, "hand_over", lambda *_given, **_named: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        keys.rotate_log_key(office)
    monkeypatch.undo()
    with pytest.raises(LedgerWaits, match="keys finish"):
        enter(office, WAYAN)
    with pytest.raises(BadInput, match="keys finish"):
        keys.rotate_witness_key(office)
    keys.finish_change(office)
    assert enter(office) == 4
    with pytest.raises(BadInput, match="Tidak ada pergantian"):
        keys.finish_change(office)


# --- what an insider could try ---


def resigned(office: Office, signer: Signer, witness: Witness, raw: bytes) -> bytes:
    """The checkpoint's text signed by another key, with the witness's cosignatures."""
    note = Note.parse(raw)
    lines = [signer.sign(note.text), *(s.sign(note.text, time=1_795_480_000) for s in witness._signers)]
    return Note(note.text, tuple(lines)).to_bytes()


def test_a_checkpoint_by_the_retired_key_is_refused_whatever_policy_lies_beside_it(office, tmp_path):
    first = tmp_path / "first"
    shutil.copy(office.published / "policy", first)
    old = office.log_key()
    keys.rotate_log_key(office)
    enter(office, WAYAN)
    new_policy = (office.published / "policy").read_bytes()
    with Witness.open(office.folder / "witness") as witness:
        forged = resigned(office, old, witness, (office.published / "checkpoint").read_bytes())
        with pytest.raises(Exception, match="no key of the log has signed"):
            witness.add_checkpoint(4, [], forged)  # the witness has let go of the old key
    (office.published / "checkpoint").write_bytes(forged)
    for beside in (new_policy, first.read_bytes()):
        (office.published / "policy").write_bytes(beside)
        for policy in (None, first):
            assert audit_folder(office.published, policy=policy).exit_code == 1
    for name in (office.published / "policies").iterdir():
        name.unlink()
    for beside in (new_policy, first.read_bytes()):
        (office.published / "policy").write_bytes(beside)
        for policy in (None, first):
            assert audit_folder(office.published, policy=policy).exit_code == 1


def test_a_new_key_that_no_entry_announced_is_refused(office, tmp_path):
    first = tmp_path / "first"
    shutil.copy(office.published / "policy", first)
    policy = Policy.parse(first.read_bytes())
    new = Signer.generate(office.settings.origin)
    with Witness.open(office.folder / "witness") as witness:
        forged = resigned(office, new, witness, (office.published / "checkpoint").read_bytes())
    (office.published / "checkpoint").write_bytes(forged)
    source = policy.source.replace(str(policy.logs[0].verifier).encode(), str(new.verifier()).encode())
    (office.published / "policy").write_bytes(source)
    last = office.published / "policies" / policy.digest
    last.parent.mkdir()
    last.write_bytes(policy.source)
    last.with_suffix(".checkpoint").write_bytes(forged)
    for own in (None, first):
        report = audit_folder(office.published, policy=own)
        assert report.exit_code == 1


@pytest.mark.parametrize("what", ["policy", "checkpoint"])
def test_a_rotation_whose_old_policy_or_last_checkpoint_is_gone_or_changed_is_refused(office, what):
    changed = keys.rotate_log_key(office)
    enter(office, WAYAN)
    path = office.published / "policies" / (changed.replaced + (".checkpoint" if what == "checkpoint" else ""))
    whole = path.read_bytes()
    for at in range(0, len(whole), 7):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert audit_folder(office.published).exit_code == 1
    path.unlink()
    report = audit_folder(office.published)
    assert report.exit_code == 1
    assert "kebijakan lama atau checkpoint terakhirnya tidak ada" in failures(report)


def test_a_last_checkpoint_over_another_tree_is_refused(office):
    """Signed by the old key and quorum, but not over the tree that ends with the announcement."""
    old, before = office.log_key(), (office.published / "checkpoint").read_bytes()
    changed = keys.rotate_log_key(office)
    path = office.published / "policies" / f"{changed.replaced}.checkpoint"
    path.write_bytes(before)  # of size 2, and the announcement is entry 2
    assert "tidak diumumkan di bawah kebijakan lama" in failures(audit_folder(office.published))
    with Witness.open(office.folder / "witness") as witness:
        other = Note(Checkpoint(old.name, 3, bytes(32)).text, ())
        path.write_bytes(resigned(office, old, witness, other.to_bytes() + "— x AAAAAAA=\n".encode()))
    assert "bukan dari sejarah ini" in failures(audit_folder(office.published))


def test_after_a_loss_the_history_before_it_is_still_bound(office, tmp_path):
    """The kept checkpoint of the old policy must be over this very history, also for who believes the new policy."""
    changed = lose_log(office, tmp_path)
    path = office.published / "policies" / f"{changed.replaced}.checkpoint"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"\n2\n", b"\n1\n"))
    report = audit_folder(office.published, policy=office.published / "policy")
    assert report.exit_code == 1


# --- other people's witnesses and mirrors ---


def test_a_witness_of_another_institution_is_taken_on_and_changes_its_keys(office, tmp_path, serving):
    log = office.log_key().verifier()
    own = keys.policy_in_force(office)
    with Witness.create(tmp_path / "bawaslu", "saksi.bawaslu.example", logs=[log]) as bawaslu:
        url = serving(WitnessServer(("127.0.0.1", 0), bawaslu, rate=Rate(1000, 1000))).url

        def policy_with(verifiers) -> Policy:
            names = " ".join(f"b:{key.key_type.algorithm}" for key in verifiers)
            lines = "".join(f"witness b:{key.key_type.algorithm} {key} {url}\n" for key in verifiers)
            rest = own.source.decode().replace("quorum kuorum\n", "")
            return Policy.parse(
                f"{rest}{lines}group bawaslu all {names}\ngroup semua all kuorum bawaslu\nquorum semua\n".encode()
            )

        keys.change_witnesses(office, policy_with(bawaslu.verifiers()))
        assert enter(office, WAYAN) == 4
        cosigners = keys.policy_in_force(office).cosigned(Note.parse((office.published / "checkpoint").read_bytes()))
        assert len(cosigners) == 4
        old = bawaslu.verifiers()
        new = bawaslu.add_keys()
        keys.change_witnesses(office, policy_with(new))
        assert set(bawaslu.retire_keys()) == set(old)
        assert enter(office, TONO) == 6
    report = audit_folder(office.published)
    assert (report.exit_code, failures(report)) == (0, "")


def test_a_witness_elsewhere_must_come_to_know_the_new_key_first(office, tmp_path, serving):
    own, old = keys.policy_in_force(office), office.log_key().verifier()
    with Witness.create(tmp_path / "bawaslu", "saksi.bawaslu.example", logs=[old]) as bawaslu:
        url = serving(WitnessServer(("127.0.0.1", 0), bawaslu, rate=Rate(1000, 1000))).url
        rest = own.source.decode().replace("quorum kuorum\n", "")
        both = f"{rest}witness b {bawaslu.verifiers()[0]} {url}\ngroup semua all kuorum b\nquorum semua\n"
        keys.change_witnesses(office, Policy.parse(both.encode()))
        with pytest.raises(LedgerWaits, match="HTTP 403: no key of the log has signed the checkpoint"):
            keys.rotate_log_key(office)
        planned = keys.planned_policy(office)
        assert planned is not None
        bawaslu.trust(planned.logs[0].verifier)
        keys.finish_change(office)
        bawaslu.distrust(old)
        assert enter(office, WAYAN) == 5
    assert keys.planned_policy(office) is None
    assert audit_folder(office.published).exit_code == 0


def test_a_policy_with_another_log_key_is_no_change_of_witnesses(office):
    policy = Policy.of(Signer.generate(office.settings.origin).verifier(), [])
    with pytest.raises(BadInput, match="rotate-log"):
        keys.change_witnesses(office, policy)


def test_a_mirror_takes_the_old_policies_along_and_its_copy_audits(office, tmp_path):
    place = Folder(office.published)
    with Mirror(tmp_path / "m", keys.policy_in_force(office)) as mirror:
        mirror.pull(place)
    keys.rotate_log_key(office)
    keys.rotate_witness_key(office)
    enter(office, WAYAN)
    for folder in ("m", "begun-late"):
        with Mirror(tmp_path / folder, keys.policy_in_force(office)) as mirror:
            assert mirror.pull(place).size == 5
            report = audit_folder(mirror.copy)
            assert (report.exit_code, failures(report)) == (0, "")


def test_before_anything_is_published_a_lost_key_means_a_new_office(tmp_path):
    fresh = create_office(tmp_path / "kosong", SARI.wilayah, name="KPU Kabupaten Sleman")
    for drill in LOST:
        with pytest.raises(BadInput, match="buat kantor baru"):
            drill(dataclasses.replace(fresh, cases=MemoryCaseStore()), tmp_path)


def test_a_spare_that_is_none_is_refused(office, tmp_path):
    (tmp_path / "spare").write_text("sesuatu")
    with pytest.raises(BadInput, match="bukan kunci cadangan"):
        keys.take_spare(office, tmp_path / "spare")
    (tmp_path / "spare").write_text(Signer.generate(office.settings.origin).to_text())
    with pytest.raises(BadInput, match="tidak disebut dalam kebijakan"):
        keys.take_spare(office, tmp_path / "spare")
    with pytest.raises(BadInput, match="sudah ada"):
        keys.name_spare(office, tmp_path / "spare")


def test_a_witness_whose_keys_are_there_is_not_made_anew(office):
    with pytest.raises(BadInput, match="masih ada"):
        keys.replace_lost_witness_key(office)
