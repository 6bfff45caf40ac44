"""The sample's world before anybody writes anything down: people, devices, tastes and needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.sample.accounts import Logins, make_logins
from connu.sample.catalogue import Catalogue, make_catalogue
from connu.sample.chance import Chance, Floats
from connu.sample.contacts import Contacts, make_contacts
from connu.sample.devices import Devices, cookie_text, make_devices
from connu.sample.membership import Entries, make_entries
from connu.sample.moments import CUT_OFF
from connu.sample.needs import Needs, make_needs
from connu.sample.people import People, make_people
from connu.sample.tastes import Tastes, make_tastes

#: Accounts opened earlier have no cookie left.
OLDEST_COOKIE_DAY = -300


@dataclass(frozen=True)
class World:
    """All that is true. Attributes are named for their modules; `entries` is by source."""

    people: People
    contacts: Contacts
    entries: dict[str, Entries]
    logins: Logins
    devices: Devices
    catalogue: Catalogue
    tastes: Tastes
    needs: Needs


def make_world(chance: Chance, known: int) -> World:
    """A world in which sources know `known` people."""
    people = make_people(chance, known)
    entries = make_entries(chance, people)
    catalogue, tastes = make_catalogue(chance), make_tastes(chance, people)
    return World(
        people=people,
        contacts=make_contacts(chance, people),
        entries=entries,
        logins=make_logins(chance, people, entries["accounts"]),
        devices=make_devices(chance, people),
        catalogue=catalogue,
        tastes=tastes,
        needs=make_needs(chance, people, tastes, catalogue, _entered(chance, people, entries)),
    )


def sign_up_cookies(chance: Chance, world: World) -> pa.Array:
    """The cookie on which each account was opened; null for those opened too long ago."""
    rng = chance.stream("sign-up cookies")
    logins = world.logins
    slot = world.devices.slot(world.people, logins.who, rng)
    keys = world.devices.cookie_key(logins.who, slot, logins.created)
    late = pa.array(logins.created >= OLDEST_COOKIE_DAY)
    return pc.if_else(late, cookie_text(chance.seed, keys), pa.scalar(None, pa.string()))


def _entered(chance: Chance, people: People, entries: dict[str, Entries]) -> Floats:
    """The day each person first dealt with the brand; a visitor's first visit."""
    rng = chance.stream("entered")
    first = np.full(len(people), np.inf)
    for source in entries.values():
        np.minimum.at(first, source.who, source.created)
    return np.where(people.known, first, rng.uniform(0, CUT_OFF, len(people)))
