"""The catalogue."""

from taken_in import TakenIn, brand


def test_products(tmp_path):
    (tmp_path / "p.csv").write_text(
        'sku,nom,l1,l2,prix,marque,ean\np1,Reflex,photo,boitiers,"1 299,00 €",Nikola,9\n'
        "p1,Reflex II,photo,,12,Nikola,\n,x,,,,,\np2,Câble,,,,,\n"
    )
    fields = {
        "id": "sku",
        "name": "nom",
        "category": ["l1", "l2"],
        "price": "prix",
        "brand": "marque",
    }
    taken = TakenIn(tmp_path, brand({"p": {"kind": "products", "path": "p.csv", "fields": fields}}))
    assert taken.rows("products") == [
        {
            "source": "p", "product_id": "p1", "row": 2, "name": "Reflex II", "category": "photo",
            "price": 12.0, "brand": "Nikola",
        },
        {"source": "p", "product_id": "p2", "row": 4, "name": "Câble"},
    ]  # fmt: skip
    assert [row["row"] for row in taken.rows("quarantine")] == [1, 3]


def test_levels_become_a_path(tmp_path):
    (tmp_path / "p.csv").write_text("sku,l1,l2\np1,photo,boitiers\n")
    fields = {"id": "sku", "category": ["l1", "l2"]}
    taken = TakenIn(tmp_path, brand({"p": {"kind": "products", "path": "p.csv", "fields": fields}}))
    assert taken.column("products", "category") == ["photo/boitiers"]
