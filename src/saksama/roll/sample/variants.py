"""Name variants: how one person's name comes to be written otherwise on a second line."""

from collections.abc import Callable, Mapping

from saksama.roll.sample import spelling
from saksama.roll.sample.chance import Dice

_FRONT = ("H.", "HJ.", "DRS.", "DRA.", "IR.", "DR.")
_BACK = ("S.PD", "SE", "SH", "S.AG", "ST", "M.PD", "S.KOM", "S.SOS", "A.MD")
FATHERS = (
    "AHMAD", "ABDULLAH", "HASAN", "UMAR", "SULAIMAN", "YUSUF", "IBRAHIM", "SLAMET", "KARTO", "MUSA", "DARMO", "SALEH",
    "TARMIZI", "RAMLI", "HAMZAH", "JAMALUDIN", "SUPARMAN", "MANSUR", "ISMAIL", "HARUN", "DAUD", "SARDI", "ARSYAD",
    "MUKTAR", "BAKRI", "WIRYO", "KASIM", "LATIF", "NURDIN", "ROHMAN",
)  # fmt: skip
HUSBANDS = (
    "SUPRIYANTO", "HERMAWAN", "SUSANTO", "HIDAYAT", "WIJAYA", "GUNAWAN", "SETIAWAN", "SANTOSO", "KURNIAWAN", "IRAWAN",
    "SUTRISNO", "RAHMAN", "PURNOMO", "SISWANTO", "HARTONO", "YULIANTO", "SAPUTRA", "NUGROHO", "SIREGAR", "NASUTION",
    "SIHOMBING", "BUDIMAN", "ARIFIN", "EFENDI",
)  # fmt: skip
# Parts in a thousand of the copies whose name is varied.
NAME_KINDS = {
    "name_old_spelling": 110, "name_new_spelling": 40, "name_i_y": 65, "name_doubled": 65, "name_joined": 65,
    "name_split": 45, "name_title": 90, "name_bin": 50, "name_muhammad": 75, "name_initial": 90, "name_dropped": 80,
    "name_order": 60, "name_typo": 135, "name_husband": 30,
}  # fmt: skip
ALWAYS = "name_typo"  # the one variant every name has


def vary(kind: str, name: str, dice: Dice, *, woman: bool) -> str | None:
    """`name` varied in the way of `kind`, or None if that name cannot be."""
    varied = _VARIANTS[kind](name, dice, woman)
    return varied if varied and varied != name else None


def _words(name: str) -> list[str]:
    return name.split(" ")


def _one_word(change: Callable[[str, int], str]) -> Callable[[str, Dice, bool], str | None]:
    """A variant that changes one of the words that can be changed."""

    def varied(name: str, dice: Dice, _woman: bool) -> str | None:
        words, which = _words(name), dice.below(1 << 16)
        able = [
            at for at, word in enumerate(words) if change(word, which) != word and "." not in word and "," not in word
        ]
        if not able:
            return None
        at = able[dice.below(len(able))]
        words[at] = change(words[at], which)
        return " ".join(words)

    return varied


def _old(word: str, which: int) -> str:
    return spelling.old(word) if which % 5 < 2 else spelling.part_old(word, which)


def _new(word: str, _which: int) -> str:
    return spelling.new(word) if spelling.is_old(word) else word


def _joined(name: str, dice: Dice, _woman: bool) -> str | None:
    words = _plain_words(name)
    if len(words) < 2 or len(name) > 26 or "BIN" in words or "BINTI" in words:
        return None
    at = dice.below(len(words) - 1)
    return " ".join([*words[:at], words[at] + words[at + 1], *words[at + 2 :]])


def _title(name: str, dice: Dice, woman: bool) -> str | None:
    plain = " ".join(_plain_words(name))
    if plain != name:
        return plain
    lot = dice.below(10)
    if lot < 6:
        haji = ("HJ.", "HJ", "HAJAH") if woman else ("H.", "H", "HAJI")
        return f"{dice.of(haji)} {name}"
    return f"{'DRA.' if woman else 'DRS.'} {name}" if lot < 7 else f"{name}{', ' if lot < 9 else ' '}{dice.of(_BACK)}"


def _bin(name: str, dice: Dice, woman: bool) -> str | None:
    words = _plain_words(name)
    for mark in ("BIN", "BINTI"):
        if mark in words:
            return " ".join(words[: words.index(mark)])
    return f"{' '.join(words)} {'BINTI' if woman else 'BIN'} {dice.of(FATHERS)}" if len(words) <= 2 else None


def _initial(name: str, dice: Dice, _woman: bool) -> str | None:
    words = _plain_words(name)
    able = [at for at, word in enumerate(words) if len(word) > 3]
    if len(words) < 2 or not able:
        return None
    at = able[-1] if dice.below(3) else able[dice.below(len(able))]
    words[at] = words[at][0] + dice.of((".", ""))
    return " ".join(words)


def _dropped(name: str, dice: Dice, _woman: bool) -> str | None:
    words = _plain_words(name)
    if len(words) < 2:
        return None
    # The last word is left out most often; what stays must still be a name.
    at = len(words) - 1 if dice.below(10) < 7 else dice.below(len(words))
    left = words[:at] + words[at + 1 :]
    return " ".join(left) if len("".join(left)) > 3 else None


def _order(name: str, dice: Dice, _woman: bool) -> str | None:
    words = _plain_words(name)
    if len(words) < 2 or words[0] in ("I", "NI"):
        return None
    at = dice.below(len(words) - 1)
    words[at], words[at + 1] = words[at + 1], words[at]
    return " ".join(words)


def _typo(name: str, dice: Dice, _woman: bool) -> str:
    words = _words(name)
    able = [at for at, word in enumerate(words) if len(word) > 3 and word.isalpha()] or [0]
    at = able[dice.below(len(able))]
    typed = spelling.typo(words[at], [dice.below(1 << 16) for _ in range(4)])
    words[at] = typed if typed != words[at] else words[at] + words[at][-1]
    return " ".join(words)


def _husband(name: str, dice: Dice, woman: bool) -> str | None:
    words = _plain_words(name)
    if not woman or len(words) > 2:
        return None
    husband = dice.of(HUSBANDS)
    return " ".join([*words[:1], husband] if len(words) == 2 and dice.below(4) == 0 else [*words, husband])


def _plain_words(name: str) -> list[str]:
    """The words of the name without titles."""
    words = [word for word in name.split(",", maxsplit=1)[0].split(" ") if word not in _FRONT]
    return words[:-1] if len(words) > 2 and words[-1] in _BACK else words


_VARIANTS: Mapping[str, Callable[[str, Dice, bool], str | None]] = {
    "name_old_spelling": _one_word(_old),
    "name_new_spelling": _one_word(_new),
    "name_i_y": _one_word(spelling.swap_i_y),
    "name_doubled": _one_word(spelling.change_double),
    "name_joined": _joined,
    "name_split": _one_word(spelling.split_token),
    "name_title": _title,
    "name_bin": _bin,
    "name_muhammad": _one_word(spelling.muhammad),
    "name_initial": _initial,
    "name_dropped": _dropped,
    "name_order": _order,
    "name_typo": _typo,
    "name_husband": _husband,
}
