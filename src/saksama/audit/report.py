"""What an audit found: numbered sentences, each with a verdict, and one exit code."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from saksama.model.texts import _

SHOWN = 5


class Verdict(StrEnum):
    """What can be said of one check."""

    OK = "ok"
    FAIL = "fail"
    UNKNOWN = "unknown"


_MARKS = {Verdict.OK: "BENAR", Verdict.FAIL: "SALAH", Verdict.UNKNOWN: "TIDAK DAPAT DIPASTIKAN"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One numbered sentence. `points` are the first places where a check failed, or facts to compare on paper."""

    number: int
    verdict: Verdict
    sentence: str
    points: tuple[str, ...] = ()


@dataclass(slots=True)
class Report:
    """The findings of one audit, in the order of the checks."""

    findings: list[Finding] = field(default_factory=list)

    def add(self, verdict: Verdict, sentence: str, points: Sequence[str] = ()) -> None:
        """Add the next numbered sentence; what a stranger's names hold beside letters is shown escaped."""
        said = (text.encode("utf-8", "backslashreplace").decode() for text in (sentence, *points))
        self.findings.append(Finding(len(self.findings) + 1, verdict, next(said), tuple(said)))

    def judge(self, good: str, faults: Sequence[str]) -> None:
        """Add `good` if nothing is at fault, else a sentence with the number of faults and the first of them."""
        if not faults:
            self.add(Verdict.OK, good)
            return
        shown = list(faults[:SHOWN])
        if len(faults) > SHOWN:
            shown.append(_("… dan {n} lainnya").format(n=len(faults) - SHOWN))
        self.add(
            Verdict.FAIL, _("Tidak terpenuhi ({n} pelanggaran): {promise}").format(n=len(faults), promise=good), shown
        )

    @property
    def exit_code(self) -> int:
        """0 if all is valid, 1 if anything is not, 2 if nothing is wrong and something cannot be told."""
        verdicts = {finding.verdict for finding in self.findings}
        if Verdict.FAIL in verdicts:
            return 1
        return 2 if Verdict.UNKNOWN in verdicts or not verdicts else 0

    def sentences(self) -> list[str]:
        """The report as lines of text, the last being the conclusion."""
        lines: list[str] = []
        for finding in self.findings:
            lines.append(f"{finding.number}. [{_(_MARKS[finding.verdict])}] {finding.sentence}")
            lines += [f"   - {point}" for point in finding.points]
        lines.append(self.conclusion)
        return lines

    @property
    def conclusion(self) -> str:
        """The sentence that the exit code stands for."""
        if self.exit_code == 0:
            return _("Kesimpulan: semua yang diperiksa benar.")
        if self.exit_code == 1:
            return _("Kesimpulan: ada yang TIDAK BENAR. Simpan yang diperiksa ini apa adanya sebagai bukti.")
        return _("Kesimpulan: tidak dapat dipastikan; lihat butir yang bertanda demikian.")
