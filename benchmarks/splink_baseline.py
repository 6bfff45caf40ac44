"""Splink 5 on one data set: the baseline that connu is measured against.

    python -m benchmarks.splink_baseline SCHEME RECORDS.parquet CLUSTERS.parquet

Each scheme takes the settings, training steps and blocking rules that Splink documents for such
data (its demonstrations of historical persons, FEBRL 3 and FEBRL 4; its guide to cleaning e-mails,
phones and names for made customers), predicts, and clusters at a probability of 0.95. RECORDS
holds the raw columns with `source` and `record_id`; CLUSTERS gets source, record_id, customer_id.
"""

from __future__ import annotations

import argparse
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

CLUSTER_PROBABILITY = 0.95


@dataclass(frozen=True)
class Scheme:
    """How Splink is set up for one shape of data.

    Attributes:
        prepare: SQL over the table `records`, as Splink's guides clean it.
        comparisons: one per field.
        blocking: rules whose union makes the candidate pairs.
        deterministic: rules of near certain matches, for the prior.
        recall: the share of matches those rules are believed to find.
        training: a blocking rule per EM session.
        max_pairs: pairs drawn for the u probabilities.
        predict_probability: pairs below it are not kept.
        link_only: two sources without duplicates of their own.
    """

    prepare: str
    comparisons: list[Any]
    blocking: list[Any]
    deterministic: list[Any]
    recall: float
    training: list[Any]
    max_pairs: float = 1e7
    predict_probability: float | None = None
    link_only: bool = False
    extra: dict[str, Any] = field(default_factory=dict)


def historical() -> Scheme:
    """Splink's demonstration «Linking a dataset of real historical persons»."""
    return Scheme(
        prepare="SELECT *, first_name || ' ' || surname AS first_name_surname_concat FROM records",
        comparisons=[
            compare.ForenameSurnameComparison(
                "first_name",
                "surname",
                forename_surname_concat_col_name="first_name_surname_concat",
            ),
            compare.DateOfBirthComparison("dob", input_is_string=True),
            compare.PostcodeComparison("postcode_fake"),
            compare.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
            compare.ExactMatch("occupation").configure(term_frequency_adjustments=True),
        ],
        blocking=[
            block_on("substr(first_name,1,3)", "substr(surname,1,4)"),
            block_on("surname", "dob"),
            block_on("first_name", "dob"),
            block_on("postcode_fake", "first_name"),
            block_on("postcode_fake", "surname"),
            block_on("dob", "birth_place"),
            block_on("substr(postcode_fake,1,3)", "dob"),
            block_on("substr(postcode_fake,1,3)", "first_name"),
            block_on("substr(postcode_fake,1,3)", "surname"),
            block_on("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
        ],
        deterministic=[
            block_on("first_name", "surname", "dob"),
            block_on("substr(first_name,1,2)", "surname", "substr(postcode_fake,1,2)"),
            block_on("dob", "postcode_fake"),
        ],
        recall=0.6,
        training=[block_on("first_name", "surname"), block_on("dob")],
        extra={"estimate_without_term_frequencies": True},
    )


_FEBRL = "SELECT * REPLACE (trim(date_of_birth) AS date_of_birth, trim(soc_sec_id) AS soc_sec_id)"


def febrl3() -> Scheme:
    """Splink's demonstration «Deduplicating the febrl3 dataset»."""
    return Scheme(
        prepare=f"{_FEBRL} FROM records",
        comparisons=[
            compare.NameComparison("given_name"),
            compare.NameComparison("surname"),
            compare.DateOfBirthComparison(
                "date_of_birth", input_is_string=True, datetime_format="%Y%m%d"
            ),
            compare.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
            compare.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            compare.ExactMatch("postcode").configure(term_frequency_adjustments=True),
        ],
        blocking=[
            block_on(column)
            for column in ("soc_sec_id", "given_name", "surname", "date_of_birth", "postcode")
        ],
        deterministic=[
            block_on("soc_sec_id"),
            block_on("given_name", "surname", "date_of_birth"),
            "l.given_name = r.surname AND l.surname = r.given_name"
            " AND l.date_of_birth = r.date_of_birth",
        ],
        recall=0.9,
        training=[block_on("date_of_birth"), block_on("postcode")],
        max_pairs=1e6,
        predict_probability=0.2,
    )


def febrl4() -> Scheme:
    """Splink's demonstration «Linking the febrl4 datasets», its detailed model."""
    return Scheme(
        prepare=f"{_FEBRL} FROM records",
        comparisons=[
            compare.NameComparison("given_name").configure(term_frequency_adjustments=True),
            compare.NameComparison("surname").configure(term_frequency_adjustments=True),
            compare.DateOfBirthComparison(
                "date_of_birth",
                input_is_string=True,
                datetime_format="%Y%m%d",
                invalid_dates_as_null=True,
            ),
            compare.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            compare.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            compare.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(
                term_frequency_adjustments=True
            ),
        ],
        blocking=[
            block_on("given_name", "surname"),
            "l.given_name = r.surname AND l.surname = r.given_name",
            block_on("date_of_birth"),
            block_on("soc_sec_id"),
            block_on("state", "address_1"),
            block_on("street_number", "address_1"),
            block_on("postcode"),
        ],
        deterministic=[block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")],
        recall=0.8,
        training=[block_on("date_of_birth"), block_on("postcode")],
        max_pairs=1e6,
        predict_probability=0.2,
        link_only=True,
        extra={"estimate_without_term_frequencies": True},
    )


def customers() -> Scheme:
    """Customers of several sources, cleaned as Splink's guides ask.

    Of eight set-ups tried on people_100k and made_1m the one with the best B-cubed F1 at both
    sizes: a baseline has to be the tool at its best, not a straw man.
    """
    return Scheme(
        prepare="""
            SELECT record_id, source,
                trim(lower(strip_accents(first_name))) AS first_name,
                trim(lower(strip_accents(last_name))) AS last_name,
                lower(email) AS email,
                right(regexp_replace(phone, '[^0-9]', '', 'g'), 9) AS phone,
                birth_date,
                trim(lower(strip_accents(city))) AS city,
                upper(postcode) AS postcode
            FROM records""",
        comparisons=[
            compare.NameComparison("first_name").configure(term_frequency_adjustments=True),
            compare.NameComparison("last_name").configure(term_frequency_adjustments=True),
            compare.DateOfBirthComparison("birth_date", input_is_string=True),
            compare.EmailComparison("email"),
            compare.ExactMatch("phone").configure(term_frequency_adjustments=True),
            compare.ExactMatch("city").configure(term_frequency_adjustments=True),
        ],
        blocking=[
            block_on("email"),
            block_on("phone"),
            block_on("first_name", "last_name", "birth_date"),
            block_on("last_name", "birth_date"),
            block_on("first_name", "birth_date"),
            block_on("last_name", "postcode"),
            block_on("first_name", "postcode"),
        ],
        deterministic=[
            block_on("first_name", "last_name", "birth_date"),
            block_on("email", "last_name"),
            block_on("phone", "last_name"),
        ],
        recall=0.7,
        training=[block_on("email"), block_on("phone"), block_on("first_name", "last_name")],
        predict_probability=0.2,
        extra={"estimate_without_term_frequencies": True},
    )


SCHEMES = {
    "historical": historical,
    "febrl3": febrl3,
    "febrl4": febrl4,
    "customers": customers,
}


def link(scheme: Scheme, records: Path, clusters: Path, threads: int = 2) -> int:
    """Train, predict and cluster; write the clusters and return how many pairs were kept.

    The connection is bounded to the same number of threads as connu, and Splink keeps its own
    defaults for everything else.
    """
    connection = duckdb.connect(config={"threads": threads})
    connection.execute(f"CREATE VIEW records AS FROM read_parquet('{records}')")
    connection.execute(f"CREATE TABLE prepared AS {scheme.prepare}")
    api = DuckDBAPI(connection=connection)
    if scheme.link_only:
        names = [
            row[0] for row in connection.sql("SELECT DISTINCT source FROM prepared").fetchall()
        ]
        tables = [
            api.register(
                connection.sql(f"SELECT * EXCLUDE (source) FROM prepared WHERE source = '{name}'"),
                dataset_display_name=name,
            )
            for name in sorted(names)
        ]
    else:
        tables = [api.register("prepared")]
    settings = SettingsCreator(
        link_type="link_only" if scheme.link_only else "dedupe_only",
        unique_id_column_name="record_id",
        comparisons=scheme.comparisons,
        blocking_rules_to_generate_predictions=scheme.blocking,
    )
    linker = Linker(tables if scheme.link_only else tables[0], settings, log_level=logging.ERROR)
    train = linker.training
    train.estimate_probability_two_random_records_match(scheme.deterministic, recall=scheme.recall)
    train.estimate_u_using_random_sampling(max_pairs=scheme.max_pairs, seed=1)
    for rule in scheme.training:
        train.estimate_parameters_using_expectation_maximisation(rule, **scheme.extra)
    pairs = linker.inference.predict(threshold_match_probability=scheme.predict_probability)
    made = linker.clustering.cluster_pairwise_predictions_at_threshold(
        pairs, threshold_match_probability=CLUSTER_PROBABILITY
    )
    relation = made.as_duckdbpyrelation()
    source = "source_dataset" if scheme.link_only else "source"
    table = relation.project(
        f"{source} AS source, record_id, cluster_id::VARCHAR AS customer_id"
    ).to_arrow_table()
    pq.write_table(table, clusters)
    return int(pairs.as_duckdbpyrelation().aggregate("count(*)").fetchall()[0][0])


def main() -> None:
    """Run the scheme that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scheme", choices=sorted(SCHEMES))
    parser.add_argument("records", type=Path)
    parser.add_argument("clusters", type=Path)
    asked = parser.parse_args()
    pairs = link(SCHEMES[asked.scheme](), asked.records, asked.clusters)
    print(f"{pairs:,} pairs kept")


if __name__ == "__main__":
    main()
