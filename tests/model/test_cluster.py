"""A cluster has two or more lines, ascending, each once."""

import pytest

from saksama.model.cluster import Cluster


def test_two_and_three_lines_are_a_cluster() -> None:
    assert Cluster(0, (1, 2)).lines == (1, 2)
    assert Cluster(1, (1, 2, 30)).lines == (1, 2, 30)


@pytest.mark.parametrize("lines", [(), (1,), (2, 1), (1, 1), (1, 3, 2)])
def test_it_refuses_one_line_and_lines_out_of_order(lines: tuple[int, ...]) -> None:
    with pytest.raises(AssertionError, match="ascending"):
        Cluster(0, lines)
