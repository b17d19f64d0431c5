"""Policies: the specification's rules, each refusal by name, and a quorum that counts nobody twice."""

import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.errors import BadSignature, Malformed, NotTrusted
from saksama.ledger.keys import KeyType, Signer
from saksama.ledger.note import Note, SignatureLine
from saksama.ledger.policy import Policy, load_policy
from tests.ledger.parts import NOW, ORIGIN

LOG = Signer.generate(ORIGIN)
NAMES = ("x1", "x2", "x3", "y1", "y2", "y3")
WITNESSES = {name: Signer.generate(f"{name}.example", KeyType.ED25519_COSIGNATURE) for name in NAMES}
TWO_LEVELS = (
    "# two groups\n"
    f"log {LOG.verifier()} https://log.example/\n"
    + "".join(f"witness {name} {key.verifier()}  http://{name}.example/\n" for name, key in WITNESSES.items())
    + "\n\tgroup xs 2 x1 x2 x3\n"
    "group ys any y1 y2 y3\n"
    "group both all xs ys\n"
    "quorum both\n"
)
TEXT = Checkpoint(ORIGIN, 3, bytes(32)).text


def note(*names: str) -> bytes:
    lines = (LOG.sign(TEXT), *(WITNESSES[name].sign(TEXT, time=NOW) for name in names))
    return Note(TEXT, lines).to_bytes()


@pytest.mark.parametrize(
    ("names", "enough"),
    [
        (("x1", "x2", "y1"), True),
        (("x1", "x3", "y2", "y3"), True),
        (NAMES, True),
        (("x1", "x2", "x3"), False),
        (("x1", "y1", "y2", "y3"), False),
        ((), False),
    ],
)
def test_two_levels_of_groups_count_as_written(names, enough):
    policy = Policy.parse(TWO_LEVELS.encode())
    assert policy.is_satisfied_by(names) is enough
    if enough:
        trusted = policy.require_trusted(note(*names))
        assert set(trusted.cosigned) == set(names)
        assert set(trusted.cosigned.values()) == {NOW}
        assert trusted.logs == (LOG.verifier(),)
    else:
        with pytest.raises(NotTrusted, match="no quorum"):
            policy.require_trusted(note(*names))


def test_a_name_that_no_line_defines_counts_for_nothing():
    assert not Policy.parse(TWO_LEVELS.encode()).is_satisfied_by(["xs", "ys", "both", "z"])


def test_without_witnesses_the_log_alone_is_believed():
    policy = Policy.of(LOG.verifier(), [])
    assert policy.require_trusted(note()).cosigned == {}


def test_it_believes_no_other_log_and_no_other_origin():
    policy = Policy.of(Signer.generate(ORIGIN).verifier(), [])
    with pytest.raises(NotTrusted, match="no log"):
        policy.require_trusted(note())
    text = TEXT.replace(ORIGIN, "other.example")
    with pytest.raises(NotTrusted):
        Policy.of(LOG.verifier(), []).require_trusted(Note(text, (LOG.sign(text),)).to_bytes())


def test_a_false_cosignature_spoils_the_whole_checkpoint():
    good = Note.parse(note(*NAMES))
    line = good.signatures[1]
    false = SignatureLine(line.name, line.key_id, line.blob[:-1] + bytes([line.blob[-1] ^ 1]))
    with pytest.raises(BadSignature):
        Policy.parse(TWO_LEVELS.encode()).require_trusted(good.with_signatures([false]).to_bytes())


def test_both_kinds_of_cosignature_fit_either_policy():
    for kind in (KeyType.ED25519_COSIGNATURE, KeyType.ML_DSA_44_COSIGNATURE):
        key = Signer.generate("saksi.example", kind)
        policy = Policy.of(LOG.verifier(), [key.verifier()])
        raw = Note(TEXT, (LOG.sign(TEXT), key.sign(TEXT, time=NOW))).to_bytes()
        assert list(policy.require_trusted(raw).cosigned.values()) == [NOW]


def test_its_plain_form_reads_back_and_its_source_is_kept(tmp_path):
    policy = Policy.parse(TWO_LEVELS.encode())
    assert policy.source == TWO_LEVELS.encode()
    assert Policy.parse(policy.to_text().encode()) == policy
    (tmp_path / "policy").write_bytes(policy.source)
    assert load_policy(tmp_path / "policy").digest == policy.digest


KEY = WITNESSES["x1"].verifier()
OTHER = WITNESSES["x2"].verifier()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no quorum"),
        ("quorum none\nquorum none\n", "line 2.*one quorum"),
        ("quorum x\n", "line 1.*no line before"),
        (f"quorum x\nwitness x {KEY}\n", "line 1.*no line before"),
        (f"group g any x\nwitness x {KEY}\nquorum g\n", "line 1.*no line before"),
        (f"witness x {KEY}\ngroup g 2 x\nquorum g\n", "asks for 2 of 1"),
        (f"witness x {KEY}\ngroup g 0 x\nquorum g\n", "asks for 0 of 1"),
        (f"witness x {KEY}\ngroup g 01 x\nquorum g\n", "leading zeros"),
        (f"witness x {KEY}\ngroup g any\nquorum g\n", "line 2"),
        (f"witness x {KEY}\ngroup g all x x\nquorum g\n", "twice"),
        (f"witness x {KEY}\ngroup g any x\ngroup h any x\nquorum h\n", "twice"),
        (f"witness x {KEY}\ngroup x any x\nquorum x\n", "taken"),
        (f"witness none {KEY}\nquorum none\n", "taken"),
        (f"witness x {KEY}\nwitness x {OTHER}\nquorum x\n", "taken"),
        (f"witness x {KEY}\nwitness y {KEY}\nquorum x\n", "same key"),
        (f"witness x {KEY}\ngroup g any none x\nquorum g\n", "no line before"),
        (f"log {LOG.verifier()}\nlog {LOG.verifier()}\nquorum none\n", "same key"),
        (f"witness x {LOG.verifier()}\nquorum x\n", "does not cosign"),
        (f"witness x {str(KEY)[:-2]}\nquorum x\n", "line 1"),
        ("mirror x\nquorum none\n", "line 1.*not a log"),
        ("quorum none\r\n", "line ends"),
        ("quorum none", "cut off"),
        ("quorum\x0bnone\n", "control"),
        ("quorum none extra\n", "line 1"),
    ],
    ids=lambda value: re.sub(r"\+[0-9a-f]{8}\+\S+", "", value),  # keys are new each time, names of tests are not
)
def test_it_refuses_by_line_and_name(text, why):
    with pytest.raises(Malformed, match=why):
        Policy.parse(text.encode())


def test_names_are_octets():
    raw = f"witness k\xe9 {KEY}\nquorum k\xe9\n".encode("latin-1")
    policy = Policy.parse(raw)
    assert policy.to_text().encode("utf-8", "surrogateescape") == raw
    assert Policy.parse(raw) != Policy.parse(raw.replace(b"\xe9", b"\xe8"))


def test_a_key_that_is_named_in_no_letters_is_refused_by_line():
    raw = f"log {LOG.verifier()}\nquorum none\n".encode()
    with pytest.raises(Malformed, match="policy line 1"):
        Policy.parse(raw.replace(b"log ", b"log \xf3", 1))


PIECES = st.sampled_from(
    [
        f"log {LOG.verifier()}",
        *(f"witness {name} {key.verifier()}" for name, key in WITNESSES.items()),
        *("group a any x1 x2", "group b 2 x3 a", "group c all y1"),
        *("quorum a", "quorum x1", "quorum none", "# x", " \t"),
    ]
)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=10).map(lambda lines: "".join(f"{line}\n" for line in lines)) | st.text(max_size=60))
def test_any_text_is_a_policy_or_refused_in_one_way(text):
    with suppress(Malformed):
        policy = Policy.parse(text.encode())
        assert policy.source == text.encode()
        assert Policy.parse(policy.to_text().encode()) == policy
