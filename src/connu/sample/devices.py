"""Devices and their cookies: several per person, one tablet for the household, renewed in time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from connu.sample.chance import Chance, Floats, Ints, Lottery
from connu.sample.people import People

#: Slots of a person: own phone, own computer, the household's tablet. Kiosks stand in the shops.
#: Robots read the whole shop; staff look after it, signed in.
MOBILE, DESKTOP, TABLET, KIOSK, ROBOT, STAFF = range(6)
KIOSKS = 9
#: Shares of visits by slot, by age band.
_USE = (
    (0.78, 0.15, 0.07),
    (0.68, 0.22, 0.10),
    (0.52, 0.32, 0.16),
    (0.40, 0.42, 0.18),
    (0.26, 0.50, 0.24),
)
#: Days a cookie lives, median by slot: browsers and people clear them.
_LIFE_DAYS = (110.0, 240.0, 260.0)
_EPOCHS = 64


@dataclass(frozen=True)
class Devices:
    """Attributes:
    life: (people, 3) days a cookie of each slot lives. phase: (people, 3) days into the first.
    shared_by: per person, the head of the household whose tablet is everybody's.
    use: the lottery of slots by age band.
    """

    life: Floats
    phase: Floats
    shared_by: Ints
    use: Lottery

    def slot(self, people: People, who: Ints, rng: np.random.Generator) -> Ints:
        """The slot of each visit."""
        return self.use.draw(rng, people.band[who])

    def cookie_key(self, who: Ints, slot: Ints, day: Floats) -> Ints:
        """A number that stands for the cookie each person has in a slot on a day."""
        owner = np.where(slot == TABLET, self.shared_by[who], who)
        lived = (day + 400 + self.phase[owner, slot]) / self.life[owner, slot]
        epoch = np.clip(np.floor(lived), 0, _EPOCHS - 1).astype(np.int64)
        return (owner * 3 + slot) * _EPOCHS + epoch


def make_devices(chance: Chance, people: People) -> Devices:
    """The devices of all people."""
    rng = chance.stream("devices")
    n = len(people)
    life = np.array(_LIFE_DAYS) * np.exp(rng.normal(0, 0.8, (n, 3)))
    # a cookie of 64 lives at most: the shortest life follows from the span of the data
    life = np.maximum(life, 25.0)
    phase = rng.random((n, 3)) * life
    _, first, member = np.unique(people.household, return_index=True, return_inverse=True)
    return Devices(life, phase, first[member], Lottery(np.array(_USE)))


def kiosk_key(people: People, shop: Ints) -> Ints:
    """The cookie of a shop's kiosk: everybody's and nobody's."""
    return (len(people) * 3 + shop) * _EPOCHS


def robot_key(people: People, robot: Ints) -> Ints:
    """The cookie of a robot that reads the whole shop."""
    return (len(people) * 3 + KIOSKS + robot) * _EPOCHS


def staff_key(people: People, member: Ints) -> Ints:
    """The cookie of a computer in the web team: beyond all robots' keys."""
    return (len(people) * 4 + KIOSKS + member) * _EPOCHS


def cookie_text(seed: int, keys: Ints) -> pa.Array:
    """Cookies as they are stored, «3f9a…»: 16 hexadecimal digits that say nothing of the device.

    SplitMix64 (Steele, Lea, Flood 2014) is a bijection: distinct keys give distinct cookies.
    """
    with np.errstate(over="ignore"):
        z = keys.astype(np.uint64) + np.uint64((seed * 0x9E3779B97F4A7C15 + 1) & (2**64 - 1))
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    digits = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
    shifts = np.arange(60, -4, -4, dtype=np.uint64)
    letters = digits[((z[:, None] >> shifts) & np.uint64(15)).astype(np.int64)]
    return pa.array(np.ascontiguousarray(letters).view("S16").ravel().astype("U16"))


def kinds(slot: Ints) -> pa.Array:
    """What the web log calls the device: a kiosk is a tablet, robots say «desktop»."""
    return pa.array(("mobile", "desktop", "tablet", "tablet", "desktop", "desktop")).take(
        pa.array(slot)
    )
