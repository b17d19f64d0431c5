"""How names are written: which bytes are letters, which spellings are one, which words are no part of a name.

Sources: DOMAIN notes 4.4 (van Ophuijsen 1901, Soewandi 1947, EYD 1972; Permendagri 73/2022 on titles and
abbreviations). The plain spelling serves to compare; the name as written is never changed.
"""

import unicodedata

import numpy as np

from saksama.linkage.kernels.arrays import Bytes
from saksama.linkage.kernels.text import SKIP, STOP

# Old to new and sounds that offices write either way. Applied left to right, once; doubled letters are written once.
_PAIRS = {
    "OE": "U", "DJ": "J", "TJ": "C", "NJ": "NY", "SJ": "S", "SY": "S", "SH": "S", "CH": "H", "KH": "H", "GH": "G",
    "DH": "D", "TH": "T", "PH": "F", "AE": "AI", "DZ": "Z", "TS": "S", "CK": "K", "BH": "B",
}  # fmt: skip
_SINGLES = {"Y": "I", "J": "I", "V": "F", "Q": "K", "Z": "S"}  # J and Y: JUSUF, YUSUF, IUSUF
# Words in plain spelling that stand for another.
_FULL = {
    "MUHAMAD": ("MOHAMAD", "MUHAMED", "MOHAMED", "MUH", "MOH", "MUHD", "MHD", "MUHAMAT", "MOHAMAT", "MUHAMT",
                "MUHMAD", "MD", "MOHD", "AHMUHAMAD", "MUHAM"),
    "ABDUL": ("ABD", "ABDL", "ABDOL"),
    "NIOMAN": ("NIOMN", "NMN"), "NENGAH": ("NGH",), "WAIAN": ("WIN", "WN"), "KETUT": ("KTT",), "MADE": ("MD.",),
}  # fmt: skip
# Titles before and behind (academic, religious, noble abbreviations), in plain spelling, and what only links names.
_TITLES = frozenset(
    [
        "H",
        "HI",
        "HAII",
        "HAIAH",
        "HAIAT",
        "DR",
        "DRS",
        "DRA",
        "DRG",
        "IR",
        "PROF",
        "KH",
        "KIAI",
        "KIAIHAII",
        "UST",
        "USTAD",
        "USTADS",
        "TGK",
        "TEUNGKU",
        "SE",
        "SH",
        "SS",
        "ST",
        "SI",
        "SP",
        "SPD",
        "SPDI",
        "SAG",
        "SKOM",
        "SKM",
        "SKEP",
        "SSOS",
        "SSI",
        "SSN",
        "SPSI",
        "STP",
        "SHUT",
        "SPT",
        "SIP",
        "SPI",
        "SKED",
        "SFARM",
        "AMD",
        "AMDKEB",
        "AMKEB",
        "MPD",
        "MPDI",
        "MM",
        "MSI",
        "MH",
        "MT",
        "MKES",
        "MAG",
        "MKOM",
        "MSC",
        "MBA",
        "PHD",
        "LC",
        "BA",
        "BSC",
        "NS",
        "APT",
        "SST",
        "STHI",
        "SHI",
        "SEI",
        "ALM",
        "ALMH",
        "ALMARHUM",
        "ALMARHUMAH",
        "BIN",
        "BINTI",
        "BTE",
        "BT",
        "BINTE",
        "BN",
        "SIPD",
        "SDT",
    ]
)


def letter_table(style: str) -> Bytes:
    """What each byte is: a letter (upper case) or digit, a space, nothing, or the end of the name (comma)."""
    table = np.zeros(256, np.uint8)
    for code in range(128):
        letter = chr(code).upper()
        if letter.isalnum():
            table[code] = ord(letter)
    table[ord("'")] = table[ord("`")] = SKIP  # MA'RUF, NU'MAN
    if style == "indonesia":
        table[ord(",")] = STOP  # degrees follow the comma
    return table


def spelling_tables(style: str) -> tuple[Bytes, Bytes]:
    """The tables of `plain_words` for a style: `indonesia`, or `plain`, which only writes doubled letters once."""
    pairs = np.zeros((256, 256, 2), np.uint8)
    single = np.arange(256, dtype=np.uint8)
    if style == "indonesia":
        for old, new in _PAIRS.items():
            pairs[ord(old[0]), ord(old[1]), : len(new)] = [ord(letter) for letter in new]
        for old, new in _SINGLES.items():
            single[ord(old)] = ord(new)
    return pairs, single


def full_forms(style: str) -> dict[bytes, bytes]:
    """Words in plain spelling, and the plain word each stands for; `b""` for a title or a linking word."""
    if style != "indonesia":
        return {}
    forms = {short.encode(): full.encode() for full, shorts in _FULL.items() for short in shorts}
    return {**{title.encode(): b"" for title in _TITLES}, **forms}


def in_latin(text: str) -> str:
    """`text` with accents taken off; a letter with no Latin form becomes `U` and its code, so equal stays equal."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c if c.isascii() else f"U{ord(c):X}" for c in plain if not unicodedata.combining(c))


# Spellings that only the reforms of 1947 and 1972 tell apart, for the sentence about them; `_PAIRS` is wider.
OLD_PAIRS = {"OE": "U", "DJ": "J", "TJ": "C", "NJ": "NY", "SJ": "SY", "CH": "KH", "J": "Y"}


def plain_word(word: str) -> str:
    """One word in plain Indonesian spelling, as the kernel `plain_words` writes it."""
    out: list[str] = []
    at = 0
    while at < len(word):
        new = _PAIRS.get(word[at : at + 2])
        at += 1 if new is None else 2
        for letter in new or word[at - 1]:
            letter = _SINGLES.get(letter, letter)  # noqa: PLW2901  # the letter in its plain form
            if not out or out[-1] != letter:
                out.append(letter)
    if len(out) >= 4 and out[-1] == "H":
        out.pop()
    return "".join(out)
