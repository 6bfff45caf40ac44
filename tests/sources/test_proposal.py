"""connu init: fields, kinds, reasons."""

import tomllib
from pathlib import Path

import pytest

from connu.kernel.errors import SourceError, UsageError
from connu.kernel.settings import settings_from
from connu.sources.proposal import propose

_REAL = Path(__file__).parents[3] / "shared" / "data" / "identity"
_CRM = """no_client;civilite;prenom;nom;date_naissance;mail;tel_mobile;tel_fixe;no_voie;rue;cp;ville
1;Mme;Anne;Durand;01/02/1980;anne@example.org;06 12 34 56 78;01 45 67 89 01;12;rue Foch;75008;Paris
2;M.;Léo;Petit;25/12/1990;leo@example.org;06 98 76 54 32;;3;place Bellecour;69002;Lyon
3;M.;Zoé;Roux;13/04/1975;;;03 20 11 22 33;44;avenue Foch;59000;Lille
"""
_WEB = """ts,event,cookie,user_id,sku,amount,url
2024-01-01T10:00:00,view,c1,,p1,,/p1
2024-01-01T10:05:00,buy,c1,u1,p1,12.5,/checkout
2024-01-01T10:09:00,view,c2,,p2,,/p2
"""
_REVIEWS = """review_id,comment,stars,submitted_at,email
r1,The camera arrived late but it works well,4,2024-01-01,a@example.org
r2,I wish the shop would answer my messages,2,2024-01-02,b@example.org
"""
_PRODUCTS = """sku,libelle,categorie,prix,marque
p1,Reflex X,photo/boitiers,1299.00,Nikola
p2,Casque Y,audio/casques,99.90,Sonor
"""


def proposed(tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    proposal = propose([path], "Maison «Claire»", folder=tmp_path)
    settings = settings_from(tomllib.loads(proposal.toml))
    (source,) = settings.sources.values()
    return proposal, settings, source


def test_french_people(tmp_path):
    proposal, settings, source = proposed(tmp_path, "crm.csv", _CRM)
    assert settings.brand.country == "FR" and settings.brand.name == "Maison «Claire»"
    assert source.kind == "people" and source.path == "crm.csv"
    assert source.fields == {
        "id": "no_client", "civility": "civilite", "first_name": "prenom", "last_name": "nom",
        "birth_date": "date_naissance", "email": "mail", "phone": ["tel_mobile", "tel_fixe"],
        "address": ["no_voie", "rue"], "postcode": "cp", "city": "ville",
    }  # fmt: skip
    assert {note.column for note in proposal.notes if note.column} == set(
        _CRM.splitlines()[0].split(";")
    )
    assert all(note.reason for note in proposal.notes)


def test_events(tmp_path):
    _, _, source = proposed(tmp_path, "web.csv", _WEB)
    assert source.kind == "events"
    assert source.fields["time"] == "ts" and source.fields["type"] == "event"
    assert source.fields["anonymous_id"] == "cookie" and source.fields["product"] == "sku"
    assert source.fields["value"] == "amount" and source.fields["page"] == "url"


def test_a_log_of_clicks_is_one_of_events_without_types(tmp_path):
    clicks = "session_id,item_id,timestamp\n" + "".join(
        f"{n // 3},2147{n % 7}0,2024-03-{1 + n % 28:02} 10:{n % 60:02}:00\n" for n in range(60)
    )
    proposal, _, source = proposed(tmp_path, "clicks.csv", clicks)
    assert source.kind == "events"
    assert source.fields == {"session": "session_id", "product": "item_id", "time": "timestamp"}
    assert "needed" not in proposal.toml


def test_verbatims(tmp_path):
    _, _, source = proposed(tmp_path, "avis.csv", _REVIEWS)
    assert source.kind == "verbatims"
    assert source.fields == {
        "id": "review_id", "text": "comment", "rating": "stars", "time": "submitted_at",
        "email": "email",
    }  # fmt: skip


def test_products(tmp_path):
    _, _, source = proposed(tmp_path, "produits.csv", _PRODUCTS)
    assert source.kind == "products"
    assert source.fields == {
        "id": "sku", "name": "libelle", "category": "categorie", "price": "prix",
        "brand": "marque",
    }  # fmt: skip


def test_doubts_are_comments_with_a_reason(tmp_path):
    content = "client_id,first_name,email,religion\n1,Anne,see notes,x\n1,Léo,none yet,y\n"
    (tmp_path / "crm.csv").write_text(content, encoding="utf-8")
    proposal = propose([tmp_path / "crm.csv"], "Test", folder=tmp_path)
    fields = tomllib.loads(proposal.toml)["sources"]["crm"]["fields"]
    assert "email" not in fields and "id" not in fields
    assert '# email = "email"  # doubtful' in proposal.toml
    assert '# id = "client_id"  # doubtful' in proposal.toml
    assert "values come more than once" in proposal.toml
    assert "«religion» is sensitive (belief)" in proposal.toml


def test_the_truth_is_no_key(tmp_path):
    proposal, _, source = proposed(
        tmp_path, "x.csv", "cluster,unique_id,surname\n9,1,Roux\n8,2,Le\n"
    )
    assert source.fields == {"id": "unique_id", "last_name": "surname"}
    assert "truth of an evaluation" in proposal.toml


def test_files_of_one_shape_are_one_source(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    for month in ("01", "02"):
        (folder / f"web-2024-{month}.csv").write_text(_WEB)
    proposal = propose(sorted(folder.glob("*.csv")), "Test", folder=tmp_path)
    (source,) = tomllib.loads(proposal.toml)["sources"].values()
    assert source["path"] == "data/web-*.csv"
    alone = propose([folder / "web-2024-01.csv"], "Test", folder=tmp_path)
    assert tomllib.loads(alone.toml)["sources"]["web_2024_01"]["path"] == "data/web-2024-01.csv"


def test_files_named_by_numbers_are_named_after_their_folder(tmp_path):
    folder = tmp_path / "Web logs"
    folder.mkdir()
    for month in ("01", "02"):
        (folder / f"2024-{month}.csv").write_text(_WEB)
    proposal = propose(sorted(folder.glob("*.csv")), "Test", folder=tmp_path)
    sources = tomllib.loads(proposal.toml)["sources"]
    assert {name: source["path"] for name, source in sources.items()} == {
        "web_logs": "Web logs/*.csv"
    }
    alone = propose([folder / "2024-01.csv"], "Test", folder=tmp_path)
    assert list(tomllib.loads(alone.toml)["sources"]) == ["web_logs_2024_01"]


def test_a_key_serves_as_the_id_where_there_is_no_other(tmp_path):
    content = "carte,prenom,nom\nC1,Anne,Roux\nC2,Léo,Petit\n"
    proposal, _, source = proposed(tmp_path, "fidelite.csv", content)
    assert source.fields["id"] == source.fields["loyalty_card"] == "carte"
    assert "every row has a value of its own" in proposal.toml


def test_a_column_of_unique_values_is_only_suggested_as_the_id(tmp_path):
    (tmp_path / "x.csv").write_text("zzz,prenom,nom\nq1,Anne,Roux\nq2,Léo,Petit\n")
    proposal = propose([tmp_path / "x.csv"], "Test", folder=tmp_path)
    assert '# id = "zzz"  # doubtful (50%)' in proposal.toml


def test_consents_by_purpose(tmp_path):
    content = "id,nom,optin_mail,optin_perso,optin_stats\n1,Roux,oui,N,0\n2,Petit,non,O,1\n"
    _, _, source = proposed(tmp_path, "crm.csv", content)
    assert {field: column for field, column in source.fields.items() if "consent" in field} == {
        "consent.marketing": "optin_mail", "consent.personalisation": "optin_perso",
        "consent.analytics": "optin_stats",
    }  # fmt: skip


def test_what_cannot_be_looked_at(tmp_path):
    with pytest.raises(UsageError):
        propose([], "Test")
    with pytest.raises(SourceError, match="no file"):
        propose([tmp_path / "gone.csv"], "Test")
    (tmp_path / "a.xlsx").touch()
    with pytest.raises(SourceError, match="suffix"):
        propose([tmp_path / "a.xlsx"], "Test")


@pytest.mark.skipif(not _REAL.is_dir(), reason="the shared data are not at hand")
def test_real_files():
    names = ("febrl_dataset3.csv", "historical_50k.parquet", "people_100k.parquet")
    proposal = propose([_REAL / name for name in names], "Test", folder=_REAL)
    sources = settings_from(tomllib.loads(proposal.toml)).sources
    assert sources["febrl_dataset_3"].fields == {
        "id": "rec_id", "first_name": "given_name", "last_name": "surname",
        "address": ["street_number", "address_1", "address_2"], "city": "suburb",
        "postcode": "postcode", "birth_date": "date_of_birth", "national_id": "soc_sec_id",
    }  # fmt: skip
    assert sources["historical_50k"].fields == {
        "id": "unique_id", "full_name": "full_name", "first_name": "first_name",
        "last_name": "surname", "birth_date": "dob", "city": "birth_place",
        "postcode": "postcode_fake", "sex": "gender", "occupation": "occupation",
    }  # fmt: skip
    assert sources["people_100k"].fields == {
        "id": "unique_id", "first_name": "first_name", "last_name": "last_name", "email": "email",
        "phone": "phone", "birth_date": "dob", "address": "street", "city": "city",
        "postcode": "postcode",
    }  # fmt: skip


def test_an_empty_file_is_told_by_its_own_name(tmp_path):
    (tmp_path / "e.csv").write_bytes(b"")
    with pytest.raises(SourceError, match=r"«e\.csv» is empty") as raised:
        propose([tmp_path / "e.csv"], "x")
    assert "look_" not in str(raised.value.as_dict())
