"""Each kernel agrees with its slow twin."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from saksama.linkage.blocking import Walk
from saksama.linkage.comparison import NEARNESS, Evidence
from saksama.linkage.kernels import (
    distance,
    fields,
    frequencies,
    join,
    keying,
    mixture,
    names,
    partition,
    sifting,
    tally,
    text,
    windows,
)
from saksama.linkage.keys import Keys
from saksama.linkage.numbering import Numbering
from saksama.linkage.spelling import letter_table, plain_word, spelling_tables
from tests.naive import linkage as naive

settings.register_profile("kernels", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("kernels")
WORDS = st.text("ABDIKOUJY", min_size=0, max_size=12)
LOUD = st.text("abz AB.,'-0é😀\x00", max_size=20)
NIKS = st.builds(
    lambda r, d, m, y, s: f"{r}{d:02d}{m:02d}{y:02d}{s:04d}",
    st.sampled_from(["340401", "340402", "347101"]), st.sampled_from([1, 2, 41, 42]), st.sampled_from([1, 2]),
    st.sampled_from([55, 56]), st.sampled_from([1, 2, 3, 9, 91, 5177]),
)  # fmt: skip
DATES = st.sampled_from([0, 19550701, 19550107, 19550702, 19650701, 19551231, 19570304, 19550711])


def packed(words: list[str]) -> tuple[np.ndarray, np.ndarray]:
    data = np.frombuffer("".join(words).encode(), np.uint8)
    return data, np.concatenate([[0], np.cumsum([len(w.encode()) for w in words])]).astype(np.int64)


@given(st.lists(LOUD, min_size=1, max_size=6), st.sampled_from(["indonesia", "plain"]))
def test_it_cuts_names_into_words_as_its_twin_does(texts: list[str], style: str) -> None:
    data, offsets = packed(texts)
    table = letter_table(style)
    word_offsets = np.concatenate([[0], np.cumsum(text.count_words(data, offsets, table, 3))])
    cut, starts = text.cut_words(data, offsets, table, word_offsets)
    words = [cut[starts[k] : starts[k + 1]].tobytes().decode() for k in range(len(starts) - 1)]
    found = [words[word_offsets[k] : word_offsets[k + 1]] for k in range(len(texts))]
    assert found == [naive.cut(t, table.tolist(), 3) for t in texts]


@given(st.lists(st.lists(st.integers(1, 9), max_size=12), max_size=4))
def test_it_numbers_values_in_order_of_first_sight_over_all_batches(batches: list[list[int]]) -> None:
    numbering = Numbering()
    found, seen = [], []
    for batch in batches:
        numbers, first = numbering.number(np.array(batch, np.uint64))
        found += numbers.tolist()
        seen += [batch[at] for at in first]
    whole = [value for batch in batches for value in batch]
    numbers_of_twin, first_of_twin = naive.number(whole)
    assert found == numbers_of_twin
    assert seen == [whole[at] for at in first_of_twin] == numbering.keys.tolist()


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=40))
def test_it_tallies_values_as_its_twin_does(entries: list[tuple[int, bool]]) -> None:
    values, counted = np.array([v for v, _ in entries], np.uint64), np.array([c for _, c in entries], np.uint8)
    counts, first = tally.tally(values, counted)
    assert (counts.tolist(), first.tolist()) == naive.tally(entries)


def test_it_tallies_more_values_than_stay_in_cache() -> None:
    values = np.arange(1, 200_001, dtype=np.uint64) // np.uint64(2)
    counts, first = tally.tally(values, np.ones(len(values), np.uint8))
    assert (counts[1:-1] == 2).all()
    assert int(first.sum()) == 100_001


@given(st.lists(st.tuples(st.sampled_from([0, 19550701, 20001231]), st.booleans()), max_size=12))
def test_it_tallies_dates_of_people_and_knows_those_of_others(entries: list[tuple[int, bool]]) -> None:
    dates, people = np.array([d for d, _ in entries], np.int32), np.array([p for _, p in entries], np.uint8)
    found, counts = frequencies.tally_dates(dates, people, 100_000_000)
    wanted = sorted({date for date, _ in entries if date})
    assert found.tolist() == wanted
    assert counts.tolist() == [sum(p for d, p in entries if d == date) for date in wanted]


@given(st.integers(-719_162, 2_932_896))
def test_it_dates_days_as_the_calendar_does(days: int) -> None:
    day = date(1970, 1, 1) + timedelta(days)
    assert fields.dates_of_days(np.array([days], np.int32)).tolist() == [day.year * 10_000 + day.month * 100 + day.day]


def test_days_before_year_one_and_after_9999_are_no_date() -> None:
    assert fields.dates_of_days(np.array([-719_163, 2_932_897, -(2**31)], np.int32)).tolist() == [0, 0, 0]


@given(st.lists(st.text("AEIOUBCDHJKLNPSTYVZQ", max_size=9), min_size=1, max_size=5))
def test_it_writes_words_in_plain_spelling_as_its_twin_does(words: list[str]) -> None:
    plain, starts = text.plain_words(*packed(words), *spelling_tables("indonesia"))
    assert [plain[starts[k] : starts[k + 1]].tobytes().decode() for k in range(len(words))] == [
        plain_word(word) for word in words
    ]


@given(WORDS, WORDS)
def test_it_counts_edits_as_its_twin_does(a: str, b: str) -> None:
    data, starts = packed([a, b])
    assert distance.edits(data, starts[0], starts[1], starts[1], starts[2]) == naive.edits(a, b)


@given(WORDS, WORDS, st.integers(0, 12), st.sampled_from("AXZ"))
def test_it_tells_one_edit_as_its_twin_does(a: str, other: str, at: int, letter: str) -> None:
    for b in (other, a[:at] + letter + a[at:], a[:at] + a[at + 1 :], a[:at] + a[at : at + 2][::-1] + a[at + 2 :]):
        data, starts = packed([a, b])
        assert distance.one_edit(data, starts[0], starts[1], starts[1], starts[2]) == (naive.edits(a, b) <= 1)


def test_it_counts_edits_of_sixty_four_letters_and_no_more() -> None:
    long = "AB" * 32
    data, starts = packed([long, long[:-1] + "X"])
    assert distance.edits(data, starts[0], starts[1], starts[1], starts[2]) == 1
    data, starts = packed([long + "Q" * 500, long + "Z" * 436])
    assert distance.edits(data, starts[0], starts[1], starts[1], starts[2]) == 0


@given(WORDS, WORDS)
def test_it_relates_words_as_its_twin_does(a: str, b: str) -> None:
    data, starts = packed([a, b])
    sets = distance.letter_sets(data, starts)
    same = 0 if a == b else 1
    assert names.word_relation(data, starts, sets, 0, same) == naive.word_relation(a, b)


@given(DATES, DATES)
def test_it_compares_dates_as_its_twin_does(a: int, b: int) -> None:
    assert fields.date_level(a, b) == naive.date_level(a, b)


@given(st.one_of(st.just(""), NIKS), st.one_of(st.just(""), NIKS), DATES, DATES)
def test_it_compares_niks_as_its_twin_does(a: str, b: str, one: int, two: int) -> None:
    assert fields.number_level(int(a or 0), int(b or 0), one, two) == naive.number_level(a, b, (one, two))


@given(NIKS, st.integers(6, 11), st.sampled_from("0123456789"))
def test_a_wrong_digit_or_a_swap_in_the_date_of_a_nik_leaves_a_key_in_common(nik: str, at: int, digit: str) -> None:
    wrong = [nik[:at] + digit + nik[at + 1 :]]
    if at < 11:
        wrong.append(nik[:at] + nik[at + 1] + nik[at] + nik[at + 2 :])
    for other in wrong:
        one, two = one_off([nik, other])
        assert one & two
    one, two = one_off([nik, str(int(nik) + 1)])
    assert not one & two


def one_off(niks: list[str], others: list[int] | None = None, share: keying.Share = keying.ALL) -> list[set[int]]:
    joined = np.array(others or [1] * len(niks), np.uint64)
    values, records = keying.one_off_keys(np.array([int(nik or 0) for nik in niks], np.int64), joined, 0, share)
    return [set(values[records == k].tolist()) for k in range(len(niks))]


@given(st.lists(st.tuples(st.one_of(st.just(""), NIKS), st.integers(0, 2)), min_size=1, max_size=12))
def test_niks_share_a_key_just_where_their_dates_share_what_is_left(lines: list[tuple[str, int]]) -> None:
    keys = one_off([nik for nik, _ in lines], [other for _, other in lines])
    for mine, (nik, other) in zip(keys, lines, strict=True):
        assert len(mine) == (len(naive.digits_left_out(nik)) if other else 0)
        for others, (nik_2, other_2) in zip(keys, lines, strict=True):
            alike = other and other == other_2 and naive.digits_left_out(nik) & naive.digits_left_out(nik_2)
            assert bool(mine & others) == bool(alike)


@given(st.lists(NIKS, max_size=12), st.integers(0, 3), st.data())
def test_shares_of_keys_are_all_of_them_each_once(niks: list[str], bits: int, data: st.DataObject) -> None:
    cuts = sorted({0, 1 << bits, *data.draw(st.lists(st.integers(0, 1 << bits), max_size=3))})
    words = np.array([int(nik) % 5 for nik in niks], np.int32)
    rows = (np.arange(len(niks)), np.ones(len(niks), np.int8), words)
    by_word = keying.hashed_all(np.arange(5))
    others = keying.hashed_all(np.array([int(nik) for nik in niks], np.int64))
    for made in (
        lambda share: keying.one_off_keys(np.array([int(nik) for nik in niks], np.int64), others, 7, share),
        lambda share: keying.word_keys(rows, by_word, others, 7, share),
    ):
        parts = [made(keying.Share(bits, first, last)) for first, last in pairwise(cuts)]
        whole = made(keying.ALL)
        found = [entry for keys, records in parts for entry in zip(keys.tolist(), records.tolist(), strict=True)]
        assert sorted(found) == sorted(zip(whole[0].tolist(), whole[1].tolist(), strict=True))
        for (first, last), (keys, _records) in zip(pairwise(cuts), parts, strict=True):
            assert all(first <= key << bits >> 64 < last for key in keys.tolist())


@given(st.lists(DATES, min_size=2, max_size=8), st.sampled_from(keying.DATE_PARTS))
def test_dates_share_a_key_just_where_they_share_the_part(dates: list[int], what: str) -> None:
    keys = keying.date_keys(np.array(dates, np.int32), keying.DATE_PARTS.index(what)).tolist()
    parts = [naive.date_part(date, what) for date in dates]
    assert [key != 0 for key in keys] == [part is not None for part in parts]
    for one, part in zip(keys, parts, strict=True):
        assert [one == key for key in keys] == [part == other for other in parts]


@given(
    st.lists(st.tuples(st.one_of(st.just(""), NIKS), DATES), min_size=2, max_size=8),
    st.sampled_from(keying.NUMBER_PARTS),
)
def test_niks_share_a_key_just_where_they_share_the_part(lines: list[tuple[str, int]], what: str) -> None:
    numbers, born = np.array([int(nik or 0) for nik, _ in lines]), np.array([date for _, date in lines], np.int32)
    keys = keying.number_keys(numbers, born, keying.NUMBER_PARTS.index(what)).tolist()
    parts = [naive.number_part(nik, date, what) for nik, date in lines]
    assert [key != 0 for key in keys] == [part is not None for part in parts]
    for one, part in zip(keys, parts, strict=True):
        assert [one == key for key in keys] == [part == other for other in parts]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 8)), max_size=25), st.integers(0, 5))
def test_it_writes_each_pair_of_a_group_and_no_other(entries: list[tuple[int, int]], border: int) -> None:
    keys = np.array([key for key, _ in entries], np.uint64)
    records = np.array([record for _, record in entries], np.int32)
    keys, records = join.sorted_keys(keys, records, 1)
    bounds = join.group_bounds(keys)
    walk = Walk(Keys(keys, records), bounds, 1000)
    found = [(int(p) >> 32, int(p) & 0xFFFFFFFF) for chunk in walk.chunks(border) for p in chunk]
    assert set(found) == naive.grouped_pairs(keys.tolist(), records.tolist(), border)
    assert len(found) <= walk.pairs


@given(st.lists(st.integers(1, 20), min_size=1, max_size=5), st.integers(1, 12), st.integers(0, 30))
def test_it_writes_pairs_bit_by_bit_as_it_counted_them(sizes: list[int], window: int, room: int) -> None:
    ends = np.cumsum(sizes)
    bounds = np.stack([ends - sizes, ends], axis=1).astype(np.int64)
    records = np.arange(ends[-1], dtype=np.int32)
    found, at = [], (0, 0)
    while at[0] < len(bounds):
        out = np.empty(window + room, np.uint64)
        written, group, entry = join.write_pairs(bounds, records, window, 0, at, out)
        found += out[:written].tolist()
        at = (group, entry)
    assert len(found) == len(set(found)) == join.count_pairs(bounds, window)


@given(st.lists(st.integers(0, 2**64 - 1), max_size=30), st.sampled_from([1, 2, 8]), st.data())
def test_it_puts_keys_in_parts_by_their_top_bits(values: list[int], parts: int, data: st.DataObject) -> None:
    records = np.arange(len(values), dtype=np.int32)
    first = data.draw(st.integers(0, parts - 1))
    share = keying.Share(parts.bit_length() - 1, first, data.draw(st.integers(first + 1, parts)))
    keys, owners, begins = join.scatter_keys(np.array(values, np.uint64), records, share)
    assert [values[owner] for owner in owners] == keys.tolist()
    assert sorted(owners.tolist()) == [k for k, value in enumerate(values) if first <= value * parts >> 64 < share.last]
    for part in range(parts):
        assert all(int(key) * parts >> 64 == part for key in keys[begins[part] : begins[part + 1]])


EVIDENCE = st.lists(
    st.tuples(st.integers(0, 5), st.integers(6, 9), st.integers(-9, 0), st.sampled_from([1, 2])), max_size=30
)


def evidence(entries: list[tuple[int, int, int, int]]) -> Evidence:
    """Pairs with three levels and a chance that tell which entry they were."""
    numbers = np.arange(len(entries))
    left, right, bits, _marks = np.array(entries, np.int64).reshape(-1, 4).T
    levels = np.stack([numbers, numbers + 1, numbers + 2], 1).astype(np.uint8)
    chance = np.stack([bits, -numbers, -2 * (numbers % 3)], 1).astype(np.float32)
    return Evidence(left.astype(np.int32), right.astype(np.int32), levels, chance)


def rows(some: Evidence) -> list[tuple[int, int, list[int], list[float]]]:
    columns = (some.left.tolist(), some.right.tolist(), some.levels.tolist(), some.chance.tolist())
    return list(zip(*columns, strict=True))


@given(EVIDENCE, st.integers(0, 20))
def test_it_keeps_pairs_that_surprise(entries: list[tuple[int, int, int, int]], least: int) -> None:
    whole = evidence(entries)
    kept = sifting.surprising((whole.left, whole.right, whole.levels, whole.chance), -float(least))
    assert rows(Evidence(*kept)) == [row for row in rows(whole) if sum(row[3]) <= -least]


@given(EVIDENCE, st.integers(1, 5))
def test_it_puts_pairs_together_by_bucket(entries: list[tuple[int, int, int, int]], count: int) -> None:
    buckets = evidence(entries).by_bucket(count, 6)
    for number, bucket in enumerate(buckets):
        assert rows(bucket) == [row for row in rows(evidence(entries)) if row[0] * count // 6 == number]


@given(EVIDENCE)
def test_it_keeps_each_pair_once_with_all_that_brought_it(entries: list[tuple[int, int, int, int]]) -> None:
    marks: dict[tuple[int, int], int] = {}
    for left, right, _bits, mark in entries:
        marks[left, right] = marks.get((left, right), 0) | mark
    once, together = evidence(entries).each_once(np.array([mark for *_, mark in entries], np.uint8))
    assert list(zip(once.left.tolist(), once.right.tolist(), strict=True)) == sorted(marks)
    assert together.tolist() == [marks[pair] for pair in sorted(marks)]
    assert all(row in rows(evidence(entries)) for row in rows(once))


@given(st.lists(st.integers(0, 2**33), max_size=40))
def test_it_sorts_keys_with_their_records(values: list[int]) -> None:
    records = np.arange(len(values), dtype=np.int32)
    keys, owners = join.sorted_keys(np.array(values, np.uint64), records, 4)
    assert keys.tolist() == sorted(values)
    assert [values[owner] for owner in owners] == sorted(values)


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=20))
def test_it_connects_records_as_its_twin_does(edges: list[tuple[int, int]]) -> None:
    left, right = (np.array([edge[k] for edge in edges], np.int64) for k in (0, 1))
    assert join.components(left, right, 12).tolist() == naive.components(edges, 12)


@given(st.integers(2, 5), st.data())
def test_it_finds_the_partition_with_the_most_evidence(size: int, data: st.DataObject) -> None:
    weights = np.zeros((size, size))
    for a in range(size):
        for b in range(a):
            weights[a, b] = weights[b, a] = data.draw(st.integers(-9, 9))
    found = partition.best_partition(weights).tolist()
    best = max(naive.worth(parts, weights.tolist()) for parts in naive.partitions(size))
    assert naive.worth(found, weights.tolist()) == best


def test_it_merges_two_families_of_records_and_not_across() -> None:
    weights = np.full((6, 6), -5.0)
    weights[:3, :3] = weights[3:, 3:] = 4.0
    assert partition.merged_greedily(weights).tolist() == [0, 0, 0, 3, 3, 3]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=8))
def test_it_shares_pairs_among_classes_by_the_rule_of_bayes(pairs: list[tuple[int, int]]) -> None:
    levels = np.array(pairs, np.uint8)
    tables = np.log2(np.array([[[1, 0.9, 0.1], [1, 0.8, 0.2]], [[1, 0.3, 0.7], [1, 0.5, 0.5]]]))
    priors, chance = np.array([1.0, 2.0]), np.linspace(-3, 3, len(pairs)).astype(np.float32)
    out = np.empty((len(pairs), 2), np.float32)
    mixture.class_shares(levels, (chance, chance), (tables, priors, np.zeros(2, np.uint8)), out)
    twin = naive.class_shares(levels.tolist(), chance.tolist(), tables.tolist(), priors.tolist())
    assert np.allclose(out, twin, atol=1e-6)


PAIRS = st.lists(
    st.tuples(
        st.tuples(st.integers(0, 7), st.integers(0, 8), st.integers(0, 9), st.integers(0, 4), st.integers(0, 7)),
        st.tuples(st.integers(-60, 1).map(float), st.integers(-20, 6).map(float), st.just(-3.0)),
        st.sampled_from([0.0, 0.25, 1.0]), st.sampled_from([0.0, 0.5, 0.75]),
    ),
    min_size=1, max_size=12,
)  # fmt: skip
OF_NAMESAKES = st.sampled_from([(0, 1, 2, 3, 4), (0, 1, 2, -1, 4), (0, 1, 2, 3, -1), (0, 1, 2, -1, -1)])


@given(PAIRS, OF_NAMESAKES)
def test_it_counts_and_weighs_what_namesakes_share_as_its_twin_does(
    pairs: list[Any], columns: tuple[int, int, int, int, int]
) -> None:
    levels, chance, *shares = (
        np.array([pair[k] for pair in pairs], dtype) for k, dtype in enumerate(["u1", "f4", "f4", "f4"])
    )
    nearness, most = NEARNESS, (24, 10, fields.NEAR_TEXT)
    counted = mixture.count_namesakes(levels, chance, columns, tuple(shares), nearness, most)
    twin = naive.namesakes(pairs, columns, nearness.tolist(), most)
    for found, expected in zip(counted, twin, strict=True):
        assert {tuple(at): found[tuple(at)] for at in np.argwhere(found).tolist()} == {
            k: v for k, v in expected.items() if v
        }
    # Bits that tell from which cell they come: of one pair at a time the cells counted are those that weigh.
    sizes = [(24,), (10,), (10, 10), (10, 2, 10)]
    bits = tuple(np.random.default_rng(k).integers(1, 1000, size).astype(float) for k, size in enumerate(sizes))
    out = np.empty(len(pairs), np.float32)
    mixture.namesake_bits(levels, chance, columns, fields.NEAR_TEXT, bits, out)
    for pair, found in zip(pairs, out, strict=True):
        near = list(range(10)) if columns[4] >= 0 else [0]  # by level of place itself
        cells = naive.namesakes([(pair[0], pair[1], 0.0, 1.0)], columns, near, most)
        known = sum(bits[0][rarity - 1] for kind, rarity in cells[0] if kind == 1 and rarity > 0)
        known += sum(bits[1][step] for kind, step in cells[1] if kind == 1)
        known += sum(bits[2][cell] for cell in cells[2]) + sum(bits[3][cell] for cell in cells[3])
        assert found == known - 3.0


@given(
    st.lists(st.tuples(st.integers(1, 2), st.integers(1990, 1991), st.integers(1, 366)), max_size=12),
    st.integers(1, 4),
)
def test_it_pairs_neighbours_in_time_as_its_twin_does(entries: list[tuple[int, int, int]], step: int) -> None:
    entries = sorted(entries)
    groups = np.array([e[0] for e in entries], np.uint64)
    years = np.array([e[1] for e in entries], np.int64)
    days = years * 366 + np.array([e[2] for e in entries], np.int64)
    first, last = windows.near_bounds(groups, days, years, 3, 25)
    left, right = windows.pairs_within(first, last, step)
    assert list(zip(left.tolist(), right.tolist(), strict=True)) == naive.near_pairs(entries, 3, 25)[::step]


@given(st.lists(st.integers(0, 2**64 - 1), max_size=50), st.integers(1, 5))
def test_keys_are_drawn_whatever_their_lowest_bit(keys: list[int], every: int) -> None:
    values = np.array(keys, np.uint64)
    at = tally.drawn(values, np.uint64(every)).tolist()
    assert at == [k for k, key in enumerate(keys) if key and key // 2 % every == 0]


def test_a_date_swapped_has_the_chance_of_the_date_it_is_swapped_to() -> None:
    """No sample of strangers meets enough such pairs to say how rare they are."""
    dates = np.array([19800307, 19800703, 19800307, 19800308], np.int32)
    bits = np.zeros(100_000_000, np.float32)
    bits[[19800307, 19800703, 19800308]] = 15.0, 9.0, 14.0
    out = np.empty(3, np.uint8), np.empty(3, np.float32)
    fields.compare_dates(np.array([0, 0, 0]), np.array([1, 2, 3]), dates, bits, out)
    assert out[0].tolist() == [fields.SWAPPED, fields.SAME_DATE, fields.ONE_DIGIT]
    assert out[1].tolist() == [-9.0, -15.0, 0.0]
