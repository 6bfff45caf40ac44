"""Asking customers: what a brand may ask of them, and what they say of what it believes of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from connu.app.reading import opened_build, opened_for_rights
from connu.journal.journal import open_journal
from connu.kernel.settings import Settings

if TYPE_CHECKING:
    from connu.app.correcting import Corrected, Way
    from connu.app.survey import Drawn
    from connu.app.survey_answers import Answered
    from connu.app.survey_questions import Language
    from connu.measure.seen import Seen


class AskingCustomers:
    """The part of a `Brand` that asks its customers.

    Attributes:
        folder: the brand's folder.
        settings: connu.toml.
    """

    folder: Path
    settings: Settings

    def draw_survey(
        self,
        path: str | Path,
        *,
        customers: int = 400,
        seed: int = 0,
        language: Language | None = None,
        purpose: str = "service",
    ) -> Drawn:
        """Draw customers at random and write what to ask them; see `connu.app.survey`.

        Args:
            path: .csv, .parquet or .jsonl.
            customers: how many.
            seed: another one draws others.
            language: of the questions (fr, en); by the brand's country when absent.
            purpose: who did not grant it is not asked.
        """
        from connu.app.survey import draw_survey

        with opened_build(self.folder, self.settings, purpose) as reading:
            return draw_survey(
                reading,
                self.settings,
                self.folder,
                Path(path),
                customers=customers,
                seed=seed,
                language=language,
            )

    def import_survey(self, path: str | Path) -> Answered:
        """Keep the answers of a survey in the journal; see `connu.app.survey_answers`.

        Args:
            path: the file of `draw_survey`, its answers filled in, as .csv or .parquet.
        """
        from connu.app.survey_answers import import_answers

        with (
            open_journal(self.folder, self.settings) as journal,
            opened_for_rights(self.folder, self.settings) as reading,
        ):
            return import_answers(reading, self.settings, self.folder, journal, Path(path))

    def seen(self, *, purpose: str = "service") -> Seen:
        """How the customers see it: what they confirm, and whether the brand knows them."""
        from connu.app.confirmations import mount_confirmations
        from connu.measure.seen import seen_by_customers

        with (
            open_journal(self.folder, self.settings) as journal,
            opened_build(self.folder, self.settings, purpose) as reading,
        ):
            mount_confirmations(reading, journal)
            return seen_by_customers(
                reading.engine, reading.sql, own_estimate=self.settings.survey.own_estimate
            )

    def correct(
        self,
        who: str,
        attribute: str,
        value: str | None = None,
        *,
        right: bool | None = None,
        via: Way = "service",
        by: str = "cli",
    ) -> Corrected:
        """Keep in the journal what a customer says of what the brand believes about him.

        Args:
            who: a customer id, a record (source:id) or an identifier.
            attribute: of which.
            value: what is right; with `right`, the statement judged, where there are several.
            right: what is told is right, or wrong; None: `value` says what is right.
            via: how it came: service (the desk), or page (his own).
            by: who wrote it down.
        """
        from connu.app.correcting import keep_correction

        with (
            open_journal(self.folder, self.settings) as journal,
            opened_for_rights(self.folder, self.settings) as reading,
        ):
            return keep_correction(
                reading,
                self.settings,
                self.folder,
                journal,
                who,
                attribute,
                value,
                right=right,
                via=via,
                by=by,
            )
