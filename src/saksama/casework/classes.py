"""KPU's classes K1-K4: which elements two records share. A label that officers know, versioned, and no verdict."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from saksama.model.recommendation import Agreement, PairComparison
from saksama.model.record import Element

_E = Element


@dataclass(frozen=True, slots=True)
class ClassScheme:
    """Classes in the order they are tried; a pair has the first whose elements all agree. Blank never agrees.

    `unless_differs` holds, by class, elements that need not agree but must not differ: they are blank for most voters.
    """

    name: str
    source: str
    classes: Mapping[str, frozenset[Element]]
    unless_differs: Mapping[str, frozenset[Element]]


# KPU Kepri, September 2018 (riau.seruji.co.id, "KPU temukan 56.970 DPT ganda di Kepri"). K1 names difabel, whose column
# is empty for nearly every voter. RT and RW are part of alamat, and many an address has none.
SCHEME_2018 = ClassScheme(
    "2018",
    "KPU Kepri 2018",
    MappingProxyType(
        {
            "K1": frozenset(
                {_E.NKK, _E.NIK, _E.NAMA, _E.JK, _E.TEMPAT_LAHIR, _E.TGL_LAHIR, _E.STATUS_KAWIN, _E.ALAMAT}
            ),
            "K2": frozenset({_E.NIK, _E.NAMA, _E.JK, _E.TEMPAT_LAHIR, _E.TGL_LAHIR, _E.ALAMAT}),
            "K3": frozenset({_E.NIK, _E.NAMA, _E.JK, _E.TEMPAT_LAHIR, _E.TGL_LAHIR}),
            "K4": frozenset({_E.NIK, _E.NAMA, _E.TGL_LAHIR}),
        }
    ),
    unless_differs=MappingProxyType({"K1": frozenset({_E.DISABILITAS, _E.RT, _E.RW}), "K2": frozenset({_E.RT, _E.RW})}),
)
SCHEMES: Mapping[str, ClassScheme] = MappingProxyType({SCHEME_2018.name: SCHEME_2018})


def kpu_class(comparison: PairComparison, scheme: ClassScheme) -> str:
    """`K1`..`K4`, or `""` where the pair has fewer elements in common than the last class asks for."""
    agreeing = {e.element for e in comparison.elements if e.agreement is Agreement.AGREE}
    differing = {e.element for e in comparison.elements if e.agreement in (Agreement.DIFFER, Agreement.SIMILAR)}
    for name, needed in scheme.classes.items():
        if needed <= agreeing and not differing & scheme.unless_differs.get(name, frozenset()):
            return name
    return ""


def case_class(comparisons: tuple[PairComparison, ...], scheme: ClassScheme) -> str:
    """The weakest class among a case's pairs: a case is only as alike as its least alike two records."""
    order = [*scheme.classes, ""]
    return max((kpu_class(c, scheme) for c in comparisons), key=order.index)
