"""Paths: a category or a page as its levels, from the widest to the narrowest.

`women/shoes/boots` is `women`, `women/shoes` and `women/shoes/boots`: what is known of a wide level
serves for every narrow one under it, which is how a product seen once says something.
"""

from __future__ import annotations

#: Levels kept of a category and of a page; what lies deeper counts as the last of them.
CATEGORY_LEVELS, PAGE_LEVELS = 6, 4


def category_levels(path: str) -> list[str]:
    """The levels of a category, widest first, at most `CATEGORY_LEVELS`; none for an empty one.

    >>> category_levels("women/ shoes /boots")
    ['women', 'women/shoes', 'women/shoes/boots']
    >>> category_levels(" / ")
    []
    """
    return _levels(path, CATEGORY_LEVELS)


def page_path(page: str) -> str:
    """A page without what its query and its anchor say, which may be anything, even personal.

    >>> page_path("/search?q=my+name#top")
    '/search'
    """
    return page.split("?", 1)[0].split("#", 1)[0]


def page_levels(page: str) -> list[str]:
    """The levels of a page's path, widest first, at most `PAGE_LEVELS`; the home page is `/`.

    >>> page_levels("https://shop.example/help/returns?step=2")
    ['help', 'help/returns']
    >>> page_levels("https://shop.example/"), page_levels("  ")
    (['/'], [])
    """
    path = page_path(page).strip()
    if not path:
        return []
    if "://" in path:
        path = path.split("://", 1)[1].partition("/")[2]
    return _levels(path, PAGE_LEVELS) or ["/"]


def last_level(path: str) -> str:
    """The narrowest level's own name.

    >>> last_level("women/shoes"), last_level("/")
    ('shoes', '/')
    """
    return path.rsplit("/", 1)[-1] or path


def _levels(path: str, limit: int) -> list[str]:
    path = path.replace("\x1f", " ")  # which separates the ends of a transition
    parts = [part for part in (piece.strip() for piece in path.split("/")) if part][:limit]
    return ["/".join(parts[: level + 1]) for level in range(len(parts))]
