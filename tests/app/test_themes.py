"""The codebook in force, its coverage, proposals and edits, on a build of made-up statements."""

from __future__ import annotations

import json
import shutil

import pytest
import themed_brand
from themed_brand import DRIVER, LATE, NOISE, PARKING, PRICE

from connu.app.brand import open as open_brand
from connu.app.theme_edits import (
    accept_theme,
    drop_theme,
    merge_themes,
    rename_theme,
    split_theme_into,
)
from connu.app.theme_sheet import theme_sheet
from connu.app.themes import codebook_view, write_proposals
from connu.journal.codes import Code
from connu.journal.journal import open_journal
from connu.kernel.errors import UsageError
from connu.understand.codebook import default_codebook, read_codebook


@pytest.fixture(scope="module")
def _made_once(tmp_path_factory):
    return themed_brand.make(tmp_path_factory.mktemp("themed") / "brand").folder


@pytest.fixture
def themed(tmp_path, _made_once):
    return open_brand(shutil.copytree(_made_once, tmp_path / "brand"))


@pytest.fixture(scope="module")
def view(_made_once):
    return codebook_view(open_brand(_made_once))


def parking(view):
    return next(
        one for one in view.induced.proposals if "car park" in {word.word for word in one.words}
    )


def test_counts_coverage_and_reliability_are_those_of_the_build(view):
    lines = {line.name: line for line in view.themes}
    assert (lines["delivery"].unmet, lines["delivery"].met) == (DRIVER + LATE, 0)
    assert (lines["price"].met, lines["welcome"].met) == (PRICE, 0)
    assert lines["price"].reliability == {"f1": (0.8, 0.7, 0.9)}
    assert not lines["delivery"].reliability
    found = view.coverage
    assert found.covered == DRIVER + LATE + PRICE
    assert found.uncovered == PARKING + NOISE + 2 and found.slight == 1
    assert found.dimensions == {"interaction": DRIVER + LATE, "product": PRICE}
    assert view.version == 1 and view.file.name == "codebook.toml" and view.silence is None


def test_what_the_codebook_lacks_is_proposed(view):
    found = parking(view)
    assert not found.covered and found.stable and found.statements >= PARKING // 2
    assert found.unmet == found.statements
    assert not [quote for one in view.induced.proposals for quote in one.quotes if "06 12" in quote]
    json.dumps(view.as_dict(), default=str)


def test_who_refused_is_not_read(tmp_path):
    refused = [("crm", "1", "service", False, None)]
    brand = themed_brand.make(tmp_path / "brand", consents=refused)
    whole = themed_brand.made()[0]
    left = codebook_view(brand, propose=0)
    ada = sum(one["subject"] == "c-ada" for one in whole)
    assert left.left_out == ada and left.coverage.statements == len(whole) - ada
    nobody = codebook_view(brand, purpose="personalisation")
    assert nobody.coverage is None and "granted «personalisation»" in nobody.silence


def test_without_a_build_the_codebook_is_told_and_why_there_is_no_more(tmp_path):
    (tmp_path / "connu.toml").write_text(themed_brand.SETTINGS, encoding="utf-8")
    view = codebook_view(open_brand(tmp_path))
    assert [line.name for line in view.themes] == list(default_codebook().names)
    assert view.file is None and "connu build" in view.silence
    assert "connu build" in theme_sheet(open_brand(tmp_path), "price").silence


def test_accepting_writes_a_draft_without_a_customer_s_sentence(themed, view):
    found = parking(view)
    before = (themed.folder / "codebook.toml").read_text(encoding="utf-8")
    done = accept_theme(themed, found.name, new="car_park", dimension="product")
    after = (themed.folder / "codebook.toml").read_text(encoding="utf-8")
    assert done.version == 2 and done.themes == ("car_park",) and not done.made
    assert [line for line in before.splitlines() if line not in after] == []
    theme = read_codebook(themed.folder).theme("car_park")
    assert theme.dimension == "product" and "car park" in str(theme.seeds)
    assert not theme.examples and not [quote for quote in found.quotes if quote in after]
    again = codebook_view(themed)
    assert found.words not in [one.words for one in again.induced.proposals]


def test_edits_round_trip_and_codes_by_hand_follow(themed):
    with open_journal(themed.folder, themed.settings) as journal:
        said = Code("reviews", "r1", None, '{"themes":["delivery"]}', "anne", "1")
        journal.code([said], "test")
        kept = journal.codes().to_pylist()
    rename_theme(themed, "delivery", "parcels")
    merge_themes(themed, ["parcels", "welcome"], "people")
    drop_theme(themed, "price")
    book = read_codebook(themed.folder)
    assert book.version == 4 and book.names == ("people",)
    assert book.current("delivery") == "people" and book.current("price") is None
    view = codebook_view(themed, propose=0)
    assert view.themes[0].unmet == DRIVER + LATE
    assert theme_sheet(themed, "delivery").was == ("delivery", "parcels", "welcome")
    with open_journal(themed.folder, themed.settings) as journal:
        assert journal.codes().to_pylist() == kept


def test_effects_say_what_the_next_build_does(themed):
    effects = " ".join(rename_theme(themed, "delivery", "parcels").effects)
    assert f"{DRIVER + LATE} expectations told «delivery»" in effects and "«parcels»" in effects
    assert "as nothing" in " ".join(drop_theme(themed, "price").effects)


def test_a_split_divides_seeds_by_what_is_said(themed):
    done = split_theme_into(themed, "delivery", ["driver", "late"])
    book = read_codebook(themed.folder)
    assert "driver" in book.theme("driver").seeds["en"]
    assert {"parcel", "late"} <= set(book.theme("late").seeds["en"])
    assert book.theme("late").examples == {"en": ("the parcel was late",)}
    whole = {"livraison", "livreur", "colis"}
    parts = [book.theme(name).seeds.get("fr", ()) for name in ("driver", "late")]
    assert set(parts[0]) | set(parts[1]) == whole and not set(parts[0]) & set(parts[1])
    assert book.current("delivery") in ("driver", "late")
    assert f"«driver»: {DRIVER} statements" in done.effects[0]


def test_a_theme_of_which_little_is_said_is_not_split(themed):
    before = (themed.folder / "codebook.toml").read_bytes()
    with pytest.raises(UsageError) as told:
        split_theme_into(themed, "welcome", ["a", "b"])
    assert "by hand" in told.value.hint
    assert (themed.folder / "codebook.toml").read_bytes() == before


def test_a_brand_without_a_file_gets_one(tmp_path):
    brand = themed_brand.make(tmp_path / "brand", codebook=None)
    done = rename_theme(brand, "returns", "refunds")
    assert done.made and read_codebook(brand.folder).current("returns") == "refunds"


def test_lines_end_as_they_did(themed):
    path = themed.folder / "codebook.toml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    drop_theme(themed, "price")
    raw = path.read_bytes()
    assert raw.count(b"\n") == raw.count(b"\r\n") and read_codebook(themed.folder).version == 2


def test_proposals_are_written_as_a_codebook_to_edit(themed, view, tmp_path):
    path = tmp_path / "codebook.toml"
    assert write_proposals(view, path) == len(view.induced.proposals)
    assert parking(view).name in read_codebook(tmp_path).names
    with pytest.raises(UsageError):
        write_proposals(view, path)


def test_a_sheet_tells_words_quotes_and_months(themed):
    sheet = theme_sheet(themed, "delivery")
    assert {"driver", "parcel"} & {word.word for word in sheet.words}
    assert sheet.quotes and [one.month for one in sheet.months] == ["2026-01", "2026-02", "2026-03"]
    assert sum(one.unmet for one in sheet.months) == DRIVER + LATE
