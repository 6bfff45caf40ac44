"""What a brand knows of its visitors' mix, and what audited visitors answered, is heard."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from connu.kernel.errors import SourceError, UsageError
from connu.twins.correcting import FEWEST_AUDITED
from tests.twins.known_people import settings_of
from tests.twins.told_people import SEXES, Result, Shop, make_shop, tell

VISITORS = 90


def shop() -> Shop:
    return make_shop(known=160, visitors=VISITORS, silent=10)


def audited(folder: Path, answers: dict[str, str], name: str = "asked.csv") -> dict:
    lines = ["anonymous_id,value", *(f"{who},{value}" for who, value in answers.items())]
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return {"sex": {"audited": name}}


def truth(n: int) -> str:
    return SEXES[n % 2]


def answers(many: int = VISITORS) -> dict[str, str]:
    return {f"v{n:04}": truth(n) for n in range(many)}


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> Result:
    return tell(tmp_path_factory.mktemp("plain"), shop())


def shares(result: Result, kind: str) -> dict[str, float]:
    """The mean probability of each value, of one kind of subject."""
    found: dict[str, list[float]] = {}
    for row in result.rows("twins", subject_kind=kind, attribute="sex"):
        found.setdefault(row["value"], []).append(row["probability"])
    return {value: float(np.mean(told)) for value, told in found.items()}


def of(result: Result, name: str, kind: str) -> list[dict]:
    return result.rows(name, subject_kind=kind, attribute="sex")


def check_sums(result: Result) -> None:
    sums: dict[str, float] = {}
    for row in result.rows("twins"):
        key = row["subject_kind"] + row["subject"]
        sums[key] = sums.get(key, 0.0) + row["probability"]
    assert all(total == pytest.approx(1.0, abs=1e-9) for total in sums.values())


# ---------------------------------------------------------------------- a known mix
def test_a_known_mix_moves_visitors_to_it_and_no_customer(tmp_path):
    prior = {"female": 0.7, "male": 0.3}
    unsure = make_shop(known=160, visitors=VISITORS, silent=10, cross=0.35)
    plain = tell(tmp_path, unsure)
    moved = tell(tmp_path, unsure, settings_of(attributes={"sex": {"prior": prior}}))
    assert shares(moved, "visitor") == pytest.approx(prior, abs=1e-4)
    assert shares(plain, "visitor")["female"] < 0.6
    assert of(moved, "twins", "customer") == of(plain, "twins", "customer")
    assert any("shares that connu.toml gives" in remark for remark in moved.report.remarks)
    check_sums(moved)
    one = tell(tmp_path, unsure, settings_of(attributes={"sex": {"prior": {"female": 0.7}}}))
    assert of(one, "twins", "visitor") == of(moved, "twins", "visitor")


@pytest.mark.slow
def test_the_figures_of_a_moved_mix_are_those_of_the_moved(tmp_path, plain):
    settings = settings_of(attributes={"sex": {"prior": {"female": 0.9}}})
    moved = tell(tmp_path, shop(), settings)
    before, after = (r.report.attributes["sex"].probability for r in (plain, moved))
    assert (after[:, 0] >= before[:, 0]).all() and after[:, 0].mean() > before[:, 0].mean()


def test_a_share_of_a_value_nobody_has_is_an_error_with_the_nearest(tmp_path):
    settings = settings_of(attributes={"sex": {"prior": {"femal": 0.7}}})
    with pytest.raises(UsageError, match="femal") as caught:
        tell(tmp_path, shop(), settings)
    assert "female" in str(caught.value.hint)


@pytest.mark.slow
def test_a_share_of_a_value_too_few_are_known_by_is_no_error(tmp_path):
    made = shop()
    for n in range(160):
        made.say(f"c{n:04}", style="rare" if n < 4 else "ab"[n % 2])
    prior = {"a": 0.55, "b": 0.43, "rare": 0.02}
    settings = settings_of(attributes={"style": {"extrapolate": True, "prior": prior}})
    result = tell(tmp_path, made, settings)
    assert result.report.attributes["style"].classes == ["a", "b"]


@pytest.mark.slow
def test_without_visitors_a_mix_moves_nothing(tmp_path):
    made = make_shop(visitors=0)
    settings = settings_of(attributes={"sex": {"prior": {"female": 0.9}}})
    moved, plain = tell(tmp_path, made, settings), tell(tmp_path, made)
    assert all(moved.tables[name].equals(plain.tables[name]) for name in plain.tables)
    assert moved.report.remarks == []


@pytest.mark.slow
def test_a_mix_of_one_value_alone_makes_the_other_impossible(tmp_path):
    settings = settings_of(attributes={"sex": {"prior": {"female": 1.0, "male": 0.0}}})
    result = tell(tmp_path, shop(), settings)
    check_sums(result)
    told = of(result, "twin_facts", "visitor")
    assert {row["value"] for row in told} <= {"female"}
    male = [r for r in of(result, "twins", "visitor") if r["value"] == "male"]
    assert max(row["probability"] for row in male) < 1e-6


# ---------------------------------------------------------------------- audits
def test_audits_that_agree_leave_the_promise(tmp_path, plain):
    settings = settings_of(attributes=audited(tmp_path, answers()))
    heard = tell(tmp_path, shop(), settings)
    (remark,) = heard.report.remarks
    assert remark.startswith(f"sex: {VISITORS} audited visitors were heard: female ")
    assert "silenced" not in remark
    assert len(of(heard, "twin_facts", "visitor")) >= 0.8 * len(of(plain, "twin_facts", "visitor"))
    assert of(heard, "twins", "customer") == of(plain, "twins", "customer")
    check_sums(heard)


def test_audits_that_contradict_the_promise_silence_visitors_alone(tmp_path, plain):
    chance = random.Random(3)
    coin = {who: SEXES[chance.random() < 0.5] for who in answers()}
    heard = tell(tmp_path, shop(), settings_of(attributes=audited(tmp_path, coin)))
    assert f"{VISITORS} audited visitors were heard" in heard.report.remarks[0]
    assert of(heard, "twin_facts", "visitor") == []
    assert of(heard, "twin_facts", "customer") == of(plain, "twin_facts", "customer") != []
    assert shares(heard, "visitor")["female"] == pytest.approx(0.5, abs=0.15)
    check_sums(heard)


def test_too_few_audits_are_not_heard_but_said(tmp_path, plain):
    few = FEWEST_AUDITED - 1
    heard = tell(tmp_path, shop(), settings_of(attributes=audited(tmp_path, answers(few))))
    assert heard.report.remarks == [
        f"sex: {few} audited visitors are too few to be heard (at least {FEWEST_AUDITED})"
    ]
    assert all(heard.tables[name].equals(plain.tables[name]) for name in plain.tables)


def test_cookies_of_nobody_are_counted_and_named_nowhere(tmp_path, plain):
    strangers = {f"unheard{n}": "female" for n in range(40)}
    heard = tell(tmp_path, shop(), settings_of(attributes=audited(tmp_path, strangers)))
    assert heard.report.remarks[0] == "sex: 40 audited cookies are no visitor of this build"
    assert "0 audited visitors are too few" in heard.report.remarks[1]
    assert all(heard.tables[name].equals(plain.tables[name]) for name in plain.tables)


def test_an_answer_nobody_can_give_is_told_by_its_row(tmp_path):
    wrong = answers() | {"v0002": "Sagittarius"}
    with pytest.raises(SourceError, match="none of those that are told") as caught:
        tell(tmp_path, shop(), settings_of(attributes=audited(tmp_path, wrong)))
    assert (caught.value.fields["row"], caught.value.fields["column"]) == (3, "value")
    assert "Sagittarius" not in str(caught.value.as_dict())


def test_a_missing_file_is_said_before_anything_is_learnt(tmp_path):
    settings = settings_of(attributes={"sex": {"audited": "gone.csv"}})
    with pytest.raises(SourceError, match="no file of audited visitors"):
        tell(tmp_path, shop(), settings)
    assert not list(tmp_path.glob("store*/*"))


def aged(oldest: int = 0) -> Shop:
    """Everybody known is of two ages, by sex; some are older."""
    made = shop()
    for n in range(160):
        made.say(f"c{n:04}", birth_year="1950" if n < oldest else ("1996", "1976")[n % 2])
    return made


@pytest.mark.slow
def test_answers_of_a_value_nobody_is_told_are_wrong_statements_and_no_error(tmp_path):
    who = {f"v{n:04}": "65 and over" if n % 2 else "25-34" for n in range(60)}
    # Nobody known is so young; somebody asked may be.
    audited(tmp_path, who | {"v0000": "under 18"}, "ages.csv")
    settings = settings_of(attributes={"age_band": {"audited": "ages.csv"}})
    result = tell(tmp_path, aged(oldest=4), settings)
    assert result.report.attributes["age_band"].classes == ["25-34", "45-54"]
    assert "age_band: 60 audited visitors were heard: 25-34" in result.report.remarks[0]
    told = result.rows("twin_facts", attribute="age_band", subject_kind="visitor", value="45-54")
    assert told == []


def test_when_nobody_asked_has_a_value_that_is_told_nothing_is_stated(tmp_path, plain):
    audited(tmp_path, {f"v{n:04}": "65 and over" for n in range(60)}, "ages.csv")
    settings = settings_of(attributes={"age_band": {"audited": "ages.csv"}})
    result = tell(tmp_path, aged(), settings)
    (remark,) = result.report.remarks
    assert remark.endswith("60 audited visitors have none of the values told: nothing is stated")
    silent = result.rows("silences", attribute="age_band")
    assert len(silent) >= VISITORS
    # The visitors' reason is theirs: customers are told as before.
    for row in silent:
        assert (row["reason"] == "not_promised") == (row["subject_kind"] == "visitor")
    kinds = {row["subject_kind"] for row in result.rows("twin_facts", attribute="age_band")}
    assert kinds == {"customer"}
    assert of(result, "twins", "visitor") == of(plain, "twins", "visitor")


# ---------------------------------------------------------------------- profiles
def test_of_a_profile_only_that_somebody_is_so_is_stated(tmp_path):
    settings = settings_of(profiles={"she": {"sex": "female"}})
    result = tell(tmp_path, shop(), settings)
    told = result.rows("twin_facts", attribute="profile.she")
    assert told and {row["value"] for row in told} == {"yes"}
    assert set(result.reasons("profile.she").values()) == {"not_sure"}
    assert result.report.attributes["profile.she"].classes == ["no", "yes"]
