"""What step 2 can say for itself: why a pair was proposed, and how a run did as a whole. Reads a run folder alone."""

from pathlib import Path

from saksama.flow.folders import write_whole
from saksama.linkage.telling.explaining import PairExplanation, explain_pair
from saksama.linkage.telling.reading import read_run
from saksama.linkage.telling.report import report_page
from saksama.linkage.telling.waterfall import waterfall
from saksama.model.errors import BadInput
from saksama.model.texts import _

_READABLE = 0o644  # neither picture nor page holds anything of a voter


def explain(run: Path, left: int, right: int, *, svg: Path | None = None) -> PairExplanation:
    """Why lines `left` and `right` were proposed, in either order; the waterfall written to `svg` if named.

    Raises BadInput where `run` is no run folder or did not write the pair, or `svg` is not named as a picture.
    """
    if svg is not None:
        _require_suffix(svg, ".svg")
    explanation = explain_pair(read_run(run), left, right)
    if svg is not None:
        write_whole(svg, waterfall(explanation).encode(), mode=_READABLE)
    return explanation


def report(run: Path, out: Path) -> None:
    """Write one HTML page about a run, in the language spoken.

    Raises BadInput where `run` is no run folder, or `out` is not named as a page.
    """
    _require_suffix(out, ".html")
    write_whole(out, report_page(read_run(run)).encode(), mode=_READABLE)


def _require_suffix(path: Path, suffix: str) -> None:
    """So that a slip of the hand does not write over a run's own tables."""
    if path.suffix.lower() != suffix:
        raise BadInput(_("Nama {name} harus berakhiran {suffix}.").format(name=path.name, suffix=suffix))
