"""Short names made of digests."""


def short_digest(digest: str) -> str:
    """The first sixteen hex digits in a row of `digest` (64 hex digits) that hold a letter: a short name for it.

    Sixteen decimal digits have the form of a NIK, and no entry takes them; one digest in 1,844 begins with sixteen.
    """
    for start in range(len(digest) - 15):
        name = digest[start : start + 16]
        if not name.isdecimal():
            return name
    raise AssertionError("a digest of decimal digits only")
