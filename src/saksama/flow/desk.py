"""The desk: what working on a case needs, bundled once: the store, the keys, the clock and the rules' versions."""

from dataclasses import dataclass

from saksama.casework.classes import SCHEME_2018, ClassScheme
from saksama.casework.store import CaseStore
from saksama.model.clock import Clock
from saksama.model.tms import SCHEME_2024, TmsScheme
from saksama.model.wilayah import Wilayah
from saksama.vault.keys import Keystore

SALT_BYTES = 32  # of every salt in front of a digest that is published


@dataclass(frozen=True, slots=True)
class Desk:
    """One office's desk. The rules come versioned from `saksama.toml`: classes and TMS codes change by election."""

    office: Wilayah
    office_name: str
    cases: CaseStore
    keys: Keystore
    clock: Clock
    class_scheme: ClassScheme = SCHEME_2018
    tms_scheme: TmsScheme = SCHEME_2024
