"""`connu scorecard`: how well the brand knows its customers."""

from __future__ import annotations

from connu.cli.options import AsJson, BrandFolder, Purpose, opened


def scorecard(
    purpose: Purpose = "service", brand: BrandFolder = None, as_json: AsJson = False
) -> None:
    """Say how much of the customer base is identified and known, and how rightly.

    [dim]Examples:[/]
      connu scorecard
      connu scorecard --purpose marketing --json
    """
    from connu.cli.card import print_card

    card = opened(brand).scorecard(purpose=purpose)
    if as_json:
        from connu.cli.screen import print_json

        print_json(card.as_dict())
        return
    from connu.cli.screen import out

    print_card(out(), card)
