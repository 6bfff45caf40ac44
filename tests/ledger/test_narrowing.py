"""Which rows are asked for, and what is said to a wish that does not fit."""

import pyarrow as pa
import pytest

from connu.kernel.errors import UsageError
from connu.ledger.narrowing import Narrowing

COLUMNS = ["subject", "kind", "level", "horizon_days", "rank"]
FOUND = pa.table(
    {
        "kind": ["affinity", "buy", "buy"],
        "level": ["category", "category", "category"],
        "horizon_days": [None, 7, 30],
    }
)


def test_nothing_asked_asks_for_everything():
    assert not Narrowing()
    assert Narrowing().tests() == []
    Narrowing().check("households", ["household_id"], pa.table({}))


def test_every_wish_is_a_condition():
    asked = Narrowing("buy", "any", 7, 3)
    assert asked
    assert asked.tests() == [
        "t.kind = 'buy'", "t.level = 'any'", "t.horizon_days = 7", "t.rank <= 3",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "table", "message", "hint"),
    [
        (Narrowing(kind="buys"), "intents", "no kind «buys»", "did you mean «buy»?"),
        (Narrowing(level="shelf"), "intents", "no level «shelf»", "known: any, category, product"),
        (Narrowing(level="any"), "moments", "no level «any»", "known: category, product"),
        (Narrowing("affinity", horizon_days=7), "intents", "not told within", "--kind buy or stay"),
        (Narrowing("buy", horizon_days=14), "intents", "within 14 days", "it has 7, 30"),
        (
            Narrowing("buy", "product"),
            "intents",
            "not told on the level",
            "--level category or any",
        ),
        (Narrowing("stay", "category"), "intent_silences", "not told on the level", "--level any"),
        (Narrowing(top=0), "intents", "counts from 1", "--top 3"),
    ],
)
def test_a_wish_that_does_not_fit_names_the_remedy(asked, table, message, hint):
    found = FOUND if table == "intents" else FOUND.take([1])
    with pytest.raises(UsageError, match=message) as error:
        asked.check(table, COLUMNS, found)
    assert hint in error.value.hint


@pytest.mark.parametrize(
    ("asked", "option"),
    [
        (Narrowing(kind="buy"), "--kind"),
        (Narrowing(level="any"), "--level"),
        (Narrowing(horizon_days=1), "--horizon"),
        (Narrowing(top=1), "--top"),
    ],
)
def test_a_table_without_the_column_says_so(asked, option):
    with pytest.raises(UsageError, match="«facts» has no") as error:
        asked.check("facts", ["subject", "attribute"], pa.table({}))
    assert error.value.hint == f"leave {option} out"


def test_what_a_build_is_silent_about_may_be_asked_for():
    """A nightly export must not fail for a kind that was not good enough to be published."""
    Narrowing("stay", "any", 91).check("intents", COLUMNS, FOUND)
    Narrowing("next", "product", top=3).check("intents", COLUMNS, FOUND.slice(0, 0))
