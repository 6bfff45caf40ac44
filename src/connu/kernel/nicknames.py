"""Short and familiar forms of first names, French and English.

Written by hand from common usage; in the kernel because reading and linking, which never import
each other, both need it. Names are folded: lower case, ASCII, a hyphen is a space. A form may
stand for several names (`alex`: alexandre, alexandra …), so a shared canonical name is evidence
that two first names agree, never proof.
"""

from __future__ import annotations

from importlib import resources

#: A line each: «canonical name: the forms that stand for it».
_FORMS = resources.files("connu.kernel").joinpath("nicknames.txt").read_text(encoding="utf-8")


def _inverted(forms: str) -> dict[str, tuple[str, ...]]:
    canonical: dict[str, set[str]] = {}
    for line in forms.strip().splitlines():
        name, _, short = line.partition(": ")
        for form in short.split():
            canonical.setdefault(form, set()).add(name)
    return {form: tuple(sorted(names)) for form, names in sorted(canonical.items())}


#: form: the canonical names it may stand for, sorted.
NICKNAMES: dict[str, tuple[str, ...]] = _inverted(_FORMS)


def canonical_names(name: str) -> tuple[str, ...]:
    """The name itself, then the names it is a familiar form of.

    >>> canonical_names("liz")
    ('liz', 'elisabeth', 'elizabeth')
    >>> canonical_names("zoe")
    ('zoe',)
    """
    return (name, *NICKNAMES.get(name, ()))
