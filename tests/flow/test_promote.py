"""The drill: the sequencer's folder is gone, a mirror is promoted, nothing acknowledged is missing."""

import shutil
from pathlib import Path

import pytest

from saksama.audit import audit_folder
from saksama.flow.enter import enter_pending
from saksama.flow.office import Office, enrolment_entry
from saksama.flow.promote import Promoted, promote_copy
from saksama.flow.prove import Published, verify_book, write_proof
from saksama.flow.settings import LOG_KEY
from saksama.ledger import tree
from saksama.ledger.keys import Signer
from saksama.ledger.mirror import Mirror
from saksama.ledger.places import Folder, read_tile
from saksama.ledger.policy import Policy
from saksama.ledger.tiles import Nodes
from saksama.model.errors import BadInput, Broken
from saksama.model.officer import Officer, OfficerId, Role
from tests.cast import SLEMAN


def enrolled(office: Office, first: int, last: int) -> None:
    """Entries to enter: officers P-000100 and so on."""
    from saksama.flow.folders import appearing, leave_entries

    people = [Officer(OfficerId(f"P-{n:06}"), Role.OPERATOR, SLEMAN, "KPU") for n in range(first, last)]
    with appearing(office.folder / "opening" / f"people-{first}") as folder:
        leave_entries(folder, [enrolment_entry(p, office=office, by="program:office-init") for p in people])


def entered(office: Office) -> int:
    with office.book() as book:
        return enter_pending(book, office.desk.cases).checkpoint.size


def mirrored(office: Office, folder: Path) -> Path:
    with Mirror(folder, Policy.parse((office.published / "policy").read_bytes())) as mirror:
        mirror.pull(Folder(office.published))
    return folder / "copy"


def promoted(office: Office, copy: Path, policy: bytes | None = None) -> Promoted:
    return promote_copy(copy, office=office, policy=policy)


def lose(office: Office) -> None:
    shutil.rmtree(office.ledger)
    shutil.rmtree(office.published)


@pytest.fixture
def copy(office: Office, tmp_path: Path) -> Path:
    enrolled(office, 100, 400)
    assert entered(office) == 301
    return mirrored(office, tmp_path / "mirror")


def test_the_log_goes_on_from_a_mirror_and_earlier_evidence_holds(office: Office, copy: Path, tmp_path: Path) -> None:
    with office.book() as book:
        for index in (0, 7, 300):
            write_proof(str(index), tmp_path / f"{index}.zip", book=book)
    before = Published(office.published).checkpoint
    lose(office)
    enrolled(office, 400, 420)  # work that was under way
    assert promoted(office, copy).checkpoint.size == 301
    assert entered(office) == 321
    for index in (0, 7, 300):
        assert audit_folder(tmp_path / f"{index}.zip").exit_code == 0
    after = Published(office.published).checkpoint
    nodes = Nodes(after.size, lambda tile: read_tile(Folder(office.published), tile))
    proof = tree.consistency_proof(before.size, after.size, nodes)
    tree.require_consistency(before.size, after.size, proof=proof, old_root=before.root, new_root=after.root)
    assert audit_folder(office.published).exit_code == 0
    with office.book() as book:
        assert "321 catatan" in verify_book(book)[0]
        assert book.log.index_of("officer_enrolled:P-000100") == 1


def test_a_mirror_that_is_behind_is_refused_and_nothing_is_left(office: Office, copy: Path) -> None:
    enrolled(office, 400, 401)
    assert entered(office) == 302
    lose(office)
    with pytest.raises(Broken, match="has seen 302 entries"):
        promoted(office, copy)
    assert not office.ledger.exists()
    assert not office.published.exists()
    assert [path.name for path in office.folder.iterdir() if "partial" in path.name] == []


def test_a_log_that_is_there_is_not_replaced(office: Office, copy: Path) -> None:
    with pytest.raises(BadInput, match="masih ada"):
        promoted(office, copy)


def test_what_is_still_published_and_more_than_the_copy_is_used_itself(office: Office, copy: Path) -> None:
    enrolled(office, 400, 500)
    assert entered(office) == 401
    shutil.rmtree(office.ledger)
    with pytest.raises(BadInput, match="401 catatan, salinan itu 301"):
        promoted(office, copy)
    done = promoted(office, office.published)
    assert done.checkpoint.size == 401
    assert [path.name for path in done.aside] == ["published.lama-1"]
    assert entered(office) == 401


def test_what_stood_there_is_set_aside_and_documents_stay(office: Office, copy: Path) -> None:
    (office.published / "outcomes" / "x").mkdir(parents=True)
    (office.published / "outcomes" / "x" / "hitungan.json").write_text("{}")
    (office.ledger / "log.sqlite3").rename(office.ledger / "log.sqlite3.broken")
    done = promoted(office, copy)
    assert sorted(path.name for path in done.aside) == ["ledger.lama-1", "published.lama-1"]
    assert (office.folder / "ledger.lama-1" / "log.sqlite3.broken").exists()
    assert (office.published / "outcomes" / "x" / "hitungan.json").read_text() == "{}"
    assert entered(office) == 301


def test_a_mirror_under_another_policy_needs_the_office_s_own(office: Office, copy: Path) -> None:
    """A mirror lays its owner's policy beside the copy; the log goes on under the one it declared."""
    own = (copy / "policy").read_bytes()
    (copy / "policy").write_bytes(own + b"# Bawaslu\n")
    lose(office)
    with pytest.raises(Broken, match="declares the policy"):
        promoted(office, copy)
    assert promoted(office, copy, policy=own).checkpoint.size == 301
    assert (office.published / "policy").read_bytes() == own


def test_a_copy_that_was_changed_is_refused(office: Office, copy: Path) -> None:
    lose(office)
    tile = copy / "tile/entries/000"
    whole = tile.read_bytes()
    tile.write_bytes(whole.replace(b"P-000100", b"P-000999"))
    with pytest.raises(Broken, match="not what its entries hash to"):
        promoted(office, copy)
    tile.unlink()
    with pytest.raises(Broken, match="does not have tile/entries/000"):
        promoted(office, copy)
    tile.write_bytes(whole)
    key = office.settings.keys_folder / LOG_KEY
    key.write_bytes(office.sealed_log_key(Signer.generate(office.settings.origin)))
    with pytest.raises(Broken):
        promoted(office, copy)
    assert not office.ledger.exists()


def test_what_is_no_copy_is_said_so(office: Office, copy: Path, tmp_path: Path) -> None:
    lose(office)
    with pytest.raises(BadInput, match="folder `copy`"):
        promoted(office, tmp_path)


def test_the_mirror_s_own_folder_will_do(office: Office, copy: Path) -> None:
    lose(office)
    assert promoted(office, copy.parent).checkpoint.size == 301


def test_a_promotion_that_stops_half_way_is_repeated(office: Office, copy: Path) -> None:
    """`published` has taken its place and `ledger` cannot: the next attempt begins anew and ends well."""
    lose(office)
    office.ledger.write_text("something stands in the way")
    with pytest.raises(OSError):
        promoted(office, copy)
    assert Published(office.published).checkpoint.size == 301
    office.ledger.unlink()
    assert promoted(office, copy).checkpoint.size == 301
    assert entered(office) == 301
    assert audit_folder(office.published).exit_code == 0


def test_an_office_without_its_log_is_told_how_to_go_on(office: Office, copy: Path) -> None:
    lose(office)
    with pytest.raises(Broken, match="saksama ledger promote"), office.book():
        pass


def test_a_copy_laid_out_with_more_brings_only_the_log(office: Office, copy: Path) -> None:
    (copy / "tile" / "secret").write_text("x")
    (copy / "more").write_text("x")
    lose(office)
    promoted(office, copy)
    assert audit_folder(office.published).exit_code == 0


def test_after_a_change_of_keys_the_earlier_policies_come_along(office: Office, tmp_path: Path) -> None:
    """The log's key and the witness's were rotated; the log is lost; what the old policies announced is still there."""
    from saksama.flow import keys

    enrolled(office, 100, 110)
    entered(office)
    with office.book() as book:
        write_proof("3", tmp_path / "old.zip", book=book)
    first = tmp_path / "first.policy"
    first.write_bytes((office.published / "policy").read_bytes())
    keys.rotate_log_key(office)
    keys.rotate_witness_key(office)
    entered(office)
    copy = mirrored(office, tmp_path / "mirror")
    lose(office)
    promoted(office, copy)
    enrolled(office, 110, 112)
    entered(office)
    assert audit_folder(office.published).exit_code == 0
    assert audit_folder(office.published, policy=first).exit_code == 0
    assert audit_folder(tmp_path / "old.zip").exit_code == 0
    with office.book() as book:
        for index in (3, book.log.published_size - 1):
            write_proof(str(index), tmp_path / "new.zip", book=book)
            assert audit_folder(tmp_path / "new.zip").exit_code == 0
    changes = [
        n
        for n in range(Published(office.published).checkpoint.size)
        if b"policy_changed" in Published(office.published).entry(n)
    ]
    assert len(changes) == 2
    assert Published(office.published).declared_at() == changes[-1]
