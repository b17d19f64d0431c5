"""What took effect: every change of a roll rests on two people's decisions, and the sums are right."""

from hashlib import sha256
from pathlib import Path

from saksama.audit.entries import AuditedEntry
from saksama.audit.names import roll_name
from saksama.audit.state import State, Topic
from saksama.audit.wholeness import require_whole
from saksama.model.texts import _

_GANDA = 2  # the TMS code of a double entry, the same in the schemes of 2018 and 2024
_SCHEMES = ("2018", "2024")
_NEXT_ROLL = "daftar-berikutnya.csv"
_NEEDED = ("berita-acara.html", "berita-acara.pdf", "hitungan.json", _NEXT_ROLL, "daftar-berikutnya.parquet")
# The roll itself is personal data: its digest is published, its file never.
_NEVER_PUBLISHED = (".xlsx", ".csv", ".parquet", ".gz", ".zip")


def take(entry: AuditedEntry, state: State) -> None:
    """Add a change or an outcome to the state, and note every promise it breaks."""
    if entry.kind == "roll_changed":
        _roll_changed(entry, state)
    elif entry.kind == "outcome_enacted":
        _outcome_enacted(entry, state)


def _roll_changed(entry: AuditedEntry, state: State) -> None:
    body = entry.body
    _require_decided(entry, state)
    effect = state.effects[body["outcome"]]
    if body["outcome"] in state.outcomes:
        state.fault(Topic.CHANGES, entry, _("perubahan ditambahkan setelah hasilnya diberlakukan"))
    if body["line"] in effect.struck:  # a later outcome of the roll restates the changes of an earlier one
        state.fault(Topic.CHANGES, entry, _("baris yang sama dicoret dua kali"))
    if body["line"] == body["kept"] or body["line"] in effect.kept or body["kept"] in effect.struck:
        state.fault(Topic.CHANGES, entry, _("baris yang dipertahankan ikut dicoret"))
    effect.struck[body["line"]] = entry.index
    effect.kept.add(body["kept"])
    effect.rolls.add(body["roll"])
    effect.changes += 1
    effect.latest = max(entry.at, effect.latest or entry.at)


def _require_decided(entry: AuditedEntry, state: State) -> None:
    body = entry.body
    cited = [state.decisions[number] for number in body["decisions"] if number in state.decisions]
    if len(set(body["decisions"])) != 2 or len(body["decisions"]) != 2 or len(cited) != 2:
        state.fault(Topic.CHANGES, entry, _("perubahan tanpa dua putusan"))
    elif len({item.officer for item in cited}) != 2:
        state.fault(Topic.CHANGES, entry, _("perubahan atas putusan satu orang saja"))
    if any(item.case != body["case"] for item in cited):
        state.fault(Topic.CHANGES, entry, _("perubahan atas putusan perkara lain"))
    if any(number in state.superseded for number in body["decisions"]):
        state.fault(Topic.CHANGES, entry, _("perubahan atas putusan yang sudah diganti"))
    case, settled = state.cases.get(body["case"]), state.settled.get(body["case"])
    if case is None or settled is None:
        state.fault(Topic.CHANGES, entry, _("perubahan atas perkara yang belum selesai diputuskan"))
        return
    state.after(entry, settled.at)
    if settled.decisions != set(body["decisions"]):
        state.fault(Topic.CHANGES, entry, _("perubahan menyebut putusan lain daripada penyelesaian perkaranya"))
    if settled.ruling != "ganda" or body["line"] not in settled.struck or body["kept"] != settled.kept:
        state.fault(Topic.CHANGES, entry, _("perubahan berbeda dari yang diputuskan"))
    if case.roll != body["roll"] or body["tms"] != _GANDA or body["tms_scheme"] not in _SCHEMES:
        state.fault(Topic.CHANGES, entry, _("perubahan atas daftar lain, atau dengan kode selain ganda"))


def _outcome_enacted(entry: AuditedEntry, state: State) -> None:
    body = entry.body
    number = body["outcome"]
    if number in state.outcomes:
        state.fault(Topic.OUTCOMES, entry, _("hasil yang sama diberlakukan dua kali"))
        return
    effect = state.effects[number]
    state.outcomes[number] = dict(body["files"])
    before = state.rolls.get(body["roll_before"])
    if before is None or (effect.rolls and effect.rolls != {body["roll_before"]}):
        state.fault(Topic.OUTCOMES, entry, _("daftar sebelumnya tidak ada di buku besar, atau bukan yang diubah"))
    elif before != body["lines_before"]:
        state.fault(Topic.OUTCOMES, entry, _("jumlah baris sebelumnya tidak sama dengan daftar yang dimasukkan"))
    if not body["struck"] == body["changes"] == effect.changes == len(effect.struck):
        state.fault(Topic.OUTCOMES, entry, _("jumlah perubahan tidak sama dengan catatan perubahannya"))
    if body["lines_after"] != body["lines_before"] - body["struck"]:
        state.fault(Topic.OUTCOMES, entry, _("baris sesudah bukan baris sebelum dikurangi yang dicoret"))
    if effect.latest is not None:
        state.after(entry, effect.latest)
    require_whole(entry, effect, state)
    _require_next_roll(entry, state)


def _require_next_roll(entry: AuditedEntry, state: State) -> None:
    """The next roll has the name of its file and all its files; a name known before has as many lines as it had."""
    body = entry.body
    after, lines, files = body["roll_after"], body["lines_after"], body["files"]
    for name in _NEEDED:
        if name not in files:
            state.faults[Topic.FILES].append(
                _("outcomes/{number}/{name}: hilang").format(number=body["outcome"], name=name)
            )
    if _NEXT_ROLL in files and after != roll_name(files[_NEXT_ROLL]):
        state.fault(Topic.OUTCOMES, entry, _("nomor daftar bukan sidik berkasnya"))
    if lines not in (state.rolls.get(after, lines), state.line_limits.get(after)):
        state.fault(Topic.OUTCOMES, entry, _("daftar hasil dimasukkan kembali dengan jumlah baris lain"))
    state.rolls.setdefault(after, lines)
    state.line_limits.setdefault(after, lines)


def finish(state: State) -> None:
    """Note changes whose outcome was never enacted: part of an effect is missing."""
    for number, effect in state.effects.items():
        if number not in state.outcomes:
            for index in effect.struck.values():
                state.fault(Topic.OUTCOMES, index, _("perubahan tanpa hasil yang diberlakukan"))


def check_files(folder: Path, extra: list[str], state: State) -> list[str]:
    """Compare the files under `outcomes/` with the digests in the ledger; gives the files that belong to none."""
    unknown: list[str] = []
    found: set[tuple[str, str]] = set()
    for path in extra:
        parts = path.split("/")
        if len(parts) != 3 or parts[0] != "outcomes" or parts[1] not in state.outcomes:
            unknown.append(path)
            continue
        found.add((parts[1], parts[2]))
        digest = state.outcomes[parts[1]].get(parts[2])
        if digest is None:
            unknown.append(path)
        elif parts[2].endswith(_NEVER_PUBLISHED):
            state.faults[Topic.FILES].append(_("{path}: daftar pemilih tidak boleh diterbitkan").format(path=path))
        elif sha256((folder / path).read_bytes()).hexdigest() != digest:
            state.faults[Topic.FILES].append(_("{path}: isinya bukan yang dicatat").format(path=path))
        else:
            state.counts["files"] += 1
    for number, files in state.outcomes.items():
        for name in files:
            if not name.endswith(_NEVER_PUBLISHED) and (number, name) not in found:
                state.faults[Topic.FILES].append(_("outcomes/{number}/{name}: hilang").format(number=number, name=name))
    return unknown
