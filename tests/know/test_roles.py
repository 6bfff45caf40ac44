"""Whatever a tracker calls it, what was done is known; and nothing is guessed."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from connu.know.roles import UNKNOWN, Meaning, meanings, squashed
from connu.know.trails import CART, OTHER, PURCHASE, REMOVE, ROLES, SEARCH, VIEW

NAMED = {
    VIEW: [
        "view_item",  # GA4
        "select_item",
        "Product Viewed",  # Segment
        "Product Clicked",
        "Viewed Product",  # Klaviyo
        "ViewContent",  # Meta
        "product_viewed",  # Shopify
        "ecommerceProductDetailView",  # Piwik PRO
        "prodView",  # Adobe
        "product.page_display",  # AT Internet
        "view",  # RetailRocket, REES46
        "pv",  # Taobao
        "clicks",  # OTTO
        "page",
        "Fiche produit",
        "FICHE-PRODUIT",
        "Consultation d'une fiche produit",
        "clic_produit",
        "page vue",
    ],
    SEARCH: [
        "search",
        "view_search_results",
        "Products Searched",
        "search_submitted",
        "Site Search",
        "internal_search_result.display",
        "recherche",
        "Recherche interne",
    ],
    CART: [
        "add_to_cart",
        "addtocart",
        "addToCart",
        "Product Added",
        "product_added_to_cart",
        "begin_checkout",
        "Checkout Started",
        "InitiateCheckout",
        "scAdd",
        "carts",
        "ecommerceAddToCart",
        "panier",
        "Ajout au panier",
        "AJOUT PANIER",
    ],
    REMOVE: [
        "remove_from_cart",
        "Product Removed",
        "product_removed_from_cart",
        "ecommerceRemoveFromCart",
        "scRemove",
        "Retrait du panier",
        "supprimer_du_panier",
    ],
    PURCHASE: [
        "purchase",
        "ecommerce.purchase",
        "Order Completed",
        "Placed Order",
        "checkout_completed",
        "transaction",
        "com.snowplowanalytics.snowplow.ecommerce/transaction/jsonschema/1-0-0",
        "ecommerceOrder",
        "CompletePayment",
        "buy",
        "orders",
        "achat",
        "Achats",
        "commande",
        "Commande validée",
        "commande_validee",
        "confirmation de commande",
        "transaction.confirmation",
    ],
    OTHER: [
        "refund",
        "Order Refunded",
        "Order Cancelled",
        "return",
        "remboursement",
        "Retour produit",
        "commande annulée",
        "view_promotion",
        "Product List Viewed",
        "impressions",
        "Product Removed from Wishlist",
        "login",
        "page_ping",
    ],
}


@pytest.mark.parametrize(("role", "word"), [(r, w) for r, words in NAMED.items() for w in words])
def test_what_trackers_and_shops_write_is_known(role: int, word: str):
    assert meanings([word])[0].product == role


def test_looking_at_nothing_in_particular_is_no_view():
    page, category_page, impression = meanings(["page_view", "view_item_list", "impression"])
    assert page == Meaning(VIEW, VIEW, OTHER)
    assert category_page == Meaning(OTHER, VIEW, OTHER)
    assert impression == Meaning(OTHER, OTHER, OTHER)


def test_what_nobody_knows_is_a_view_of_the_product_it_names():
    odd = ["purchase_history_opened", "xyz", "", "…", "購入", None, "tunnel_42_bis_entry"]
    assert meanings(odd) == [UNKNOWN] * len(odd)
    assert Meaning(VIEW, VIEW, OTHER) == UNKNOWN


def test_the_brands_words_win_over_the_list():
    brand = {"purchase": ["Devis signé", "購入"], "view": ["purchase"], "search": []}
    told = meanings(["devis_signe", "購入", "Purchase", "achat"], brand)
    assert [meaning.product for meaning in told] == [PURCHASE, PURCHASE, VIEW, PURCHASE]


def test_the_list_says_nothing_twice_and_knows_every_role():
    raw = tomllib.loads(files("connu.know").joinpath("roles.toml").read_text(encoding="utf-8"))
    words = [squashed(word) for kind in raw if kind != "noise" for word in raw[kind]]
    assert sorted(set(words)) == sorted(words)
    assert {role for role in ROLES if role in raw} == set(ROLES)
