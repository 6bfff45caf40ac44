"""Visits to the web site: for a need, or for pleasure; known by a login, or by a cookie alone."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from connu.sample.accounts import Logins, staff_logins
from connu.sample.catalogue import categories
from connu.sample.chance import Bools, Chance, Floats, Ints, Lottery
from connu.sample.devices import (
    KIOSK,
    KIOSKS,
    ROBOT,
    STAFF,
    Devices,
    kiosk_key,
    robot_key,
    staff_key,
)
from connu.sample.moments import CUT_OFF, DAY_ZERO
from connu.sample.needs import Needs
from connu.sample.people import OCCUPATIONS, People
from connu.sample.tastes import Tastes

#: Events per known person that the constants below give; visits scale with what is asked for.
NATURAL_EVENTS_PER_PERSON = 26.5
PLEASURE_PER_YEAR = 1.3
ONLINE_SHARE = (0.36, 0.82)  # of needs that show on the web: without and with a web account
KIOSK_SHARE = 0.006  # of visits of account holders: made in a shop, on a screen for all
ROBOTS_PER_THOUSAND = 0.25
STAFF_VISITS = 60  # per member of the web team, in all; fewer in a small shop
NEWSLETTER_SHARE = 0.09  # of known people's visits: through a link that carries their e-mail
NOBODY = -1

#: Share of visits by hour (local time), by way of life.
_HOURS = {
    "work": "1 1 0 0 0 1 2 4 4 3 3 4 8 7 4 3 4 5 7 8 10 11 8 3",
    "study": "5 3 2 1 0 0 1 2 2 3 4 5 7 6 5 5 6 7 7 7 8 9 10 8",
    "retired": "1 0 0 0 0 1 3 6 9 11 11 8 4 4 6 8 8 7 5 4 4 3 2 1",
}


@dataclass(frozen=True)
class Visits:
    """One row per visit, in no order.

    Attributes:
        who: the person, NOBODY for robots and staff. day: when it began (UTC).
        need: row of the need it serves, -1 for pleasure. buys: ends in that need's purchase.
        category: what it begins with. slot: code into devices.KINDS. cookie: the cookie's key.
        account: row of the login that signed in, -1 where nobody did; staff come after all rows.
        mailed: came through a link in a mail, so that the e-mail is known.
        length: how many pages are seen.
    """

    who: Ints
    day: Floats
    need: Ints
    buys: Bools
    category: Ints
    slot: Ints
    cookie: Ints
    account: Ints
    mailed: Bools
    length: Ints

    def __len__(self) -> int:
        return len(self.who)


def make_visits(
    chance: Chance,
    people: People,
    tastes: Tastes,
    needs: Needs,
    devices: Devices,
    logins: Logins,
    events_per_person: float,
) -> Visits:
    """All visits before the cut-off. Cost: array operations over the visits."""
    rng = chance.stream("visits")
    factor = events_per_person / NATURAL_EVENTS_PER_PERSON
    has_account = np.zeros(len(people), dtype=np.bool_)
    has_account[logins.who] = True
    of_needs = _for_needs(people, needs, has_account, factor, rng)
    of_pleasure = _for_pleasure(people, needs, factor, rng)
    who, day, need, buys = (
        np.concatenate(pair) for pair in zip(of_needs, of_pleasure, strict=True)
    )
    seen = (day >= 0) & (day < CUT_OFF)
    who, day, need, buys = (a[seen] for a in (who, day, need, buys))
    category = np.where(need >= 0, needs.category[need], tastes.choose(rng, who))
    slot = devices.slot(people, who, rng)
    cookie = devices.cookie_key(who, slot, day)
    account = _signed_in(people, logins, who, day, buys, rng)
    kiosk = (account >= 0) & ~buys & (rng.random(len(who)) < KIOSK_SHARE)
    shop = rng.integers(0, KIOSKS, len(who))
    cookie = np.where(kiosk, kiosk_key(people, shop), cookie)
    slot = np.where(kiosk, KIOSK, slot)
    length = 1 + rng.geometric(np.where(need >= 0, 0.26, 0.3), len(who))
    mailed = people.known[who] & ~kiosk & (rng.random(len(who)) < NEWSLETTER_SHARE)
    visits = Visits(who, day, need, buys, category, slot, cookie, account, mailed, length)
    robots = _robots(people, factor, rng)
    return _joined([visits, robots, _staff(people, logins, factor, rng)])


def _for_needs(
    people: People, needs: Needs, has_account: Bools, factor: float, rng: np.random.Generator
) -> tuple[Ints, Floats, Ints, Bools]:
    """Visits from the first interest to the end, denser towards it; the last one buys."""
    shop = categories()
    online = np.where(has_account, ONLINE_SHARE[1], ONLINE_SHARE[0])[needs.who]
    online = np.where(people.known[needs.who], online, 1.0)
    web = needs.bought & (needs.channel == 0)
    shows = (rng.random(len(needs)) < online) | web
    more = np.minimum(0.3 + shop.days[needs.category] / 14, 1.5) * factor
    counts = np.where(shows, 1 + rng.poisson(more), 0) * (needs.started < CUT_OFF)
    counts = _thinned(counts, factor, web, rng)
    need = np.repeat(np.arange(len(needs)), counts)
    last = np.zeros(len(need), dtype=np.bool_)
    last[np.cumsum(counts[counts > 0]) - 1] = True
    buys = last & web[need]
    way = 1 - rng.random(len(need)) ** 1.6
    day = needs.started[need] + way * (needs.ends - needs.started)[need]
    day = _at_an_hour(day, people, needs.who[need], rng)
    day = np.where(buys, needs.ends[need] - 0.004, np.minimum(day, needs.ends[need] - 0.02))
    return needs.who[need], day, need, buys


def _thinned(counts: Ints, factor: float, web: Bools, rng: np.random.Generator) -> Ints:
    """Fewer visits than natural leave out whole needs, but never a purchase on the web."""
    kept = (rng.random(len(counts)) < factor) | web
    return np.where(kept, counts, 0)


def _for_pleasure(
    people: People, needs: Needs, factor: float, rng: np.random.Generator
) -> tuple[Ints, Floats, Ints, Bools]:
    """Visits without a need, while the customer has not left; visitors hardly make any."""
    start, stop = np.maximum(needs.entered, 0.0), np.minimum(needs.left, CUT_OFF)
    years = np.maximum(stop - start, 0) / 365
    rate = PLEASURE_PER_YEAR * np.exp(0.9 * people.activity) * rng.gamma(0.8, 1 / 0.8, len(people))
    counts = rng.poisson(np.where(people.known, rate * years, 0.35) * factor)
    who = np.repeat(np.arange(len(people)), counts)
    stranger = ~people.known[who]
    here = (stop - start)[who]
    span = np.where(stranger, np.minimum(here, 60.0), here)
    day = start[who] + rng.random(len(who)) * np.maximum(span, 0)
    day = _at_an_hour(day, people, who, rng)
    return who, day, np.full(len(who), -1), np.zeros(len(who), dtype=np.bool_)


def _at_an_hour(day: Floats, people: People, who: Ints, rng: np.random.Generator) -> Floats:
    """The same days, at an hour that suits the way of life; workers come at weekends too."""
    life = np.full(len(OCCUPATIONS), 0)
    life[OCCUPATIONS.index("étudiant")] = 1
    life[OCCUPATIONS.index("retraité")] = 2
    table = np.array([[float(x) for x in row.split()] for row in _HOURS.values()]) + 0.05
    hour = Lottery(table).draw(rng, life[people.occupation[who]])
    whole = np.floor(day)
    weekday = ((DAY_ZERO.astype(int) + whole.astype(np.int64) + 3) % 7).astype(np.int64)
    moved = (weekday < 5) & (life[people.occupation[who]] == 0) & (rng.random(len(who)) < 0.18)
    whole = np.where(moved, whole + (5 - weekday) - 7, whole)
    return whole + (hour - 1 + rng.random(len(who))) / 24


def _signed_in(
    people: People, logins: Logins, who: Ints, day: Floats, buys: Bools, rng: np.random.Generator
) -> Ints:
    """The login of a visit: nearly always to buy, else by habit; only once the account exists."""
    order = np.lexsort((logins.created, logins.who))
    first = np.full(len(people), -1)
    reverse = order[::-1]
    first[logins.who[reverse]] = reverse  # the oldest account of each person
    latest = np.full(len(people), -1)
    latest[logins.who[order]] = order
    account = np.where(rng.random(len(who)) < 0.8, first[who], latest[who])
    there = (account >= 0) & (logins.created[account] <= day)
    habit = 1 / (1 + np.exp(-rng.normal(0.35, 1.5, len(people))))
    signs = rng.random(len(who)) < np.where(buys, 0.97, habit[who])
    return np.where(there & signs, account, -1)


def _robots(people: People, factor: float, rng: np.random.Generator) -> Visits:
    """A few cookies that read page after page, hundreds in a row, at any hour."""
    robots = max(1, round(people.known.sum() * ROBOTS_PER_THOUSAND / 1000))
    robot = np.repeat(np.arange(robots), rng.poisson(4 * factor, robots) + 1)
    n = len(robot)
    return _of_nobody(
        rng.uniform(0, CUT_OFF, n),
        ROBOT,
        robot_key(people, robot),
        np.full(n, -1),
        rng.integers(80, 400, n),
        rng,
    )


def _staff(people: People, logins: Logins, factor: float, rng: np.random.Generator) -> Visits:
    """The web team at work: signed in, in office hours, all over the shop."""
    team = len(staff_logins(people))
    often = min(STAFF_VISITS, people.known.sum() / 40) * factor
    member = np.repeat(np.arange(team), rng.poisson(often, team) + 1)
    n = len(member)
    day = np.floor(rng.uniform(0, CUT_OFF, n))
    day -= np.maximum((DAY_ZERO.astype(int) + day + 3) % 7 - 4, 0)  # no weekends
    day = np.maximum(day, 0) + (7 + 9 * rng.random(n)) / 24
    return _of_nobody(
        day, STAFF, staff_key(people, member), len(logins.who) + member, rng.integers(6, 40, n), rng
    )


def _of_nobody(
    day: Floats, slot: int, cookie: Ints, account: Ints, length: Ints, rng: np.random.Generator
) -> Visits:
    n = len(day)
    no = np.zeros(n, dtype=np.bool_)
    return Visits(
        who=np.full(n, NOBODY),
        day=day,
        need=np.full(n, -1),
        buys=no,
        category=rng.integers(0, len(categories()), n),
        slot=np.full(n, slot),
        cookie=cookie,
        account=account,
        mailed=no,
        length=length,
    )


def _joined(parts: list[Visits]) -> Visits:
    return Visits(
        **{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Visits)}
    )
