"""A time held back: what is told of the future before it, and what came, as the brand saw it.

The truth's purchases are those of persons, seen or not; what a model of intents is measured on is
what a log shows of a subject. So the last weeks of events are taken out of a made brand before it
is built, and brought back to see what came.
"""

from __future__ import annotations

import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

#: From here on events are held back: a month, and some days for the longest horizon.
CUT = datetime(2026, 5, 25, tzinfo=UTC)
_LATER = "later"


def hold_back(folder: Path) -> None:
    """Take the events from CUT on out of the web log and the tills."""
    data, later = folder / "data", folder / _LATER
    later.mkdir()
    shutil.copyfile(data / "shop.db", later / "shop.db")
    with sqlite3.connect(data / "shop.db") as tills:
        since = f"{CUT:%Y-%m-%d %H:%M:%S}"
        tills.execute(
            "DELETE FROM lines WHERE order_no IN"
            " (SELECT order_no FROM orders WHERE ordered_at >= ?)",
            (since,),
        )
        tills.execute("DELETE FROM orders WHERE ordered_at >= ?", (since,))
    tills.close()
    for file in sorted((data / "web").glob("*.parquet")):
        table = pq.read_table(file)
        before = table.filter(pc.less(table["ts"], pa.scalar(CUT, table.schema.field("ts").type)))
        if len(before) < len(table):
            shutil.move(file, later / file.name)
            if len(before):
                pq.write_table(before, file)


def bring_back(folder: Path) -> None:
    """Put them where they were."""
    data, later = folder / "data", folder / _LATER
    for file in sorted(later.iterdir()):
        shutil.move(file, data / file.name if file.suffix == ".db" else data / "web" / file.name)
    later.rmdir()
