"""The NIK: Indonesia's person number, and what its digits say."""

import re
from dataclasses import dataclass
from datetime import date

from saksama.model.errors import BadInput
from saksama.model.texts import _

_SIXTEEN_DIGITS = re.compile(r"[0-9]{16}")


class MalformedNik(BadInput):
    """The text is no NIK. The text itself is never quoted."""


@dataclass(frozen=True, slots=True, repr=False)
class Nik:
    """A well-formed NIK. Whether Dukcapil issued it is another question.

    Two digits each of province, kabupaten/kota and kecamatan **of first registration**, DDMMYY of birth (a woman's
    day is written plus 40), and a serial of four. PP 37/2007 art. 37; it never changes, not by moving either
    (PP 40/2019 art. 30(2)), so a region, date or sex other than today's is no fault.
    """

    digits: str

    def __post_init__(self) -> None:
        if not _SIXTEEN_DIGITS.fullmatch(self.digits):
            raise MalformedNik(_("NIK harus 16 angka."))  # never quote the value

    @property
    def kecamatan(self) -> str:
        """Dotted code of the kecamatan of first registration, `34.04.07`."""
        return f"{self.digits[:2]}.{self.digits[2:4]}.{self.digits[4:6]}"

    @property
    def is_womans(self) -> bool:
        """Whether the day is written plus 40."""
        return int(self.digits[6:8]) > 40

    @property
    def birth_day(self) -> int:
        """Day of the month, 1-31 if the number is sound."""
        day = int(self.digits[6:8])
        return day - 40 if day > 40 else day

    @property
    def birth_month(self) -> int:
        """Month, 1-12 if the number is sound."""
        return int(self.digits[8:10])

    @property
    def birth_year_in_century(self) -> int:
        """Last two digits of the year; the century is not written."""
        return int(self.digits[10:12])

    @property
    def serial(self) -> str:
        """The last four digits; `0000` was never issued."""
        return self.digits[12:]

    def agrees_with(self, born: date) -> bool:
        """Whether the date inside is `born`, century aside."""
        return (self.birth_day, self.birth_month, self.birth_year_in_century) == (born.day, born.month, born.year % 100)

    def __repr__(self) -> str:
        return "Nik(hidden)"


def mask(number: str) -> str:
    """A NIK or NKK as an officer may see it: ten of sixteen digits starred, the date part among them.

    Kept are the first four (province and kabupaten) and the last two. PKPU practice of 2020: ten digits hidden.
    A text that is not sixteen digits keeps nothing but its length.
    """
    if not _SIXTEEN_DIGITS.fullmatch(number):
        return "*" * len(number)
    return number[:4] + "*" * 10 + number[14:]
