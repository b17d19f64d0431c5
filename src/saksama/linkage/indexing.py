"""An index over a roll: what a run learnt, its columns and its sorted keys, kept so that new lines can be asked about.

It holds the voters' data in the clear, like the roll itself: its files are readable by their owner alone.
"""

from pathlib import Path

import numpy as np

from saksama.linkage.blocking import parts_of
from saksama.linkage.comparison import Comparer, Surprise
from saksama.linkage.keeping import ROOM, WORDS_ROOM, names_of_places, put_rows, put_values
from saksama.linkage.kernels.arrays import Bytes, Floats, Ints, Words
from saksama.linkage.kernels.join import sorted_keys
from saksama.linkage.kernels.tally import salted
from saksama.linkage.keys import Keys, base_keys
from saksama.linkage.namesakes import LEARNT
from saksama.linkage.plan import LinkagePlan
from saksama.linkage.prepared import Prepared
from saksama.linkage.scoring import Weighing
from saksama.linkage.shelf import ShelfWriter
from saksama.linkage.training import Model

_ALL_BITS = 6  # passes of eleven bits that sort a key whole
_SLICE = 1 << 19


def write_index(
    folder: Path, comparer: Comparer, model: Model, weighing: Weighing, caps: list[list[int]], corrections: Floats
) -> None:
    """Keep in `folder`, which is there and empty, all that `lookup` needs."""
    prepared, plan = comparer.prepared, comparer.plan
    shelf = ShelfWriter(folder)
    layout = put_rows(shelf, comparer.columns)
    put_values(shelf, prepared, room=True)
    _put_surprise(shelf, prepared, comparer.surprise)
    assert comparer.strangers is not None  # measured before anything is weighed
    shelf.put("strangers", comparer.strangers)
    shelf.put("model.tables", model.tables)
    shelf.put("model.priors", model.priors)
    for what in LEARNT:
        shelf.put(f"namesakes.{what}", np.empty(0) if model.namesakes is None else getattr(model.namesakes, what))
    shelf.put("corrections", corrections)
    shelf.put("pairs", weighing.pairs)
    shelf.put("pairs.probability", weighing.probability)
    shelf.put("pairs.bits", weighing.bits)
    for number in range(len(plan.blocking)):
        keys = _sorted_keys(plan, number, prepared)
        shelf.put(f"rule.{number}.keys", keys.values)
        shelf.put(f"rule.{number}.records", keys.records)
    shelf.close(
        {
            "index": "saksama.linkage/5",
            "rows": {"width": layout.width, "columns": layout.columns},
            "plan": plan.as_json(),
            "plan_sha256": plan.digest,
            "input_sha256": prepared.digests[0],
            "lines": len(prepared),
            "provinces": names_of_places(prepared),
            "parts": parts_of(len(prepared)),
            "caps": caps,
            "classes": list(model.classes),
            "stranger_prior": model.stranger_prior,
            "local": [[local.kind, local.most] for local in comparer.surprise.local],
            "unseen": comparer.surprise.unseen,
            "people": int(prepared.people.sum(dtype=np.int64)),
        }
    )


def _put_surprise(shelf: ShelfWriter, prepared: Prepared, surprise: Surprise) -> None:
    for name, rarity in surprise.words.items():
        shelf.put(f"surprise.words.{name}", rarity, WORDS_ROOM)
        shelf.put(f"surprise.near_words.{name}", surprise.near_words[name], WORDS_ROOM)
    for name, (written, plain) in surprise.names.items():
        names, cohorts = prepared.names[name], cohorts_of(prepared, surprise.common)
        _put_known(shelf, f"known.{name}.written", salted(salted(names.plain, names.written), cohorts), written)
        _put_known(shelf, f"known.{name}.plain", salted(names.plain, cohorts), plain)
    for name, bits in surprise.dates.items():
        found = np.flatnonzero(bits)
        shelf.put(f"surprise.dates.{name}.found", found)
        shelf.put(f"surprise.dates.{name}.bits", bits[found])
    for name, bits in surprise.values.items():
        shelf.put(f"surprise.values.{name}", bits, ROOM)
    for name, bits in surprise.serials.items():
        shelf.put(f"surprise.serials.{name}", bits)
    shelf.put("surprise.common", np.flatnonzero(surprise.common))


def cohorts_of(prepared: Prepared, common: Bytes) -> Ints:
    """By what names are rated: twice the decade of birth, and one more on a common date; 0 where there are no dates."""
    dates = next(iter(prepared.dates.values()), None)
    if dates is None:
        return np.zeros(len(prepared), np.int16)
    return np.asarray(2 * (dates // 10_0000) + common[dates], np.int16)


def _put_known(shelf: ShelfWriter, name: str, keys: Words, bits: Floats) -> None:
    """Of each name among those it is rated with how much it surprises, by key, ascending."""
    known, first = np.unique(keys, return_index=True)
    shelf.put(f"{name}.keys", known)
    shelf.put(f"{name}.bits", bits[first])


def _sorted_keys(plan: LinkagePlan, number: int, prepared: Prepared) -> Keys:
    """All keys of a rule, ascending, of equals the earlier record first."""
    rule, size = plan.blocking[number], len(prepared)
    parts = [
        base_keys(rule.keys, prepared, range(begin, min(begin + _SLICE, size)))
        for begin in range(0, max(size, 1), _SLICE)
    ]
    values, records = np.concatenate([p.values for p in parts]), np.concatenate([p.records for p in parts])
    del parts
    return Keys(*sorted_keys(values, records, _ALL_BITS))
