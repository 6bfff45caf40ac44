"""Which field each column of a file holds, guessed from its name and its values together.

A name alone is not enough (a column `email` without e-mails is doubted), values alone say little
except for e-mails. Every guess has its reason and a confidence; the reader decides.
"""

from __future__ import annotations

from dataclasses import dataclass

from connu.kernel.fields import REQUIRED
from connu.sources.headers import TRUTH, header_guesses, header_words
from connu.sources.profiles import NEARLY as _NEARLY
from connu.sources.profiles import Profile

#: A guess at or above it is proposed; below it, it is written as a comment.
SURE = 0.7
#: Below it, a guess is not worth a comment.
WORTH = 0.3
_SEVERAL = ("address", "email", "phone")
_BORNE_OUT = 0.98  # what a name is worth when the values agree
_BY_NAME = 0.9  # when they neither agree nor contradict
_NOT_SEEN = 0.6  # when the column is empty
_CONTRADICTED = 0.35  # when the values are something else
_KEYS = ("account", "loyalty_card", "support_case", "national_id")
_PERSONAL = (
    *("first_name", "last_name", "full_name", "birth_date", "address", "postcode", "city"),
    *("email", "phone", "sex", "civility"),
)

#: field: the shape its values have, the least share, and what it is called.
_SHAPES = {
    "email": ("email", 0.5, "e-mail addresses"),
    "phone": ("phone", 0.5, "phone numbers"),
    "birth_date": ("date", 0.5, "dates"),
    "birth_year": ("year", 0.5, "years"),
    "sex": ("sex", 0.4, "words for a sex"),
    "civility": ("sex", 0.4, "civilities"),
    "first_name": ("letters", 0.6, "names"),
    "last_name": ("letters", 0.6, "names"),
    "full_name": ("letters", 0.6, "names"),
    "city": ("letters", 0.5, "names of places"),
    "country": ("letters", 0.6, "countries"),
    "postcode": ("code", 0.5, "codes"),
    "value": ("number", 0.7, "amounts"),
    "price": ("number", 0.7, "prices"),
    "rating": ("number", 0.7, "numbers"),
    "nps": ("number", 0.7, "numbers"),
}


@dataclass(frozen=True)
class Guess:
    """What one column holds.

    Attributes:
        column: the source's column.
        field: connu's word, or None: kept as an attribute.
        confidence: 0–1.
        reason: why, one phrase.
    """

    column: str
    field: str | None
    confidence: float
    reason: str

    @property
    def sure(self) -> bool:
        """Whether the guess is proposed and not only mentioned."""
        return self.field is not None and self.confidence >= SURE


@dataclass(frozen=True)
class KindGuess:
    """What one file holds.

    Attributes:
        kind: people, events, verbatims or products.
        score: how much speaks for it; comparable between the kinds.
        guesses: one per column, in the file's order; a key may also serve as the id.
    """

    kind: str
    score: float
    guesses: list[Guess]

    def columns(self, field: str) -> list[str]:
        """The columns surely of one field."""
        return [guess.column for guess in self.guesses if guess.sure and guess.field == field]

    def missing(self) -> list[str]:
        """The fields that the kind needs and no column surely is."""
        return [field for field in REQUIRED[self.kind] if not self.columns(field)]


def guess_kinds(profiles: list[Profile]) -> list[KindGuess]:
    """Every kind's reading of a file, the likeliest first."""
    readings = [_read(kind, profiles) for kind in ("people", "events", "verbatims", "products")]
    return sorted(readings, key=lambda reading: -reading.score)


def _read(kind: str, profiles: list[Profile]) -> KindGuess:
    candidates = [guess for p in profiles for guess in _candidates(kind, p, profiles)]
    order = {profile.name: (-profile.filled, place) for place, profile in enumerate(profiles)}
    candidates.sort(key=lambda guess: (-guess.confidence, order[guess.column]))
    chosen: dict[str, Guess] = {}
    beaten: dict[str, Guess] = {}
    taken: dict[str, str] = {}
    for guess in candidates:
        assert guess.field is not None
        if guess.column in chosen:
            continue
        better = taken.get(guess.field)
        if better is not None and not (guess.field in _SEVERAL and guess.sure):
            told = Guess(guess.column, None, 0.0, f"{guess.field} is «{better}»")
            beaten.setdefault(guess.column, told)
            continue
        chosen[guess.column] = guess
        taken.setdefault(guess.field, guess.column)
    guesses = [
        chosen.get(p.name) or beaten.get(p.name) or Guess(p.name, None, 0.0, _plain(p))
        for p in profiles
    ]
    if "id" in REQUIRED[kind]:
        guesses = _with_id(guesses, profiles)
    return KindGuess(kind, _score(kind, guesses, profiles), guesses)


def _with_id(guesses: list[Guess], profiles: list[Profile]) -> list[Guess]:
    """Where no column is surely the id: the first key of another type, or the first unique one."""
    if any(guess.sure and guess.field == "id" for guess in guesses):
        return guesses
    pairs = list(zip(guesses, profiles, strict=True))
    named = any(guess.field == "id" for guess in guesses)
    for fit in (
        lambda guess, profile: guess.field in _KEYS and profile.nearly_key,
        lambda guess, profile: not named and guess.field is None and _may_be_key(profile),
    ):
        for guess, profile in pairs:
            if fit(guess, profile):
                confidence = 0.8 if guess.field in _KEYS else 0.5
                told = Guess(profile.name, "id", confidence, _unique(profile))
                rest = [g for g in guesses if g.field != "id" and (g is not guess or g.field)]
                return [told, *rest]
    return guesses


def _may_be_key(profile: Profile) -> bool:
    moments = profile.share("moment") + profile.share("day")
    return profile.is_key and moments < 0.5 and not TRUTH.search(header_words(profile.name))


def _plain(profile: Profile) -> str:
    if TRUTH.search(header_words(profile.name)):
        return "looks like the truth of an evaluation, which is no key"
    return "no field of this kind"


def _candidates(kind: str, profile: Profile, profiles: list[Profile]) -> list[Guess]:
    if TRUTH.search(header_words(profile.name)):
        return []
    found = []
    for field, clear in header_guesses(kind, profile.name).items():
        worth, reason = _judged(kind, field, profile, profiles)
        found.append(Guess(profile.name, field, clear * worth, reason))
    if kind != "products" and profile.share("email") > 0.8:
        found.append(Guess(profile.name, "email", 0.85, "the values are e-mail addresses"))
    if kind == "people" and profile.share("british") > 0.8:
        found.append(Guess(profile.name, "postcode", 0.8, "the values are British postcodes"))
    return [guess for guess in found if guess.confidence >= WORTH]


def _judged(kind: str, field: str, profile: Profile, profiles: list[Profile]) -> tuple[float, str]:
    """How far the values bear out what the name says (0–1), and the reason."""
    if not profile.shares:
        return _NOT_SEEN, "by its name; the column is empty"
    if field == "id":
        return _judged_id(profile)
    if field in ("last_name", "full_name"):
        return _judged_name(field, profile, profiles)
    if field in ("time", "recorded_at"):
        moments = profile.share("moment") + profile.share("day") + profile.share("date") / 2
        return _verdict(moments >= 0.6, "times")
    if field == "text":
        return _verdict(profile.length >= 20 and profile.share("spaces") >= 0.5, "sentences")
    if field == "type":
        few = profile.distinct <= max(100, profile.rows // 20) and profile.length <= 40
        return _verdict(few, "a few words that come again")
    if field.startswith("consent."):
        answers = profile.share("answer") + profile.share("day") + profile.share("moment")
        return _verdict(answers >= 0.8, "yes and no")
    if field in _SHAPES:
        shape, least, called = _SHAPES[field]
        return _verdict(profile.share(shape) >= least, called)
    return _BY_NAME, "by its name"


def _judged_id(profile: Profile) -> tuple[float, str]:
    if profile.nearly_key:
        return _BORNE_OUT if profile.is_key else _BY_NAME, f"by its name, and {_unique(profile)}"
    if profile.filled < _NEARLY:
        return 0.5, f"by its name, but {1 - profile.filled:.0%} of the rows have none"
    return 0.5, "by its name, but values come more than once"


def _unique(profile: Profile) -> str:
    almost = "" if profile.is_key else "almost "
    return f"{almost}every row has a value of its own"


def _judged_name(field: str, profile: Profile, profiles: list[Profile]) -> tuple[float, str]:
    """`nom` and `name` are a last name beside a first name, else whatever their words say."""
    worth, reason = _verdict(profile.share("letters") >= 0.6, "names")
    if header_words(profile.name) not in ("nom", "name"):
        return worth, reason
    beside = any(
        header_guesses("people", other.name).get("first_name", 0) >= SURE for other in profiles
    )
    whole = not beside and profile.share("spaces") >= 0.6
    if (field == "full_name") == whole:
        why = (
            "beside a first name" if beside else "of one word" if not whole else "of several words"
        )
        return worth, f"by its name and values, {why}"
    return worth * 0.5, reason


def _verdict(borne_out: bool, called: str) -> tuple[float, str]:
    if borne_out:
        return _BORNE_OUT, f"by its name, and the values are {called}"
    return _CONTRADICTED, f"by its name, but the values are not {called}"


def _score(kind: str, guesses: list[Guess], profiles: list[Profile]) -> float:
    """How much speaks for a kind: its required fields first, then what only it has."""
    sure = {guess.field: guess.confidence for guess in guesses if guess.sure}
    lacking = sum(field not in sure for field in REQUIRED[kind])
    score = sum(sure.values()) - 2.0 * lacking
    if kind == "people":
        score += sum(field in sure for field in _PERSONAL)
    elif kind == "verbatims":
        score += 2.0 if "text" in sure else -2.0
    elif kind == "events":
        # A log of clicks has no types: it says in which visit what was looked at.
        if {"time", "type"} <= set(sure) or {"time", "session", "product"} <= set(sure):
            score += 1.5
        else:
            score -= 2.0 if "type" in sure else 4.0
    else:
        score += 1.0 if {"name", "price"} <= set(sure) else -1.0
    return score
