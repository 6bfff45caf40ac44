"""Free text made comparable: lower case, no accents, words separated by one space. SQL."""

from __future__ import annotations


def folded_sql(value: str) -> str:
    """SQL: `Employé(e) d'État` → `employe e d etat`. Pure.

    Args:
        value: SQL of a text.
    """
    plain = f"replace(lower({value}), 'œ', 'oe')"
    return f"trim(regexp_replace(strip_accents({plain}), '[^a-z0-9]+', ' ', 'g'))"
