"""A brand: the folder, its settings, its build in force, and everything one may ask of it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from connu.app.asking_customers import AskingCustomers
from connu.app.reading import Reading, opened_build, opened_for_rights
from connu.journal.journal import open_journal
from connu.kernel.progress import Progress
from connu.kernel.settings import FILE_NAME, Settings, read_settings
from connu.ledger.reading import Exported

if TYPE_CHECKING:
    from connu.app.build import BuildReport
    from connu.app.consenting import Kept
    from connu.app.decision import Decision, What
    from connu.app.evaluation import TwinsEvaluation
    from connu.app.example import Example
    from connu.app.expectation_evaluation import ExpectationsEvaluation
    from connu.app.finding import Found
    from connu.app.forgetting import Target
    from connu.app.identity_evaluation import IdentitiesEvaluation
    from connu.app.intent_evaluation import IntentsEvaluation
    from connu.app.intent_view import IntentView
    from connu.app.reason import Reason
    from connu.app.running_visit import Coming, RunningVisits
    from connu.app.status import Status
    from connu.ledger.erasure import Forgotten
    from connu.ledger.narrowing import Narrowing
    from connu.measure.card import How, Scorecard
    from connu.sources.checking import Finding


class Brand(AskingCustomers):
    """An open brand.

    >>> brand = open("maison-claire")                       # doctest: +SKIP
    >>> brand.build().changed                               # doctest: +SKIP
    True
    >>> brand.table("customers", purpose="marketing").column_names[0]    # doctest: +SKIP
    'customer_id'

    Attributes:
        folder: the brand's folder.
        settings: connu.toml.
    """

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = folder
        self.settings = settings
        self._visits: RunningVisits | None = None

    # ------------------------------------------------------------------ making
    def build(
        self, *, force: bool = False, retrain: bool = False, progress: Progress | None = None
    ) -> BuildReport:
        """Build the brand; see `connu.app.build.run_build`."""
        from connu.app.build import run_build

        return run_build(
            self.folder, self.settings, force=force, retrain=retrain, progress=progress
        )

    def check(self) -> list[Finding]:
        """What is wrong with the sources, errors first; nothing is written."""
        from connu.sources.checking import check_sources

        return check_sources(self.settings, self.folder)

    def status(self) -> Status:
        """Builds, sources, row counts, rejected rows and why."""
        from connu.app.status import status_of

        with open_journal(self.folder, self.settings) as journal:
            return status_of(self.folder, self.settings, journal)

    # ------------------------------------------------------------------ reading
    def reading(self, purpose: str = "service") -> AbstractContextManager[Reading]:
        """The build in force, opened for a purpose: for several reads, or SQL of one's own."""
        return opened_build(self.folder, self.settings, purpose)

    def table(self, name: str, purpose: str = "service") -> pa.Table:
        """A table of the build in force, without those who did not grant the purpose.

        Args:
            name: see docs/tables.md.
            purpose: what the data will be used for.

        Raises:
            BuildError: there is no build.
            NotFoundError: it has no such table.
            PurposeError: nobody knows the purpose.
        """
        with self.reading(purpose) as reading:
            return reading.reader.table(name)

    def twins(self, attribute: str, *, purpose: str = "service") -> pa.Table:
        """What twins tell of an attribute: every subject and value, stated or not.

        Args:
            attribute: which.
            purpose: what the data will be used for.

        Raises:
            UsageError: twins tell nothing of it; the nearest attribute is named.
        """
        with self.reading(purpose) as reading:
            return reading.engine.collect(reading.reader.sql("twins", attribute=attribute))

    def export(
        self,
        name: str,
        path: str | Path,
        *,
        attribute: str | None = None,
        only: Narrowing | None = None,
        purpose: str = "service",
    ) -> Exported:
        """Write an export to .parquet, .csv or .jsonl; rows written and left out are told.

        Args:
            name: see docs/tables.md; `audits` are visitors to ask about an attribute.
            path: the file.
            attribute: only the rows about it.
            only: of intents, which kind, level, horizon and ranks.
            purpose: what the data will be used for.

        Raises:
            UsageError: no such export, or the table has no such attribute, kind or horizon.
        """
        from connu.app.audits import AUDITS, export_audits
        from connu.ledger.narrowing import Narrowing

        wished = only or Narrowing()
        with self.reading(purpose) as reading:
            if name == AUDITS:
                wished.check(name, ["attribute"], pa.table({}))
                return export_audits(reading, self.settings, Path(path), attribute)
            return reading.reader.export(name, Path(path), attribute=attribute, only=wished)

    def intents(self, who: str, *, purpose: str = "service") -> IntentView:
        """What one customer or visitor is after: a web page's or a call centre's question.

        Args:
            who: a customer id, a record (source:id), an identifier or a visitor's cookie.
            purpose: what the data will be used for.

        Raises:
            NotFoundError: nobody answers to it, or several do.
        """
        from connu.app.finding import intents_of_one

        with self.reading(purpose) as reading:
            return intents_of_one(reading, self.settings, who)

    def next_products(self, products: Sequence[str], *, n: int = 10) -> list[Coming]:
        """What a running visit most likely looks at or buys next, the likeliest first.

        The model of the build in force is opened once and stays open: ask one Brand again.

        Args:
            products: ids of what was seen so far, in order, the last on screen.
            n: how many.

        Raises:
            NotFoundError: the build tells of no next product.
        """
        return self._running_visits().next("product", products, n)

    def next_categories(self, products: Sequence[str], *, n: int = 3) -> list[Coming]:
        """The categories likeliest to come next in a running visit; see `next_products`."""
        return self._running_visits().next("category", products, n)

    def _running_visits(self) -> RunningVisits:
        if self._visits is None:
            from connu.app.running_visit import RunningVisits

            self._visits = RunningVisits(self.folder)
        return self._visits

    def show(self, who: str, *, purpose: str = "service") -> Found:
        """One customer, or the several that `who` may mean.

        Args:
            who: a customer id, a record (source:id), an e-mail, a phone number …
            purpose: what the data will be used for.

        Raises:
            NotFoundError: nobody answers to it.
        """
        from connu.app.finding import show

        with self.reading(purpose) as reading:
            return show(reading, self.settings, who)

    def example(self, *, purpose: str = "service") -> Example | None:
        """A customer worth a look: the one whom most sources know; None when there is none."""
        from connu.app.example import example_of

        with self.reading(purpose) as reading:
            return example_of(reading)

    def explain(self, left: str, right: str, *, purpose: str = "service") -> Reason:
        """Why two are, or are not, one person.

        Raises:
            NotFoundError: nobody answers to one of them.
            UsageError: both are the same record.
        """
        from connu.app.reason import explain_two

        with (
            open_journal(self.folder, self.settings) as journal,
            self.reading(purpose) as reading,
        ):
            return explain_two(reading, self.settings, journal, left, right)

    # ------------------------------------------------------------------ correcting
    def join(self, left: str, right: str, *, by: str = "", purpose: str = "service") -> Decision:
        """Keep in the journal that two records are one person; the next build honours it."""
        return self._decide("join", left, right, by, purpose)

    def split(self, left: str, right: str, *, by: str = "", purpose: str = "service") -> Decision:
        """Keep in the journal that two records are not one person; the next build honours it."""
        return self._decide("split", left, right, by, purpose)

    def _decide(self, what: What, left: str, right: str, by: str, purpose: str) -> Decision:
        from connu.app.decision import decide

        with (
            open_journal(self.folder, self.settings) as journal,
            self.reading(purpose) as reading,
        ):
            return decide(reading, self.settings, journal, what, left, right, by)

    def consent(self, who: str, purpose: str, *, granted: bool, by: str = "cli") -> Kept:
        """Keep in the journal that somebody grants or withdraws a purpose; it counts at once.

        Args:
            who: a customer id, a record (source:id) or an identifier.
            purpose: one the brand knows.
            granted: False withdraws.
            by: through what it came.
        """
        from connu.app.consenting import keep_consent

        with (
            open_journal(self.folder, self.settings) as journal,
            opened_for_rights(self.folder, self.settings) as reading,
        ):
            return keep_consent(
                reading, self.settings, journal, who, purpose, granted=granted, by=by
            )

    def whom_to_forget(self, who: str) -> Target:
        """The one customer that `who` names, to be confirmed before he is forgotten.

        Raises:
            NotFoundError: nobody answers to it.
            UsageError: several do.
        """
        from connu.app.forgetting import target_of

        with opened_for_rights(self.folder, self.settings) as reading:
            return target_of(reading, self.settings, who)

    def forget(self, customer_id: str, *, by: str = "cli") -> Forgotten:
        """Erase a customer from journal, builds and look-up index, and search for what is left.

        Raises:
            NotFoundError: there is no such customer.
            BuildError: a build is running.
        """
        from connu.app.forgetting import forget_customer

        return forget_customer(self.folder, self.settings, customer_id, by)

    # ------------------------------------------------------------------ measuring
    def evaluate_identities(
        self, truth: str | Path, *, across: bool = False, purpose: str = "service"
    ) -> IdentitiesEvaluation:
        """The customers against labelled truth; see `connu.app.identity_evaluation`.

        Args:
            truth: a .csv or .parquet of source, record_id and person.
            across: count only pairs of records of different sources.
            purpose: what the data will be used for.
        """
        from connu.app.identity_evaluation import judge_identities

        return judge_identities(
            self.folder, self.settings, Path(truth), across=across, purpose=purpose
        )

    def evaluate_twins(
        self,
        attribute: str,
        *,
        folds: str | Path | None = None,
        column: str = "fold",
        purpose: str = "service",
        progress: Progress | None = None,
    ) -> TwinsEvaluation:
        """How right twins are about an attribute; see `connu.app.evaluation`.

        Args:
            attribute: one that twins tell.
            folds: a .csv or .parquet that says who is judged with whom; connu's own when absent.
            column: its column.
            purpose: who did not grant it is not judged.
            progress: who watches.
        """
        from connu.app.evaluation import evaluate

        with (
            open_journal(self.folder, self.settings) as journal,
            self.reading(purpose) as reading,
        ):
            return evaluate(
                reading,
                self.settings,
                attribute,
                consents=journal.consents(),
                folds=None if folds is None else Path(folds),
                column=column,
                progress=progress,
            )

    def evaluate_intents(
        self,
        *,
        start: datetime | None = None,
        only: Sequence[str] = (),
        level: str | None = None,
        staying_days: int | None = None,
        truth: str | Path | None = None,
        purpose: str = "service",
        progress: Progress | None = None,
    ) -> IntentsEvaluation:
        """What intents are worth, on a time split; see `connu.app.intent_evaluation`.

        Args:
            start: the moment (UTC without zone) up to which is learnt; chosen when absent.
            only: some of next, buy, affinity, stay; all when empty.
            level: of what comes next, only the product, or the category; both when absent.
            staying_days: that staying is judged on.
            truth: a .csv or .parquet of later purchases: person, category, bought_at.
            purpose: who did not grant it is neither learnt from nor judged.
            progress: who watches.
        """
        from connu.app.intent_evaluation import evaluate_intents

        with (
            open_journal(self.folder, self.settings) as journal,
            self.reading(purpose) as reading,
        ):
            return evaluate_intents(
                reading,
                self.settings,
                consents=journal.consents(),
                start=start,
                only=only,
                level=level,
                staying_days=staying_days,
                truth=None if truth is None else Path(truth),
                progress=progress,
            )

    def evaluate_expectations(
        self,
        truth: str | Path,
        *,
        few: int | None = None,
        seeds: int = 10,
        purpose: str = "service",
        progress: Progress | None = None,
    ) -> ExpectationsEvaluation:
        """How rightly expectations are coded; see `connu.app.expectation_evaluation`.

        Args:
            truth: JSON Lines of coded verbatims, by id or with their texts.
            few: texts a theme to learn from; None: the build as it is, or none and all labels.
            seeds: draws of the few.
            purpose: who did not grant it is neither learnt from nor judged.
            progress: who watches.
        """
        from connu.app.expectation_evaluation import evaluate_expectations

        return evaluate_expectations(
            self.folder,
            self.settings,
            Path(truth),
            few=few,
            seeds=seeds,
            purpose=purpose,
            progress=progress,
        )

    def scorecard(
        self,
        *,
        purpose: str = "service",
        segment: str | None = None,
        truth: str | Path | Sequence[str | Path] = (),
    ) -> Scorecard:
        """How well the customers are known, and how it is known; see `connu.app.scorecard`.

        Args:
            purpose: who did not grant it is not counted.
            segment: which customers, as in "sex=female and city~Lyon"; None: everybody.
            truth: .csv or .parquet, one or several: of source, record_id and person; of visitors'
                anonymous_id and the attributes that twins tell.
        """
        from connu.app.scorecard import scorecard_of

        return scorecard_of(
            self.folder, self.settings, purpose=purpose, segment=segment, truth=_paths(truth)
        )

    def how(
        self,
        name: str,
        *,
        purpose: str = "service",
        segment: str | None = None,
        truth: str | Path | Sequence[str | Path] = (),
    ) -> How:
        """How one figure of the scorecard comes about: its query, and what that gives.

        Args:
            name: of the figure.
            purpose, segment, truth: as of `scorecard`.

        Raises:
            UsageError: the scorecard has no such figure; the nearest is named.
        """
        from connu.app.scorecard import hows_of

        (how,) = hows_of(
            self.folder,
            self.settings,
            [name],
            purpose=purpose,
            segment=segment,
            truth=_paths(truth),
        )
        return how


def _paths(files: str | Path | Sequence[str | Path]) -> list[Path]:
    return [Path(file) for file in ([files] if isinstance(files, str | Path) else files)]


def open(path: str | Path = ".") -> Brand:
    """Open the brand in a folder.

    Raises:
        SettingsError: there is no connu.toml in it, or it is not valid.
    """
    return Brand(Path(path), read_settings(Path(path)))


def find_brand(start: Path) -> Path:
    """The folder itself or its nearest parent that holds a connu.toml; else the folder itself.

    >>> find_brand(Path("/nowhere/at/all"))
    PosixPath('/nowhere/at/all')
    """
    whole = start.resolve()
    for folder in (whole, *whole.parents):
        if (folder / FILE_NAME).is_file():
            return folder
    return start
