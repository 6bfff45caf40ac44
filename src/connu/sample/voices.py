"""Where customers speak: surveys, reviews, posts, and the messages of support cases."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.sample.accounts import Logins
from connu.sample.catalogue import Catalogue
from connu.sample.chance import Chance, Floats, Ints, draw
from connu.sample.contacts import Contacts
from connu.sample.formats import json_lines, phones, write_csv, write_lines
from connu.sample.membership import Entries
from connu.sample.moments import CUT_OFF, times, written
from connu.sample.needs import Needs
from connu.sample.people import People
from connu.sample.records import Made, join, numbered, pick
from connu.sample.social import NETWORKS
from connu.sample.texts import Manner, Texts, compose
from connu.sample.words import ORIGINS, first_names, surnames

SURVEYED_SHARE = 0.10  # of known people
REVIEWED_SHARE = 0.16  # of purchases on the web
POSTS = 0.7  # per social handle

SURVEY = Manner((0.5, 0.32, 0.13, 0.05), 0.03, 0.05, 0.02, 0.0, 0.03, {}, 0.2)
REVIEW = Manner(
    (0.35, 0.38, 0.19, 0.08),
    0.02,
    0.02,
    0.0,
    0.0,
    0.06,
    {
        "quality": 3,
        "durability": 2.5,
        "information": 2,
        "packaging": 2,
        "price": 1.5,
        "contact": 0.2,
        "privacy": 0.1,
        "local": 0.1,
        "accessibility": 0.1,
    },
    0.55,
)
POST = Manner(
    (0.66, 0.26, 0.08),
    0.03,
    0.0,
    0.0,
    0.0,
    0.35,
    {
        "environment": 3,
        "image": 3,
        "local": 3,
        "privacy": 2,
        "repair": 2,
        "trust": 1.5,
        "packaging": 0.5,
        "checkout": 0.4,
    },
    -0.3,
)
MESSAGE = Manner(
    (0.30, 0.36, 0.22, 0.12),
    0.62,
    0.58,
    0.30,
    0.12,
    0.01,
    {
        "delivery": 2,
        "after_sales": 2.5,
        "returns": 2.5,
        "contact": 2,
        "availability": 1.5,
        "checkout": 2,
        "environment": 0.3,
        "image": 0.2,
        "reward": 0.7,
    },
    -1.1,
)


@dataclass(frozen=True)
class Voice:
    """One source of verbatims.

    Attributes:
        source: its name in connu.toml. ids: of its texts. who: writers. texts: what they wrote.
        table: the rows as written; None where they lie in another source's file.
    """

    source: str
    ids: pa.Array
    who: Ints
    texts: Texts
    table: pa.Table | None


def make_surveys(
    chance: Chance, people: People, contacts: Contacts, loyalty: Made, needs: Needs
) -> Voice:
    """Satisfaction surveys: rating 1–5, likelihood to recommend 0–10, a comment."""
    rng = chance.stream("surveys")
    known = np.flatnonzero(people.known)
    who = known[rng.random(len(known)) < SURVEYED_SHARE]
    who = who[rng.permutation(len(who))]
    day = np.sort(rng.uniform(60, CUT_OFF, len(who)))
    texts = compose(
        SURVEY,
        _languages(people, who, rng),
        needs.content[who],
        _signature(people, contacts, who, day, rng),
        rng,
    )
    felt = texts.score + 0.35 * needs.content[who]
    ids = numbered(1, len(who), "ENQ-", 6)
    way = draw(rng, [0.72, 0.20, 0.08], len(who))
    holds = np.full(len(people), -1)
    holds[loyalty.who] = np.arange(len(loyalty.who))
    card = loyalty.record_id.take(pa.array(holds[who], mask=(holds[who] < 0) | (way != 1)))
    mail = pc.if_else(pa.array(way == 0), contacts.email_of(who, day), pa.scalar(None, pa.string()))
    table = pa.table(
        {
            "ref": ids,
            "date": written(times(day), "%d/%m/%Y %H:%M"),
            "canal": pick(("e-mail", "boutique", "téléphone"), way),
            "mail": mail,
            "carte": card,
            "note": pa.array(_stars(felt, 0.6, rng)),
            "recommandation": pa.array(
                np.clip(np.round(6.8 + 2.0 * felt + rng.normal(0, 1.1, len(who))), 0, 10).astype(
                    int
                )
            ),
            "commentaire": texts.text,
        }
    )
    return Voice("surveys", ids, who, texts, table)


def make_reviews(
    chance: Chance, people: People, logins: Logins, needs: Needs, catalogue: Catalogue
) -> Voice:
    """Reviews of products bought on the web, some under a login, some under a name alone."""
    rng = chance.stream("reviews")
    at = np.flatnonzero(needs.bought & (needs.channel == 0) & (needs.ends < CUT_OFF - 15))
    at = at[rng.random(len(at)) < REVIEWED_SHARE]
    day = needs.ends[at] + 2 + rng.exponential(8, len(at))
    at, day = at[day < CUT_OFF], day[day < CUT_OFF]
    order = np.argsort(day, kind="stable")
    at, day = at[order], day[order]
    who = needs.who[at]
    texts = compose(
        REVIEW,
        _languages(people, who, rng),
        needs.content[who],
        pa.nulls(len(who), pa.string()),
        rng,
    )
    holds = np.full(len(people), -1)
    holds[logins.who[::-1]] = np.arange(len(logins.who))[::-1]
    shown = (holds[who] >= 0) & (rng.random(len(who)) < 0.8)
    first = first_names().words.take(pa.array(people.first[who]))
    initial = pc.utf8_slice_codeunits(surnames().words.take(pa.array(people.last[who])), 0, 1)
    ids = numbered(1, len(who), "rev-", 6)
    table = pa.table(
        {
            "id": ids,
            "login": logins.login.take(pa.array(holds[who], mask=~shown)),
            "author": join(first, " ", initial, "."),
            "sku": catalogue.sku.take(pa.array(needs.product[at])),
            "stars": pa.array(_stars(texts.score + 0.3 * needs.content[who], 0.5, rng)),
            "text": texts.text,
            "at": written(times(day), "%Y-%m-%dT%H:%M:%SZ"),
        }
    )
    return Voice("reviews", ids, who, texts, table)


def make_posts(
    chance: Chance, people: People, entries: Entries, social: Made, needs: Needs
) -> Voice:
    """Posts that name the brand, under a handle."""
    rng = chance.stream("posts")
    counts = rng.poisson(POSTS, len(entries))
    row = np.repeat(np.arange(len(entries)), counts)
    day = np.maximum(entries.created[row], 0) + rng.random(len(row)) * (
        CUT_OFF - np.maximum(entries.created[row], 0)
    )
    order = np.argsort(day, kind="stable")
    row, day = row[order], day[order]
    who = entries.who[row]
    texts = compose(
        POST, _languages(people, who, rng), needs.content[who], pa.nulls(len(who), pa.string()), rng
    )
    ids = numbered(1, len(who), "post-", 7)
    taken = pa.array(row)
    table = pa.table(
        {
            "id": ids,
            "network": social.table["network"].combine_chunks().take(taken),
            **{name: social.table[name].combine_chunks().take(taken) for name in NETWORKS},
            "text": texts.text,
            "at": written(times(day), "%Y-%m-%dT%H:%M:%SZ"),
            "likes": pa.array(np.floor(rng.lognormal(0.6, 1.2, len(row))).astype(np.int64)),
        }
    )
    return Voice("posts", ids, who, texts, table)


def make_messages(
    chance: Chance, people: People, contacts: Contacts, entries: Entries, content: Floats
) -> Voice:
    """What callers wrote to support; the texts lie in the support cases' own file."""
    rng = chance.stream("messages")
    who = entries.who
    texts = compose(
        MESSAGE,
        _languages(people, who, rng),
        content[who],
        _signature(people, contacts, who, entries.created, rng),
        rng,
    )
    return Voice("support_texts", numbered(300_001, len(who), "SC-"), who, texts, None)


def write_voices(folder: Path, voices: list[Voice]) -> None:
    """data/enquetes.csv, data/avis.jsonl and data/posts.jsonl."""
    for voice in voices:
        if voice.source == "surveys" and voice.table is not None:
            write_csv(folder / "data" / "enquetes.csv", voice.table, delimiter=";")
        elif voice.table is not None:
            name = {"reviews": "avis", "posts": "posts"}[voice.source]
            write_lines(folder / "data" / f"{name}.jsonl", json_lines(voice.table))


def _languages(people: People, who: Ints, rng: np.random.Generator) -> Ints:
    """English for those of English origin or living there, and now and then for others."""
    country = people.homes.country.take(pa.array(people.home[who]))
    abroad = pc.is_in(country, pa.array(["GB", "US"])).to_numpy(zero_copy_only=False)
    english = (people.origin[who] == ORIGINS.index("en")) | abroad
    return (rng.random(len(who)) < np.where(english, 0.8, 0.12)).astype(np.int64)


def _signature(
    people: People, contacts: Contacts, who: Ints, day: Floats, rng: np.random.Generator
) -> pa.Array:
    """Name and mobile number: personal data that must be masked wherever the text is shown."""
    mobile = phones(contacts.mobile_of(who, day), (0.4, 0.3, 0.1, 0.1, 0.1, 0.0, 0.0), rng)
    return join(
        first_names().words.take(pa.array(people.first[who])),
        " ",
        surnames().words.take(pa.array(people.surname_on(who, day))),
        ", ",
        mobile,
    )


def _stars(felt: Floats, noise: float, rng: np.random.Generator) -> Ints:
    return np.clip(np.round(3.6 + felt + rng.normal(0, noise, len(felt))), 1, 5).astype(np.int64)
