"""How one policy follows another, so that whoever trusts the first can be led to the last.

A change of policy, of a log's key or a witness's, is itself an entry: the last one under the old policy. The checkpoint
right above it, by the old key and the old quorum, is kept beside the log with the policy file it is believed by; the
same tree is then signed anew under the new policy. So a policy speaks for the trees from its announcement on, up to
and with the announcement of the next, and for no others. What the announcing entry looks like, the log does not know.
"""

import re

from saksama.ledger.checkpoint import Checkpoint
from saksama.ledger.errors import NotTrusted
from saksama.ledger.policy import Policy

FOLDER = "policies"
_REPLACES = re.compile(rb"# replaces ([0-9a-f]{64})\n")


def policy_file(policy: Policy) -> str:
    """Where a published folder keeps a policy that was replaced."""
    return f"{FOLDER}/{policy.digest}"


def last_checkpoint_of(policy: Policy) -> str:
    """Where a published folder keeps the last checkpoint under a policy that was replaced."""
    return f"{FOLDER}/{policy.digest}.checkpoint"


def following(policy: Policy, before: Policy) -> Policy:
    """The policy with a first line that says which one it replaces, so that nobody has to search for that."""
    rest = _REPLACES.sub(b"", policy.source, count=1)
    return Policy.parse(f"# replaces {before.digest}\n".encode() + rest)


def replaced_by(policy: Policy) -> str | None:
    """The SHA-256 of the policy that this one says it replaces."""
    found = _REPLACES.match(policy.source)
    return found[1].decode() if found else None


def require_last(before: Policy, raw: bytes, *, size: int, root: bytes) -> Checkpoint:
    """The last checkpoint under `before`: over exactly `size` entries, of this root, and believed by it.

    Raises NotTrusted, BadSignature, Malformed.
    """
    checkpoint = before.require_trusted(raw).checkpoint
    if (checkpoint.size, checkpoint.root) != (size, root):
        raise NotTrusted(f"the last checkpoint under the policy is not over the {size} entries up to its change")
    return checkpoint
