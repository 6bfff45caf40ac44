"""Keeping in the journal what a customer said about a purpose."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from connu.app.finding import Named, name, readings_of
from connu.app.reading import OpenBuild
from connu.app.visitor import lone_visitor
from connu.govern import purposes
from connu.journal.journal import Journal
from connu.kernel.errors import NotFoundError, UsageError
from connu.kernel.settings import Settings

#: Identifiers that name a person also before connu has met them.
_UNMISTAKABLE = ("email", "phone")


@dataclass(frozen=True)
class Kept:
    """What was kept.

    Attributes:
        purpose: for which purpose.
        granted: granted, or withdrawn.
        customers: whom it concerns today; nobody when the identifier is not known yet.
        visitor: the cookie of a visitor nobody knows, when it is he who spoke.
    """

    purpose: str
    granted: bool
    customers: list[str]
    visitor: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """What was kept as JSON."""
        return asdict(self)


def keep_consent(
    reading: OpenBuild,
    settings: Settings,
    journal: Journal,
    who: str,
    purpose: str,
    *,
    granted: bool,
    by: str = "cli",
) -> Kept:
    """Keep that a customer grants or withdraws a purpose.

    By an identifier it holds for the identifier: an address that unsubscribed stays so, whoever
    turns out to hold it, and also when nobody does yet. By a customer id or a record it holds for
    the customer's records. A visitor nobody knows speaks by his cookie.

    Args:
        reading: the build in force, opened for rights: who refused everything is found too.
        settings: the brand's.
        journal: where it is kept.
        who: a customer id, a record or an identifier.
        purpose: one the brand knows.
        granted: False withdraws.
        by: through what it came.

    Raises:
        PurposeError: the brand does not know the purpose.
        NotFoundError: nobody answers to it, no customer and no visitor, and it is neither an
            e-mail nor a phone number.
        UsageError: several customers answer to a grant: nobody grants for another.
    """
    purposes.checked(purpose, purposes.of_brand(settings))
    try:
        named = name(reading, settings, who)
    except NotFoundError:
        possible = readings_of(who, settings)
        cookie = lone_visitor(reading, [v for kind, v in possible if kind == "anonymous_id"])
        keys = [key for key in possible if key[0] in _UNMISTAKABLE]
        if cookie is not None:
            keys = [("anonymous_id", cookie)]
        if not keys:
            raise
        journal.consent(purpose, granted, by, identifiers=keys)
        return Kept(purpose, granted, [], cookie)
    if granted:
        _need_one(named)
    if named.keys:
        journal.consent(purpose, granted, by, identifiers=named.keys)
    else:
        whole = name(reading, settings, named.customers[0])
        journal.consent(purpose, granted, by, records=whole.records)
    return Kept(purpose, granted, named.customers)


def _need_one(named: Named) -> None:
    if len(named.customers) > 1:
        raise UsageError(
            f"{len(named.customers)} customers answer to that, and nobody grants for another",
            hint="name one by his customer id or a record; connu show lists them",
        )
