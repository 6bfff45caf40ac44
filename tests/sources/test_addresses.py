"""Addresses and cities: abbreviations by language, house numbers, saints and streets."""

import pytest
from taken_in import texts

from connu.sources.addresses import normalise_addresses, normalise_cities


@pytest.mark.parametrize(
    ("region", "written", "read"),
    [
        ("FR", "12bis, av. du Gal de Gaulle", "12 bis avenue du general de gaulle"),
        ("FR", "n°5 bd St-Michel", "5 boulevard saint michel"),
        ("FR", "N° 5, Bld Ste Anne", "5 boulevard sainte anne"),
        ("FR", "12 B rue de l'Église", "12b rue de leglise"),
        ("FR", "4 r. d Alsace Bât. C appt 3", "4 rue dalsace batiment c appartement 3"),
        ("BE", "Ch. de Wavre 12", "chemin de wavre 12"),
        ("GB", "12 High St.", "12 high street"),
        ("GB", "12 St James St", "12 saint james street"),
        ("GB", "Flat 3, 5 Park Rd", "flat 3 5 park road"),
        ("GB", "12 High St flat 2", "12 high street flat 2"),
        ("US", "500 N Main St Apt 4", "500 north main street flat 4"),
        ("DE", "Hauptstr. 5", "hauptstrasse 5"),
        ("DE", "Berliner Straße 12a", "berlinerstrasse 12a"),
        ("JP", "12 av x", "12 av x"),
        ("FR", "-", None),
        ("FR", None, None),
    ],
)
def test_addresses(region, written, read):
    assert normalise_addresses(texts(written), region).to_pylist() == [read]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("St-Étienne CEDEX 2", "saint etienne"),
        ("Paris 8e", "paris"),
        ("PARIS 08", "paris"),
        ("Lyon 3ème arrondissement", "lyon"),
        ("Bury St Edmunds", "bury saint edmunds"),
        ("L'Haÿ-les-Roses", "lhay les roses"),
        ("unknown", None),
    ],
)
def test_cities(written, read):
    assert normalise_cities(texts(written)).to_pylist() == [read]
