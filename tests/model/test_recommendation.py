"""A recommendation can do nothing: it has no method at all, and neither has the assistant that made it."""

import dataclasses

import pytest

from saksama.model.recommendation import Agreement, Assistant, ElementComparison, PairComparison, Recommendation


@pytest.mark.parametrize("noun", [Assistant, Recommendation, PairComparison, ElementComparison])
def test_it_has_fields_and_no_method_of_its_own(noun: type) -> None:
    fields = {field.name for field in dataclasses.fields(noun)}
    own = {name for name in vars(noun) if not name.startswith("_")}
    assert own == fields


def test_an_element_agrees_is_similar_differs_or_is_blank() -> None:
    assert {agreement.value for agreement in Agreement} == {"agree", "similar", "differ", "blank"}
