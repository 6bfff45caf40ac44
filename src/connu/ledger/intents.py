"""What intents leave behind in a build: five tables beside the facts, and the folder of the models.

The stage that makes them and everybody who reads them meet here, so that a column is named once.
Three tables say what somebody is after, whether he stays and what just happened; two say how far
that may be believed and what is not said at all, and concern nobody. The folder holds what a
running session is answered from. Visits of somebody who is forgotten may be in it, so that
forgetting leaves it behind, as it does the twins' (`ledger.erasure`); the next build makes it
again.
"""

from __future__ import annotations

import pyarrow as pa

#: The folder of a build that holds the models; a reader must do without it.
INTENTS_FOLDER = "intents"

#: What an intent may be about, and on which level its target stands. `any`: the target is empty.
KINDS = ("affinity", "buy", "next", "stay")
LEVELS = ("category", "product", "any")
#: The levels on which each kind may stand.
LEVELS_OF: dict[str, tuple[str, ...]] = {
    "affinity": ("category",),
    "buy": ("category", "any"),
    "next": ("product", "category"),
    "stay": ("any",),
}
#: Kinds whose probability is one within a horizon; in `stay`, 0 days mean: is he one now.
TIMED = ("buy", "stay")

#: What somebody is after: a row a subject, kind, level, horizon and target. Rank 1 is the
#: strongest within these; of `affinity` and `buy`, among the categories of the same depth.
INTENTS = pa.schema(
    [
        ("subject_kind", pa.string()),
        ("subject", pa.string()),
        ("kind", pa.string()),
        ("level", pa.string()),
        ("target", pa.string()),
        ("horizon_days", pa.int32()),
        ("probability", pa.float64()),
        ("rank", pa.int32()),
    ]
)

#: Whether he stays and what he is worth, a row a customer and horizon.
STAYING = pa.schema(
    [
        ("subject_kind", pa.string()),
        ("subject", pa.string()),
        ("horizon_days", pa.int32()),
        ("active", pa.float64()),
        ("purchases", pa.float64()),
        ("purchases_low", pa.float64()),
        ("purchases_high", pa.float64()),
        ("value", pa.float64()),
        ("value_low", pa.float64()),
        ("value_high", pa.float64()),
        ("risk", pa.string()),
        ("reasons", pa.string()),
    ]
)

#: What just happened that is worth an answer.
MOMENTS = pa.schema(
    [
        ("subject_kind", pa.string()),
        ("subject", pa.string()),
        ("moment", pa.string()),
        ("level", pa.string()),
        ("target", pa.string()),
        ("since", pa.timestamp("us")),
        ("times", pa.int32()),
        ("evidence", pa.string()),
    ]
)

#: How right it is, measured on a time held out, one figure a row, beside the base rate's; `stated`:
#: whether it was good enough to be published. No target: all together. Concerns nobody.
INTENT_RELIABILITY = pa.schema(
    [
        ("kind", pa.string()),
        ("level", pa.string()),
        ("target", pa.string()),
        ("horizon_days", pa.int32()),
        ("measure", pa.string()),
        ("coverage", pa.float64()),
        ("people", pa.int64()),
        ("told", pa.float64()),
        ("figure", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("base", pa.float64()),
        ("stated", pa.bool_()),
    ]
)

#: What is not said at all, and why. Concerns nobody.
INTENT_SILENCES = pa.schema(
    [
        ("kind", pa.string()),
        ("level", pa.string()),
        ("target", pa.string()),
        ("horizon_days", pa.int32()),
        ("reason", pa.string()),
    ]
)

#: The tables by name, for a build in which nothing is told.
INTENT_TABLES: dict[str, pa.Schema] = {
    "intents": INTENTS,
    "staying": STAYING,
    "moments": MOMENTS,
    "intent_reliability": INTENT_RELIABILITY,
    "intent_silences": INTENT_SILENCES,
}

#: What facts of the basis `intents` are about; those of LEVELLED name a category or a product.
ATTRIBUTES = ("affinity", "intent", "next_category", "moment", "staying")
LEVELLED = ATTRIBUTES[:4]

#: Reasons for silence: word → what it means. A reason without words is shown as it is.
REASONS: dict[str, str] = {
    "no_events": "no event was seen",
    "nobody": "no event is of anybody who may be told of",
    "no_purchases": "nobody bought anything that was seen",
    "no_customers": "no customer bought anything that was seen: of visitors nobody can say it",
    "no_categories": "neither events nor catalogue name a category",
    "no_sessions": "too few visits saw two things",
    "too_few": "too few people did it to learn from",
    "too_short": "what was seen is shorter than the horizon",
    "not_better": "it was not better than the base rate",
    "not_calibrated": "its probabilities did not mean what they said",
    "sensitive": "the brand's trade makes it sensitive",
}

#: Moments: word → what happened.
MOMENT_WORDS: dict[str, str] = {
    "basket_left": "left in the basket",
    "price_watched": "looked at again and again",
    "just_bought": "just bought",
}


def spoken_reason(reason: str) -> str:
    """A reason for silence in words.

    >>> spoken_reason("not_better"), spoken_reason("too_odd")
    ('it was not better than the base rate', 'too odd')
    """
    return REASONS.get(reason, reason.replace("_", " "))


def spoken_moment(moment: str) -> str:
    """A moment in words.

    >>> spoken_moment("basket_left"), spoken_moment("seen_off")
    ('left in the basket', 'seen off')
    """
    return MOMENT_WORDS.get(moment, moment.replace("_", " "))
