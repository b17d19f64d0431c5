"""Make the region table the package carries from the merged CSV of Kemendagri codes.

    python tools/make_regions.py wilayah.csv src/saksama/roll/wilayah-2016-2025.tsv.xz

The CSV has the columns kode,nama,first_seen,last_seen (dotted codes; first and last year of the tables 2016, 2018,
2020, 2022, 2023 and 2025 that hold the code). Names and years are facts merged from github.com/cahyadsn/wilayah
@ b7ad440 (MIT licence, Copyright (c) cahya dsn). The same CSV gives the same bytes.
"""

import csv
import lzma
import re
import sys
from pathlib import Path

_CODE = re.compile(r"[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?")


def main(source: Path, target: Path) -> None:
    """Write one line a code, sorted: code, name, first year and last year less 2000, parted by tabs."""
    with source.open(encoding="utf-8", newline="") as file:
        rows = sorted((r["kode"], r["nama"], int(r["first_seen"]), int(r["last_seen"])) for r in csv.DictReader(file))
    codes = {code for code, *_ in rows}
    if len(codes) != len(rows):
        sys.exit("a code stands twice")
    lines = []
    for code, name, first, last in rows:
        if not _CODE.fullmatch(code) or ("." in code and code.rpartition(".")[0] not in codes):
            sys.exit(f"not a code, or without its parent: {code}")
        if "\t" in name or "\n" in name or not name.strip():
            sys.exit(f"not a name: {code}")
        lines.append(f"{code}\t{name}\t{first - 2000}\t{last - 2000}\n")
    target.write_bytes(lzma.compress("".join(lines).encode(), preset=9 | lzma.PRESET_EXTREME))
    sys.stdout.write(f"{len(lines)} codes, {target.stat().st_size} bytes\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
