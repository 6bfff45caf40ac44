"""Words for nothing: what stands in a column where there is no value."""

from __future__ import annotations

#: What people and programs write when they have nothing to say; compared in lower case.
NULL_WORDS = (
    *("null", "(null)", "none", "nil", "n/a", "n.a.", "n.a", "#n/a", "na", "nan", "undefined"),
    *("nc", "n.c.", "n/c", "nr", "n.r.", "k.a.", "tbd", "empty", "vide", "missing", "unspecified"),
    *("-", "--", "---", ".", "..", "?", "??", "???", "x", "xx", "xxx", "xxxx"),
    *("unknown", "unk", "not available", "not provided", "not known", "no name"),
    *("inconnu", "inconnue", "aucun", "aucune", "sans objet", "pas de nom", "non fourni"),
    *("non renseigne", "non renseigné", "non renseignee", "non renseignée"),
    *("non communique", "non communiqué", "unbekannt", "keine", "keine angabe"),
)
