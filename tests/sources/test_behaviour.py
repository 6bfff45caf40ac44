"""Events and verbatims."""

from datetime import datetime

from taken_in import TakenIn, brand

_EVENTS = """eid,ts,event,cookie,login,mail,tel,sku,amount,extra,optin
e1,2024-01-01T10:00:00+02:00,view,c1,,,,p1,,x,
e2,1704103200,buy,c1,jean,J.D@gmail.com,06 12 34 56 78,p1,"1 234,50 €",,oui
e2,2024-02-01,buy,c1,jean,,,p2,3,,
,foo,view,c1,,,,,,,
,,,c1,,,,,,,
,2024-01-01,,c1,,,,,,,
,2031-01-01,view,,,,,,,,
"""
_FIELDS = {
    "id": "eid", "time": "ts", "type": "event", "anonymous_id": "cookie", "account": "login",
    "email": "mail", "phone": "tel", "product": "sku", "value": "amount",
    "consent.marketing": "optin",
}  # fmt: skip


def test_events(tmp_path):
    (tmp_path / "web.csv").write_text(_EVENTS)
    taken = TakenIn(
        tmp_path, brand({"web": {"kind": "events", "path": "web.csv", "fields": _FIELDS}})
    )
    assert taken.rows("events") == [
        {
            "source": "web", "row": 1, "event_id": "e1", "time": datetime(2024, 1, 1, 8),
            "type": "view", "product": "p1", "anonymous_id": "c1", "attributes": '{"extra":"x"'
            ',"optin":null}',
        },
        {
            "source": "web", "row": 3, "event_id": "e2", "time": datetime(2024, 2, 1),
            "type": "buy", "product": "p2", "value": 3.0, "anonymous_id": "c1", "account": "jean",
        },
        {"source": "web", "row": 7, "time": datetime(2031, 1, 1), "type": "view"},
    ]  # fmt: skip
    assert taken.report.rows == {"web": 3}
    assert [(row["row"], row["column"]) for row in taken.rows("quarantine")] == [
        (2, "eid"), (4, "ts"), (5, "ts"), (6, "event"),
    ]  # fmt: skip


def test_a_log_of_clicks_needs_no_type(tmp_path):
    (tmp_path / "clicks.csv").write_text("visit,item,ts\n1,p1,2024-01-01 10:00:00\n1,p2,nonsense\n")
    (tmp_path / "web.csv").write_text("ts,what\n2024-01-01 10:00:00,\n2024-01-01 10:00:00,view\n")
    clicks = {"session": "visit", "product": "item", "time": "ts"}
    web = {"time": "ts", "type": "what"}
    sources = {
        name: {"kind": "events", "path": f"{name}.csv", "fields": fields}
        for name, fields in (("clicks", clicks), ("web", web))
    }
    taken = TakenIn(tmp_path, brand(sources))
    assert [(row["source"], row.get("type")) for row in taken.rows("events")] == [
        ("clicks", None),
        ("web", "view"),
    ]
    assert taken.report.quarantined == {
        "clicks": {"the time is missing or unreadable": 1},
        "web": {"the row has no type": 1},
    }


def test_a_program_s_word_for_none_is_no_product(tmp_path):
    (tmp_path / "web.csv").write_text(
        "ts,visit,item,cat\n2024-01-01 10:00:00,null,undefined,(not set)\n"
        "2024-01-01 11:00:00,NaN,nullable,None of these\n"
    )
    fields = {"time": "ts", "session": "visit", "product": "item", "category": "cat"}
    source = {"kind": "events", "path": "web.csv", "fields": fields}
    first, second = TakenIn(tmp_path, brand({"web": source})).rows("events")
    assert {"session", "product", "category"}.isdisjoint(first) and "session" not in second
    assert (second["product"], second["category"]) == ("nullable", "None of these")


def test_columns_of_a_category_are_the_levels_of_its_path(tmp_path):
    (tmp_path / "web.csv").write_text("ts,rayon,famille\n2024-01-01 10:00:00,Photo,Objectifs\n")
    (tmp_path / "shop.csv").write_text("ref,rayon,famille\np1,Photo,Objectifs\n")
    levels = ["rayon", "famille"]
    web = {"time": "ts", "category": levels}
    shop = {"id": "ref", "category": levels}
    sources = {
        "web": {"kind": "events", "path": "web.csv", "fields": web},
        "shop": {"kind": "products", "path": "shop.csv", "fields": shop},
    }
    taken = TakenIn(tmp_path, brand(sources))
    (event,), (product,) = taken.rows("events"), taken.rows("products")
    assert event["category"] == product["category"] == "Photo/Objectifs"


def test_identifiers_of_events_meet_those_of_people(tmp_path):
    lines = _EVENTS.splitlines()
    (tmp_path / "web.csv").write_text("\n".join([lines[0], lines[2]]))
    (tmp_path / "crm.csv").write_text("id,mail,tel\n1,jd+x@googlemail.com,+33612345678\n")
    crm = {"id": "id", "email": "mail", "phone": "tel"}
    taken = TakenIn(
        tmp_path,
        brand(
            {
                "web": {"kind": "events", "path": "web.csv", "fields": _FIELDS},
                "crm": {"kind": "people", "path": "crm.csv", "fields": crm},
            }
        ),
    )
    (event,) = taken.rows("events")
    assert event["value"] == 1234.5 and event["time"] == datetime(2024, 1, 1, 10)
    values = {(row["type"], row["value"]) for row in taken.rows("identifiers")}
    assert values == {("email", event["email"]), ("phone", event["phone"])}


def test_verbatims(tmp_path):
    (tmp_path / "v.csv").write_text(
        'id,txt,when,mail,note,tw\nv1,"Bonjour\nà tous",02/01/2024,A@example.org,"4,5",@Jane\n'
        ",x,,,,\nv2,,,,,\n"
    )
    fields = {
        "id": "id",
        "text": "txt",
        "time": "when",
        "email": "mail",
        "rating": "note",
        "social.twitter": "tw",
    }
    taken = TakenIn(
        tmp_path, brand({"v": {"kind": "verbatims", "path": "v.csv", "fields": fields}})
    )
    assert taken.rows("verbatims") == [
        {
            "source": "v", "verbatim_id": "v1", "row": 1, "text": "Bonjour\nà tous",
            "time": datetime(2024, 1, 2), "rating": 4.5, "email": "a@example.org",
            "social.twitter": "jane",
        }
    ]  # fmt: skip
    assert taken.report.quarantined["v"] == {"the row has no id": 1, "the row has no text": 1}


def test_the_tables_exist_without_a_source(tmp_path):
    (tmp_path / "crm.csv").write_text("id\n1\n")
    taken = TakenIn(
        tmp_path, brand({"crm": {"kind": "people", "path": "crm.csv", "fields": {"id": "id"}}})
    )
    for table in ("events", "verbatims", "products", "consents", "quarantine"):
        assert taken.rows(table) == []
    assert taken.engine.columns("events") == [
        "source", "row", "event_id", "time", "type", "session", "product", "category", "value",
        "currency", "page", "account", "loyalty_card", "national_id", "support_case", "email",
        "phone", "anonymous_id", "attributes",
    ]  # fmt: skip


def test_an_answer_without_a_text_stays(tmp_path):
    lines = "id,words,knows\n1,ok,7\n2,,8/10\n3,,\n4,,maybe\n5,fine,maybe\n,,9\n"
    (tmp_path / "both.csv").write_text(lines)
    (tmp_path / "poll.csv").write_text(lines)
    fields = {"id": "id", "knows_me": "knows"}
    sources = {
        "both": {"kind": "verbatims", "path": "both.csv", "fields": fields | {"text": "words"}},
        "poll": {"kind": "verbatims", "path": "poll.csv", "fields": fields},
    }
    taken = TakenIn(tmp_path, brand(sources))
    kept = [
        (row["source"], row["row"], row.get("text"), row.get("knows_me"))
        for row in taken.rows("verbatims")
    ]
    assert sorted(kept, key=lambda row: row[:2]) == [
        ("both", 1, "ok", 7.0), ("both", 2, None, 8.0), ("both", 5, "fine", None),
        ("poll", 1, None, 7.0), ("poll", 2, None, 8.0),
    ]  # fmt: skip
    assert taken.report.quarantined == {
        "both": {"the row has no id": 1, "the row has no text": 2},
        "poll": {"the row has no id": 1, "the row has no answer from 0 to 10": 3},
    }
