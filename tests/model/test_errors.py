"""Refusals come in three families, and every refusal of the nouns and of casework belongs to one."""

import importlib
import inspect
import pkgutil
from types import ModuleType

import pytest

import saksama.casework
import saksama.model
from saksama.model.errors import BadInput, Broken, NotAllowed, SaksamaError

FAMILIES = (BadInput, NotAllowed, Broken)


def refusals(package: ModuleType) -> list[type[Exception]]:
    """Every exception class written in the modules of a package."""
    modules = [
        importlib.import_module(f"{package.__name__}.{found.name}") for found in pkgutil.iter_modules(package.__path__)
    ]
    return [
        noun
        for module in modules
        for _, noun in inspect.getmembers(module, inspect.isclass)
        if issubclass(noun, Exception) and noun.__module__ == module.__name__
    ]


def test_no_family_is_part_of_another() -> None:
    for one in FAMILIES:
        assert issubclass(one, SaksamaError)
        assert not any(issubclass(one, other) for other in FAMILIES if other is not one)


@pytest.mark.parametrize("refusal", [*refusals(saksama.model), *refusals(saksama.casework)], ids=lambda r: r.__name__)
def test_every_refusal_belongs_to_one_family(refusal: type[Exception]) -> None:
    assert refusal is SaksamaError or sum(issubclass(refusal, family) for family in FAMILIES) == 1
