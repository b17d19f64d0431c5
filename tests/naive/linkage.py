"""Twins of `saksama.linkage.kernels`: plain Python, as one would explain each on paper."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations


def cut(text: str, letters: Sequence[int], most: int) -> list[str]:
    """The words of a text: letters by table, 0 a space, 1 nothing, 2 the end once a word has begun."""
    words: list[str] = []
    open_word = ""
    for byte in text.encode():
        letter = letters[byte]
        if letter == 2 and (words or open_word):
            break
        if letter == 1:
            continue
        if letter > 2:
            open_word += chr(letter)
        elif open_word:
            words.append(open_word)
            open_word = ""
    if open_word:
        words.append(open_word)
    return words[:most]


def number(values: Sequence[int]) -> tuple[list[int], list[int]]:
    """Running numbers in order of first sight, and where each was first seen."""
    known: dict[int, int] = {}
    first = []
    for at, value in enumerate(values):
        if value not in known:
            known[value] = len(known)
            first.append(at)
    return [known[value] for value in values], first


def tally(entries: Sequence[tuple[int, bool]]) -> tuple[list[int], list[int]]:
    """How many counted entries have each entry's value; and 1 for the first of each value. 0 is blank."""
    counts = [sum(c for v, c in entries if v == value) if value else 0 for value, _ in entries]
    values = [value for value, _ in entries]
    return counts, [int(not value or values.index(value) == at) for at, value in enumerate(values)]


def edits(a: str, b: str) -> int:
    """Optimal string alignment: insert, delete, replace, swap of neighbours, no letter touched twice."""
    rows = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) + 1):
        for j in range(len(b) + 1):
            if i == 0 or j == 0:
                rows[i][j] = i + j
                continue
            best = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                best = min(best, rows[i - 2][j - 2] + 1)
            rows[i][j] = best
    return rows[-1][-1]


def word_relation(a: str, b: str) -> int:
    """3 equal, 2 mistyped, 1 an initial, 0 another."""
    if a == b:
        return 3
    if not a or not b:
        return 0
    if len(a) == 1 or len(b) == 1:
        return int(a[0] == b[0])
    shorter, longer = sorted((len(a), len(b)))
    allowed = 2 if shorter >= 8 else 1 if longer >= 4 else 0
    return 2 if edits(a, b) <= allowed else 0


def date_level(a: int, b: int) -> int:
    """Levels of `fields`: 1 same, 2 swapped, 3 one digit, 4 day and month, 5 two parts, 6 year, 7 other."""
    if not a or not b:
        return 0
    one, two = f"{a:08d}", f"{b:08d}"
    if one == two:
        return 1
    (y, m, d), (v, n, e) = (one[:4], one[4:6], one[6:]), (two[:4], two[4:6], two[6:])
    if (y, m, d) == (v, e, n):
        return 2
    if digits_apart(one, two) == 1:
        return 3
    if (m, d) == (n, e):
        return 4
    if y == v:
        return 5 if m == n or d == e else 6
    return 7


def digits_apart(one: str, two: str) -> int:
    """Digits replaced; from the right, two neighbours swapped count one."""
    at, apart = len(one) - 1, 0
    while at >= 0:
        if one[at] != two[at]:
            apart += 1
            if at and one[at] == two[at - 1] and one[at - 1] == two[at]:
                at -= 1
        at -= 1
    return apart


def number_level(a: str, b: str, born: tuple[int, int]) -> int:
    """Levels of NIK in `fields`; "" is none."""
    if not a or not b:
        return 0
    if a == b:
        return 1
    (r, d, s), (p, e, t) = (a[:6], a[6:12], a[12:]), (b[:6], b[6:12], b[12:])
    same_birth = d[2:] == e[2:] and int(d[:2]) % 40 == int(e[:2]) % 40
    if r == p and same_birth and (d == e or abs(int(s) - int(t)) <= 3):
        if abs(int(s) - int(t)) <= 3:
            return 4
        return 3 if digits_apart(s, t) == 1 else 5
    if d == e and s == t:
        return 2 if digits_apart(r, p) == 1 else 6
    if r == p and s == t:
        return 2 if born[0] == born[1] and digits_apart(d, e) == 1 else 7
    return 8 if r == p else 9


def digits_left_out(nik: str) -> set[tuple[str, str]]:
    """What is left of a NIK, and of its date without one digit."""
    return {(nik[:6] + nik[12:], nik[6:at] + nik[at + 1 : 12]) for at in range(6, 12)} if nik else set()


def date_part(date: int, what: str) -> tuple[str, ...] | None:
    """What two dates must have in common to meet; day and month in either order where both are asked."""
    if date == 0:
        return None
    year, month, day = str(date)[:4], str(date)[4:6], str(date)[6:]
    of_year = (min(month, day), max(month, day))
    return {
        "date": (year, *of_year), "day_month": of_year, "year": (year,), "year_month": (year, month),
        "year_day": (year, day),
    }[what]  # fmt: skip


def number_part(nik: str, born: int, what: str) -> str | None:
    """What two NIK must have in common to meet; rebuilt: with the date of birth in the place of the date inside."""
    if not nik or (what == "rebuilt" and born == 0):
        return None
    day = int(str(born)[6:]) + (40 if int(nik[6:8]) > 40 else 0) if born else 0
    return {
        "number": nik, "rebuilt": f"{nik[:6]}{day:02d}{str(born)[4:6]}{str(born)[2:4]}{nik[12:]}", "region": nik[:6],
        "region_date": nik[:12], "date_serial": nik[6:], "region_serial": nik[:6] + nik[12:],
    }[what]  # fmt: skip


def grouped_pairs(keys: Sequence[int], records: Sequence[int], border: int = 0) -> set[tuple[int, int]]:
    """All pairs of different records that share a key, across the border if there is one."""
    groups = defaultdict(list)
    for key, record in zip(keys, records, strict=True):
        if key:
            groups[key].append(record)
    return {
        (min(a, b), max(a, b))
        for members in groups.values()
        for a, b in combinations(members, 2)
        if a != b and (not border or (a < border) != (b < border))
    }


def components(edges: Sequence[tuple[int, int]], size: int) -> list[int]:
    """The smallest record each is connected with."""
    roots = list(range(size))
    changed = True
    while changed:
        changed = False
        for a, b in edges:
            least = min(roots[a], roots[b])
            if roots[a] != least or roots[b] != least:
                roots[a] = roots[b] = least
                changed = True
    return roots


def partitions(size: int) -> Iterator[list[int]]:
    """All partitions as part numbers, in order of first use."""

    def grow(parts: list[int]) -> Iterator[list[int]]:
        if len(parts) == size:
            yield parts
            return
        for part in range(max(parts, default=-1) + 2):
            yield from grow([*parts, part])

    return grow([])


def worth(parts: Sequence[int], weights: Sequence[Sequence[float]]) -> float:
    """The sum of weights inside the parts."""
    return sum(weights[a][b] for a, b in combinations(range(len(parts)), 2) if parts[a] == parts[b])


def class_shares(
    levels: Sequence[Sequence[int]], strangers: Sequence[float], tables: Sequence[Sequence[Sequence[float]]],
    priors: Sequence[float],
) -> list[list[float]]:  # fmt: skip
    """Bayes' rule, one pair at a time."""
    out = []
    for pair, chance in zip(levels, strangers, strict=True):
        likely = [
            2.0 ** (prior + sum(table[w][level] for w, level in enumerate(pair)))
            for table, prior in zip(tables, priors, strict=True)
        ]
        whole = sum(likely) + 2.0**chance
        out.append([value / whole for value in likely])
    return out


def near_pairs(entries: Sequence[tuple[int, int, int]], nearest: int, farthest: int) -> list[tuple[int, int]]:
    """Of (group, year, day in year), sorted: which are of one group and year, at such a distance."""
    return [
        (k, j)
        for k, (g, y, d) in enumerate(entries)
        for j, (h, z, e) in enumerate(entries)
        if k < j and g == h and y == z and nearest <= abs(d - e) <= farthest
    ]


def namesakes(
    pairs: Sequence[tuple[Sequence[int], Sequence[float], float, float]],
    columns: Sequence[int], nearness: Sequence[int], most: Sequence[int],
) -> list[dict[tuple[int, ...], float]]:  # fmt: skip
    """What is counted of namesakes, of pairs as (levels, chances, shares of one person and of namesakes): by rarity of
    name, by rarity of text, by nearness and text, by nearness, whether texts agree, and number."""
    name, date, number, text, place = columns
    out: list[dict[tuple[int, ...], float]] = [defaultdict(float) for _ in range(4)]
    for levels, chance, person, namesake in pairs:
        alike = 1 <= levels[name] <= 5 and levels[date] == 1
        rarity = min(int(max(-chance[0], 0) // 2), most[0] - 1) + 1 if alike else 0
        near = nearness[levels[place] if place >= 0 else 0]
        agree = text >= 0 and 1 <= levels[text] <= most[2]
        if levels[number] == 1:
            out[0][0, rarity] += person
        out[0][1, rarity] += namesake
        if text >= 0:
            out[2][near, levels[text]] += namesake
            if levels[text] == 1:
                step = min(int(max(4 - chance[1], 0) // 2), most[1] - 1)
                if levels[number] == 1:
                    out[1][0, step] += person
                out[1][1, step] += namesake
        out[3][near, int(agree), levels[number]] += namesake
    return out
