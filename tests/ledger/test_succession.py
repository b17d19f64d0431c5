"""A log that changes its policy: what it takes in meanwhile, and under which keys it opens."""

import pytest

from saksama.ledger.errors import Damaged, HandingOver, NotTrusted
from saksama.ledger.keys import Signer
from saksama.ledger.log import Log, adopt_key
from saksama.ledger.policy import Policy
from saksama.ledger.succession import following, last_checkpoint_of, replaced_by, require_last
from tests.ledger.parts import ORIGIN, check_log, entries


@pytest.fixture
def new_key(witness):
    key = Signer.generate(ORIGIN)
    witness.trust(key.verifier())
    return key


@pytest.fixture
def after(policy, new_key, signer):
    text = policy.to_text().replace(str(signer.verifier()), str(new_key.verifier()))
    return following(Policy.parse(text.encode()), policy)


def test_a_policy_says_which_one_it_replaces(policy, after):
    assert replaced_by(policy) is None
    assert replaced_by(after) == policy.digest
    assert replaced_by(following(after, after)) == after.digest
    assert following(after, after).source.count(b"# replaces") == 1


def test_the_announcement_is_the_last_entry_under_the_old_policy(log, grow, witness, policy, after, new_key, published):
    grow(300)
    log.append(entries(1, start=300))
    with pytest.raises(HandingOver, match="wait to be published"):
        log.seal("change", b"change")
    grow(301)
    assert log.seal("change", b"change") == log.seal("change", b"change") == 301
    with pytest.raises(HandingOver, match="at size 302"):
        log.append(entries(1, start=301))
    assert log.append(entries(3)) == [0, 1, 2]  # what is in may be named again
    with pytest.raises(HandingOver, match="another one"):
        log.seal("another change", b"x")
    for _ in range(2):
        checkpoint = log.hand_over(policy, after, old=[witness], new=[witness], signer=new_key)
        assert checkpoint.size == 302
    last = (published / last_checkpoint_of(policy)).read_bytes()
    assert require_last(policy, last, size=302, root=checkpoint.root) == checkpoint
    with pytest.raises(NotTrusted, match="301 entries"):
        require_last(policy, last, size=301, root=checkpoint.root)
    log.unseal()
    assert log.seal("change", b"change") == 301
    assert log.sealed == 0
    grow_with(log, witness, after)
    assert after.require_trusted((published / "checkpoint").read_bytes()).checkpoint.size == 303
    check_log(log, new_key, published, acknowledged=entries(301))


def grow_with(log, witness, policy):
    log.append([("later", b"later")])
    log.checkpoint([witness], policy)


@pytest.fixture
def published(tmp_path):
    return tmp_path / "published"


def test_it_opens_with_either_key_while_it_changes_and_then_with_the_new_one(
    tmp_path, log, grow, witness, policy, after, new_key, signer, published
):
    grow(5)
    log.seal("change", b"change")
    log.hand_over(policy, after, old=[witness], new=[witness], signer=new_key)
    log.close()

    def opened(key):
        return Log.open(tmp_path / "log", published, origin=ORIGIN, signer=key)

    opened(signer).close()
    with pytest.raises(Damaged, match="another key"):
        opened(Signer.generate(ORIGIN))
    with opened(new_key) as again:
        again.unseal()
    with pytest.raises(Damaged, match="another key"):
        opened(signer)
    with opened(new_key) as again:
        grow_with(again, witness, after)  # the witness has seen it last under the new key, another maybe under the old


def test_a_key_is_adopted_for_its_own_log_only(tmp_path, log, signer):
    log.close()
    with pytest.raises(Damaged, match="another origin"):
        adopt_key(tmp_path / "log", Signer.generate("other.example"))
    with pytest.raises(Damaged, match="no log"):
        adopt_key(tmp_path / "nowhere", signer)
    new = Signer.generate(ORIGIN)
    adopt_key(tmp_path / "log", new)
    Log.open(tmp_path / "log", tmp_path / "published", origin=ORIGIN, signer=new).close()
