"""Namesakes of one date of birth beyond what chance makes of them: what they share more, or less, than strangers do.

Kin and cohorts, a clerk who took one date for another. Little tells them from a double who was given a second
NIK: both have one name and one date. So four things are learnt of them: where they live (`training`), how rare their
names and dates are, how often they come from one birthplace, and how often their NIK were given in one region, and so
differ in the serial alone. A double may bear any name: how rare those are, pairs of one NIK tell. Where pairs of unlike
NIK bear more common names than that, the excess are namesakes.
"""

from dataclasses import dataclass, replace

import numpy as np

from saksama.linkage.comparison import DATES_AGREE, DEPTH, LEVELS, NEARNESS, TEXTS_AGREE, Evidence
from saksama.linkage.kernels.arrays import Bytes, Floats
from saksama.linkage.kernels.fields import NEAR_TEXT, SERIAL_OTHER, SERIAL_SLIP
from saksama.linkage.kernels.mixture import count_namesakes, namesake_bits
from saksama.linkage.plan import LinkagePlan

RARITIES, RARITIES_OF_TEXTS = 24, 10  # steps of two bits; of texts from four bits less than those mostly shared
_FIRMNESS = 20.0  # pairs by which what is counted is drawn to what doubles, or strangers, share
# To each double, the pairs by which the birthplaces that namesakes share are held to be those that chance makes them
# share. Namesakes of one birthplace by kinship or custom share rare ones as doubles do, and then a rare birthplace
# proves nothing; but doubles and namesakes are hard to tell apart, and so what is counted must be plain to be believed.
_BY_CHANCE = 0.05
_MOST = 6.0  # bits, of a rarity
_MOST_OF_TEXT = 12.0  # bits, of a birthplace or a NIK
_LEAST = 1e-6  # share told from none
_ONE_REGION = slice(SERIAL_SLIP, SERIAL_OTHER + 1)  # levels of NIK that differ in the serial alone
LEARNT = ("rarity", "birthplaces", "texts", "numbers")  # what an index keeps of them


@dataclass(frozen=True, slots=True, repr=False)
class Namesakes:
    """Bits by which namesakes are likelier than doubles to bear a name and date so rare (`rarity`, float64[24], by two
    bits) and to share so rare a birthplace (`birthplaces`, float64[10]), and likelier than strangers who live so near
    to share a birthplace so (`texts`, float64[place levels, text levels]) and to have such NIK (`numbers`,
    float64[place levels, 2 for whether birthplaces agree, number levels]). `columns` are where the levels of name,
    date, number, text and place stand; -1 where there is none."""

    columns: tuple[int, int, int, int, int]
    rarity: Floats
    birthplaces: Floats
    texts: Floats
    numbers: Floats

    @staticmethod
    def of(plan: LinkagePlan) -> "Namesakes":
        """Those of a plan before anything is learnt: as doubles in their names, as strangers in the rest."""
        kinds = [c.kind for c in plan.comparisons]
        name, date, number, text, place = (
            kinds.index(kind) if kind in kinds else -1 for kind in ("name", "date", "person_number", "text", "place")
        )
        columns = (name, date, number, text, place)
        nothing = np.zeros(RARITIES), _by_chance(), np.zeros((DEPTH, DEPTH)), np.zeros((DEPTH, 2, DEPTH))
        return Namesakes(columns, *nothing)

    @property
    def nearness(self) -> Bytes:
        """The part that nearness has in a condition of strangers, by place level; none in plans without places."""
        return NEARNESS if self.columns[4] >= 0 else np.zeros_like(NEARNESS)

    def one_region(self) -> Floats:
        """What NIK say that differ in the serial alone, by place level and by birthplaces; float64[levels, 2]."""
        return self.numbers[:, :, SERIAL_OTHER]

    def rest(self, evidence: Evidence) -> Floats:
        """log2 of the chance of all but name and date among namesakes; float32[n]."""
        out = np.empty(len(evidence), np.float32)
        bits = (self.rarity, self.birthplaces, self.texts, self.numbers)
        namesake_bits(evidence.levels, evidence.chance, self.columns, NEAR_TEXT, bits, out)
        return out

    def learnt(self, evidence: Evidence, shares: tuple[Floats, Floats], strangers: Floats | None) -> "Namesakes":
        """The same as the shares of pairs teach it: of one person, and of namesakes. `strangers` as in `train`."""
        most = (RARITIES, RARITIES_OF_TEXTS, NEAR_TEXT)
        rare, rare_texts, near, numbers = count_namesakes(
            evidence.levels, evidence.chance, self.columns, shares, self.nearness, most
        )
        usual, counted = rare[:, 1:]
        # Each drawn to the other: where few doubles are known, nothing is said.
        one, two = (np.maximum(each / max(each.sum(), 1.0), _LEAST) for each in (usual, counted))
        one = _drawn(usual, two)
        two = _drawn(counted, one)
        rarity = np.clip(np.log2(two / one), -_MOST, _MOST)
        by_chance = max(_BY_CHANCE * float(shares[0].sum(dtype=np.float64)), _FIRMNESS)
        return replace(
            self,
            rarity=rarity,
            birthplaces=_birthplaces(rare_texts, by_chance),
            texts=self._texts(near, strangers),
            numbers=self._numbers(numbers, strangers),
        )

    def _texts(self, counts: Floats, strangers: Floats | None) -> Floats:
        """What birthplaces say, from how many namesakes share them so, by nearness and level; float64[place, text]."""
        text, out = self.columns[3], np.zeros((DEPTH, DEPTH))
        if text < 0 or strangers is None:
            return out
        for near in np.unique(self.nearness):
            usual = 2.0 ** strangers[near, text, : LEVELS["text"]]
            usual[0] = 0
            usual /= usual.sum()
            counted = counts[near, : LEVELS["text"]].copy()
            counted[0] = 0
            bits = np.log2(np.maximum(_drawn(counted, usual)[1:], _LEAST)) - np.log2(np.maximum(usual[1:], _LEAST))
            out[near == self.nearness, 1 : LEVELS["text"]] = np.clip(bits, -_MOST_OF_TEXT, _MOST_OF_TEXT)
        return out

    def _numbers(self, counts: Floats, strangers: Floats | None) -> Floats:
        """What NIK say that differ in the serial alone, and all others, from how many namesakes have them, by nearness
        and whether birthplaces agree; float64[place, 2, number]. Among themselves either kind is as strangers' are."""
        number, out = self.columns[2], np.zeros((DEPTH, 2, DEPTH))
        if strangers is None:
            return out
        for near in np.unique(self.nearness):
            for together in (0, 1):
                usual = 2.0 ** strangers[near + DATES_AGREE + together * TEXTS_AGREE, number]
                usual = usual[_ONE_REGION].sum() / usual[1 : LEVELS["person_number"]].sum()
                counted = counts[near, together]
                share = counted[_ONE_REGION].sum() + _FIRMNESS * usual
                share /= counted[1:].sum() + _FIRMNESS
                bits = np.full(DEPTH, np.log2(max(1 - share, _LEAST) / max(1 - usual, _LEAST)))
                bits[_ONE_REGION] = np.log2(share / usual)
                bits[0] = 0.0
                out[near == self.nearness, together] = np.clip(bits, -_MOST_OF_TEXT, _MOST_OF_TEXT)
        return out


def _drawn(counts: Floats, to: Floats, firmness: float = _FIRMNESS) -> Floats:
    """The shares of what was counted, drawn to other shares by so many pairs."""
    return np.asarray((counts + firmness * to) / (counts.sum() + firmness))


def _by_chance() -> Floats:
    """What a shared birthplace says by its rarity if namesakes share it by chance, as strangers do; float64[10]."""
    return 4.0 - 2.0 * (np.arange(RARITIES_OF_TEXTS) + 0.5)


def _birthplaces(counts: Floats, firmness: float) -> Floats:
    """Bits by which namesakes are likelier than doubles to share so rare a birthplace; float64[10].

    `counts`, float64[2, 10], are of doubles of one NIK and of namesakes. These are drawn to what chance makes strangers
    share, by as many pairs as `firmness`.
    """
    usual, counted = counts
    # Where few doubles are known, they are thought to be as namesakes are, and nothing is said.
    known = np.maximum(counted / max(counted.sum(), 1.0), _LEAST)
    one = _drawn(usual, known)
    chance = one * 2.0 ** _by_chance()
    two = _drawn(counted, chance / chance.sum(), firmness)
    return np.asarray(np.clip(np.log2(two / one), -_MOST_OF_TEXT, _MOST_OF_TEXT))
