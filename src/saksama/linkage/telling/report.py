"""One page about a run, for whoever must answer for it: how many, how many by chance, of whom, and from what weights.

Self-contained HTML without scripts: it opens offline, prints on A4, and asks nothing of any network. It is made of
run.json, pairs.parquet and evidence.parquet alone, so nobody is named in it.
"""

from html import escape
from importlib import resources
from typing import Any

import numpy as np

from saksama.linkage.groups import SMALL
from saksama.linkage.telling.reading import RunFolder
from saksama.linkage.telling.report_pictures import histogram_picture
from saksama.linkage.telling.report_tables import (
    bands_table,
    blocks_table,
    groups_table,
    number,
    of_class,
    q_table,
    rate_of,
    row,
    table,
    weights_table,
)
from saksama.linkage.telling.report_words import CLASSES, count, estimate, figure, say, share
from saksama.linkage.telling.waterfall import signed
from saksama.model.texts import _, language

_NEAR_EVEN = 5  # bits below even odds, where pairs begin to be of interest
_TELLING = 1000  # lines of a group whose interval sets the scale


def report_page(run: RunFolder) -> str:
    """The page, in the language spoken."""
    about = run.about
    style = resources.files("saksama.linkage.telling").joinpath("report.css").read_text(encoding="utf-8")
    title = _("Laporan pencarian ganda")
    foot = _("Mesin mengusulkan; tidak ada yang dicoret karena halaman ini. Halaman ini tidak memuat data pribadi.")
    sections = [
        _summary(run), _histogram(about), _groups(about), _blocking(about), _weights(run), _provenance(about),
    ]  # fmt: skip
    named = _("Rencana {plan}, {lines} baris").format(plan=about["plan"], lines=count(about["counts"]["lines"]))
    return (
        f'<!DOCTYPE html>\n<html lang="{language()}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        f'<h1>{escape(title)}</h1>\n<p class="about">{escape(named)}</p>\n{"".join(sections)}'
        f"<footer>{_p(foot)}"
        "</footer>\n</main>\n</body>\n</html>\n"
    )


def _section(heading: str, *parts: str) -> str:
    return f"<section>\n<h2>{escape(heading)}</h2>\n{''.join(parts)}\n</section>\n"


def _p(text: str, kind: str = "") -> str:
    return f"<p{of_class(kind)}>{escape(text)}</p>\n"


def _tiles(tiles: list[tuple[str, str]]) -> str:
    inside = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in tiles)
    return f'<dl class="tiles">{inside}</dl>\n'


def _summary(run: RunFolder) -> str:
    counts, bands = run.about["counts"], run.about["bands"]
    false = sum(band["expected_false"] for band in bands.values())
    lead = _(
        "Dari {pairs} pasangan yang diusulkan, kira-kira {false} ({share}) diperkirakan dua orang yang berbeda."
    ).format(pairs=count(counts["pairs"]), false=estimate(false), share=share(false / max(counts["pairs"], 1)))
    tiles = [
        (_("baris dibandingkan"), count(counts["lines"])),
        (_("pasangan bertemu"), count(counts["candidates"])),
        (_("pasangan diusulkan"), count(counts["pairs"])),
        (_("kelompok"), count(counts["clusters"])),
        (_("kelompok besar"), count(counts["large_clusters"])),
    ]
    note = _(
        "Selang berlaku sejauh modelnya benar; kesalahan model sebagai keseluruhan tidak termasuk. Perkiraan dihitung "
        "dari peluang tiap pasangan, tanpa label."
    )
    inside = [_p(lead, "lead"), _tiles(tiles), bands_table(bands), _p(note, "note")]
    return _section(_("Berapa, dan berapa yang kebetulan"), *inside, q_table(run.pairs["q_value"].to_numpy()))


def _histogram(about: dict[str, Any]) -> str:
    rows = about["histogram"]
    if not rows:
        return _section(_("Sebaran bobot"), _p(_("Tidak ada pasangan yang ditimbang.")))
    curves = {
        "pairs": _("semua pasangan yang ditimbang"),
        "one_person": _("perkiraan satu orang"),
        "strangers": _("perkiraan orang asing yang kebetulan mirip"),
        "strangers_alike": _("di antaranya dengan nama dan tanggal lahir sama, menurut model"),
        "decoys": _("dan sebanyak itu menurut umpan: pasangan yang pasti dua orang"),
    }
    shown = {name: text for name, text in curves.items() if name in rows[0]}
    legend = "".join(f'<li><i class="{name}"></i>{escape(text)}</li>' for name, text in shown.items())
    figures = [row(figure(each["bits"], 0), [number(estimate(each[name])) for name in shown]) for each in rows]
    heads = [_("bit"), *shown.values()]
    return _section(
        _("Sebaran bobot"),
        _p(
            _(
                "Satuan tegak logaritmik. Di mana garis orang asing naik di atas garis satu orang, kebetulan lebih "
                "banyak daripada ganda; garis putus-putus tegak menandai tempat keduanya sama mungkin. Pasangan di "
                "atas kedua garis diperkirakan kembar, sekeluarga, senama atau berbagi satu NIK."
            )
        ),
        _p(_decoys_said(rows, -about["prior_bits"])) if "decoys" in rows[0] else "",
        f'<ul class="legend">{legend}</ul>',
        f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(_("Bobot pasangan"))}">'
        f"{histogram_picture(rows, -about['prior_bits'])}</div>",
        f"<details><summary>{escape(_('Angka sebaran ini'))}</summary>"
        f"{table(heads, figures, caption=_('Pasangan per bit bobot'))}</details>",
    )


def _decoys_said(rows: list[dict[str, Any]], even: float) -> str:
    """Model and decoys side by side, over the weights at which pairs are worth a look."""
    near = [each for each in rows if each["bits"] >= even - _NEAR_EVEN]
    expected, counted = (sum(each[name] for each in near) for name in ("strangers_alike", "decoys"))
    return _(
        "Umpan adalah orang senama yang lahir pada hari atau tahun berdekatan, jadi pasti dua orang, dibandingkan "
        "seolah-olah lahir pada hari yang sama. Mulai {bits} bit model mengharapkan {expected} pasangan orang asing "
        "senama dan setanggal lahir; umpan menghitung {counted}. Di mana umpan lebih banyak, nilai q ikut naik."
    ).format(bits=figure(even - _NEAR_EVEN, 0), expected=estimate(expected), counted=estimate(counted))


def _groups(about: dict[str, Any]) -> str:
    lines, false = about["counts"]["lines"], about["flagged"]["expected_false"]
    whole = rate_of(lines, false)
    every = [group for groups in about["groups"].values() for group in groups]
    # Small groups may run off the scale: their intervals would leave no room for those that say something.
    telling = [g for g in every if g["lines"] >= _TELLING] or [g for g in every if g["group"] != SMALL]
    top = max([1.5 * whole, *(rate_of(g["lines"], g["expected_false_high"]) for g in telling)])
    parts = [
        _p(
            _(
                "Seorang pemilih salah diusulkan bila ia masuk pasangan padahal tidak punya baris ganda. Di seluruh "
                "daftar diperkirakan {false} baris begitu dari {flagged} yang diusulkan: {rate} per 100.000 baris. "
                "Kelompok bertanda ▲ salah diusulkan lebih sering daripada seluruh daftar: seluruh selangnya di atas "
                "garis merah."
            ).format(false=estimate(false), flagged=count(about["flagged"]["lines"]), rate=estimate(whole))
        )
    ]
    if about["groups"]:
        parts.append(groups_table(about["groups"], whole, top))
    else:
        parts.append(_p(_("Rencana ini tidak memuat kolom untuk mengelompokkan pemilih.")))
    parts.append(
        _p(
            _(
                "Kelompok ditentukan dari isi daftar: tradisi nama menurut kata-katanya, umur menurut dasawarsa lahir. "
                "Kelompok di bawah 30 baris dijumlahkan bersama."
            ),
            "note",
        )
    )
    return _section(_("Siapa yang salah diusulkan"), *parts)


def _blocking(about: dict[str, Any]) -> str:
    recall = about["blocking_recall"]
    if recall["estimate"] is None:
        said = _(
            "Berapa ganda yang terlewat pemblokan tidak dapat diperkirakan: perlu aturan dengan dan tanpa nomor orang."
        )
    else:
        met = recall["by_number"] + recall["by_others"] - recall["by_both"]
        said = _(
            "Pemblokan diperkirakan mempertemukan {met} dari pasangan ganda yang sesungguhnya; {lost} ({part}) tidak "
            "pernah dibandingkan. Perkiraan tangkap-tangkap ulang: {number} pasangan tertangkap aturan dengan NIK, "
            "{others} oleh aturan lain, {both} oleh keduanya. Kedua tangkapan tidak sepenuhnya bebas, jadi yang "
            "terlewat bisa lebih banyak."
        ).format(
            met=share(recall["estimate"]),
            lost=estimate(met / recall["estimate"] - met),
            part=share(1 - recall["estimate"]),
            number=count(recall["by_number"]),
            others=count(recall["by_others"]),
            both=count(recall["by_both"]),
        )
    note = _(
        "Kelompok di atas batas dipecah dengan kunci yang lebih panjang, tidak dibuang. Yang tetap terlalu besar hanya "
        "dibandingkan dengan tetangganya dalam urutan."
    )
    return _section(_("Yang terlewat, dan blok terberat"), _p(said), blocks_table(about["rules"]), _p(note, "note"))


def _weights(run: RunFolder) -> str:
    model, strangers = run.about["model"], run.about["strangers"]
    sizes = sorted(model["classes"].items(), key=lambda each: [*CLASSES, each[0]].index(each[0]))
    classes = [row(say(CLASSES, name), [number(count(size))]) for name, size in sizes]
    corrections = np.array(model.get("decoy_correction_bits", [0.0]))
    said = _(
        "m adalah bagian pasangan satu orang pada tingkat itu (dipelajari tanpa label), u bagian pada {pairs} "
        "pasangan orang asing yang diambil merata. Bit yang diberikan bergantung pula pada nilainya (nama langka "
        "lebih berat) dan pada yang sudah sama, jadi berbeda dari log₂(m/u). Titik awal: {prior} bit."
    ).format(pairs=count(strangers["pairs"]), prior=signed(run.about["prior_bits"]))
    decoys = _("Umpan membetulkan bobot nama sebesar {low} sampai {high} bit, menurut kelangkaannya.").format(
        low=signed(-float(corrections.max())), high=signed(-float(corrections.min()))
    )
    caption = _("Pasangan menurut jenisnya, di antara semua yang mungkin")
    return _section(
        _("Bobot yang dipelajari"),
        _p(said),
        weights_table(run),
        _p(decoys, "note"),
        table([_("Jenis"), _("pasangan")], classes, caption=caption),
    )


def _provenance(about: dict[str, Any]) -> str:
    measured = about["measured"]
    facts = [
        (_("sidik masukan"), about["input_sha256"]),
        (_("sidik masukan kedua"), about.get("other_sha256")),
        (_("sidik rencana"), about["plan_sha256"]),
        (_("mesin"), about["engine"]),
    ]
    listed = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td class="digest">{escape(value)}</td></tr>'
        for name, value in facts
        if value
    )
    cost = _("{seconds} detik, paling banyak {memory} MB.").format(
        seconds=figure(sum(measured["seconds"].values())), memory=count(measured["peak_memory_bytes"] / 1024**2)
    )
    return _section(_("Asal-usul"), f"<table><tbody>{listed}</tbody></table>", _p(cost, "note"))
