"""The shops' customer file: semicolons, Latin-1, French headings, dates day first.

The oldest and fullest source, and the dirtiest: typed at the till, imported twice, with test rows
left behind.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.sample.chance import Chance, draw
from connu.sample.contacts import Contacts
from connu.sample.formats import phones, places, write_csv
from connu.sample.membership import Entries
from connu.sample.moments import CUT_OFF, times, written
from connu.sample.noise import Rates, draft, filled, soil
from connu.sample.people import OCCUPATIONS, People
from connu.sample.records import Made, numbered, pick

RATES = Rates(
    nickname=0.02,
    typo=0.025,
    misheard=0.03,
    unaccented=0.25,
    upper=0.20,
    lower=0.03,
    swapped=0.015,
    initial=0.01,
    day_month=0.015,
    placeholder=0.03,
    wrong_digit=0.012,
    junk=0.006,
)
#: Shares of rows in which a column is filled.
FILLED = {
    "mail": 0.74,
    "tel_mobile": 0.68,
    "tel_fixe": 0.45,
    "date_naissance": 0.62,
    "adresse": 0.86,
    "csp": 0.40,
}
TEST_ROWS_SHARE = 0.0005
NO_ID_SHARE = 0.0005
_CIVILITIES = (("M.", "M", "Monsieur", "Mr", None), ("Mme", "Mme", "Madame", "Mlle", None))
_CIVILITY_SHARES = (0.62, 0.12, 0.08, 0.08, 0.10)
WRONG_CIVILITY_SHARE = 0.004


def make_crm(chance: Chance, people: People, contacts: Contacts, entries: Entries) -> Made:
    """The rows of the customer file, test rows of the shop's own at random places among them."""
    rng = chance.stream("crm")
    rows = soil(draft(people, contacts, entries.who, entries.updated), RATES, people, rng)
    n = len(rows)
    female = people.female[rows.who] ^ (rng.random(n) < WRONG_CIVILITY_SHARE)
    form = draw(rng, _CIVILITY_SHARES, n)
    civility = pc.if_else(pa.array(female), pick(_CIVILITIES[1], form), pick(_CIVILITIES[0], form))
    has_address = pa.array(rng.random(n) < FILLED["adresse"])
    nothing = pa.scalar(None, pa.string())

    def lived(column: pa.Array) -> pa.Array:
        return pc.if_else(has_address, column, nothing)

    said = draw(rng, [0.46, 0.30, 0.24], n)
    table = pa.table(
        {
            "no_client": numbered(1_000_001, n),
            "civilite": civility,
            "prenom": rows.first_name,
            "nom": rows.last_name,
            "mail": filled(rows.email, FILLED["mail"], rng),
            "tel_mobile": phones(
                filled(rows.mobile, FILLED["tel_mobile"], rng),
                (0.35, 0.3, 0.15, 0.06, 0.06, 0.03, 0.05),
                rng,
            ),
            "tel_fixe": phones(
                filled(rows.landline, FILLED["tel_fixe"], rng),
                (0.4, 0.4, 0.15, 0.0, 0.03, 0.0, 0.02),
                rng,
            ),
            "date_naissance": written(
                filled(rows.birth, FILLED["date_naissance"], rng), "%d/%m/%Y"
            ),
            "adresse": lived(abbreviated(rows.street, rng)),
            "complement": lived(rows.building),
            "code_postal": lived(rows.postcode),
            "ville": lived(rows.town),
            "pays": lived(rows.country),
            "csp": filled(pick(OCCUPATIONS, people.occupation[rows.who]), FILLED["csp"], rng),
            "optin_mail": pick(("oui", "non", None), said),
            "optin_perso": pick(("O", "N", None), np.where(rng.random(n) < 0.8, said, 1)),
            "optin_stats": pick(("1", "0", None), np.where(rng.random(n) < 0.9, said, 2)),
            "magasin": pick(_SHOPS, rng.integers(0, len(_SHOPS), n)),
            "date_creation": written(times(entries.created), "%d/%m/%Y %H:%M"),
            "date_maj": written(times(entries.updated), "%d/%m/%Y %H:%M"),
        }
    )
    tests = max(2, round(n * TEST_ROWS_SHARE))
    table = pa.concat_tables([table, _test_rows(table.schema, n, tests)])
    no_id = np.flatnonzero(rng.random(len(table)) < NO_ID_SHARE)
    no_id = no_id if len(no_id) else np.array([n // 2])
    ids = table["no_client"].combine_chunks()
    lost = np.zeros(len(table), dtype=np.bool_)
    lost[no_id] = True
    ids = pc.if_else(pa.array(lost), nothing, ids)
    table = table.set_column(0, "no_client", ids)
    return Made("crm", table, ids, np.r_[rows.who, np.full(tests, -1)])


def write_crm(folder: Path, chance: Chance, made: Made) -> None:
    """data/crm.csv, with a few lines cut short or grown too long in an export long ago."""
    rng = chance.stream("crm file")
    columns = made.table.num_columns
    lines = ("9000001;M.;Jean", "9000002;" + ";".join("x" * (columns + 3)), ";" * 4 + "\x1a")
    broken = dict(zip(places(rng, len(made.table), len(lines)), lines, strict=True))
    write_csv(
        folder / "data" / "crm.csv", made.table, delimiter=";", encoding="latin-1", broken=broken
    )


#: How clerks shorten the kinds of streets, one time in three.
_SHORT = (
    ("avenue ", "av. "),
    ("boulevard ", "bd "),
    ("place ", "pl. "),
    ("chemin ", "ch. "),
    ("allée ", "all. "),
    ("impasse ", "imp. "),
    ("rue ", "r. "),
    ("route ", "rte "),
)
_SHOPS = (
    "Paris Rivoli",
    "Lyon Part-Dieu",
    "Lille Centre",
    "Nantes",
    "Bordeaux",
    "Toulouse",
    "Strasbourg",
    "Marseille",
    "Rennes",
    "Le siège",
)


def abbreviated(streets: pa.Array, rng: np.random.Generator) -> pa.Array:
    """Streets with their kind shortened in a third of the rows."""
    short = streets
    for word, letters in _SHORT:
        short = pc.replace_substring(short, word, letters)
    return pc.if_else(pa.array(rng.random(len(streets)) < 1 / 3), short, streets)


def _test_rows(schema: pa.Schema, start: int, count: int) -> pa.Table:
    """What the web team left behind: «TEST Test», all on one invented address."""
    texts = {
        "civilite": "M.",
        "prenom": "Test",
        "nom": "TEST",
        "mail": "test@example.com",
        "tel_mobile": "0600000000",
        "date_naissance": "01/01/1900",
        "adresse": "1 rue du Test",
        "code_postal": "99999",
        "ville": "TEST",
        "pays": "FR",
        "magasin": "Le siège",
    }
    stamp = written(times(np.full(count, CUT_OFF - 400.0)), "%d/%m/%Y %H:%M")
    columns = {
        "no_client": numbered(1_000_001 + start, count),
        "date_creation": stamp,
        "date_maj": stamp,
    }
    for name in schema.names:
        columns.setdefault(name, pa.array([texts.get(name)] * count, pa.string()))
    return pa.table({name: columns[name] for name in schema.names})
