"""The web log: one Parquet file a month, rows as they arrived, with what goes wrong on the way.

Rows come late when a phone was offline, twice when a beacon was sent again, from the future when
a clock was wrong. Who is behind a row shows only from a login, a link in a mail or a purchase.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.sample.accounts import Logins, staff_logins
from connu.sample.catalogue import Catalogue, categories
from connu.sample.chance import Bools, Chance, Floats, Ints, draw, spread
from connu.sample.clicks import CART, PAGE, PAGES, PURCHASE, SEARCH, TYPES, Clicks
from connu.sample.contacts import Contacts
from connu.sample.devices import KIOSK, cookie_text, kinds
from connu.sample.formats import write_parquet
from connu.sample.moments import CUT_OFF, moments
from connu.sample.needs import Needs
from connu.sample.people import People
from connu.sample.records import join
from connu.sample.visits import Visits
from connu.sample.words import fold

LATE_SHARE, TWICE_SHARE = 0.02, 0.005
FUTURE_SHARE, NO_TIME_SHARE, NO_TYPE_SHARE = 0.0002, 0.0001, 0.0001
ANONYMOUS_SHARE = 0.0005  # rows in which a script says the login is «anonymous»
REGION_SHARE = 0.7
_REFERRERS = ("search", "direct", "ads", "social", "comparator", None)
_REFERRER_SHARES = (0.36, 0.28, 0.12, 0.1, 0.06, 0.08)


@dataclass(frozen=True)
class Behind:
    """Who is behind each click, and what of it the log shows.

    Attributes:
        who: person, -1 for robots. cookie: code into `cookies`. cookies: their text.
        account: row of the login shown, -1 none. email: person whose e-mail is shown, -1 none.
    """

    who: Ints
    cookie: Ints
    cookies: pa.Array
    account: Ints
    email: Ints


def look_behind(chance: Chance, visits: Visits, clicks: Clicks) -> Behind:
    """Logins show from the page of signing in on; e-mails on landing from a mail, and for guests
    who buy."""
    rng = chance.stream("signing in")
    visit = clicks.visit
    keys, cookie = np.unique(visits.cookie, return_inverse=True)
    length = np.bincount(visit, minlength=len(visits))
    place = spread(length)
    signs_at = np.floor(rng.random(len(visits)) ** 2 * length).astype(np.int64)
    account = np.where(place >= signs_at[visit], visits.account[visit], -1)
    guest = (clicks.type == PURCHASE) & (visits.account[visit] < 0)
    shown = guest | (visits.mailed[visit] & (place == 0))
    who = visits.who[visit]
    return Behind(
        who, cookie[visit], cookie_text(chance.seed, keys), account, np.where(shown, who, -1)
    )


def write_weblog(
    folder: Path,
    chance: Chance,
    people: People,
    contacts: Contacts,
    logins: Logins,
    needs: Needs,
    visits: Visits,
    clicks: Clicks,
    behind: Behind,
    catalogue: Catalogue,
) -> int:
    """data/web/2025-01.parquet … one file a month. Cost: memory for one month's text at a time.

    Returns:
        The rows written.
    """
    rng = chance.stream("web log")
    n = len(clicks)
    late = rng.random(n) < LATE_SHARE
    arrival = clicks.day + np.where(late, rng.exponential(0.6, n), 0.0)
    row = np.r_[np.arange(n), np.flatnonzero(rng.random(n) < TWICE_SHARE)]
    arrival = np.r_[arrival, arrival[row[n:]] + 0.0003]
    order = np.argsort(arrival, kind="stable")
    row, arrival = row[order], arrival[order]
    text = _Text(chance, people, contacts, logins, needs, visits, clicks, behind, catalogue)
    months = moments(np.minimum(arrival, CUT_OFF - 1e-5)).astype("datetime64[M]")
    edges = np.flatnonzero(np.r_[True, months[1:] != months[:-1]])
    for start, stop in zip(edges, np.r_[edges[1:], len(row)], strict=True):
        path = folder / "data" / "web" / f"{months[start]}.parquet"
        write_parquet(path, text.table(row[start:stop]))
    return len(row)


class _Text:
    """The columns of the log for some rows of the clicks."""

    def __init__(
        self,
        chance: Chance,
        people: People,
        contacts: Contacts,
        logins: Logins,
        needs: Needs,
        visits: Visits,
        clicks: Clicks,
        behind: Behind,
        catalogue: Catalogue,
    ) -> None:
        rng = chance.stream("web log text")
        self.people, self.contacts, self.logins, self.needs = people, contacts, logins, needs
        self.visits, self.clicks, self.behind, self.catalogue = visits, clicks, behind, catalogue
        self.seed = chance.seed
        shop = categories()
        self.paths = pa.array(shop.path)
        self.urls = pa.array(
            ["/" + "/".join(fold_url(p) for p in path.split("/")) for path in shop.path]
        )
        words = [row["nouns"].split("|") for row in shop.rows]
        most = max(len(w) for w in words)
        self.searches = pa.array([(w * most)[i].lower() for w in words for i in range(most)])
        self.most = most
        n = len(clicks)
        self.day = _astray(clicks.day, rng)
        self.no_time = rng.random(n) < NO_TIME_SHARE
        self.no_type = rng.random(n) < NO_TYPE_SHARE
        self.anonymous = rng.random(n) < ANONYMOUS_SHARE
        self.shown = pa.concat_arrays([logins.login, staff_logins(people)])
        self.search_word = rng.integers(0, most, n)
        referrer = draw(rng, _REFERRER_SHARES, len(visits))
        self.referrer = np.where(visits.mailed, len(_REFERRERS), referrer)
        self.region = rng.random(len(visits)) < REGION_SHARE

    def table(self, row: Ints) -> pa.Table:
        """The rows of the log for these clicks."""
        clicks, visits, behind = self.clicks, self.visits, self.behind
        visit, kind = clicks.visit[row], clicks.type[row]
        category, product = clicks.category[row], clicks.product[row]
        sold = kind >= CART
        stamp = pa.array(
            moments(self.day[row]).astype("datetime64[ms]"),
            type=pa.timestamp("ms", tz="UTC"),
            mask=self.no_time[row],
        )
        first = row == self._first_click()[visit]
        shows_category = (kind != PAGE) & (kind != SEARCH)
        account = behind.account[row]
        email = behind.email[row]
        value = np.round(self.catalogue.price_eur[np.maximum(product, 0)] * clicks.pieces[row], 2)
        home = self.people.home[np.maximum(behind.who[row], 0)]
        region = self.people.homes.department.take(
            pa.array(home, mask=~self.region[visit] | (behind.who[row] < 0))
        )
        return pa.table(
            {
                "event_id": cookie_text(self.seed + 1, row),
                "ts": stamp,
                "event": pa.array(TYPES).take(pa.array(kind, mask=self.no_type[row])),
                "session": cookie_text(self.seed + 2, visit),
                "cookie": behind.cookies.take(pa.array(behind.cookie[row])),
                "login": pc.if_else(
                    pa.array(self.anonymous[row] & (account < 0)),
                    pa.scalar("anonymous"),
                    self.shown.take(pa.array(account, mask=account < 0)),
                ),
                "email": self._emails(email, clicks.day[row]),
                "sku": self.catalogue.sku.take(pa.array(product, mask=product < 0)),
                "category": self.paths.take(pa.array(category, mask=~shows_category)),
                "page": self._pages(kind, category, product, clicks.page[row]),
                "query": self.searches.take(
                    pa.array(category * self.most + self.search_word[row], mask=kind != SEARCH)
                ),
                "value": pa.array(value, mask=~sold),
                "currency": pa.array(["EUR"]).take(pa.array(np.zeros(len(row), int), mask=~sold)),
                "device": kinds(visits.slot[visit]),
                "referrer": pa.array([*_REFERRERS, "newsletter"]).take(
                    pa.array(self.referrer[visit], mask=~first | (visits.slot[visit] == KIOSK))
                ),
                "region": region,
            }
        )

    def _first_click(self) -> Ints:
        if not hasattr(self, "_first"):
            length = np.bincount(self.clicks.visit, minlength=len(self.visits))
            self._first = np.cumsum(length) - length
        return self._first

    def _emails(self, who: Ints, day: Floats) -> pa.Array:
        shown = np.flatnonzero(who >= 0)
        emails = self.contacts.email_of(who[shown], day[shown])
        place = np.full(len(who), -1)
        place[shown] = np.arange(len(shown))
        return emails.take(pa.array(place, mask=place < 0))

    def _pages(self, kind: Ints, category: Ints, product: Ints, page: Ints) -> pa.Array:
        url = self.urls.take(pa.array(np.maximum(category, 0)))
        sku = self.catalogue.sku.take(pa.array(np.maximum(product, 0)))
        return pc.choose(
            pa.array(kind),
            pa.array(PAGES).take(pa.array(np.maximum(page, 0))),
            url,
            pa.scalar("/recherche"),
            join(url, "/", sku),
            pa.scalar("/panier"),
            pa.scalar("/commande/merci"),
        )


def _astray(day: Floats, rng: np.random.Generator) -> Floats:
    """A few clocks are years ahead."""
    ahead = rng.random(len(day)) < FUTURE_SHARE
    years = rng.integers(8, 60, len(day)) * 365.0
    return np.where(ahead, day + years, day)


def fold_url(word: str) -> str:
    """A word of a category as part of a URL: «Jeux vidéo» → «jeux-video»."""
    return "-".join(fold(part) for part in word.split())


def tied(behind: Behind, signed_up: pa.Array) -> Bools:
    """Which cookies ever met a login or an e-mail, in the log or on opening an account."""
    met = np.zeros(len(behind.cookies), dtype=np.bool_)
    met[behind.cookie[(behind.account >= 0) | (behind.email >= 0)]] = True
    return met | pc.is_in(behind.cookies, signed_up).to_numpy(zero_copy_only=False)
