"""Whether an outcome hides a decision: all that was settled before it takes effect, whole, and stays."""

from collections import defaultdict
from datetime import timedelta

from saksama.audit.entries import AuditedEntry
from saksama.audit.state import Effect, Settlement, State, Topic
from saksama.model.texts import _

# A case may be settled while the outcome is being written: so near to it, nothing can be told.
_MEANWHILE = timedelta(seconds=120)


def require_whole(entry: AuditedEntry, effect: Effect, state: State) -> None:
    """Note it unless an outcome holds every settlement before it that contradicts no other, and all of it.

    1. what an earlier outcome of the roll struck is struck again     2. a settlement is in it whole or not at all
    3. it is not in it only if it contradicts another, or was made while the outcome was
    """
    struck = effect.struck.keys()
    roll = entry.body["roll_before"]
    if not state.enacted[roll] <= struck:  # 1
        state.fault(Topic.OUTCOMES, entry, _("perubahan berbeda dari yang diputuskan"))
    state.enacted[roll] |= struck
    before = min(effect.struck.values(), default=entry.index)
    standing = [
        settled
        for case, settled in state.settled.items()
        if settled.ruling == "ganda" and settled.index < before and state.cases[case].roll == roll
    ]
    contrary = contradicting(standing)
    newest = max((settled.index for settled in standing if settled.struck & struck), default=-1)
    for settled in standing:
        is_in, is_whole = bool(settled.struck & struck), settled.struck <= struck
        # Decisions are in the log before they take effect: what the outcome could not know came after all it holds.
        is_late = settled.index > newest and entry.at - settled.at <= _MEANWHILE
        if is_in if settled.index in contrary else not (is_whole or is_late):  # 2 3
            state.fault(Topic.OUTCOMES, settled.index, _("perubahan berbeda dari yang diputuskan"))


def contradicting(settlements: list[Settlement]) -> set[int]:
    """The indices of settlements of one roll where one strikes what another keeps, or a line is to yield to two."""
    keeping: defaultdict[int | None, set[int]] = defaultdict(set)
    striking: defaultdict[int, list[Settlement]] = defaultdict(list)
    for settled in settlements:
        keeping[settled.kept].add(settled.index)
        for line in settled.struck:
            striking[line].append(settled)
    found: set[int] = set()
    for line, strikers in striking.items():
        if line in keeping or len({settled.kept for settled in strikers}) > 1:
            found |= {settled.index for settled in strikers} | keeping.get(line, set())
    return found
