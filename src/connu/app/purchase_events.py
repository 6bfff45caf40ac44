"""Which events are purchases, as a condition for the scorecard's queries: the brand's own words and
the usual ones, in the currency most is paid in."""

from __future__ import annotations

from collections.abc import Callable

from connu.app.reading import Reading
from connu.kernel.settings import Settings
from connu.know.roles import PURCHASE, meanings
from connu.measure.figures import purchase_condition


def purchase_events(
    reading: Reading, settings: Settings, read: Callable[[str], str]
) -> tuple[str, str]:
    """The condition on events, and the currency's code ("" where none is said).

    Purchases without a currency are taken for those of the one that most have; those of another
    are left out: sums of two currencies say nothing. Cost: one pass over two columns of events.

    Args:
        reading: the build, opened for a purpose.
        settings: for the brand's own words.
        read: the query of a table's rows.
    """
    if not reading.build.has("events"):
        return purchase_condition([], None), ""
    rows = reading.rows(
        "SELECT type, currency, count(value) AS n"
        f" FROM ({read('events')}) AS e GROUP BY type, currency ORDER BY n DESC, type, currency"
    )
    words = [row["type"] for row in rows]
    bought = {
        word
        for word, meaning in zip(words, meanings(words, settings.intents.roles), strict=True)
        if word is not None and meaning.product == PURCHASE
    }
    paid = [row for row in rows if row["type"] in bought and row["currency"]]
    currencies = {row["currency"] for row in paid}
    main = paid[0]["currency"] if paid else ""
    condition = purchase_condition(sorted(bought), main if len(currencies) > 1 else None)
    return condition, main
