"""Triggers: what the database itself refuses, whoever asks and however (a program's bug, raw SQL, a curious hand).

1. Nothing decided, seen, referred or entered is updated or deleted.
2. A decision is of an enrolled, active officer with a deciding role and exactly the case's area, who had the evidence
   on the screen: an assistant has no such row and can be given none.
3. A strike keeps one line of the case and strikes others of it.
4. A case is settled, and so can take effect, only by two different officers who say the same.

SQLite forgets triggers when Django rebuilds a table, so they are laid anew after every migrate, not in a migration.
"""

from collections.abc import Callable
from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

from saksama.model.errors import Broken

_KEPT_FOREVER: Final = {
    "cases_decisionrow": "a decision is never changed; a change of mind is a new one",
    "cases_evidencerow": "evidence is never changed",
    "cases_seenrow": "what an officer saw is never changed",
    "cases_linerow": "the lines of a case are never changed",
    "cases_placerow": "the places of a case are never changed",
}
_STANDING: Final = "NOT EXISTS (SELECT 1 FROM cases_decisionrow later WHERE later.supersedes_id = {name}.id)"
_ONE_STANDS, _OTHER_STANDS, _D_STANDS = (_STANDING.format(name=name) for name in ("one", "other", "d"))
_SETTLED_BY_NOBODY: Final = (
    "NEW.state IN ('settled', 'enacted') AND NOT EXISTS ("  # noqa: S608  # constants of this file only
    "SELECT 1 FROM cases_decisionrow one JOIN cases_decisionrow other ON other.case_id = one.case_id"
    " AND other.officer_id <> one.officer_id AND other.ruling = one.ruling AND other.kept IS one.kept"
    " AND other.struck = one.struck WHERE one.case_id = NEW.id AND " + _ONE_STANDS + " AND " + _OTHER_STANDS + ")"
)
_HAS_ANOTHER_STANDING: Final = (
    "EXISTS (SELECT 1 FROM cases_decisionrow d WHERE d.case_id = NEW.case_id"  # noqa: S608  # constants of this file
    " AND d.officer_id = NEW.officer_id AND " + _D_STANDS + " AND d.id IS NOT NEW.supersedes_id)"
)


def _trigger(name: str, moment: str, *, when: str = "", refuse: str) -> str:
    condition = f" WHEN {when}" if when else ""
    return f"CREATE TRIGGER {name} {moment} FOR EACH ROW{condition} BEGIN SELECT RAISE(ABORT, '{refuse}'); END"


def _all() -> dict[str, str]:
    found: dict[str, str] = {}

    def add(name: str, moment: str, *, when: str = "", refuse: str) -> None:
        found[name] = _trigger(name, moment, when=when, refuse=refuse)

    for table, sentence in _KEPT_FOREVER.items():
        add(f"{table}_no_update", f"BEFORE UPDATE ON {table}", refuse=sentence)
        add(f"{table}_no_delete", f"BEFORE DELETE ON {table}", refuse=sentence)

    add("case_no_delete", "BEFORE DELETE ON cases_caserow", refuse="a case is never deleted")
    add(
        "case_starts_open",
        "BEFORE INSERT ON cases_caserow",
        when="NEW.state <> 'open' OR NEW.version <> 0",
        refuse="a case starts open",
    )
    add(
        "case_keeps_its_subject",
        "BEFORE UPDATE ON cases_caserow",
        when=_changed(
            "id", "wilayah", "roll", "run", "lines", "band_rank", "kpu_class", "class_scheme",
            "villages", "evidence_digest", "opened_at",
        ),
        refuse="of a case only state and version change",
    )  # fmt: skip
    add(
        "case_moves_forward",
        "BEFORE UPDATE OF state, version ON cases_caserow",
        when=(
            "NEW.version <> OLD.version + 1 OR OLD.state = 'enacted'"
            " OR (OLD.state = 'settled' AND NEW.state <> 'enacted')"
            " OR (NEW.state = 'enacted' AND OLD.state <> 'settled')"
        ),
        refuse="a case moves forward, one version at a time",
    )
    add(
        "case_settled_by_two",
        "BEFORE UPDATE OF state ON cases_caserow",
        when=_SETTLED_BY_NOBODY,
        refuse="a case is settled by two different officers who say the same",
    )
    _add_decision_law(add)
    add(
        "outbox_keeps_its_bytes",
        "BEFORE UPDATE ON cases_outboxrow",
        when=_changed("number", "id", "body") + " OR NEW.entered < OLD.entered",
        refuse="an entry is never changed",
    )
    add("outbox_no_delete", "BEFORE DELETE ON cases_outboxrow", refuse="an entry is never deleted")
    add(
        "officer_number_has_its_form",
        "BEFORE INSERT ON people_officerprofile",
        when="NEW.officer_id NOT GLOB 'P-[0-9][0-9][0-9][0-9][0-9][0-9]'",
        refuse="an officer number is P- and six digits",
    )
    add(
        "officer_stays_who_they_are",
        "BEFORE UPDATE ON people_officerprofile",
        when=_changed("officer_id", "user_id", "role", "wilayah"),
        refuse="a person in another role is enrolled under another number",
    )
    add("officer_no_delete", "BEFORE DELETE ON people_officerprofile", refuse="an officer is never deleted")
    return found


def _add_decision_law(add: Callable[..., None]) -> None:
    moment = "BEFORE INSERT ON cases_decisionrow"
    add(
        "decision_is_a_persons",
        moment,
        when=(
            "NOT EXISTS (SELECT 1 FROM people_officerprofile o JOIN people_user u ON u.id = o.user_id"
            " JOIN cases_caserow c ON c.id = NEW.case_id WHERE o.officer_id = NEW.officer_id AND u.is_active"
            " AND o.role IN ('operator', 'anggota') AND o.wilayah = c.wilayah)"
        ),
        refuse="a decision is made by an enrolled officer of the case own area who may decide",
    )
    add(
        "decision_rests_on_evidence",
        moment,
        when=(
            "NOT EXISTS (SELECT 1 FROM cases_seenrow s JOIN cases_caserow c ON c.id = s.case_id"
            " WHERE s.case_id = NEW.case_id AND s.officer_id = NEW.officer_id"
            " AND s.digest = NEW.evidence_digest AND c.evidence_digest = NEW.evidence_digest)"
        ),
        refuse="a decision rests on evidence this officer has seen",
    )
    add(
        "decision_on_a_live_case",
        moment,
        when="EXISTS (SELECT 1 FROM cases_caserow c WHERE c.id = NEW.case_id AND c.state IN ('settled', 'enacted'))",
        refuse="a settled case takes no decision",
    )
    add(
        "decision_names_the_cases_lines",
        moment,
        when=(
            "(NEW.ruling <> 'ganda' AND json_array_length(NEW.struck) > 0) OR (NEW.ruling = 'ganda' AND ("
            "json_array_length(NEW.struck) = 0"
            " OR NEW.kept IN (SELECT value FROM json_each(NEW.struck))"
            " OR EXISTS (SELECT value FROM (SELECT NEW.kept AS value UNION SELECT value FROM json_each(NEW.struck))"
            " WHERE value NOT IN (SELECT l.value FROM cases_caserow c, json_each(c.lines) l WHERE c.id = NEW.case_id))"
            "))"
        ),
        refuse="a strike keeps one line of the case and strikes others of it",
    )
    add(
        "decision_supersedes_ones_own",
        moment,
        when=(
            "NEW.supersedes_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM cases_decisionrow d WHERE"
            " d.id = NEW.supersedes_id AND d.case_id = NEW.case_id AND d.officer_id = NEW.officer_id)"
        ),
        refuse="an officer supersedes only a decision of their own on the same case",
    )
    add(
        "decision_stands_alone",
        moment,
        when=_HAS_ANOTHER_STANDING,
        refuse="an officer has one standing decision on a case",
    )


def _changed(*columns: str) -> str:
    return " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in columns)


TRIGGERS: Final[dict[str, str]] = _all()


def install(connection: BaseDatabaseWrapper) -> None:
    """Lay every trigger anew; raises Broken on a database they are not written for."""
    if connection.vendor != "sqlite":
        raise Broken(f"the triggers that guard decisions are written for SQLite, not for {connection.vendor}")
    with connection.cursor() as cursor:
        for name, statement in reversed(
            TRIGGERS.items()
        ):  # SQLite fires the youngest first: the gravest reason is named
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            cursor.execute(statement)


def require_installed(connection: BaseDatabaseWrapper) -> None:
    """Raise Broken unless every trigger stands in the database as it is written here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        standing = dict(cursor.fetchall())
    missing = sorted(name for name, statement in TRIGGERS.items() if standing.get(name) != statement)
    if missing:
        raise Broken(f"the database lacks its guards: {', '.join(missing)}")


def lay_after_migrate(**_: object) -> None:
    """Signal receiver: guards stand again after every migrate."""
    from django.db import connection

    if "cases_outboxrow" in connection.introspection.table_names():
        install(connection)
