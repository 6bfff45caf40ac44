"""`connu status`: builds, sources, rows, and what was rejected and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connu.cli.options import AsJson, BrandFolder, opened

if TYPE_CHECKING:
    from rich.console import Console

    from connu.app.status import Status


def status(brand: BrandFolder = None, as_json: AsJson = False) -> None:
    """Say what there is: builds, sources, row counts, rejected rows and why.

    Shows numbers only, no customer. Works while a build is running.

    [dim]Examples:[/]
      connu status
      connu status --json | jq .quarantine
    """
    found = opened(brand).status()
    if as_json:
        from connu.cli.screen import print_json

        print_json(found.as_dict())
        return
    from connu.cli.screen import out

    print_status(out(), found)


def print_status(console: Console, found: Status) -> None:
    """The status on the screen."""
    from connu.cli.screen import duration, table

    console.print(f"[bold]{found.brand}[/] in {found.folder}")
    sources = [
        (s["source"], s["kind"], s["place"], s["rows"], s["rejected"]) for s in found.sources
    ]
    headers = ("source", "kind", "read from", "rows", "rejected")
    console.print(table(headers, sources, right=("rows", "rejected")))
    for remark in found.remarks:
        console.print(f"[yellow]![/] {remark}")
    if not found.builds:
        console.print("There is no build to read. [dim]Next: connu build[/]")
        return
    builds = [
        (
            ("→ " if build["current"] else "  ") + build["build_id"],
            build["records"],
            build["customers"],
            duration(build["seconds"]),
        )
        for build in found.builds
    ]
    right = ("records", "customers", "took")
    console.print(table(("build", *right), builds, right=right))
    if found.quarantine:
        rejected = [
            (q["source"], q["rows"], q["first_row"], q["column"], q["reason"])
            for q in found.quarantine
        ]
        headers = ("source", "rejected", "first row", "column", "why")
        console.print(table(headers, rejected, right=("rejected", "first row")))
    for line in told_by_twins(found.twins):
        console.print(line)
    shifts = _shifts(found.twins)
    if shifts:
        made = table(_SHIFT, shifts, right=_SHIFT[1:-1])
        made.title = "[bold]visitors beside the customers known[/]"
        console.print(made)
    for line in told_of_intents(found.intents) + told_of_listening(found.understood):
        console.print(line)
    if found.decisions:
        told = ", ".join(f"{number:,} {what}" for what, number in found.decisions.items())
        console.print(f"In the journal: {told}.")


_SHIFT = ("attribute", "known", "worth", "visitors", "unlike", "AUC", "so they are")


def _shifts(twins: dict[str, Any]) -> list[tuple[Any, ...]]:
    """How like the known customers the visitors are, a row an attribute.

    >>> shift = {"known": 900, "visitors": 400, "effective": 310.4, "unlike_share": 0.015}
    >>> shift |= {"auc": 0.731, "verdict": "shifted"}
    >>> _shifts({"attributes": {"sex": {"shift": shift}, "place": {"shift": None}}})
    [('sex', 900, '310', 400, '1.5 %', '0.73', 'shifted')]
    """
    found = {name: told.get("shift") for name, told in twins.get("attributes", {}).items()}
    return [
        (
            name,
            shift["known"],
            "" if shift["effective"] is None else f"{shift['effective']:,.0f}",
            shift["visitors"],
            f"{100 * shift['unlike_share']:.1f} %",
            "" if shift["auc"] is None else f"{shift['auc']:.2f}",
            shift["verdict"].replace("_", " "),
        )
        for name, shift in sorted(found.items())
        if shift
    ]


def told_by_twins(twins: dict[str, Any]) -> list[str]:
    """What twins told in a build, and of what they are silent, a line each.

    >>> sex = {"known": 90, "subjects": 400, "stated": 120, "right": 0.942}
    >>> told_by_twins({"attributes": {"sex": sex, "place": sex | {"stated": 0}}})[0]
    'Told by twins: sex of 120 out of 400 (94.2 % right, held out).'
    >>> told_by_twins({"attributes": {"place": sex | {"stated": 0}}})
    ['Twins are not sure enough of anybody: place (why: connu export silences -o FILE).']
    >>> told_by_twins({"silent": {"place": "too_few_known"}})
    ['Twins are silent: place (too few customers are known by it).']
    """
    from connu.app.visitor import because

    attributes = twins.get("attributes", {})
    told = [
        f"{name} of {counts['stated']:,} out of {counts['subjects']:,}"
        + (f" ({100 * counts['right']:.1f} % right, held out)" if counts.get("right") else "")
        for name, counts in attributes.items()
        if counts["stated"]
    ]
    unsure = [name for name, counts in attributes.items() if not counts["stated"]]
    silent = [f"{name} ({because(reason)})" for name, reason in twins.get("silent", {}).items()]
    why = "why: connu export silences -o FILE"
    lines = (
        ("Told by twins", told, ""),
        ("Twins are not sure enough of anybody", unsure, f" ({why})"),
        ("Twins are silent", silent, ""),
    )
    return [f"{head}: {', '.join(names)}{tail}." for head, names, tail in lines if names]


_KINDS = (
    ("affinities", "affinities"),
    ("buying", "chances to buy"),
    ("next", "next products and categories"),
    ("staying", "forecasts of staying"),
    ("moments", "moments"),
)
_ASIDE = {
    "bots": "of machines",
    "staff": "of colleagues",
    "refused": "of who refused",
    "no_subject": "of nobody",
    "shared_device": "behind shared devices",
    "no_time": "without a time",
    "absurd_time": "at an impossible time",
    "future": "in the future",
    "repeated": "repeated",
    "told_twice": "told twice",
}


def spoken_aside(aside: dict[str, int]) -> str:
    """Events that were set aside, by reason, in words; subjects are counted by their events.

    >>> spoken_aside({"bots": 7000, "bot_subjects": 1, "future": 0, "repeated": 2})
    '7,000 of machines, 2 repeated'
    """
    told = [(aside.get(reason, 0), words) for reason, words in _ASIDE.items()]
    return ", ".join(f"{events:,} {words}" for events, words in told if events)


def told_of_intents(intents: dict[str, Any]) -> list[str]:
    """What a build says everybody is after, what was set aside for it, and what it does not say.

    >>> told = {"subjects": 1200, "affinities": 3400, "moments": 0, "aside": {"bots": 70}}
    >>> silent = {"kind": "buy", "level": "any", "target": None, "horizon_days": 1}
    >>> lines = told_of_intents(told | {"silent": [silent | {"reason": "not_better"}]})
    >>> lines[0]
    'Intents of 1,200 customers and visitors: 3,400 affinities.'
    >>> lines[1]
    'Events set aside: 70 of machines.'
    >>> lines[2]
    'Nothing is said of buying anything within 1 day: it was not better than the base rate.'
    """
    from connu.app.intent_silences import remarks_of, silences_of

    if not intents.get("subjects") and not intents.get("silent"):
        return []
    told = [f"{intents[kind]:,} {words}" for kind, words in _KINDS if intents.get(kind)]
    aside = spoken_aside(intents.get("aside", {}))
    lines = [
        f"Intents of {intents['subjects']:,} customers and visitors: "
        f"{', '.join(told) or 'nothing is told'}."
    ]
    lines += [f"Events set aside: {aside}."] if aside else []
    remarks = remarks_of(silences_of(intents.get("silent", [])))
    return lines + [f"{line[0].upper()}{line[1:]}." for line in remarks]


#: Why a verbatim, or a part of it, was not coded: word → what it means.
_UNHEARD: dict[str, str] = {
    "refused": "whose writers refused",
    "duplicate": "said before",
    "template": "templates",
    "automatic_reply": "automatic replies",
    "quoted": "quoted mails alone",
    "signature": "signatures alone",
    "greeting": "greetings alone",
    "empty": "empty",
    "no_words": "without words",
    "binary": "unreadable",
    "cut": "read only in their first 20,000 signs",
}


def told_of_listening(understood: dict[str, Any]) -> list[str]:
    """What a build heard, and what was set aside.

    >>> heard = {"verbatims": 4100, "customers": 1200, "statements": 9000, "expectations": 7000}
    >>> told_of_listening(heard | {"by_hand": 12, "aside": {"duplicate": 30}})[0]
    '4,100 verbatims were listened to (12 coded by hand): 7,000 expectations of 1,200 customers.'
    >>> told_of_listening(heard | {"by_hand": 0, "aside": {"duplicate": 30}})[1]
    'Verbatims set aside: 30 said before.'
    """
    if not understood.get("verbatims"):
        return []
    hand = f" ({understood['by_hand']:,} coded by hand)" if understood.get("by_hand") else ""
    lines = [
        f"{understood['verbatims']:,} verbatims were listened to{hand}: "
        f"{understood['expectations']:,} expectations of {understood['customers']:,} customers."
    ]
    told = [
        f"{number:,} {_UNHEARD.get(reason, reason.replace('_', ' '))}"
        for reason, number in understood.get("aside", {}).items()
        if number
    ]
    return lines + ([f"Verbatims set aside: {', '.join(told)}."] if told else [])
