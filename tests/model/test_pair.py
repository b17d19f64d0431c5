"""Bands are three, the surest first: the order of every queue."""

from saksama.model.pair import Band


def test_bands_are_named_in_the_order_of_the_queue() -> None:
    assert [band.value for band in Band] == ["certain", "probable", "check"]
