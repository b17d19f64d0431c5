"""Indonesian spelling of names: old and new letters, i and y, doubled letters, words joined and split, short forms.

Each function takes a token or a name in capitals and gives the other form, or the same text where none exists.
"""

import re
from collections.abc import Sequence

# Van Ophuijsen (1901) and Soewandi (1947) against EYD (1972). The order matters: J is written DJ before Y becomes J.
_TO_OLD = (("NY", "N\0"), ("SY", "S\0"), ("J", "D\1"), ("C", "T\1"), ("KH", "C\2"), ("Y", "J"), ("U", "OE"))
_TO_NEW = (("OE", "U"), ("TJ", "C"), ("DJ", "\1"), ("NJ", "NY"), ("SJ", "SY"), ("CH", "KH"), ("J", "Y"), ("\1", "J"))
_JOINABLE = (
    "SITI", "SRI", "NUR", "RATNA", "DEWI", "PUTRI", "TRI", "DWI", "EKA", "ABDUR", "ABDUL", "SYAIFUL", "KHOIRUL",
    "SAIFUL", "MEGA", "INDAH", "INTAN", "DIAN", "SARI", "YULI", "FITRI", "ROS", "HENDRA", "ADI", "SURYA", "WIDYA",
    "PUSPITA", "KARTIKA", "MURNI", "MAR", "SUS",
)  # fmt: skip
_MUHAMMAD = (
    "MUHAMMAD",
    "MUHAMAD",
    "MOHAMAD",
    "MOHAMMAD",
    "MUH",
    "MOH",
    "MUCH",
    "MOCH",
    "MOCHAMAD",
    "M",
    "MUCHAMAD",
    "MOCHAMMAD",
)
_ABDUL = ("ABDUL", "ABD", "ABDOEL", "ABDL")
_VOWELS = "AIUEO"


def old(token: str) -> str:
    """The token in spelling from before 1972: SUPRIYANTO gives SOEPRIJANTO."""
    return _replaced(token, _TO_OLD).translate({0: "J", 1: "J", 2: "H"})


def part_old(token: str, which: int) -> str:
    """As `old`, but only one pair of letters changed, as families really wrote: SUDJONO, SOEPRIYANTO."""
    steps = [step for step in (("U", "OE"), ("J", "DJ"), ("C", "TJ"), ("Y", "J")) if step[0] in token]
    return token.replace(*steps[which % len(steps)]) if steps else token


def new(token: str) -> str:
    """The token in today's spelling: SOEPRIJANTO gives SUPRIYANTO. Only for tokens that are old (see `is_old`)."""
    return _replaced(token, _TO_NEW).translate({1: "J"})


def is_old(token: str) -> bool:
    """Whether the token has letters that only the old spelling has."""
    return re.search("OE|TJ|DJ|NJ|SJ", token) is not None


def swap_i_y(token: str, which: int) -> str:
    """One I turned into Y or Y into I where Indonesians waver: DEWI/DEWY, SUPRIYANTO/SUPRIANTO, RISKI/RISKY."""
    forms = []
    if re.search("[^AEIOU]I$", token):
        forms.append(token[:-1] + "Y")
    if re.search("[^AEIOU]Y$", token):
        forms.append(token[:-1] + "I")
    for written, other in (("IYA", "IA"), ("IA", "IYA"), ("AI", "AY"), ("AY", "AI"), ("IYO", "IO")):
        if written in token[1:]:
            forms.append(token[0] + token[1:].replace(written, other, 1))
    return forms[which % len(forms)] if forms else token


def change_double(token: str, which: int) -> str:
    """A doubled letter written once, or a single one doubled: ROHMAN/ROHMMAN is not made, ANISA/ANNISA is."""
    doubled = [m.start() for m in re.finditer(r"([A-Z])\1", token)]
    if doubled:
        at = doubled[which % len(doubled)]
        return token[:at] + token[at + 1 :]
    single = [m.start(1) for m in re.finditer(r"(?<=[AIUEO])([NLSRTMFKDH])(?=[AIUEO])", token)]
    if not single:
        return token
    at = single[which % len(single)]
    return token[:at] + token[at] + token[at:]


def split_token(token: str, which: int) -> str:
    """The token as two words where it begins with one: RATNASARI gives RATNA SARI."""
    heads = [head for head in _JOINABLE if token.startswith(head) and len(token) - len(head) >= 3]
    if not heads:
        return token
    head = heads[which % len(heads)]
    return f"{head} {token[len(head) :]}"


def muhammad(token: str, which: int) -> str:
    """Another form of MUHAMMAD or ABDUL; the same token for anything else."""
    bare = token.rstrip(".")
    for forms in (_MUHAMMAD, _ABDUL):
        if bare in forms:
            others = [form for form in forms if form != bare]
            chosen = others[which % len(others)]
            return chosen + "." if len(chosen) <= 4 and which % 3 == 0 and chosen != "ABDL" else chosen
    return token


def typo(token: str, dice: Sequence[int]) -> str:
    """One slip of the hand: a letter left out, changed, put in, or two neighbours swapped. Four numbers are used."""
    kind, place, letter, _ = dice
    at = place % len(token)
    if kind % 4 == 0 and len(token) > 3:
        return token[:at] + token[at + 1 :]
    if kind % 4 == 1 and len(token) > 2:
        at = place % (len(token) - 1)
        if token[at] != token[at + 1]:
            return token[:at] + token[at + 1] + token[at] + token[at + 2 :]
    keys = _VOWELS if token[at] in _VOWELS else "BCDFGHJKLMNPQRSTVWYZ"
    put = keys[letter % len(keys)]
    if kind % 4 == 2:
        return token[:at] + put + token[at:]
    put = put if put != token[at] else keys[(letter + 1) % len(keys)]
    return token[:at] + put + token[at + 1 :]


def _replaced(token: str, steps: Sequence[tuple[str, str]]) -> str:
    for written, other in steps:
        token = token.replace(written, other)
    return token
