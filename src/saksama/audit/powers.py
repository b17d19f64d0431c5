"""Who may write which entry: a program of the step, or an enrolled person who decides in exactly this area."""

from collections.abc import Mapping

from saksama.audit.entries import AuditedEntry
from saksama.audit.state import DECIDING_ROLES, Person, State, Topic
from saksama.model.texts import _

# kind: what it belongs to, and the programs that may write it. Where there is none, only a person may.
_POWERS: Mapping[str, tuple[Topic, tuple[str, ...]]] = {
    "office_opened": (Topic.OFFICERS, ("program:office-init",)),
    "officer_enrolled": (Topic.OFFICERS, ("program:office-enrol", "program:office-init")),
    "roll_taken_in": (Topic.ROLLS, ("program:roll-take-in",)),
    "pairs_found": (Topic.ROLLS, ("program:linkage-find",)),
    "case_referred": (Topic.CASES, ("program:cases-refer",)),
    "run_referred": (Topic.CASES, ("program:cases-refer",)),
    "evidence_seen": (Topic.CASES, ()),
    "decision_made": (Topic.DECISIONS, ()),
    "case_settled": (Topic.SETTLEMENTS, ()),
    "roll_changed": (Topic.CHANGES, ("program:outcome-enact",)),
    "outcome_enacted": (Topic.OUTCOMES, ("program:outcome-enact",)),
    "policy_changed": (Topic.KEYS, ("program:keys-change",)),
}


def require_actor(entry: AuditedEntry, state: State) -> None:
    """Note it unless the actor may write an entry of this kind for this office."""
    topic, programs = _POWERS[entry.kind]
    if entry.actor in programs:
        return
    person = state.people.get(entry.actor)
    if not entry.actor.startswith("P-"):
        why = (
            _("dilakukan oleh program yang bukan untuk itu")
            if programs
            else _("dilakukan oleh program, bukan oleh orang")
        )
        state.fault(topic, entry, why)
    elif person is None:
        state.fault(topic, entry, _("dilakukan oleh orang yang tidak terdaftar"))
    elif person.role not in DECIDING_ROLES:
        state.fault(topic, entry, _("dilakukan oleh pengawas, yang tidak berwenang memutuskan"))
    elif not is_of_office(person, entry):
        state.fault(topic, entry, _("dilakukan oleh petugas wilayah lain"))
    else:
        state.after(entry, person.at)


def is_of_office(person: Person, entry: AuditedEntry) -> bool:
    """Whether this person was enrolled by the entry's office, for exactly its area."""
    return person.wilayah == person.office == entry.office
