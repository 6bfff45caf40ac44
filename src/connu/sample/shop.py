"""The tills' database: orders made in the shops, by telephone and in the app; SQLite.

Online orders are not in it: they are in the web log, as purchase events. So no purchase counts
twice.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.sample.accounts import Logins
from connu.sample.catalogue import Catalogue
from connu.sample.chance import Bools, Chance, Floats, Ints
from connu.sample.contacts import Contacts
from connu.sample.moments import CUT_OFF, times, written
from connu.sample.needs import CHANNELS, Needs
from connu.sample.records import Made, join, numbered, pick

#: Shares of orders on which each identifier is noted, if the customer has it, by channel.
_NOTED = {
    "card": (0.0, 0.85, 0.2, 0.3),
    "email": (0.0, 0.22, 0.75, 0.5),
    "login": (0.0, 0.03, 0.1, 0.92),
    "phone": (0.0, 0.04, 0.8, 0.2),
}
NO_DATE_ROWS = 2

_SCHEMA = """
CREATE TABLE orders (
    order_no TEXT PRIMARY KEY, ordered_at TEXT, channel TEXT, card_no TEXT, email TEXT,
    login TEXT, phone TEXT
);
CREATE TABLE lines (
    order_no TEXT, line INTEGER, sku TEXT, quantity INTEGER, amount_eur REAL,
    PRIMARY KEY (order_no, line)
);
"""


def write_shop(
    folder: Path,
    chance: Chance,
    needs: Needs,
    contacts: Contacts,
    logins: Logins,
    loyalty: Made,
    catalogue: Catalogue,
) -> int:
    """data/shop.db with the tables orders and lines, by time.

    Returns:
        The orders written.
    """
    rng = chance.stream("orders")
    at = np.flatnonzero(
        needs.bought & (needs.channel != 0) & (needs.ends < CUT_OFF) & (needs.ends >= 0)
    )
    day = np.floor(needs.ends[at]) + (8 + 10 * rng.random(len(at))) / 24  # opening hours
    order = np.argsort(day, kind="stable")
    at, day = at[order], day[order]
    who, channel = needs.who[at], needs.channel[at]

    def noted(what: str) -> Bools:
        return rng.random(len(at)) < np.array(_NOTED[what])[channel]

    nothing = pa.scalar(None, pa.string())
    stamp = written(times(day), "%Y-%m-%d %H:%M:%S")
    undated = np.zeros(len(at), dtype=np.bool_)
    undated[rng.permutation(len(at))[:NO_DATE_ROWS]] = True
    order_no = numbered(700_001, len(at), "CMD-")
    orders = [
        order_no,
        pc.if_else(pa.array(undated), nothing, stamp),
        pick(CHANNELS, channel),
        _held(loyalty.record_id, loyalty.who, who, noted("card")),
        pc.if_else(pa.array(noted("email")), contacts.email_of(who, day), nothing),
        _logins(logins, who, day, noted("login")),
        pc.if_else(
            pa.array(noted("phone")),
            join("0", pc.utf8_slice_codeunits(contacts.mobile_of(who, day), 3)),
            nothing,
        ),
    ]
    lines = [
        order_no,
        pa.array(np.ones(len(at), dtype=np.int64)),
        catalogue.sku.take(pa.array(needs.product[at])),
        pa.array(needs.pieces[at]),
        pa.array(needs.value_eur[at]),
    ]
    _write(folder / "data" / "shop.db", orders, lines)
    return len(at)


def _held(values: pa.Array, owners: Ints, who: Ints, noted: Bools) -> pa.Array:
    """The value each person holds, where it is noted; null for those who hold none."""
    place = np.full(int(max(who.max(initial=0), owners.max(initial=0))) + 1, -1)
    place[owners] = np.arange(len(owners))
    return values.take(pa.array(place[who], mask=~noted | (place[who] < 0)))


def _logins(logins: Logins, who: Ints, day: Floats, noted: Bools) -> pa.Array:
    """The oldest login of each person, if it existed on the day."""
    order = np.lexsort((-logins.created, logins.who))
    login = _held(logins.login.take(pa.array(order)), logins.who[order], who, noted)
    created = np.full(int(max(who.max(initial=0), logins.who.max(initial=0))) + 1, np.inf)
    created[logins.who[order]] = logins.created[order]
    return pc.if_else(pa.array(created[who] <= day), login, pa.scalar(None, pa.string()))


def _write(path: Path, orders: list[pa.Array], lines: list[pa.Array]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    try:
        connection.executescript(_SCHEMA)
        with connection:
            for table, columns in (("orders", orders), ("lines", lines)):
                marks = ", ".join("?" * len(columns))
                connection.executemany(
                    f"INSERT INTO {table} VALUES ({marks})",
                    zip(*(c.to_pylist() for c in columns), strict=True),
                )
    finally:
        connection.close()
