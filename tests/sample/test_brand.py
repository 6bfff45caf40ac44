"""The sample brand as a whole: the same bytes again, settings that hold, nothing true in data/."""

from __future__ import annotations

import hashlib
import re
import time
from pathlib import Path

import pytest

from connu.kernel.errors import UsageError
from connu.kernel.progress import Silent
from connu.kernel.sections import Intents
from connu.kernel.settings import read_settings
from connu.sample import BrandMade, make_brand
from connu.sample.chance import Chance
from connu.sample.clicks import make_clicks
from connu.sample.visits import make_visits
from connu.sample.world import World


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("one", 5), ("again", 5), ("other", 6)):
        make_brand(tmp_path / name, people=300, seed=seed, progress=Silent())
    one = digests(tmp_path / "one")
    make_brand(tmp_path / "one", people=300, seed=5, progress=Silent())  # over itself
    assert one == digests(tmp_path / "again")
    other = digests(tmp_path / "other")
    same = [name for name, digest in one.items() if other[name] == digest]
    assert same == ["connu.toml", "truth/README.md", "truth/drivers.csv"]


def test_settings_hold_and_name_files_that_are_there(sample: Path) -> None:
    settings = read_settings(sample)
    assert settings.brand.name == "Maison Claire"
    kinds = {kind: set(settings.of_kind(kind)) for kind in ("people", "events", "verbatims")}
    assert kinds == {
        "people": {"crm", "accounts", "loyalty", "support", "social", "unsubscribes"},
        "events": {"web", "orders"},
        "verbatims": {"surveys", "reviews", "posts", "support_texts", "poll"},
    }
    assert settings.sources["crm"].fields["consent.marketing"] == "optin_mail"
    assert settings.sources["social"].fields["social.twitter"] == "twitter"
    for source in settings.sources.values():
        written = source.path or (source.url or "").removeprefix("sqlite:///")
        assert list(sample.glob(written)), written


def test_settings_of_intents_hold_once_their_marks_are_taken_away(
    sample: Path, tmp_path: Path
) -> None:
    text = (sample / "connu.toml").read_text(encoding="utf-8")
    head, _, rest = text.partition("[intents]\n")
    section, blank, tail = rest.partition("\n\n")
    offered = re.sub(r"^# (?=\w+ = )", "", section, flags=re.MULTILINE)
    (tmp_path / "connu.toml").write_text(
        f"{head}[intents]\n{offered}{blank}{tail}", encoding="utf-8"
    )
    tried, left = read_settings(tmp_path).intents, read_settings(sample).intents
    assert left == Intents()
    assert tried.purchase == ("retrait magasin",) and tried.staff == ("@maison-claire.example",)
    assert (tried.horizons_days, tried.staying_days) == (left.horizons_days, left.staying_days)


def test_every_source_says_how_many_rows_it_has(made: BrandMade) -> None:
    assert set(read_settings(made.folder).sources) <= set(made.rows)
    assert all(rows > 0 for rows in made.rows.values())


def test_truth_is_never_among_the_data(sample: Path) -> None:
    for path in (sample / "data").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"P0000" not in content and b"truth" not in content, path


def test_every_mail_domain_is_reserved(sample: Path) -> None:

    found: set[str] = set()
    for path in (sample / "data").rglob("*"):
        if path.suffix in (".csv", ".jsonl"):
            found |= set(
                re.findall(r"@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)", path.read_text("latin-1"))
            )
    assert found
    outside = {
        domain for domain in found if not re.search(r"(^|\.)example(\.(com|org|net))?$", domain)
    }
    assert outside == set()


def test_too_few_people_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least"):
        make_brand(tmp_path, people=3, progress=Silent())


def test_another_brand_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "connu.toml").write_text('[brand]\nname = "Mine"\n')
    with pytest.raises(UsageError, match="already a brand"):
        make_brand(tmp_path, people=100, progress=Silent())
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("asked", [5.0, 20.0, 40.0])
def test_events_scale_with_what_is_asked_for(world: World, asked: float) -> None:
    visits = make_visits(
        Chance(5), world.people, world.tastes, world.needs, world.devices, world.logins, asked
    )
    clicks = make_clicks(Chance(5), visits, world.needs, world.tastes, world.catalogue)
    known = world.people.known.sum()
    assert 0.6 * asked < len(clicks) / known < 1.6 * asked


def test_twice_the_people_make_twice_the_rows(made: BrandMade, tmp_path: Path) -> None:
    half = make_brand(tmp_path, people=1_000, seed=5, progress=Silent()).rows
    for name in ("crm", "accounts", "loyalty", "support", "web", "orders", "support_texts"):
        assert 1.6 < made.rows[name] / half[name] < 2.4, name


@pytest.mark.slow
def test_the_cost_is_linear(tmp_path: Path) -> None:
    def seconds(people: int) -> float:
        start = time.process_time()  # what the machine does besides is not the question
        make_brand(tmp_path / str(people), people=people, seed=5, progress=Silent())
        return time.process_time() - start

    seconds(1_000)  # the word lists are read once
    assert seconds(40_000) < 12 * seconds(5_000)
