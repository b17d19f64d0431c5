"""Splink's side of `make bench-linkage`: one set linked once, in Splink's own venv, without a line of Saksama.

Settings are those of Splink's demos for its own sets and FEBRL (moj-analytical-services/splink @ 5.0.0, docs/demos),
and best practice for RLdata10000 and for a roll, for which there is no demo: place and family card as one comparison,
and no level of the NIK that repeats the date of birth (both raise Splink's F1 on such rolls: 0.75 to 0.82).

`python bench/linkage_splink.py SET OUT TABLE [TABLE]` reads tables with a column `line`, writes OUT (Parquet: l, r, and
w, the match weight in bits) and prints a line of JSON: seconds without imports, pairs compared.
"""

import json
import logging
import sys
import time
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from peak_memory import peak_mb

CLUSTERED_AT = 0.95  # the probability at which Splink's demos cluster
TF = {"term_frequency_adjustments": True}


def settings(name: str) -> dict[str, Any]:
    """Blocking rules, comparisons, and how to train, by set."""
    return {
        "fake_1000": _fake_1000, "historical_50k": _historical, "rldata10000": _rldata, "febrl3": _febrl3,
        "febrl4": _febrl4, "roll": _roll,
    }[name]()  # fmt: skip


def _fake_1000() -> dict[str, Any]:
    near = "levenshtein(r.dob::VARCHAR, l.dob::VARCHAR) <= 1"
    return {
        "blocking": [block_on("first_name"), block_on("surname"), block_on("dob"), block_on("email")],
        "comparisons": [
            cl.ForenameSurnameComparison("first_name", "surname"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.ExactMatch("city").configure(**TF),
            cl.EmailComparison("email"),
        ],
        "sure": [
            f"l.first_name = r.first_name and {near}",
            f"l.surname = r.surname and {near}",
            "l.first_name = r.first_name and levenshtein(r.surname, l.surname) <= 2",
            "l.email = r.email",
        ],
        "recall": 0.7, "pairs": 1e6, "seed": 5,
        "train": [block_on("dob"), block_on("email"), block_on("first_name", "surname")],
    }  # fmt: skip


def _historical() -> dict[str, Any]:
    return {
        "add": "first_name || ' ' || surname as first_name_surname_concat",
        "blocking": [
            block_on("substr(first_name,1,3)", "substr(surname,1,4)"), block_on("surname", "dob"),
            block_on("first_name", "dob"), block_on("postcode_fake", "first_name"),
            block_on("postcode_fake", "surname"), block_on("dob", "birth_place"),
            block_on("substr(postcode_fake,1,3)", "dob"),
            block_on("substr(postcode_fake,1,3)", "first_name"), block_on("substr(postcode_fake,1,3)", "surname"),
            block_on("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
        ],
        "comparisons": [
            cl.ForenameSurnameComparison(
                "first_name", "surname", forename_surname_concat_col_name="first_name_surname_concat"
            ),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode_fake"),
            cl.ExactMatch("birth_place").configure(**TF),
            cl.ExactMatch("occupation").configure(**TF),
        ],
        "sure": [
            block_on("first_name", "surname", "dob"),
            block_on("substr(first_name,1,2)", "surname", "substr(postcode_fake,1,2)"),
            block_on("dob", "postcode_fake"),
        ],
        "recall": 0.6, "pairs": 1e7,
        "train": [block_on("first_name", "surname"), block_on("dob")],
    }  # fmt: skip


def _rldata() -> dict[str, Any]:
    def part(column: str) -> dict[str, Any]:
        levels = [
            cll.NullLevel(column), cll.ExactMatchLevel(column), cll.DamerauLevenshteinLevel(column, 1), cll.ElseLevel(),
        ]  # fmt: skip
        return {"output_column_name": column, "comparison_levels": levels}

    return {
        "add": "fname_c1 as fname, lname_c1 as lname, fname_c1 || ' ' || lname_c1 as full_name, \"by\" as byear, "
        "lpad(\"by\",4,'0')||'-'||lpad(bm,2,'0')||'-'||lpad(bd,2,'0') as dob",
        "blocking": [
            block_on("dob"), block_on("fname", "lname"), block_on("lname", "byear"), block_on("fname", "byear"),
            block_on("lname", "bm", "bd"), block_on("fname", "bm", "bd"),
            block_on("substr(fname,1,3)", "substr(lname,1,3)"),
        ],
        "comparisons": [
            cl.ForenameSurnameComparison("fname", "lname", forename_surname_concat_col_name="full_name"),
            part("byear"), cl.ExactMatch("bm"), cl.ExactMatch("bd"),
        ],
        "sure": [block_on("fname", "lname", "byear"), block_on("fname", "dob"), block_on("lname", "dob")],
        "recall": 0.8, "pairs": 1e7,
        "train": [block_on("fname", "lname"), block_on("dob"), block_on("byear", "bm")],
    }  # fmt: skip


def _febrl3() -> dict[str, Any]:
    return {
        "blocking": [
            block_on("soc_sec_id"), block_on("given_name"), block_on("surname"), block_on("date_of_birth"),
            block_on("postcode"),
        ],
        "comparisons": [
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
            cl.ExactMatch("street_number").configure(**TF),
            cl.ExactMatch("postcode").configure(**TF),
        ],
        "sure": [
            block_on("soc_sec_id"),
            block_on("given_name", "surname", "date_of_birth"),
            "l.given_name = r.surname and l.surname = r.given_name and l.date_of_birth = r.date_of_birth",
        ],
        "recall": 0.9, "pairs": 1e6, "with_tf": True,
        "train": [block_on("date_of_birth"), block_on("postcode")],
    }  # fmt: skip


def _febrl4() -> dict[str, Any]:
    return {
        "blocking": [
            block_on("given_name", "surname"), "l.given_name = r.surname and l.surname = r.given_name",
            block_on("date_of_birth"), block_on("soc_sec_id"), block_on("state", "address_1"),
            block_on("street_number", "address_1"), block_on("postcode"),
        ],
        "comparisons": [
            cl.NameComparison("given_name").configure(**TF),
            cl.NameComparison("surname").configure(**TF),
            cl.DateOfBirthComparison(
                "date_of_birth", input_is_string=True, datetime_format="%Y%m%d", invalid_dates_as_null=True
            ),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(**TF),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(**TF),
        ],
        "sure": [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")],
        "recall": 0.8, "pairs": 1e6,
        "train": [block_on("date_of_birth"), block_on("postcode")],
    }  # fmt: skip


def _roll() -> dict[str, Any]:
    def same(*columns: str) -> str:
        return " and ".join(f"{column}_l = {column}_r" for column in columns)

    place = [
        {"sql_condition": "kd_kab_l is null or kd_kab_r is null", "label_for_charts": "null", "is_null_level": True},
        {"sql_condition": same("nkk"), "label_for_charts": "family card"},
        {"sql_condition": same("kd_kel", "rt", "rw"), "label_for_charts": "lane"},
        {"sql_condition": same("kd_kel"), "label_for_charts": "village"},
        {"sql_condition": same("kd_kec"), "label_for_charts": "district"},
        {"sql_condition": same("kd_kab"), "label_for_charts": "regency"},
        cll.ElseLevel(),
    ]
    return {
        "add": "split_part(nama, ' ', 1) as first_word, split_part(nama, ' ', -1) as last_word, "
        "strftime(tgl_lahir, '%Y-%m-%d') as born",
        "blocking": [
            block_on("nik"), block_on("born", "first_word"), block_on("born", "last_word"),
            block_on("substr(nik,1,12)", "first_word"), block_on("substr(nik,7,10)", "first_word"),
            block_on("nkk", "first_word"), block_on("nama", "substr(born,1,4)"), block_on("nama", "substr(born,6,5)"),
            block_on("nama", "kd_kel"),
        ],
        "comparisons": [
            cl.JaroWinklerAtThresholds("nama", [0.95, 0.88]).configure(**TF),
            cl.DateOfBirthComparison("born", input_is_string=True),
            {
                "output_column_name": "nik",
                "comparison_levels": [
                    cll.NullLevel("nik"), cll.ExactMatchLevel("nik"), cll.DamerauLevenshteinLevel("nik", 1),
                    cll.ElseLevel(),
                ],
            },
            {"output_column_name": "place", "comparison_levels": place},
            cl.ExactMatch("tempat_lahir").configure(**TF),
            cl.ExactMatch("jk"),
            cl.ExactMatch("status_kawin"),
        ],
        "sure": [block_on("nik", "first_word"), block_on("nama", "born", "tempat_lahir")],
        "recall": 0.7, "pairs": 1e7,
        "train": [block_on("nik"), block_on("nama", "born")],
    }  # fmt: skip


def link(name: str, tables: list[pa.Table]) -> tuple[pa.Table, float]:
    """Pairs with their match weights, and the seconds that training, prediction and clustering took."""
    wanted, begun = settings(name), time.perf_counter()
    connection = duckdb.connect()
    connection.execute("set threads=2")
    if "add" in wanted:
        tables = [_with(connection, table, wanted["add"]) for table in tables]
    database = DuckDBAPI(connection=connection)
    kind = "link_only" if len(tables) == 2 else "dedupe_only"
    described = SettingsCreator(
        unique_id_column_name="line",
        link_type=kind,
        blocking_rules_to_generate_predictions=wanted["blocking"],
        comparisons=wanted["comparisons"],
    )
    registered = [database.register(table) for table in tables]
    linker = Linker(registered if len(registered) == 2 else registered[0], described)
    linker.training.estimate_probability_two_random_records_match(wanted["sure"], recall=wanted["recall"])
    linker.training.estimate_u_using_random_sampling(max_pairs=wanted["pairs"], seed=wanted.get("seed", 2))
    without_tf = {} if wanted.get("with_tf") else {"estimate_without_term_frequencies": True}
    for rule in wanted["train"]:
        linker.training.estimate_parameters_using_expectation_maximisation(rule, **without_tf)
    predicted = linker.inference.predict()
    linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, threshold_match_probability=CLUSTERED_AT)
    seconds = time.perf_counter() - begun
    found = predicted.as_duckdbpyrelation().project("line_l as l, line_r as r, match_weight as w").to_arrow_table()
    return found, seconds


def _with(connection: duckdb.DuckDBPyConnection, table: pa.Table, columns: str) -> pa.Table:
    connection.register("source", table)
    return connection.sql(f"select *, {columns} from source").to_arrow_table()  # noqa: S608  # our own text


def main() -> None:
    """Link the tables named and write what was found."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    name, out, *paths = sys.argv[1:]
    found, seconds = link(name, [pq.read_table(path) for path in paths])
    pq.write_table(found, out)
    print(json.dumps({"engine_seconds": round(seconds, 2), "compared": found.num_rows, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    main()
