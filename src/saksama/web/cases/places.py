"""The desa and kecamatan that cases lie in, for the queue's filter."""

from dataclasses import dataclass

from saksama.model.wilayah import Wilayah
from saksama.web.cases.models import PlaceRow


@dataclass(frozen=True, slots=True)
class Place:
    """A place with cases."""

    code: str
    is_kecamatan: bool


def places_in(area: Wilayah) -> tuple[Place, ...]:
    """Every kecamatan with a case in this area, each followed by its desa, by code."""
    codes = PlaceRow.objects.filter(code__gte=f"{area.code}.", code__lt=f"{area.code}/").values_list("code", flat=True)
    desa = set(codes.distinct())
    kecamatan = {code[:8] for code in desa}
    return tuple(Place(code, is_kecamatan=code.count(".") == 2) for code in sorted(desa | kecamatan))
