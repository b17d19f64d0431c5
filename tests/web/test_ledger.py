import json
from hashlib import sha256

from django.test import Client

from saksama.flow.desk import Desk
from saksama.flow.enter import enter_pending
from saksama.flow.office import Office
from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.note import Note
from saksama.ledger.tiles import tiles_at, unpack
from saksama.model.case import Case
from tests.cast import RATNA, SARI
from tests.web.conftest import DIFFERENT, rule
from tests.web.planting import HER_OTHER_LINE, NGATINEM, THIRD, plant

LEDGER = "/buku-besar/"


def full_log(desk: Desk, office: Office) -> None:
    """A log of 306 entries: a full bundle and a partial one."""
    for n in range(300):
        plant(desk, (NGATINEM, THIRD), lines=(n, 1000 + n))
    assert enter(office).size == 306


def enter(office: Office) -> Checkpoint:
    with office.book() as book:
        return enter_pending(book, office.desk.cases).checkpoint


def test_before_the_first_checkpoint_it_says_so(office: Office) -> None:
    for name in ("checkpoint",):
        (office.published / name).unlink(missing_ok=True)
    assert "Belum ada titik periksa" in Client().get(LEDGER).content.decode()
    assert Client().get(LEDGER + "checkpoint").status_code == 404


def test_anyone_reads_the_checkpoint_without_signing_in(case: Case, office: Office) -> None:
    checkpoint = enter(office)
    page = Client().get(LEDGER).content.decode()
    assert checkpoint.origin in page
    assert checkpoint.root_text in page
    assert f">{checkpoint.size}<" in page
    assert "menandatangani" in page


def test_a_checkpoint_that_the_policy_does_not_believe_is_told_as_a_fault(case: Case, office: Office) -> None:
    enter(office)
    note = office.published / "checkpoint"
    note.write_bytes(note.read_bytes().replace(b"saksama/34.04\n", b"saksama/34.02\n", 1))
    answer = Client().get(LEDGER)
    assert answer.status_code == 500
    assert "janji sistem tidak terpenuhi" in answer.content.decode()


def test_other_peoples_tools_read_the_log_over_http(case: Case, office: Office) -> None:
    """C2SP tlog-tiles: checkpoint, tiles and bundles of entries below one address."""
    enter(office)
    client = Client()
    raw = client.get(LEDGER + "checkpoint").content
    size = Checkpoint.parse(Note.parse(raw).text).size
    kinds = []
    for tile in tiles_at(size):
        answer = client.get(LEDGER + tile.path)
        assert answer.content == (office.published / tile.path).read_bytes()
        if tile.level < 0:
            kinds += [json.loads(entry)["kind"] for entry in unpack(answer.content)]
    assert len(kinds) == size
    assert kinds[0] == "office_opened"
    assert client.get(LEDGER + "policy").content == (office.published / "policy").read_bytes()


def test_what_never_changes_may_be_kept_and_what_changes_is_asked_about(desk: Desk, office: Office) -> None:
    full_log(desk, office)
    for path, kept in (
        ("tile/0/000", "public, max-age=31536000, immutable"),
        ("tile/entries/000", "public, max-age=31536000, immutable"),
        ("catatan/3/catatan.json", "public, max-age=31536000, immutable"),
        ("tile/0/001.p/50", "public, max-age=60"),
        ("checkpoint", "public, no-cache"),
        ("policy", "public, no-cache"),
        ("catatan/3/bukti.zip", "public, no-cache"),
        ("catatan/3/bukti.tlog-proof", "public, no-cache"),
    ):
        first = Client().get(LEDGER + path)
        assert (first.status_code, first.headers["Cache-Control"]) == (200, kept), path
        assert "Cookie" not in first.headers.get("Vary", ""), path
        assert "Set-Cookie" not in first.headers, path
        again = Client().get(LEDGER + path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b""), path
        assert (again.headers["ETag"], again.headers["Cache-Control"]) == (first.headers["ETag"], kept), path
        other = Client().get(LEDGER + path, headers={"If-None-Match": '"0123"'})
        assert other.content == first.content, path
    before = Client().get(LEDGER + "checkpoint").headers["ETag"]
    plant(desk, (NGATINEM, HER_OTHER_LINE), lines=(5000, 5001))
    enter(office)
    assert Client().get(LEDGER + "checkpoint", headers={"If-None-Match": before}).status_code == 200


def test_a_partial_tile_that_has_given_way_is_still_answered(desk: Desk, office: Office) -> None:
    """Whoever holds an older checkpoint asks for the tile of its size (C2SP tlog-tiles allows either)."""
    full_log(desk, office)
    assert not (office.published / "tile/entries/000.p").exists()
    old = Client().get(LEDGER + "tile/entries/000.p/7")
    whole = Client().get(LEDGER + "tile/entries/000").content
    assert unpack(old.content) == unpack(whole)[:7]
    assert Client().get(LEDGER + "tile/0/000.p/7").content == Client().get(LEDGER + "tile/0/000").content[: 7 * 32]
    assert old.headers["Cache-Control"] == "public, max-age=60"
    assert Client().get(LEDGER + "tile/0/001.p/250").status_code == 404


def test_no_other_file_is_handed_out(case: Case, office: Office) -> None:
    enter(office)
    for wrong in (
        "tile/../../saksama.toml",
        "tile/0/../../../keys/office.key",
        "tile/0/999",
        "tile/x",
        "keys",
        "tile/",
    ):
        assert Client().get(LEDGER + wrong).status_code == 404, wrong


def test_an_officer_of_another_kabupaten_may_check_it_too(case: Case, office: Office) -> None:
    from tests.web.conftest import client_of

    enter(office)
    assert client_of(RATNA).get(LEDGER).status_code == 200


def test_nothing_personal_is_published(case: Case, desk: Desk, office: Office) -> None:
    rule(case, DIFFERENT, SARI, desk)
    enter(office)
    everything = b"".join(path.read_bytes() for path in office.published.rglob("*") if path.is_file())
    for person in (NGATINEM, HER_OTHER_LINE):
        for name in ("nik", "nkk", "nama", "alamat"):
            assert person[name].encode() not in everything
    assert b"NKK dan alamat sama" not in everything


def test_it_is_read_only(office: Office) -> None:
    assert Client().post(LEDGER).status_code == 405
    assert Client().post(LEDGER + "catatan/").status_code == 405
    assert Client().post(LEDGER + "catatan/0/").status_code == 405
    assert Client().post(LEDGER + "checkpoint").status_code == 405


def test_a_mirror_over_http_gets_the_policies_that_were_replaced(case: Case, office: Office) -> None:
    from saksama.flow import keys

    enter(office)
    before = (office.published / "policy").read_bytes()
    keys.rotate_witness_key(office)
    enter(office)
    digest = sha256(before).hexdigest()
    earlier = Client().get(f"{LEDGER}policies/{digest}")
    assert earlier.content == before
    assert earlier.headers["Cache-Control"] == "public, no-cache"
    last = Client().get(f"{LEDGER}policies/{digest}.checkpoint").content
    assert last == (office.published / f"policies/{digest}.checkpoint").read_bytes()
    for wrong in ("0" * 64, digest[:-1], f"{digest}.key", "../policy"):
        assert Client().get(f"{LEDGER}policies/{wrong}").status_code == 404
    assert "kunci saksi diganti" in Client().get(LEDGER).content.decode()
