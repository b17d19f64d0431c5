#!/bin/bash
# The main path as a newcomer meets it: `make demo`. Plain commands, in order; each can be typed by hand.
set -euo pipefail
cd "$(dirname "$0")/.."
KANTOR=demo/kantor
mkdir -p demo
say() { printf '\n\033[1m%s\033[0m\n' "$*"; }

if [ -n "${ROLL:-}" ]; then
  DAFTAR=$ROLL
  [ -f "$DAFTAR" ] || { echo "Berkas $DAFTAR tidak ada." >&2; exit 1; }
  # The office is the kabupaten/kota most lines say they are of; without such a column, Sleman.
  MAPPED=(${MAP:+--columns "$MAP"})
  FOUND=$(saksama roll check "$DAFTAR" "${MAPPED[@]}" --json 2>/dev/null || true)
  told() { python3 -c 'import json,sys; print(json.loads(sys.stdin.read().strip() or "{}").get(sys.argv[1]) or "")' "$1" <<<"$FOUND"; }
  # What is no roll is refused before there is an office.
  [ -n "$(told lines_in)" ] || { saksama roll check "$DAFTAR" "${MAPPED[@]}" >/dev/null; exit 1; }
  if [ -z "${WILAYAH:-}" ]; then
    WILAYAH=$(told wilayah) NAMA="KPU $(told wilayah_name)"
    [ -n "$WILAYAH" ] || WILAYAH=34.04 NAMA="KPU Kabupaten Sleman"
  else
    NAMA="KPU $WILAYAH"
  fi
else
  MAPPED=()
  DAFTAR=demo/daftar-sleman.csv WILAYAH=34.04 NAMA="KPU Kabupaten Sleman"
  say "Daftar contoh: 100.000 baris, orang rekaan"
  saksama roll sample "$DAFTAR" --lines 100000 --seed 1945 --wilayah 34.04 --truth demo/kebenaran.parquet
fi

# An office may hold decisions: the one of an earlier demo is set aside, never removed.
[ ! -e "$KANTOR" ] || mv "$KANTOR" "$KANTOR-$(date +%Y%m%d-%H%M%S)"
say "Kantor"
saksama office init "$KANTOR" --wilayah "$WILAYAH" --name "$NAMA"
SANDI=$(head -c 9 /dev/urandom | base64 | tr '+/' 'xy')
enrol() { echo "$SANDI" | saksama office enrol --office "$KANTOR" --password-stdin "$@"; }
enrol --username sari --officer P-000001 --role operator
enrol --username wayan --officer P-000002 --role anggota
enrol --username ratna --officer P-000003 --role operator --wilayah 34.02 --institution "KPU Kabupaten Bantul"
enrol --username tono --officer P-000004 --role pengawas --institution "Bawaslu $WILAYAH"

say "1 Ambil masuk"
saksama roll take-in "$DAFTAR" "${MAPPED[@]}" --office "$KANTOR" --kind DPB
say "2 Cari ganda"
saksama linkage find --office "$KANTOR"
say "3 Rujuk"
saksama cases refer --office "$KANTOR"
saksama ledger enter --office "$KANTOR"
say "Terbitan diperiksa dari luar"
saksama audit "$KANTOR/published"

if [ "${SERVE:-yes}" = no ]; then
  say "Selesai sampai langkah 3. Kantor: $KANTOR"
  saksama cases list --office "$KANTOR" --limit 5
  exit 0
fi
say "4 Putuskan: http://127.0.0.1:8000"
cat <<AKUN
  sari   $SANDI   operator, $NAMA
  wayan  $SANDI   anggota, $NAMA (orang kedua)
  ratna  $SANDI   operator KPU Kabupaten Bantul: ditolak untuk perkara kantor ini
  tono   $SANDI   pengawas Bawaslu: membaca, tidak memutuskan
Sesudah dua petugas memutuskan, di terminal lain:
  .venv/bin/saksama outcome enact --office $KANTOR
  .venv/bin/saksama audit $KANTOR/published
AKUN
exec saksama serve --office "$KANTOR" --port 8000
