"""A role says who decides; no role is an assistant's."""

from saksama.model.officer import Role


def test_operators_and_members_decide_and_the_observer_does_not() -> None:
    assert Role.OPERATOR.decides
    assert Role.MEMBER.decides
    assert not Role.OBSERVER.decides


def test_there_is_no_role_for_a_program() -> None:
    assert {role.value for role in Role} == {"operator", "anggota", "pengawas"}
