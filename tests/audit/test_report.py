"""A report's one exit code, and how it is read aloud."""

from saksama.audit import Report, Verdict


def test_nothing_checked_is_not_valid():
    assert Report().exit_code == 2


def test_one_fault_outweighs_all_else():
    report = Report()
    report.add(Verdict.OK, "a")
    assert report.exit_code == 0
    report.add(Verdict.UNKNOWN, "b")
    assert report.exit_code == 2
    report.add(Verdict.FAIL, "c")
    assert report.exit_code == 1


def test_it_shows_the_first_faults_and_counts_the_rest():
    report = Report()
    report.judge("semua baik", [f"catatan ke-{n}" for n in range(9)])
    assert report.findings[0].sentence == "Tidak terpenuhi (9 pelanggaran): semua baik"
    assert report.findings[0].points[-1] == "… dan 4 lainnya"


def test_its_sentences_are_numbered_and_marked():
    report = Report()
    report.judge("satu", [])
    report.judge("dua", ["catatan ke-3"])
    assert report.sentences() == [
        "1. [BENAR] satu",
        "2. [SALAH] Tidak terpenuhi (1 pelanggaran): dua",
        "   - catatan ke-3",
        "Kesimpulan: ada yang TIDAK BENAR. Simpan yang diperiksa ini apa adanya sebagai bukti.",
    ]
