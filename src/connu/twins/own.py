"""Values of a brand's own attribute, fit to be learnt: few words as they are, numbers in quarters.

What has a value of its own for nearly everybody identifies, and what has hundreds of values is
learnt by nobody: both are refused, with the reason.
"""

from __future__ import annotations

from itertools import pairwise

from connu.engine.protocol import Engine
from connu.engine.sql import literal
from connu.kernel.blanks import NULL_WORDS

#: Words: more values than these cannot each be learnt from known customers.
MOST_VALUES = 30
#: The share of numbers from which a column is one of numbers.
_NUMBERS = 0.98
#: The share of whole numbers that are all different from which they are numbers of customers.
_ALL_DIFFERENT = 0.98

_NUMBER = "TRY_CAST(replace(regexp_replace(value, '[ \u00a0\u202f]', '', 'g'), ',', '.') AS DOUBLE)"
_FOLDED = "lower(strip_accents(value))"


def own_values(
    engine: Engine, facts: str, attribute: str
) -> tuple[list[str], tuple[str, str] | None]:
    """The rows of one attribute, or why there are none.

    Values that differ in case or accents alone are one, shown as most customers have it. Up to
    MOST_VALUES values are kept as they are; more of them are cut at the quartiles where they are
    numbers («≤ 12», «12–30», «30–55», «> 55»).

    Args:
        engine: where `facts` is.
        facts: a table with customer_id, attribute, value, probability.
        attribute: its name.

    Returns:
        SELECTs of customer_id, attribute, value, probability (none or one), and (reason, hint)
        where nothing can be learnt.
    """
    blanks = ", ".join(map(literal, sorted(NULL_WORDS)))
    rows = (
        f"SELECT customer_id, attribute, value, probability, {_FOLDED} AS folded,"
        f" {_NUMBER} AS number FROM {facts}"
        f" WHERE attribute = {literal(attribute)} AND lower(value) NOT IN ({blanks})"
    )
    finite = "number IS NOT NULL AND isfinite(number)"
    counted = engine.collect(
        "SELECT count(*) AS people, count(DISTINCT folded) AS values_,"
        f" count(*) FILTER (WHERE {finite}) AS numbers,"
        f" count(DISTINCT number) FILTER (WHERE {finite}) AS different,"
        f" count(*) FILTER (WHERE {finite} AND number = floor(number)) AS whole"
        f" FROM ({rows}) AS own"
    ).to_pylist()[0]
    people, values = counted["people"], counted["values_"]
    if not people:
        return [], ("nobody", "map a column of that name, or leave it as an attribute")
    if values <= MOST_VALUES:
        # A dozen values among twenty customers are no classes either.
        if values > 10 and values > people / 2:
            return [], ("identifiers", f"{values:,} values among {people:,} customers")
        return [_words(rows)], None
    told = f"{values:,} values among {people:,} customers"
    if counted["numbers"] < _NUMBERS * people:
        own = values > people / 2
        return [], ("identifiers" if own else "too_many_values", told)
    if counted["whole"] == counted["numbers"] and counted["different"] >= _ALL_DIFFERENT * people:
        return [], ("identifiers", told)
    return [_quarters(engine, f"SELECT * FROM ({rows}) AS own WHERE {finite}")], None


def _words(rows: str) -> str:
    """Values as most customers have them."""
    forms = (
        "SELECT folded, value, row_number() OVER (PARTITION BY folded"
        f" ORDER BY count(*) DESC, value) AS place FROM ({rows}) AS own GROUP BY folded, value"
    )
    return (
        f"SELECT o.customer_id, o.attribute, f.value, o.probability FROM ({rows}) AS o"
        f" JOIN ({forms}) AS f ON f.folded = o.folded AND f.place = 1"
    )


def _quarters(engine: Engine, rows: str) -> str:
    """Numbers cut at their quartiles; quartiles that fall together make fewer bands."""
    cuts = engine.collect(
        "SELECT quantile_disc(number, [0.25, 0.5, 0.75]) AS cuts, max(number) AS most"
        f" FROM ({rows}) AS own"
    ).to_pylist()[0]
    limits = [cut for cut in sorted(set(cuts["cuts"])) if cut < cuts["most"]]
    texts = [_text(limit) for limit in limits]
    names = [f"≤ {texts[0]}", *(f"{a}–{b}" for a, b in pairwise(texts))]
    cases = " ".join(
        f"WHEN number <= {limit!r} THEN {literal(name)}"
        for limit, name in zip(limits, names, strict=True)
    )
    last = literal(f"> {texts[-1]}")
    return (
        f"SELECT customer_id, attribute, CASE {cases} ELSE {last} END AS value, probability"
        f" FROM ({rows}) AS own"
    )


def _text(number: float) -> str:
    """12 for 12.0, 12.5 as it is; of long numbers what matters."""
    whole = number == int(number) or abs(number) >= 100_000
    return f"{number:.0f}" if whole else f"{number:.6g}"
