"""Features: the names that columns have, and how they read in evidence."""

from __future__ import annotations

from connu.twins.paths import last_level

#: The dense columns of every subject, in this order, before all others.
MEASURES: tuple[str, ...] = (
    "events",
    "sessions",
    "days",
    "pace",
    "pace varies",
    "stay",
    "products",
    "new products",
    "new categories",
)
_MEASURES = {
    "events": "how much he does",
    "sessions": "how often he comes",
    "days": "how long he has been seen",
    "pace": "how quickly he goes on",
    "pace varies": "how steadily he goes on",
    "stay": "how long he stays",
    "products": "how many products he looks at",
    "new products": "how seldom he comes back to a product",
    "new categories": "how seldom he comes back to a category",
}
#: Between the two ends of a transition's name; no category holds it.
PAIR = "\x1f"
_DAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_PARTS = ("at night", "in the morning", "in the afternoon", "in the evening")


def pair_name(left: str, right: str) -> str:
    """The name of a transition.

    >>> feature_words("transitions", pair_name("women/shoes", "women/bags"))
    'from shoes to bags'
    """
    return left + PAIR + right


def level_of(block: str) -> int:
    """The level of a block of paths, from 1; 0 of any other block.

    >>> level_of("category 2"), level_of("page 1"), level_of("hour")
    (2, 1, 0)
    """
    stem, _, level = block.rpartition(" ")
    return int(level) if stem in ("category", "page") else 0


def feature_words(block: str, name: str, category: str | None = None) -> str:
    """A feature in words; `category`: of a product, where it belongs.

    >>> feature_words("category 2", "women/shoes"), feature_words("product", "A12", "women/shoes")
    ('category women/shoes', 'product A12 (shoes)')
    >>> feature_words("hour", "21"), feature_words("weekday", "5")
    ('in the evening (21 h UTC)', 'on Saturdays')
    """
    if block == "measures":
        return _MEASURES[name]
    if block == "hour":
        return f"{_PARTS[int(name) // 6]} ({name} h UTC)"
    if block == "weekday":
        return f"on {_DAYS[int(name)]}"
    if block in ("transitions", "top transitions"):
        left, right = name.split(PAIR, 1)
        if left == right:
            return f"staying in {last_level(left)}"
        return f"from {last_level(left)} to {last_level(right)}"
    if block in ("product", "ratings"):
        inside = f" ({last_level(category)})" if category else ""
        return f"product {name}{inside}" + (", his rating of it" if block == "ratings" else "")
    if level_of(block):
        return f"{block.rpartition(' ')[0]} {name}"
    return {"type": "event"}.get(block, block) + f" {name}"
