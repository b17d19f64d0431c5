"""A witness at a university, the policy that names it, and the true story published."""

from pathlib import Path

import pytest

from saksama.ledger.policy import Policy
from saksama.ledger.witness import Witness
from tests.audit.story import LOG_KEY, WITNESSED, Story, true_story


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness.create(tmp_path / "witness", "saksi.example", logs=[LOG_KEY.verifier()], clock=WITNESSED.timestamp)


@pytest.fixture
def policy(witness: Witness) -> Policy:
    return Policy.of(LOG_KEY.verifier(), witness.verifiers())


@pytest.fixture
def story(policy: Policy) -> Story:
    return true_story(policy)


@pytest.fixture
def published(story: Story, witness: Witness, tmp_path: Path) -> Path:
    return story.publish(tmp_path, witness)
