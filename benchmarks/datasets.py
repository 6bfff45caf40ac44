"""The labelled data sets of the benchmark: each becomes a brand's folder and its truth.

Sources are written as a brand would have them and mapped in connu.toml by the names of their
columns alone: no threshold, no rule, no setting is chosen for a data set. Real data lives beside
the repository (or where the variable CONNU_DATA says) and is never copied into it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq

from benchmarks.people import make_people


def data_folder() -> Path:
    """Where the labelled data lies: CONNU_DATA, or `shared/data` beside the repository."""
    given = os.environ.get("CONNU_DATA")
    if given:
        return Path(given)
    return Path(__file__).resolve().parents[2] / "shared" / "data"


@dataclass(frozen=True)
class DataSet:
    """One labelled data set.

    Attributes:
        name: as `--only` takes it.
        scheme: how Splink is set up for it (benchmarks.splink_baseline).
        read: all records with their raw columns and `source`, `record_id`, `cluster`.
        country: of [brand].
        fields: connu's words = the columns.
        unique: whether each source holds a person at most once.
        target: pairwise and B-cubed F1 to reach, where the project promised them.
    """

    name: str
    scheme: str
    read: Callable[[], pa.Table]
    country: str
    fields: dict[str, str | list[str]]
    unique: bool = False
    target: tuple[float, float] | None = None

    def write_brand(self, folder: Path, records: pa.Table) -> None:
        """Write one CSV per source and the connu.toml that maps them."""
        (folder / "data").mkdir(parents=True)
        lines = [
            "[brand]",
            'name = "Benchmark"',
            f'country = "{self.country}"',
        ]
        for source in sorted(set(records["source"].to_pylist())):
            rows = records.filter(pc.equal(records["source"], source))
            rows = rows.drop_columns(["source", "cluster"])
            csv.write_csv(rows, folder / "data" / f"{source}.csv")
            lines += ["", f"[sources.{source}]", 'kind = "people"', f'path = "data/{source}.csv"']
            lines += ["unique = true"] if self.unique else []
            lines += [f"[sources.{source}.fields]", 'id = "record_id"']
            lines += [f"{word} = {_toml(column)}" for word, column in self.fields.items()]
        (folder / "connu.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _toml(value: str | list[str]) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    return "[" + ", ".join(f'"{one}"' for one in value) + "]"


_FEBRL_COLUMNS = """record_id given_name surname street_number address_1 address_2 suburb postcode
state date_of_birth soc_sec_id""".split()


def _read_febrl(*names: str) -> Callable[[], pa.Table]:
    """FEBRL: rec-N-org and rec-N-dup-M are one person; values follow a comma and a space."""
    reading = csv.ReadOptions(column_names=_FEBRL_COLUMNS, skip_rows=1)
    texts = csv.ConvertOptions(column_types={name: pa.string() for name in _FEBRL_COLUMNS})

    def read_one(name: str) -> pa.Table:
        path = data_folder() / "identity" / f"febrl_{name}.csv"
        raw = csv.read_csv(path, read_options=reading, convert_options=texts)
        columns = {}
        for column in _FEBRL_COLUMNS:
            value = pc.utf8_trim_whitespace(raw[column])
            columns[column] = pc.if_else(pc.equal(value, ""), pa.scalar(None, pa.string()), value)
        person = pc.extract_regex(columns["record_id"], r"^rec-(?P<person>\d+)-")
        columns["cluster"] = pc.struct_field(person, "person")
        columns["source"] = pa.array([name] * raw.num_rows)
        return pa.table(columns)

    return lambda: pa.concat_tables(read_one(name) for name in names)


def _read_historical() -> pa.Table:
    table = pq.read_table(data_folder() / "identity" / "historical_50k.parquet")
    names = ["record_id" if name == "unique_id" else name for name in table.column_names]
    return table.rename_columns(names).append_column("source", pa.array(["people"] * len(table)))


def _read_customers() -> pa.Table:
    table = pq.read_table(data_folder() / "identity" / "people_100k.parquet")
    renamed = {"unique_id": "record_id", "dob": "birth_date"}
    table = table.rename_columns([renamed.get(name, name) for name in table.column_names])
    return _texts(table)


def _make(records: int) -> Callable[[], pa.Table]:
    def read() -> pa.Table:
        table = make_people(records, seed=1)
        return _texts(table.rename_columns(["record_id", *table.column_names[1:]]))

    return read


def _texts(table: pa.Table) -> pa.Table:
    return table.cast(pa.schema([(name, pa.string()) for name in table.column_names]))


_FEBRL_FIELDS: dict[str, str | list[str]] = {
    "first_name": "given_name",
    "last_name": "surname",
    "birth_date": "date_of_birth",
    "address": ["street_number", "address_1", "address_2"],
    "city": "suburb",
    "postcode": "postcode",
    "national_id": "soc_sec_id",
}
_HISTORICAL_FIELDS: dict[str, str | list[str]] = {
    "full_name": "full_name",
    "first_name": "first_name",
    "last_name": "surname",
    "birth_date": "dob",
    "city": "birth_place",
    "postcode": "postcode_fake",
    "sex": "gender",
    "occupation": "occupation",
}
_CUSTOMER_FIELDS: dict[str, str | list[str]] = {
    "first_name": "first_name",
    "last_name": "last_name",
    "email": "email",
    "phone": "phone",
    "birth_date": "birth_date",
    "address": "street",
    "city": "city",
    "postcode": "postcode",
}

DATA_SETS = (
    DataSet(
        "febrl3", "febrl3", _read_febrl("dataset3"), "AU", _FEBRL_FIELDS, target=(0.9994, 0.9996)
    ),
    DataSet(
        "febrl4",
        "febrl4",
        _read_febrl("dataset4a", "dataset4b"),
        "AU",
        _FEBRL_FIELDS,
        unique=True,
        target=(0.9999, 0.9999),
    ),
    DataSet(
        "historical_50k",
        "historical",
        _read_historical,
        "GB",
        _HISTORICAL_FIELDS,
        target=(0.92, 0.93),
    ),
    DataSet(
        "people_100k",
        "customers",
        _read_customers,
        "FR",
        _CUSTOMER_FIELDS,
        target=(0.87, 0.93),
    ),
    DataSet("made_2k", "customers", _make(2_000), "FR", _CUSTOMER_FIELDS),
    DataSet("made_100k", "customers", _make(100_000), "FR", _CUSTOMER_FIELDS),
    DataSet("made_1m", "customers", _make(1_000_000), "FR", _CUSTOMER_FIELDS),
)
