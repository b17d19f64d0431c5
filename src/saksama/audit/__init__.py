"""Check a published folder from outside. Shares no code with those who made it; needs only `ledger` and `model`."""

from saksama.audit.checks import audit_folder
from saksama.audit.report import Finding, Report, Verdict

__all__ = ["Finding", "Report", "Verdict", "audit_folder"]
