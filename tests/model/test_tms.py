"""TMS codes are data of a rule: code 8 once took the vote away and now moves a voter to another TPS."""

import pytest

from saksama.model.tms import GANDA, SCHEME_2018, SCHEME_2024, SCHEMES, TmsScheme


def test_code_8_changed_its_meaning_between_elections() -> None:
    assert SCHEME_2018.codes[8] == "hilang ingatan"
    assert SCHEME_2024.codes[8] == "salah penempatan TPS"


def test_a_voter_at_the_wrong_tps_moves_and_keeps_the_vote() -> None:
    assert SCHEME_2024.moves_only == {8}
    assert SCHEME_2018.moves_only == frozenset()


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=lambda scheme: scheme.name)
def test_every_scheme_says_where_it_comes_from_and_how_it_codes_doubles(scheme: TmsScheme) -> None:
    assert SCHEMES[scheme.name] is scheme
    assert scheme.source
    assert scheme.codes[GANDA] == "ganda"
    assert list(scheme.codes) == list(range(1, len(scheme.codes) + 1))
    assert scheme.moves_only <= set(scheme.codes)


def test_the_2024_code_5_says_that_kpu_has_to_confirm_it() -> None:
    assert "konfirmasi KPU" in SCHEME_2024.codes[5]


def test_codes_cannot_be_changed_at_run_time() -> None:
    with pytest.raises(TypeError):
        SCHEME_2024.codes[8] = "hilang ingatan"  # type: ignore[index]
