"""Two names, word by word, for the sentence about them. One pair at a time; the kernels do millions."""

from dataclasses import dataclass

import numpy as np

from saksama.linkage.kernels.distance import edits
from saksama.linkage.spelling import OLD_PAIRS, full_forms, in_latin, plain_word

_SIGNS = str.maketrans({"'": "", "`": "", "’": ""})
_FULL = {short.decode(): full.decode() for short, full in full_forms("indonesia").items()}


@dataclass(frozen=True, slots=True, repr=False)
class NameParts:
    """A name's words as written, without titles, and those in plain spelling, abbreviations written out."""

    written: tuple[str, ...]
    words: tuple[str, ...]
    plain: tuple[str, ...]

    @classmethod
    def of(cls, name: str) -> "NameParts":
        """The parts of a name in capitals."""
        head = in_latin(name).upper().translate(_SIGNS).split(",")[0] or in_latin(name).upper()
        every = tuple("".join(c if c.isalnum() else " " for c in head).split())
        kept = tuple(word for word in every if _FULL.get(plain_word(word)) != "") or every
        plain = tuple(_FULL.get(plain_word(word)) or plain_word(word) for word in kept)
        return cls(tuple(name.split()), kept, plain)


def names_relation(left: NameParts, right: NameParts) -> str:
    """What tells two unequal names apart, as a key of `sentences`; "other" where nothing is shared."""
    if left.words == right.words:
        without_signs = ["".join(c for c in " ".join(part.written) if c.isalnum()) for part in (left, right)]
        return "signs" if without_signs[0] == without_signs[1] else "titles"
    if left.plain == right.plain:
        return _kind_of_spelling(left, right)
    if sorted(left.plain) == sorted(right.plain):
        return "order"
    if "".join(left.plain) == "".join(right.plain):
        return "joined"
    return _by_words(left, right)


def _kind_of_spelling(left: NameParts, right: NameParts) -> str:
    differing = [(a, b) for a, b in zip(left.words, right.words, strict=True) if a != b]
    if any(plain_word(a) != plain_word(b) for a, b in differing):
        return "short_form"
    modern = [(_modern(a), _modern(b)) for a, b in differing]
    return "old_spelling" if all(a == b for a, b in modern) else "spelling"


def _modern(word: str) -> str:
    for old, new in OLD_PAIRS.items():
        word = word.replace(old, new)
    return word


def _by_words(left: NameParts, right: NameParts) -> str:
    ours, theirs, found = list(left.plain), list(right.plain), set()
    for relation in (_equal, _typed, _initial):
        for word in list(ours):
            partner = next((other for other in theirs if relation(word, other)), None)
            if partner is not None:
                ours.remove(word)
                theirs.remove(partner)
                found.add(relation)
    if not found:
        return "other"
    if ours and theirs:
        return "partly"
    if _typed in found:
        return "typed"
    if _initial in found:
        return "initial"
    return "shorter"


def _equal(word: str, other: str) -> bool:
    return word == other


def _typed(word: str, other: str) -> bool:
    shorter, longer = sorted((len(word), len(other)))
    allowed = 2 if shorter >= 8 else (1 if longer >= 4 else 0)
    if shorter < 2 or longer - shorter > allowed:
        return False
    letters = np.frombuffer((word + other).encode(), np.uint8)
    return bool(edits(letters, 0, len(word), len(word), len(word) + len(other)) <= allowed)


def _initial(word: str, other: str) -> bool:
    return min(len(word), len(other)) == 1 and word[0] == other[0]
