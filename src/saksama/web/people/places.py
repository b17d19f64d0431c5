"""Places by name."""


def place_name(code: str) -> str:
    """The place's code: the table of names belongs to `roll`, which pages reach through `flow` only."""
    return code
