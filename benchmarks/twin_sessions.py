"""Labelled shopping sessions: the brand's folder made of them, and their counts for baselines.

One cookie, one session, one known sex; nothing else is known of anybody. The files are looked for
in the data folder (`datasets.data_folder`) under `twins/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq
from scipy import sparse

from benchmarks.datasets import data_folder

SETTINGS = """\
[brand]
name = "Shopping sessions"
country = "FR"
sector = "retail"

[sources.accounts]
kind = "people"
path = "data/people.csv"
unique = true

[sources.accounts.fields]
id = "anonymous_id"
anonymous_id = "anonymous_id"
sex = "sex"

[sources.web]
kind = "events"
path = "data/events.parquet"

[sources.web.fields]
time = "time"
type = "type"
anonymous_id = "anonymous_id"
product = "product"
category = "category"
"""


@dataclass(frozen=True)
class Sessions:
    """The labelled sessions.

    Attributes:
        people: anonymous_id, sex, fold, time_split; sorted by anonymous_id.
        events: anonymous_id, time, product, category.
    """

    people: pa.Table
    events: pa.Table

    @classmethod
    def read(cls) -> Sessions:
        """From the data folder.

        Raises:
            FileNotFoundError: it is not there.
        """
        folder = data_folder() / "twins"
        people = csv.read_csv(folder / "shopping_sessions_sex.csv")
        events = pq.read_table(folder / "shopping_sessions.parquet")
        return cls(people.sort_by("anonymous_id"), events)

    def write_brand(self, folder: Path) -> Path:
        """A brand's folder of the sessions, and beside it the folds.

        Returns:
            The file of the folds: anonymous_id, fold, time_split.
        """
        (folder / "data").mkdir(parents=True)
        csv.write_csv(self.people.select(["anonymous_id", "sex"]), folder / "data" / "people.csv")
        views = pa.array(["view"] * self.events.num_rows)
        pq.write_table(self.events.append_column("type", views), folder / "data" / "events.parquet")
        (folder / "connu.toml").write_text(SETTINGS, encoding="utf-8")
        folds = folder / "folds.csv"
        csv.write_csv(self.people.select(["anonymous_id", "fold", "time_split"]), folds)
        return folds

    def sexes(self) -> tuple[np.ndarray, list[str]]:
        """Each person's sex as a code, and what the codes mean."""
        encoded = self.people["sex"].combine_chunks().dictionary_encode()
        names = encoded.dictionary.to_pylist()
        order = np.argsort(names)
        code = np.empty(len(names), np.int64)
        code[order] = np.arange(len(names))
        return code[encoded.indices.to_numpy()], [names[i] for i in order]

    def fold(self, column: str) -> np.ndarray:
        """Each person's fold; of a split in time the later are judged, the earlier never (−1)."""
        if column == "time_split":
            return np.where(pc.equal(self.people[column], "later").to_numpy(), 0, -1)
        return self.people[column].to_numpy().astype(np.int64)

    def counts(self, *, products: bool = True) -> sparse.csr_matrix:
        """(people, d) events by the levels all categories have, and by product."""
        ids = self.people["anonymous_id"]
        row = pc.index_in(self.events["anonymous_id"], value_set=ids).to_numpy()
        levels = pc.split_pattern(self.events["category"], "/")
        depth = pc.min(pc.list_value_length(levels)).as_py()
        blocks = [pc.list_element(levels, level) for level in range(depth)]
        if products:
            blocks.append(self.events["product"])
        return sparse.hstack([_counted(row, block, len(ids)) for block in blocks]).tocsr()


def _counted(row: np.ndarray, names: pa.ChunkedArray, people: int) -> sparse.csr_matrix:
    encoded = names.combine_chunks().dictionary_encode()
    column = encoded.indices.to_numpy()
    shape = (people, len(encoded.dictionary))
    return sparse.csr_matrix((np.ones(len(row), np.float32), (row, column)), shape=shape)
