"""Statements of a build with what was told of them, read for a purpose, as induction takes them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.app.reading import Reading
from connu.engine.sql import literal
from connu.understand.codebook import Codebook
from connu.understand.induction import SaidStatements

#: Forms that say or imply that something is missing; praise says that it is there.
_UNMET = ("wish", "should", "lack", "comparison", "regret", "complaint")
_PLACED = (
    'SELECT s.source, s."row", s.start, s."end", s.language, s.quote, s.form, s.polarity,'
    ' dense_rank() OVER (ORDER BY s.source, s."row") - 1 AS verbatim,'
    ' row_number() OVER (ORDER BY s.source, s."row", s.statement) - 1 AS place'
    " FROM ({statements}) AS s"
    f" WHERE coalesce(s.addressee, {literal('brand')}) = {literal('brand')}"
)
_STATEMENTS = "SELECT language, quote, form, polarity, verbatim FROM ({placed}) AS p ORDER BY place"
#: By place, not by number: a stretch that a person drew may lie over several statements.
_TOLD = (
    "SELECT p.place, e.theme, coalesce(e.probability, 1.0) AS probability, e.status"
    " FROM ({expectations}) AS e JOIN ({placed}) AS p"
    ' ON p.source = e.source AND p."row" = e."row"'
    ' AND e.start < p."end" AND e."end" > p.start'
)


@dataclass(frozen=True)
class Listened:
    """What a build heard.

    Attributes:
        statements: addressed to the brand.
        language: of each, «fr», «en» or None.
    """

    statements: SaidStatements
    language: list[str | None]


def said_statements(reading: Reading, codebook: Codebook) -> Listened | None:
    """The statements of a build that speak to the brand; None where it listened to nobody.

    Themes of an older codebook are told in the words of today's.

    Args:
        reading: the build, for a purpose.
        codebook: today's.

    Cost: 1 s for 100,000 statements.
    """
    if not reading.build.has("statements"):
        return None
    placed = _PLACED.format(statements=reading.sql("statements"))
    said = reading.engine.collect(_STATEMENTS.format(placed=placed))
    told = np.zeros((said.num_rows, len(codebook.themes)), np.float32)
    status = _status(said)
    if reading.build.has("expectations"):
        sql = _TOLD.format(expectations=reading.sql("expectations"), placed=placed)
        heard = reading.engine.collect(sql)
        theme = _columns(heard["theme"], codebook)
        place = heard["place"].to_numpy().astype(np.int64)
        probability = heard["probability"].to_numpy().astype(np.float32)
        known = theme >= 0
        np.maximum.at(told, (place[known], theme[known]), probability[known])
        sign = _sign(heard["status"])
        some = known & (sign != 0)
        summed = np.zeros(said.num_rows, np.int64)
        np.add.at(summed, place[some], sign[some])
        status = np.where(summed != 0, np.sign(summed), status).astype(np.int8)
    language = said["language"].combine_chunks().cast(pa.string())
    statements = SaidStatements(
        pc.fill_null(said["quote"].combine_chunks().cast(pa.string()), ""),
        language,
        said["verbatim"].to_numpy().astype(np.int64),
        told,
        status,
    )
    return Listened(statements, language.to_pylist())


def _columns(themes: pa.ChunkedArray, codebook: Codebook) -> np.ndarray:
    """int64 (n,): the place of each theme in today's codebook, −1 where it is no more."""
    encoded = themes.combine_chunks().cast(pa.string()).dictionary_encode()
    places = {name: place for place, name in enumerate(codebook.names)}
    table = [
        places.get(codebook.current(name) or "", -1) if name else -1
        for name in encoded.dictionary.to_pylist()
    ]
    at = encoded.indices.fill_null(len(table)).to_numpy(zero_copy_only=False)
    return np.array([*table, -1], np.int64)[at.astype(np.int64)]


def _sign(status: pa.ChunkedArray) -> np.ndarray:
    """1 met, -1 unmet, 0 anything else."""
    words = status.cast(pa.string())
    met, unmet = (
        pc.fill_null(pc.equal(words, word), False).to_numpy().astype(np.int64)
        for word in ("met", "unmet")
    )
    return np.asarray(met - unmet)


def _status(said: pa.Table) -> np.ndarray:
    """int8 (n,): what form and polarity say of statements of which no theme is told."""
    form, polarity = said["form"].cast(pa.string()), said["polarity"].cast(pa.string())
    unmet = pc.or_kleene(pc.is_in(form, value_set=pa.array(_UNMET)), pc.equal(polarity, "negative"))
    met = pc.or_kleene(pc.equal(form, "praise"), pc.equal(polarity, "positive"))
    no, yes = (pc.fill_null(one, False).to_numpy() for one in (unmet, met))
    return np.where(no, -1, np.where(yes, 1, 0)).astype(np.int8)
