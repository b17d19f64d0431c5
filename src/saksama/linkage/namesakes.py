"""Namesakes of one date of birth beyond what chance makes of them: what they share more, or less, than strangers do.

Kin and cohorts, a clerk who took one date for another. Little tells them from a double who was given a second
NIK: both have one name and one date. So three things are learnt of them: where they live (`training`), how rare their
names and dates are, and how often they come from one birthplace. A double may bear any name: how rare those are, pairs
of one NIK tell. Where pairs of unlike NIK bear more common names than that, the excess are namesakes.
"""

from dataclasses import dataclass, replace

import numpy as np

from saksama.linkage.comparison import DEPTH, LEVELS, NEARNESS, Evidence
from saksama.linkage.kernels.arrays import Floats
from saksama.linkage.kernels.mixture import count_namesakes, namesake_bits
from saksama.linkage.plan import LinkagePlan

RARITIES = 24  # steps of two bits
_FIRMNESS = 20.0  # pairs by which what is counted is drawn to what doubles, or strangers, share
_MOST = 6.0  # bits, of a rarity
_MOST_OF_TEXT = 12.0  # bits
_LEAST = 1e-6  # share told from none


@dataclass(frozen=True, slots=True, repr=False)
class Namesakes:
    """Bits by which namesakes are likelier than doubles to bear a name and date so rare (`rarity`, float64[24], by two
    bits), and likelier than strangers who live so near to share a birthplace so (`texts`, float64[place levels, text
    levels]). `columns` are where the levels of name, date, number, text and place stand; -1 where there is none."""

    columns: tuple[int, int, int, int, int]
    rarity: Floats
    texts: Floats

    @staticmethod
    def of(plan: LinkagePlan) -> "Namesakes":
        """Those of a plan before anything is learnt: as doubles in their names, as strangers in the rest."""
        kinds = [c.kind for c in plan.comparisons]
        name, date, number, text, place = (
            kinds.index(kind) if kind in kinds else -1 for kind in ("name", "date", "person_number", "text", "place")
        )
        return Namesakes((name, date, number, text, place), np.zeros(RARITIES), np.zeros((DEPTH, DEPTH)))

    def rest(self, evidence: Evidence) -> Floats:
        """log2 of the chance of all but name and date among namesakes; float32[n]."""
        name, date, _number, text, place = self.columns
        columns = (name, date, text, place)
        out = np.empty(len(evidence), np.float32)
        namesake_bits(evidence.levels, evidence.chance, columns, (self.rarity, self.texts), out)
        return out

    def learnt(self, evidence: Evidence, shares: tuple[Floats, Floats], strangers: Floats | None) -> "Namesakes":
        """The same as the shares of pairs teach it: of one person, and of namesakes. `strangers` as in `train`."""
        nearness = NEARNESS if self.columns[4] >= 0 else NEARNESS[:1]
        rare, near = count_namesakes(evidence.levels, evidence.chance, self.columns, shares, nearness, RARITIES)
        usual, counted = rare[:, 1:]
        # Each drawn to the other: where few doubles are known, nothing is said.
        one, two = (np.maximum(each / max(each.sum(), 1.0), _LEAST) for each in (usual, counted))
        one = (usual + _FIRMNESS * two) / (usual.sum() + _FIRMNESS)
        two = (counted + _FIRMNESS * one) / (counted.sum() + _FIRMNESS)
        rarity = np.clip(np.log2(two / one), -_MOST, _MOST)
        return replace(self, rarity=rarity, texts=self._texts(near, strangers))

    def _texts(self, counts: Floats, strangers: Floats | None) -> Floats:
        """What birthplaces say, from how many namesakes share them so, by nearness and level; float64[place, text]."""
        text, out = self.columns[3], np.zeros((DEPTH, DEPTH))
        if text < 0 or strangers is None:
            return out
        for near in np.unique(NEARNESS):
            usual = 2.0 ** strangers[near, text, : LEVELS["text"]]
            usual[0] = 0
            usual /= usual.sum()
            counted = np.zeros(LEVELS["text"])
            if near < len(counts):
                counted[1:] = counts[near, 1 : LEVELS["text"]]
            drawn = (counted + _FIRMNESS * usual) / (counted.sum() + _FIRMNESS)
            bits = np.log2(np.maximum(drawn[1:], _LEAST)) - np.log2(np.maximum(usual[1:], _LEAST))
            out[near == NEARNESS, 1 : LEVELS["text"]] = np.clip(bits, -_MOST_OF_TEXT, _MOST_OF_TEXT)
        return out
