"""KPU's classes of 2018 as DOMAIN's source gives them: first class whose elements all agree; blank never agrees."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saksama.casework.classes import SCHEME_2018, SCHEMES, case_class, kpu_class
from saksama.model.recommendation import Agreement
from saksama.model.record import Element

from .making import agreeing_in, compared

E = Element
K4 = (E.NIK, E.NAMA, E.TGL_LAHIR)
K3 = (*K4, E.TEMPAT_LAHIR, E.JK)
K2 = (*K3, E.ALAMAT)
K1 = (*K2, E.NKK, E.STATUS_KAWIN)
BY_CLASS = {"K1": K1, "K2": K2, "K3": K3, "K4": K4}
WORSE = [Agreement.SIMILAR, Agreement.DIFFER, Agreement.BLANK]

agreements = st.fixed_dictionaries({element: st.sampled_from(Agreement) for element in Element})


@pytest.mark.parametrize("name", BY_CLASS)
def test_a_pair_that_agrees_in_the_elements_of_a_class_has_it(name: str) -> None:
    assert kpu_class(agreeing_in(*BY_CLASS[name]), SCHEME_2018) == name


@pytest.mark.parametrize("worse", WORSE)
@pytest.mark.parametrize("name", BY_CLASS)
def test_an_element_that_does_not_agree_costs_the_class(name: str, worse: Agreement) -> None:
    for element in BY_CLASS[name]:
        spoilt = compared(dict.fromkeys(BY_CLASS[name], Agreement.AGREE) | {element: worse})
        assert kpu_class(spoilt, SCHEME_2018) != name


@pytest.mark.parametrize("element", K4)
@pytest.mark.parametrize("worse", WORSE)
def test_without_nik_name_or_date_there_is_no_class(element: Element, worse: Agreement) -> None:
    assert kpu_class(compared(dict.fromkeys(Element, Agreement.AGREE) | {element: worse}), SCHEME_2018) == ""


def test_two_records_blank_in_everything_have_no_class() -> None:
    assert kpu_class(compared({}), SCHEME_2018) == ""


def test_the_classes_step_down_one_element_at_a_time() -> None:
    everything = dict.fromkeys(Element, Agreement.AGREE)
    differ = Agreement.DIFFER
    assert kpu_class(compared(everything), SCHEME_2018) == "K1"
    assert kpu_class(compared(everything | {E.NKK: differ}), SCHEME_2018) == "K2"
    assert kpu_class(compared(everything | {E.ALAMAT: differ}), SCHEME_2018) == "K3"
    assert kpu_class(compared(everything | {E.JK: differ}), SCHEME_2018) == "K4"
    assert kpu_class(compared(everything | {E.NAMA: differ}), SCHEME_2018) == ""


def test_a_disability_that_differs_costs_k1_and_an_empty_column_does_not() -> None:
    alike = dict.fromkeys(K1, Agreement.AGREE)
    assert kpu_class(compared(alike | {E.DISABILITAS: Agreement.BLANK}), SCHEME_2018) == "K1"
    assert kpu_class(compared(alike | {E.DISABILITAS: Agreement.AGREE}), SCHEME_2018) == "K1"
    assert kpu_class(compared(alike | {E.DISABILITAS: Agreement.DIFFER}), SCHEME_2018) == "K2"


@pytest.mark.parametrize("part", [E.RT, E.RW])
def test_another_rt_or_rw_is_another_address_and_a_missing_one_is_not(part: Element) -> None:
    alike = dict.fromkeys(K1, Agreement.AGREE)
    assert kpu_class(compared(alike | {part: Agreement.DIFFER}), SCHEME_2018) == "K3"
    assert kpu_class(compared(alike | {part: Agreement.BLANK}), SCHEME_2018) == "K1"
    assert kpu_class(compared(alike | {part: Agreement.AGREE}), SCHEME_2018) == "K1"


@given(compared_as=agreements)
def test_a_class_is_never_given_on_a_blank(compared_as: dict[Element, Agreement]) -> None:
    name = kpu_class(compared(compared_as), SCHEME_2018)
    assert all(compared_as[element] is Agreement.AGREE for element in BY_CLASS.get(name, ()))


@given(compared_as=agreements, better=st.sampled_from(Element))
def test_one_more_agreement_never_lowers_the_class(compared_as: dict[Element, Agreement], better: Element) -> None:
    order = [*SCHEME_2018.classes, ""]
    before = kpu_class(compared(compared_as), SCHEME_2018)
    after = kpu_class(compared(compared_as | {better: Agreement.AGREE}), SCHEME_2018)
    assert order.index(after) <= order.index(before)


def test_a_case_is_only_as_alike_as_its_least_alike_pair() -> None:
    k1, k4, none = agreeing_in(*K1), agreeing_in(*K4), agreeing_in(E.NAMA)
    assert case_class((k1,), SCHEME_2018) == "K1"
    assert case_class((k1, k4), SCHEME_2018) == case_class((k4, k1), SCHEME_2018) == "K4"
    assert case_class((k1, none, k4), SCHEME_2018) == ""


def test_the_scheme_is_data_with_its_source_and_each_class_asks_for_less() -> None:
    assert SCHEMES["2018"] is SCHEME_2018
    assert SCHEME_2018.source
    assert list(SCHEME_2018.classes) == ["K1", "K2", "K3", "K4"]
    assert {name: set(elements) for name, elements in SCHEME_2018.classes.items()} == {
        name: set(elements) for name, elements in BY_CLASS.items()
    }
    for wider, narrower in pairwise(SCHEME_2018.classes.values()):
        assert narrower < wider
