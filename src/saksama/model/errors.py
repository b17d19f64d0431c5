"""The three families of refusal. Nothing in their texts may name a voter."""


class SaksamaError(Exception):
    """A refusal. Its text is a whole sentence for an officer and holds no personal data."""


class BadInput(SaksamaError):
    """Their file or form is at fault: the text says where, what, and how to mend it."""


class NotAllowed(SaksamaError):
    """This person may not do this: the text says who may."""


class Broken(SaksamaError):
    """A promise of ours failed: stop, keep the evidence."""
