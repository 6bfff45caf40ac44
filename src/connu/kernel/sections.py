"""The sections of connu.toml, as structures: the settings' only definition.

Each section is frozen and closed to unknown words; its docstring says what each setting does, and
the reference in the docs is made from it.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from connu.kernel.attributes import AGE_LIMITS

Kind = Literal["people", "events", "verbatims", "products"]
Format = Literal["csv", "parquet", "jsonl"]
Sector = Literal["retail", "health", "finance", "media", "travel"]
Language = Literal["fr", "en"]
EngineKind = Literal["duckdb", "spark"]
Survivorship = Literal["recent", "trusted", "frequent"]

Text = Annotated[str, msgspec.Meta(min_length=1)]
Country = Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")]
Letter = Annotated[str, msgspec.Meta(min_length=1, max_length=1)]
Count = Annotated[int, msgspec.Meta(ge=1)]
Probability = Annotated[float, msgspec.Meta(gt=0, lt=1)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Amount = Annotated[float, msgspec.Meta(gt=0)]
Age = Annotated[int, msgspec.Meta(ge=1, le=110)]
Days = Annotated[int, msgspec.Meta(ge=1, le=3650)]
Minutes = Annotated[int, msgspec.Meta(ge=1, le=1440)]
Seed = Annotated[int, msgspec.Meta(ge=0, lt=2**32)]
#: What an event may mean, as far as a brand can say so.
INTENT_ROLES = ("view", "search", "cart", "remove", "purchase")


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A section of the settings: frozen, and closed to unknown words."""


class Brand(Section, frozen=True):
    """[brand] – whose customers these are.

    Attributes:
        name: the brand's name, as shown.
        country: ISO 3166-1 alpha-2; how to read phones, postcodes, dates.
        sector: decides what is sensitive (a health brand's categories are).
    """

    name: Text
    country: Country = "FR"
    sector: Sector = "retail"


class Source(Section, frozen=True):
    """[sources.NAME] – one input.

    Attributes:
        kind: people, events, verbatims or products.
        path: file or glob, relative to the brand's folder.
        url: database URL (SQLAlchemy); with `table` or `query`.
        table: the table to read.
        query: the query to read.
        format: csv, parquet or jsonl; by the file's suffix when absent.
        delimiter: of a CSV; sniffed when absent.
        encoding: of a CSV (utf-8, latin-1 …); sniffed when absent.
        header: whether a CSV's first row names the columns; sniffed when absent.
        unique: a person appears at most once in this source.
        trust: survivorship `trusted` prefers the source with the larger number.
        country: ISO country of this source's people; the brand's when absent.
        day_first: how 03/04/2001 is read; by the country when absent.
        fields: connu's word = the source's column, or several columns.
    """

    kind: Kind
    path: Text | None = None
    url: Text | None = None
    table: Text | None = None
    query: Text | None = None
    format: Format | None = None
    delimiter: Letter | None = None
    encoding: Text | None = None
    header: bool | None = None
    unique: bool = False
    trust: int = 0
    country: Country | None = None
    day_first: bool | None = None
    fields: dict[str, str | list[str]] = msgspec.field(default_factory=dict)


class Attribute(Section, frozen=True):
    """[attributes.NAME] – what to do with one attribute.

    Attributes:
        extrapolate: whether twins may tell it. Absent: sex, age_band, occupation_class, place
            and area are told wherever customers are known, nothing else is.
        precision: speak only when at least this right (0–1).
        survivorship: which value wins: recent, trusted or frequent.
        sensitive: the brand declares that customers consented to its use (a purpose name).
        prior: value = its share (0–1) among visitors, where the brand knows it; values not
            named share the rest.
        audited: CSV or Parquet file, relative to the brand's folder, with the columns
            anonymous_id and value: some 200 visitors whose value somebody asked.
    """

    extrapolate: bool | None = None
    precision: Share = 0.9
    survivorship: Survivorship | None = None
    sensitive: Text | None = None
    prior: dict[str, Share] = msgspec.field(default_factory=dict)
    audited: Text | None = None


class Profile(Section, frozen=True):
    """[profiles.NAME] – several attributes told as one statement, with a probability of its own.

    Attributes:
        precision: speak only when at least this right (0–1).
        parts: the other words of the section: an attribute = the value it must have, or a list
            of values of which it must have one. All parts must hold.
    """

    precision: Share = 0.9
    parts: dict[str, tuple[Text, ...]] = msgspec.field(default_factory=dict)


class Twins(Section, frozen=True):
    """[twins] – telling attributes by those who behave alike. The defaults need no change.

    Attributes:
        enabled: whether a build does.
        neighbors: how many of the known people nearest to a subject are asked.
        age_bands: the ages (years) at which a band of `age_band` begins.
        area: the attribute that says urban, suburban or rural, in the brand's own words.
        seed: of whatever is drawn; the same seed gives the same statements.
    """

    enabled: bool = True
    neighbors: Count = 50
    age_bands: tuple[Age, ...] = AGE_LIMITS
    area: Text | None = None
    seed: Seed = 0


class Intents(Section, frozen=True):
    """[intents] – what a subject is after, what comes next, whether he stays.

    The defaults need no change; a brand whose events have names of their own lists them.

    Attributes:
        enabled: whether a build tells intents.
        horizons_days: within how many days (24 hours each) a purchase is foretold.
        staying_days: within how many days it is foretold that he buys again.
        session_minutes: where no source names sessions, a longer pause begins one.
        top: how many rows are kept of one subject, by kind and level.
        staff: identifiers of colleagues (e-mail, phone, account …) or `@domain`: the events of
            whoever holds one are set aside.
        view: types of events, in the brand's words, that look at a product or a category.
        search: types that search.
        cart: types that put into the basket, or begin to order.
        remove: types that take out of the basket.
        purchase: types that buy.
        seed: of whatever is drawn; the same seed gives the same intents.
    """

    enabled: bool = True
    horizons_days: tuple[Days, ...] = (1, 7, 30)
    staying_days: tuple[Days, ...] = (91, 365)
    session_minutes: Minutes = 30
    top: Count = 10
    staff: tuple[Text, ...] = ()
    view: tuple[Text, ...] = ()
    search: tuple[Text, ...] = ()
    cart: tuple[Text, ...] = ()
    remove: tuple[Text, ...] = ()
    purchase: tuple[Text, ...] = ()
    seed: Seed = 0

    @property
    def roles(self) -> dict[str, tuple[str, ...]]:
        """The brand's own words for types of events, by role."""
        return {role: getattr(self, role) for role in INTENT_ROLES}


class Understand(Section, frozen=True):
    """[understand] – what customers expect of the brand, in their own words.

    The defaults need no change. Themes are not said here but in `codebook.toml`, beside.

    Attributes:
        enabled: whether a build listens.
        languages: of the brand's customers (fr, en).
        competitors: other brands, as customers name them.
        encoder: what stands beside connu's n-grams where there are labels: ngrams (nothing),
            minilm, taught (MiniLM as `connu teach` leaves it), a folder, owner/name of
            sentence-transformers, or endpoint.
        endpoint_url: address of a service with OpenAI's interface, up to and with /v1. Masked
            texts of those who did not refuse are sent there, where `encoder` says endpoint or
            somebody asks a chat model.
        embedding_model: the endpoint's model for vectors.
        chat_model: the endpoint's model that may propose codes and themes; off when absent.
        endpoint_key: the environment variable that holds the endpoint's key; never the key.
        seed: of whatever is drawn; the same seed gives the same codes.
    """

    enabled: bool = True
    languages: tuple[Language, ...] = ("fr", "en")
    competitors: tuple[Text, ...] = ()
    encoder: Text = "ngrams"
    endpoint_url: Text | None = None
    embedding_model: Text | None = None
    chat_model: Text | None = None
    endpoint_key: Text | None = None
    seed: Seed = 0


class Survey(Section, frozen=True):
    """[survey] – asking customers whether what is said of them is right.

    Attributes:
        own_estimate: the share of customers (0–1) that the brand believes to know: the scorecard
            holds it against what they say themselves.
    """

    own_estimate: Share | None = None


class Identify(Section, frozen=True):
    """[identify] – how records become customers. The defaults need no change.

    Attributes:
        merge_probability: two groups become one customer at or above it (0–1).
        undecided_probability: below `merge_probability` and at or above this, a pair is
            reported as undecided.
        limits: how many values of an identifier type one customer may hold before that
            type's shared values stop linking at once; others 5, account 1.
        survivorship: the rule for attributes without their own.
        shared_device_accounts: a cookie seen with more accounts than this is a shared device.
    """

    merge_probability: Probability = 0.5
    undecided_probability: Probability = 0.1
    limits: dict[str, Count] = msgspec.field(default_factory=dict)
    survivorship: Survivorship = "recent"
    shared_device_accounts: Count = 1

    def limit(self, identifier: str) -> int:
        """The limit of an identifier type: as set, or account 1, others 5."""
        return self.limits.get(identifier, 1 if identifier == "account" else 5)


class EngineChoice(Section, frozen=True):
    """[engine] – where tables live.

    Attributes:
        kind: duckdb (embedded), or spark (extra `spark`, Java 17), on which not every stage
            of a build runs yet.
        threads: worker threads.
        memory_gb: what the engine may hold before it spills to disk.
    """

    kind: EngineKind = "duckdb"
    threads: Count = 2
    memory_gb: Amount = 1.0


class Journal(Section, frozen=True):
    """[journal] – where people's own input is kept.

    Attributes:
        url: SQLAlchemy URL; `.connu/journal.db` (SQLite) when absent.
    """

    url: Text | None = None


class Settings(Section, frozen=True):
    """connu.toml, whole.

    Attributes:
        brand: whose customers these are.
        sources: the inputs, by name.
        attributes: per attribute of the golden record or of the brand's own.
        profiles: several attributes told as one statement.
        twins: telling attributes by those who behave alike.
        intents: what a subject is after, what comes next, whether he stays.
        understand: what customers expect of the brand.
        survey: asking customers whether what is said of them is right.
        identify: how records become customers.
        engine: where tables live.
        journal: where people's own input is kept.
    """

    brand: Brand
    sources: dict[str, Source] = msgspec.field(default_factory=dict)
    attributes: dict[str, Attribute] = msgspec.field(default_factory=dict)
    profiles: dict[str, Profile] = msgspec.field(default_factory=dict)
    twins: Twins = msgspec.field(default_factory=Twins)
    intents: Intents = msgspec.field(default_factory=Intents)
    understand: Understand = msgspec.field(default_factory=Understand)
    survey: Survey = msgspec.field(default_factory=Survey)
    identify: Identify = msgspec.field(default_factory=Identify)
    engine: EngineChoice = msgspec.field(default_factory=EngineChoice)
    journal: Journal = msgspec.field(default_factory=Journal)

    def of_kind(self, kind: str) -> dict[str, Source]:
        """The sources of one kind, by name, sorted: their order in the file means nothing."""
        return {name: s for name, s in sorted(self.sources.items()) if s.kind == kind}


#: The sections that stand once, and those that stand once per name.
SECTIONS: dict[str, type[Section]] = {
    "brand": Brand,
    "identify": Identify,
    "twins": Twins,
    "intents": Intents,
    "understand": Understand,
    "survey": Survey,
    "engine": EngineChoice,
    "journal": Journal,
}
NAMED_SECTIONS: dict[str, type[Section]] = {
    "sources": Source,
    "attributes": Attribute,
    "profiles": Profile,
}
