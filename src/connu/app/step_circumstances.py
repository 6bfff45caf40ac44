"""What the rules of next steps must know of a brand beside its tables: from settings and checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from connu.govern.sensitive import declared_sensitive
from connu.kernel.sections import Attribute
from connu.kernel.settings import Settings
from connu.measure.claims import Check
from connu.measure.seen import Seen
from connu.measure.steps_rule import Circumstances
from connu.measure.words import Words


def circumstances_of(
    settings: Settings,
    purchase: str,
    checks: Iterable[Check] = (),
    seen: Seen | None = None,
    themes: Mapping[str, Words] | None = None,
) -> Circumstances:
    """The circumstances of a brand.

    Args:
        settings: its settings.
        purchase: the condition on events that are purchases (`app.purchase_events`).
        checks: those that were made stand for truth: no step asks for it again.
        seen: what customers said of statements about them, likewise, by attribute.
        themes: by theme, what readers are shown.
    """
    checked = {check.name for check in checks if check.checked}
    for side in seen.sides if seen else []:
        checked |= {
            f"customers.{one.part}"
            for one in side.statements
            if one.by == "attribute" and one.statements is not None
        }
    return Circumstances(
        purchase=purchase,
        sector=settings.brand.sector,
        sensitive=tuple(declared_sensitive(settings)),
        precision={name: one.precision for name, one in sorted(settings.attributes.items())},
        usual_precision=Attribute().precision,
        checked=tuple(sorted(checked)),
        themes=themes or {},
    )
