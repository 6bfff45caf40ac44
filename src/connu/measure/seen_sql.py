"""The queries of what customers say of what the brand believes: each gives one figure whole.

They are what is shown beside a figure; `seen` works the same figures out of the answers read once.

A query gives one row of the columns value, low, high and people: the figure, its 95 % interval and
the customers who answered. Statements of one customer hang together: an interval is Wilson's at the
number of independent statements that would vary as much as these customers do (as
`intervals.mean_share`). Where customers were drawn at random, a sample that is a part of all
customers knows them better than its number says: the variance shrinks by the share drawn.

Source: E. B. Wilson, JASA 22 (1927) 209-212; W. G. Cochran, Sampling Techniques (1977), ch. 2
    (finite populations) and 9 (clusters).
"""

from __future__ import annotations

from connu.engine.sql import literal
from connu.journal.confirmations import KNOWS_ME

#: Who says of 10 that the brand knows him.
KNOWN_FROM = 7
#: Standard errors of a 95 % interval.
Z95 = 1.959963984540054

#: What customers answered, by customer; a record that no build knows any more says nothing.
ANSWERS = f"""
    SELECT c.id, i.customer_id, c.attribute, c.value, c.basis, c.probability, c.survey,
        c."at" AS answered_at,
        CASE WHEN c.attribute = {literal(KNOWS_ME)} THEN TRY_CAST(c.correction AS DOUBLE) END
            AS rating,
        CASE WHEN c.answer = 'rated' OR c.value IS NULL THEN NULL
            WHEN c.answer = 'confirmed' THEN 1.0 ELSE 0.0 END AS hit
    FROM {{journal_confirmations}} c
    JOIN {{identities}} i ON i.source = c.source AND i.record_id = c.record_id
"""
#: What the brand's own surveys asked, by who answered.
RATINGS = """
    SELECT source, "row", score AS rating, time AS answered_at, subject_kind = 'customer' AS known,
        coalesce(subject_kind || ':' || subject, 'row ' || CAST("row" AS VARCHAR)) AS customer_id
    FROM {knows_me}
"""
#: How many customers there are.
BASE = "SELECT count(*) AS customers FROM {customers}"


def said(survey: str | None, random: bool) -> str:
    """The expressions `said`, the last word of every customer on every statement, and `asked`, the
    customers who answered and which share of all they are (0 where they were not drawn).

    Args:
        survey: only its answers; None: only what came unasked.
        random: the customers were drawn at random among all.
    """
    which = "survey IS NULL" if survey is None else f"survey = {literal(survey)}"
    drawn = "SELECT count(DISTINCT customer_id) * 1.0 / max(customers) AS share FROM said, base"
    asked = drawn if random else "SELECT 0.0 AS share"
    return f"""
    said AS (
        SELECT * FROM (
            SELECT *, row_number() OVER (
                PARTITION BY customer_id, attribute, value ORDER BY id DESC
            ) AS place
            FROM answers WHERE {which}
        ) AS every_word WHERE place = 1
    ),
    asked AS ({asked})"""


def rated(source: str) -> str:
    """The expressions `said` and `asked`, as above, of a survey of the brand's own: the last answer
    of everybody, customer or not; the customers among them are taken for drawn at random.

    Args:
        source: the source with the answers.
    """
    return f"""
    said AS (
        SELECT customer_id, known, rating, answered_at, CAST(NULL AS VARCHAR) AS attribute,
            CAST(NULL AS VARCHAR) AS basis, CAST(NULL AS DOUBLE) AS probability,
            CAST(NULL AS DOUBLE) AS hit
        FROM (
            SELECT *, row_number() OVER (
                PARTITION BY customer_id ORDER BY answered_at DESC NULLS LAST, "row" DESC
            ) AS place
            FROM ratings WHERE source = {literal(source)}
        ) AS every_word WHERE place = 1
    ),
    asked AS (
        SELECT least(1.0, count(CASE WHEN known THEN 1 END) * 1.0 / max(customers)) AS share
        FROM said, base
    )"""


def part(basis: str | None = None, attribute: str | None = None) -> str:
    """The condition that a statement is of a part: of a basis, of an attribute, or any."""
    tests = ["hit IS NOT NULL"]
    tests += [] if basis is None else [f"basis = {literal(basis)}"]
    tests += [] if attribute is None else [f"attribute = {literal(attribute)}"]
    return " AND ".join(tests)


def confirmed(which: str) -> str:
    """The share of statements confirmed."""
    return _wilson("hit", "hit", which, "low", "high", "p")


def gap(which: str) -> str:
    """What connu told of these statements, less what customers confirmed: 0 is right, more than 0
    told too much. Each statement is held against its own probability."""
    which = f"{which} AND probability IS NOT NULL"
    return _wilson("hit", "hit - probability", which, "told - high", "told - low", "told - p")


def told(which: str) -> str:
    """The mean probability told of the statements."""
    return f""",
    figure AS (
        SELECT avg(probability) AS value, count(DISTINCT customer_id) AS people
        FROM said WHERE {which} AND probability IS NOT NULL
    )
    SELECT value, NULL AS low, NULL AS high, people FROM figure"""


def known() -> str:
    """The share of customers who say KNOWN_FROM or more of 10 to whether the brand knows them."""
    hit = f"CASE WHEN rating >= {KNOWN_FROM} THEN 1.0 ELSE 0.0 END"
    return _wilson(hit, hit, "rating IS NOT NULL", "low", "high", "p")


def known_gap(own_estimate: float) -> str:
    """The brand's own estimate of that share, less the share: more than 0, it overrates itself."""
    hit = f"CASE WHEN rating >= {KNOWN_FROM} THEN 1.0 ELSE 0.0 END"
    own = repr(float(own_estimate))
    ends = (f"{own} - high", f"{own} - low", f"{own} - p")
    return _wilson(hit, hit, "rating IS NOT NULL", *ends)


def known_mean() -> str:
    """The mean of the customers' answers, 0-10, with Student's or, from 30 on, nearly Student's
    normal interval."""
    return f""",
    figure AS (
        SELECT avg(rating) AS value, count(*) AS people,
            {Z95} * sqrt(coalesce(var_samp(rating), 0) * (1 - max(share)) / count(*)) AS half
        FROM said CROSS JOIN asked WHERE rating IS NOT NULL
    )
    SELECT value, greatest(0, value - half) AS low, least(10, value + half) AS high, people
    FROM figure"""


def _wilson(hit: str, varying: str, which: str, low: str, high: str, value: str) -> str:
    """The interval of a share: Wilson's, at as many trials as `varying` varies by customers.

    Args:
        hit: SQL, 0 or 1, over a row of `said`.
        varying: SQL of what varies: the hit, or the hit less what was foretold.
        which: the condition of the rows.
        low, high, value: SQL of what is given, over p, low, high and told.
    """
    return f""",
    rows_in AS (
        SELECT customer_id, {hit} AS hit, {varying} AS varying, probability FROM said WHERE {which}
    ),
    total AS (
        SELECT avg(hit) AS p, avg(varying) AS middle, avg(probability) AS told, count(*) AS n,
            count(DISTINCT customer_id) AS people
        FROM rows_in
    ),
    of_each AS (
        SELECT sum(varying - middle) AS residual FROM rows_in CROSS JOIN total GROUP BY customer_id
    ),
    trials AS (
        SELECT p, told, people,
            CASE WHEN p * (1 - p) > 0 AND squares > 0 THEN p * (1 - p) * n * n / squares
                ELSE people END / nullif(1 - share, 0) AS m
        FROM total CROSS JOIN asked
        CROSS JOIN (SELECT sum(residual * residual) AS squares FROM of_each) AS spread
    ),
    bounds AS (
        SELECT p, told, people, (p + {Z95**2 / 2} / m) / (1 + {Z95**2} / m) AS middle,
            {Z95} * sqrt(p * (1 - p) / m + {Z95**2 / 4} / (m * m)) / (1 + {Z95**2} / m) AS half
        FROM trials
    ),
    ends AS (
        SELECT p, told, people, coalesce(greatest(0, least(middle - half, p)), p) AS low,
            coalesce(least(1, greatest(middle + half, p)), p) AS high
        FROM bounds
    )
    SELECT {value} AS value, {low} AS low, {high} AS high, people FROM ends"""
