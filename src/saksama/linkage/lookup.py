"""Asking an index who new lines might be: they are put behind the roll's records, in memory alone, and compared.

What was learnt of the roll stays as it was: frequencies, strangers and the model are those of the run that left the
index. Groups are those of a run over the roll and the new lines together.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from saksama.linkage import frequencies
from saksama.linkage.blocking import walks_of
from saksama.linkage.comparison import Comparer, Local, Surprise, columns_of
from saksama.linkage.indexing import cohorts_of
from saksama.linkage.keeping import ROOM, WORD_LENGTHS, get_columns
from saksama.linkage.kernels.arrays import Floats, Ints, Words
from saksama.linkage.kernels.tally import salted
from saksama.linkage.kernels.text import hash_words
from saksama.linkage.kernels.words import summed
from saksama.linkage.keys import Keys, base_keys
from saksama.linkage.names import Names
from saksama.linkage.namesakes import LEARNT, Namesakes
from saksama.linkage.numbering import Numbering
from saksama.linkage.plan import plan_from_json
from saksama.linkage.prepared import Places, Prepared, Texts, prepare
from saksama.linkage.rows import Layout
from saksama.linkage.scoring import Scores, score
from saksama.linkage.shelf import ShelfReader
from saksama.linkage.training import Model
from saksama.model.errors import BadInput
from saksama.model.texts import _

_ENTRIES_AT_ONCE = 4_000_000
_LAST_HALF = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """Pairs that hold a new line: packed record numbers, ascending, and their scores. New ones begin at `begin`."""

    pairs: Words
    scores: Scores
    begin: int
    lines: Ints  # of the new records


class Index:
    """An index opened; one question at a time. Raises BadInput where the folder is none or of another version."""

    def __init__(self, folder: Path) -> None:
        shelf = ShelfReader(folder)
        about = shelf.about
        if about.get("index") != "saksama.linkage/5":
            raise BadInput(_("Indeks {folder} dari versi lain; buat lagi.").format(folder=folder))
        self.plan, self.about, self.shelf = plan_from_json(about["plan"]), about, shelf
        self.size, self.caps = int(about["lines"]), [np.array(caps) for caps in about["caps"]]
        self.part_bits = int(about["parts"]).bit_length() - 1
        self._words: dict[str, Numbering] = {}
        self._values: dict[str, Numbering] = {}
        self._tiers: dict[str, list[Numbering]] = {}
        layout = Layout(about["rows"]["width"], about["rows"]["columns"])
        prepared, surprise = columns_of(layout.views(shelf.get("rows")))
        self.prepared = self._prepared(prepared)
        self.comparer = Comparer(self.plan, self.prepared, self._surprise(surprise), shelf.get("strangers"))
        self.model = self._model()
        self._corrections = shelf.get("corrections")
        self._keys = [
            Keys(shelf.get(f"rule.{k}.keys"), shelf.get(f"rule.{k}.records")) for k in range(len(self.plan.blocking))
        ]

    def ask(self, table: pa.Table) -> Asked:
        """Who the lines of a table might be, of the roll or of one another. Raises BadInput where there are too many
        at once, or a column is missing."""
        if table.num_rows > ROOM:
            raise BadInput(_("Paling banyak {most} baris sekali tanya; bagilah berkasnya.").format(most=ROOM))
        new = prepare(table, self.plan)
        pairs = np.empty(0, np.uint64)
        if len(new):
            self._put_behind(new)
            pairs = self._candidates(len(new))
        evidence = self.comparer.compare(pairs)
        return Asked(pairs, score(evidence, self.model), self.size, new.lines)

    def line_of(self, records: Ints) -> Ints:
        """The line numbers of records, of the roll and of the lines asked about last."""
        return np.asarray(self.prepared.lines[records])

    def old_pairs(self) -> tuple[Words, Floats]:
        """The pairs of the roll that its run held possible, and their probability."""
        return self.shelf.get("pairs"), self.shelf.get("pairs.probability")

    def _candidates(self, count: int) -> Words:
        """Every pair with a new record that shares a key of some rule; packed, ascending, each once."""
        found = [np.empty(0, np.uint64)]
        for number, rule in enumerate(self.plan.blocking):
            new = base_keys(rule.keys, self.prepared, range(self.size, self.size + count))
            for keys, cap in self._groups(number, new):
                for walk in walks_of(rule, self.prepared, keys, cap):
                    found.extend(chunk[(chunk & _LAST_HALF) >= np.uint64(self.size)] for chunk in walk.chunks(0))
        return np.unique(np.concatenate(found))

    def _groups(self, number: int, new: Keys) -> list[tuple[Keys, int]]:
        """The new keys of a rule with the old entries of the same keys before them; and the cap they are under."""
        keys = self._keys[number]
        wanted, whose = np.unique(new.values, return_inverse=True)
        low = np.searchsorted(keys.values, wanted, "left")
        counts = np.searchsorted(keys.values, wanted, "right") - low
        part = ((wanted >> np.uint64(1)) >> np.uint64(63 - self.part_bits)).astype(np.int64)
        caps, turn = self.caps[number][part], np.cumsum(counts) // _ENTRIES_AT_ONCE
        out = []
        batches, batch = np.unique(caps * (turn.max(initial=0) + 1) + turn, return_inverse=True)
        for at in range(len(batches)):
            chosen = np.flatnonzero(batch == at)
            sizes = counts[chosen]
            rows = np.repeat(low[chosen] - (np.cumsum(sizes) - sizes), sizes) + np.arange(sizes.sum())
            mine = batch[whose] == at
            out.append(
                (
                    Keys(
                        np.concatenate([keys.values[rows], new.values[mine]]),
                        np.concatenate([keys.records[rows], new.records[mine]]),
                    ),
                    int(caps[chosen[0]]),
                )
            )
        return out

    def _prepared(self, columns: dict[str, Any]) -> Prepared:
        digests = (str(self.about["input_sha256"]),)
        out = get_columns(self.shelf, self.plan, columns.__getitem__, digests=digests, border=0)
        for name, names in out.names.items():
            self._words[name] = _numbering_of(names.word_keys()[: self.shelf.size(f"names.{name}.starts") - 1])
        for name, places in out.places.items():
            self._tiers[name] = [_numbering_of(keys) for keys in places.keys]
        for name, texts in out.texts.items():
            known = self.shelf.size(f"texts.{name}.starts")
            self._values[name] = _numbering_of(hash_words(texts.letters, texts.starts[:known]))
        return out

    def _model(self) -> Model:
        get, classes = self.shelf.get, tuple(self.about["classes"])
        namesakes = None
        if "namesakes" in classes:
            namesakes = Namesakes(Namesakes.of(self.plan).columns, *(get(f"namesakes.{what}") for what in LEARNT))
        return Model(
            classes, get("model.tables"), get("model.priors"), self.about["stranger_prior"], namesakes=namesakes
        )

    def _surprise(self, columns: dict[str, Any]) -> Surprise:
        get = self.shelf.get
        dates: dict[str, Floats] = {}
        for name in self.prepared.dates:
            dates[name] = np.zeros(frequencies.DATES, np.float32)
            dates[name][get(f"surprise.dates.{name}.found")] = get(f"surprise.dates.{name}.bits")
        common = np.zeros(frequencies.DATES, np.uint8)
        common[get("surprise.common")] = 1
        local = [
            Local(kind, most, tuple(columns[f"local.{k}.{what}"] for what in range(3)))
            for k, (kind, most) in enumerate(self.about["local"])
        ]
        return Surprise(
            {name: get(f"surprise.words.{name}") for name in self.prepared.names},
            {name: get(f"surprise.near_words.{name}") for name in self.prepared.names},
            {name: (columns[f"names.{name}.0"], columns[f"names.{name}.1"]) for name in self.prepared.names},
            dates,
            {name: get(f"surprise.values.{name}") for name in self.prepared.texts},
            {name: get(f"surprise.serials.{name}") for name in self.prepared.numbers},
            common,
            tuple(local),
            float(self.about["unseen"]),
        )

    def _put_behind(self, new: Prepared) -> None:
        """Write the new records into the room behind the roll's."""
        whole, begin, end = self.prepared, self.size, self.size + len(new)
        whole.lines[begin:end] = new.lines
        for name, dates in new.dates.items():
            whole.dates[name][begin:end] = dates
            unseen = dates[self.comparer.surprise.dates[name][dates] == 0]
            rarest = float(self.shelf.get(f"surprise.dates.{name}.bits").max(initial=0.0))
            self.comparer.surprise.dates[name][unseen[unseen > 0]] = rarest
        for name, numbers in new.numbers.items():
            whole.numbers[name].values[begin:end] = numbers.values
            whole.numbers[name].born[begin:end] = numbers.born
        for name, texts in new.texts.items():
            self._put_texts(name, texts)
        for name, places in new.places.items():
            self._put_places(name, places)
        for name, names in new.names.items():
            self._put_names(name, names, new)

    def _put_texts(self, name: str, new: Texts) -> None:
        whole, known = self.prepared.texts[name], self.shelf.size(f"texts.{name}.starts") - 1
        numbers, added = _numbered(self._values[name], hash_words(new.letters, new.starts), known)
        _append_words((whole.letters, whole.starts), (new.letters, new.starts), added, known)
        whole.sets[known : known + len(added)] = new.sets[added]
        self.comparer.surprise.values[name][known : known + len(added)] = self._rarest(f"surprise.values.{name}")
        whole.codes[self.size : self.size + len(new.codes)] = np.where(new.codes >= 0, numbers[new.codes], -1)

    def _rarest(self, name: str) -> float:
        return float(self.shelf.get(name)[: self.shelf.size(name)].max(initial=0.0))

    def _put_places(self, name: str, new: Places) -> None:
        whole, begin = self.prepared.places[name], self.size
        end = begin + len(new.places)
        whole.households[begin:end], whole.lanes[begin:end] = new.households, new.lanes
        tiers = new.tiers.copy()
        for tier, (numbering, keys) in enumerate(zip(self._tiers[name], new.keys, strict=True)):
            numbers, _added = _numbered(numbering, keys, numbering.known)
            tiers[:, tier] = np.where(tiers[:, tier] > 0, numbers[np.maximum(tiers[:, tier] - 1, 0)] + 1, 0)
        known = self.shelf.size(f"places.{name}.tiers")
        whole.tiers[known : known + len(tiers)] = tiers  # a place known already stands twice: its tiers are the same
        whole.places[begin:end] = np.where(new.places > 0, new.places + known, 0)

    def _put_names(self, name: str, new: Names, records: Prepared) -> None:
        whole, begin, end = self.prepared.names[name], self.size, self.size + len(new)
        known, words = self.shelf.size(f"names.{name}.starts") - 1, self.shelf.size(f"names.{name}.words")
        numbers, added = _numbered(self._words[name], new.word_keys(), known)
        _append_words((whole.letters, whole.starts), (new.letters, new.starts), added, known)
        behind = slice(known, known + len(added))
        whole.sets[behind], whole.counts[behind] = new.sets[added], 0
        for length in WORD_LENGTHS:
            whole.keys[length][behind] = new.word_keys(length)[added]
        rarity = self.comparer.surprise.words[name]
        rarity[behind] = np.log2(self.about["people"] + 1)
        near = self.comparer.surprise.near_words[name]
        near[behind] = np.median(near[:known]) if known else 0.0  # most words are as rare as new ones
        whole.begins[begin:end], whole.sizes[begin:end] = words + new.begins, new.sizes
        whole.words[words : words + len(new.words)] = numbers[new.words]
        whole.written[begin:end], whole.plain[begin:end], whole.joined[begin:end] = new.written, new.plain, new.joined
        cohorts = cohorts_of(records, self.comparer.surprise.common)
        base = summed(whole.begins[begin:end], whole.sizes[begin:end], whole.words, rarity)
        for what, bits, keys in zip(
            ("written", "plain"),
            self.comparer.surprise.names[name],
            (salted(salted(new.plain, new.written), cohorts), salted(new.plain, cohorts)),
            strict=True,
        ):
            bits[begin:end] = self._name_bits(f"known.{name}.{what}", keys, base, cohorts % 2)

    def _name_bits(self, name: str, keys: Words, base: Floats, common: Ints) -> Floats:
        """What the run counted of names that the roll has; of others what their words let expect."""
        known, bits = self.shelf.get(f"{name}.keys"), self.shelf.get(f"{name}.bits")
        most = np.log2(self.about["people"] / 0.02)
        out = np.clip(base - np.log2(self.about["unseen"]), 0.0, most)
        out -= self._corrections[common, np.clip(out.astype(np.int64), 0, self._corrections.shape[1] - 1)]
        at = np.minimum(np.searchsorted(known, keys), len(known) - 1) if len(known) else np.zeros(len(keys), int)
        seen = known[at] == keys if len(known) else np.zeros(len(keys), bool)
        out[seen] = bits[at[seen]]
        return np.asarray(np.maximum(out, 0.0), np.float32)


def _numbering_of(keys: Words) -> Numbering:
    numbering = Numbering()
    numbering.number(np.ascontiguousarray(keys))
    return numbering


def _numbered(numbering: Numbering, keys: Words, known: int) -> tuple[Ints, Ints]:
    """The number of each key, those that have none numbered on from `known`; and which those are."""
    numbers = numbering.find(keys)
    added = np.flatnonzero(numbers < 0)
    numbers[added] = known + np.arange(len(added))
    return numbers, added


def _append_words(whole: tuple[Any, Ints], new: tuple[Any, Ints], added: Ints, known: int) -> None:
    """Write the letters of the added words behind the known ones."""
    letters, starts = whole
    at = int(starts[known])
    for number, word in enumerate(added.tolist()):
        part = new[0][new[1][word] : new[1][word + 1]]
        if at + len(part) > len(letters):
            raise BadInput(_("Nama-nama dalam berkas ini terlalu panjang untuk sekali tanya; bagilah berkasnya."))
        letters[at : at + len(part)] = part
        at += len(part)
        starts[known + number + 1] = at
