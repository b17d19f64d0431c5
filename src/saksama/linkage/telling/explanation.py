"""Why two records look alike, element by element, in words: what an officer reads. No score, no value quoted."""

from collections.abc import Callable, Mapping

from saksama.linkage.telling.name_words import NameParts, names_relation
from saksama.linkage.telling.sentences import DEFAULT_DAYS, say
from saksama.model.recommendation import Agreement, ElementComparison
from saksama.model.record import Element

_AGREE, _SIMILAR, _DIFFER, _BLANK = Agreement.AGREE, Agreement.SIMILAR, Agreement.DIFFER, Agreement.BLANK
_NIK_DIGITS = 16


def compare_elements(left: Mapping[str, str | None], right: Mapping[str, str | None]) -> tuple[ElementComparison, ...]:
    """All elements of two records compared, in the order of `Element`. Blank on either side is never agreement.

    Values are texts by checked column name; `tgl_lahir` is written 1955-07-01.
    """
    return tuple(_compare(element, _clean(left.get(element)), _clean(right.get(element))) for element in Element)


def _clean(value: str | None) -> str:
    return "" if value is None else " ".join(str(value).split()).upper()


def _compare(element: Element, left: str, right: str) -> ElementComparison:
    if not left or not right:
        return say(element, _BLANK, "blank_one" if left or right else "blank_both")
    return _BY_ELEMENT.get(element, _compare_plain)(element, left, right)


def _compare_plain(element: Element, left: str, right: str) -> ElementComparison:
    if left == right:
        return say(element, _AGREE, "same")
    return say(element, _DIFFER, "marital" if element is Element.STATUS_KAWIN else "differ")


def _compare_unit(element: Element, left: str, right: str) -> ElementComparison:
    """RT and RW: 001 is 1."""
    return _compare_plain(element, left.lstrip("0") or "0", right.lstrip("0") or "0")


def _compare_text(element: Element, left: str, right: str) -> ElementComparison:
    plain_left, plain_right = _letters(left), _letters(right)
    if plain_left == plain_right:
        return say(element, _AGREE, "same")
    longer = max(len(plain_left), len(plain_right))
    if _edits(plain_left, plain_right) <= max(1, longer // 5) and longer > 3:
        return say(element, _SIMILAR, "alike")
    shorter_one, longer_one = sorted((plain_left, plain_right), key=len)
    if len(shorter_one) > 3 and shorter_one in longer_one:
        return say(element, _SIMILAR, "part_of")
    return say(element, _DIFFER, "differ")


def _letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum()) or text


def _compare_number(element: Element, left: str, right: str) -> ElementComparison:
    if any(len(set(number)) == 1 for number in (left, right)):
        return say(element, _BLANK, "not_issued")
    if left == right:
        return say(element, _AGREE, "same")
    text = _number_slip(left, right)
    if text is None and element is Element.NIK and len(left) == len(right) == _NIK_DIGITS:
        text = _nik_likeness(left, right)
    elif text is not None and element is Element.NIK and _is_next_serial(left, right):
        text = "serial_next"
    if text is not None:
        return say(element, _SIMILAR, text)
    return say(element, _DIFFER, "nkk_differ" if element is Element.NKK else "differ")


def _number_slip(left: str, right: str) -> str | None:
    if len(left) == len(right):
        apart = [k for k in range(len(left)) if left[k] != right[k]]
        if len(apart) == 1:
            return "one_digit"
        if len(apart) == 2:
            a, b = apart
            return "swapped_digits" if b == a + 1 and left[a] == right[b] and left[b] == right[a] else "two_digits"
        return None
    if abs(len(left) - len(right)) == 1 and _edits(left, right) == 1:
        return "digit_lost"
    return None


def _is_next_serial(left: str, right: str) -> bool:
    if not (left[:12] == right[:12] and len(left) == len(right) == _NIK_DIGITS and (left + right).isdecimal()):
        return False
    return abs(int(left[12:]) - int(right[12:])) <= 3


def _nik_likeness(left: str, right: str) -> str | None:
    region, date, serial = left[:6] == right[:6], left[6:12] == right[6:12], left[12:] == right[12:]
    if region and date:
        return "serial_next" if _is_next_serial(left, right) else "serial"
    if date and serial:
        return "reissued"
    return "redated" if region and serial else None


def _compare_dates(element: Element, left: str, right: str) -> ElementComparison:
    if left == right:
        month_day = _month_day(left)
        if month_day is not None and (month_day in DEFAULT_DAYS or month_day[1] == 15):
            return say(element, _AGREE, "default_day", month_day=month_day)
        return say(element, _AGREE, "same")
    one, two = left.split("-"), right.split("-")
    if len(one) != 3 or len(two) != 3:
        return say(element, _DIFFER, "differ")
    if one[0] == two[0] and one[1] == two[2] and one[2] == two[1]:
        return say(element, _SIMILAR, "day_month")
    slip = _number_slip("".join(one), "".join(two))
    if slip in ("one_digit", "swapped_digits"):
        return say(element, _SIMILAR, slip)
    same = (one[0] == two[0], one[1] == two[1], one[2] == two[2])
    text = {(False, True, True): "year", (True, True, False): "day", (True, False, True): "month"}.get(same)
    return say(element, _SIMILAR if text else _DIFFER, text or "differ")


def _month_day(date: str) -> tuple[int, int] | None:
    parts = date.split("-")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):
        return None
    return int(parts[1]), int(parts[2])


def _compare_names(element: Element, left: str, right: str) -> ElementComparison:
    if left == right:
        return say(element, _AGREE, "same")
    relation = names_relation(NameParts.of(left), NameParts.of(right))
    if relation == "other":
        return say(element, _DIFFER, "differ")
    # Titles and signs are no part of a name: without them the name is the same.
    agreement = {"titles": _AGREE, "signs": _AGREE, "partly": _DIFFER}.get(relation, _SIMILAR)
    return say(element, agreement, relation)


def _edits(left: str, right: str) -> int:
    """Levenshtein distance."""
    row = list(range(len(right) + 1))
    for a, letter in enumerate(left, 1):
        previous, row = row, [a]
        for b, other in enumerate(right, 1):
            row.append(min(previous[b] + 1, row[b - 1] + 1, previous[b - 1] + (letter != other)))
    return row[-1]


_BY_ELEMENT: Mapping[Element, Callable[[Element, str, str], ElementComparison]] = {
    Element.NIK: _compare_number,
    Element.NKK: _compare_number,
    Element.NAMA: _compare_names,
    Element.TEMPAT_LAHIR: _compare_text,
    Element.TGL_LAHIR: _compare_dates,
    Element.ALAMAT: _compare_text,
    Element.RT: _compare_unit,
    Element.RW: _compare_unit,
}
