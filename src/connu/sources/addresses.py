"""Street addresses and cities as words, abbreviations written out in the language of the country.

`12bis, av. du Gal de Gaulle` becomes `12 bis avenue du general de gaulle`. House numbers, flats and
stairs stay: they tell neighbours apart. What `st` means depends on the place: `saint` in France, in
Britain `street` after a word and `saint` before one.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.sources.countries import ENGLISH_SPEAKING, FRENCH_SPEAKING, GERMAN_SPEAKING
from connu.sources.text import (
    Column,
    folded,
    from_words,
    known,
    over_distinct,
    replaced_where,
    words_of,
)

_FRENCH = """
av avenue|ave avenue|aven avenue|bd boulevard|bld boulevard|bvd boulevard|blvd boulevard
boul boulevard|bvld boulevard|r rue|pl place|plc place|ch chemin|che chemin|chem chemin|chm chemin
rte route|imp impasse|all allee|allees allee|sq square|fg faubourg|fbg faubourg|faub faubourg
qu quai|crs cours|pass passage|psg passage|prom promenade|rpt rondpoint|vla villa|ham hameau
lot lotissement|lotis lotissement|dom domaine|qua quartier|quart quartier
res residence|resid residence|bat batiment|batim batiment|bt batiment|imm immeuble
appt appartement|app appartement|apt appartement|appart appartement|esc escalier|etg etage|et etage
st saint|ste sainte|sts saints|stes saintes|gal general|gen general|mal marechal|mar marechal
pdt president|pres president|dr docteur|doct docteur|prof professeur|cdt commandant|cne capitaine
col colonel|lt lieutenant|sgt sergent|cap capitaine|nd notredame|zi za|zac za
"""
_ENGLISH = """
rd road|ave avenue|av avenue|aven avenue|ln lane|la lane|dr drive|drv drive|ct court|crt court
pl place|sq square|cres crescent|crs crescent|cresc crescent|gdns gardens|gdn garden|gr grove
grv grove|gro grove|blvd boulevard|boul boulevard|bvd boulevard|hwy highway|pkwy parkway
pky parkway|ter terrace|terr terrace|tce terrace|cl close|clo close|cir circle|circ circuit
cct circuit|pde parade|prde parade|esp esplanade|prom promenade|trl trail|wy way|hts heights
hse house|cott cottage|ctg cottage|fm farm|bldg building|bld building|apt flat|apartment flat
unit flat|flt flat|fl floor|flr floor|ste suite|rm room|mt mount|mnt mount|ft fort|str street
n north|s south|e east|w west|ne northeast|nw northwest|se southeast|sw southwest
upr upper|lwr lower|lt little|gt great|nth north|sth south
"""
_GERMAN = """
str strasse|pl platz|nr |hs haus|whg wohnung|st sankt|dr doktor|prof professor|gr grosse|kl kleine
"""

_UNITS = pa.array(["flat", "suite", "floor", "unit", "apt", "room", "north", "south"], pa.string())


def _table(text: str) -> tuple[pa.Array, pa.Array]:
    pairs = [pair.split(" ", 1) for line in text.strip().splitlines() for pair in line.split("|")]
    return pa.array([a for a, _ in pairs], pa.string()), pa.array(
        [b for _, b in pairs], pa.string()
    )


_TABLES = {"fr": _table(_FRENCH), "en": _table(_ENGLISH), "de": _table(_GERMAN)}


def normalise_addresses(values: Column, region: str) -> Column:
    """Address lines (joined by a space) as words; `region` (alpha-2) decides the language.

    Cost: about 3 µs a distinct address.
    """
    language = _language(region)
    return over_distinct(values, lambda some: _address(some, language))


def normalise_cities(values: Column) -> Column:
    """Cities as words: `St-Étienne CEDEX 2` → `saint etienne`, `Paris 8e` → `paris`."""
    return over_distinct(values, _city)


def _language(region: str) -> str:
    if region in ENGLISH_SPEAKING:
        return "en"
    if region in GERMAN_SPEAKING:
        return "de"
    return "fr" if region in FRENCH_SPEAKING else ""


def _address(values: Column, language: str) -> Column:
    text = pc.replace_substring_regex(known(values), r"(?i)\bn(?:[°ºo]|um|r)?[.°º ]*(\d)", r"\1")
    words = folded(text)
    words = pc.replace_substring_regex(words, r"\b(\d+) ?(bis|ter|quater)\b", r"\1 \2")
    words = pc.replace_substring_regex(words, r"\b(\d+) ([a-d])\b", r"\1\2")
    if language == "fr":
        words = pc.replace_substring_regex(words, r"\b([dl]) ([a-z]{2})", r"\1\2")
    if language == "de":
        words = pc.replace_substring_regex(words, r"str\b", "strasse")
    words = _written_out(words, language)
    if language == "de":
        words = pc.replace_substring_regex(
            words, r"([a-z]) (strasse|platz|weg|gasse|allee)\b", r"\1\2"
        )
    return words


def _written_out(words: Column, language: str) -> Column:
    if language not in _TABLES:
        return words
    short, long = _TABLES[language]
    flat, offsets = words_of(words)
    if language == "en":
        flat = _saint_or_street(flat, offsets)
    place = pc.index_in(flat, value_set=short)
    if place.null_count == len(place) and language != "en":
        return words
    return from_words(pc.coalesce(long.take(place), flat), offsets)


def _saint_or_street(flat: pa.Array, offsets: np.ndarray) -> pa.Array:
    """English `st`: a street after a word, a saint at the start, after a number or before one."""
    is_st = pc.equal(flat, "st").to_numpy(zero_copy_only=False)
    if not is_st.any():
        return flat
    first = np.zeros(len(flat) + 1, bool)
    first[offsets[:-1]] = True
    wordy = pc.match_substring_regex(flat, "^[a-z]").to_numpy(zero_copy_only=False)
    unit = pc.is_in(flat, value_set=_UNITS).to_numpy(zero_copy_only=False)
    after_word = np.concatenate(([False], wordy[:-1])) & ~first[:-1]
    before_word = np.concatenate(((wordy & ~unit)[1:], [False])) & ~first[1:]
    saint = is_st & before_word & ~after_word
    street = is_st & ~saint
    flat = pc.if_else(pa.array(saint), "saint", flat)
    return pc.if_else(pa.array(street), "street", flat)


_CITY_SHORT = pa.array(["st", "ste", "sts", "mt"], pa.string())
_CITY_LONG = pa.array(["saint", "sainte", "saints", "mont"], pa.string())
_DISTRICT = r" (?:cedex|arrondissement|arr|\d{1,2}(?:e|er|eme|nd|nde)?)\b"


def _city(values: Column) -> Column:
    words = folded(known(values))
    words = replaced_where(
        words,
        pc.match_substring_regex(words, _DISTRICT),
        lambda some: pc.replace_substring_regex(some, _DISTRICT, ""),
    )
    flat, offsets = words_of(words)
    place = pc.index_in(flat, value_set=_CITY_SHORT)
    if place.null_count == len(place):
        return words
    return from_words(pc.coalesce(_CITY_LONG.take(place), flat), offsets)
