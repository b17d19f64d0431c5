"""Names that are made of what they name, made a second time here: a roll's of its file, a case's of its lines."""

import re
from collections.abc import Iterable
from hashlib import sha256

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_WITH_A_LETTER = re.compile("(?=([0-9a-f]{16}))(?![0-9]{16})")


def roll_name(file_sha256: str) -> str:
    """The name of the roll in a file of this digest: its first sixteen digits in a row that are not all decimal."""
    found = _WITH_A_LETTER.search(file_sha256)
    return "" if found is None else found[1]


def case_number(roll: str, lines: Iterable[int]) -> str:
    """The one number of the case about these lines of a roll (`docs/decisions/0005`)."""
    whole = "\n".join(("saksama/perkara/v1", roll, ",".join(str(line) for line in sorted(lines))))
    rest = int.from_bytes(sha256(whole.encode()).digest()[:8], "big")
    letters: list[str] = []
    while len(letters) < 10:
        letters.append(_LETTERS[rest % 30])
        rest //= 30
    return f"GD-{''.join(letters[:5])}-{''.join(letters[5:])}"
