"""TMS codes: why a voter is not eligible. Data, versioned by rule: code 8 changed its meaning between elections."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class TmsScheme:
    """The codes of one rule. A code in `moves_only` moves a voter, who keeps the vote (2024's code 8, wrong TPS)."""

    name: str
    source: str
    codes: Mapping[int, str]
    moves_only: frozenset[int] = frozenset()


# Form A.B-KWK "kode saring", 2018.
SCHEME_2018 = TmsScheme(
    "2018",
    "A.B-KWK 2018",
    MappingProxyType(
        {
            1: "meninggal",
            2: "ganda",
            3: "di bawah umur",
            4: "pindah domisili",
            5: "tidak dikenal",
            6: "TNI",
            7: "Polri",
            8: "hilang ingatan",
            9: "hak pilih dicabut",
            10: "bukan penduduk",
        }
    ),
)
# Order of 2023/2024; code 5 is reported both as "tidak dikenal" and "WNA" and is to be confirmed by KPU.
SCHEME_2024 = TmsScheme(
    "2024",
    "Model A-Daftar Pemilih 2023/2024",
    MappingProxyType(
        {
            1: "meninggal",
            2: "ganda",
            3: "di bawah umur",
            4: "pindah domisili",
            5: "tidak dikenal (perlu konfirmasi KPU)",
            6: "TNI",
            7: "Polri",
            8: "salah penempatan TPS",
        }
    ),
    moves_only=frozenset({8}),
)
SCHEMES: Mapping[str, TmsScheme] = MappingProxyType({s.name: s for s in (SCHEME_2018, SCHEME_2024)})
GANDA = 2  # the same in both
