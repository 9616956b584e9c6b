"""All that a release is made of: the stage writes from it, the check makes every figure again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from curation.licenses import Licenses
from curation.publish.channels import rulings
from curation.publish.papers import Papers
from curation.publish.summary import StageCount, summary
from manifests.contract.working import WorkingCopies


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A manifest with its evidence, and what the release of it is called."""

    records: pd.DataFrame
    ingested: pd.DataFrame
    """All films that came in, since a copy that left may know a stricter licence."""
    counts: Sequence[StageCount]
    copies: WorkingCopies
    rules: Licenses
    papers: Papers
    profile: str
    name: str
    version: str
    withholds_words: bool
    """Whether films with words that may be a patient's leave without pixels."""

    def judged(self) -> pd.DataFrame:
        """The records as the licence rules see them."""
        # Where words may go out as well, none keeps pixels back.
        return self.records if self.withholds_words else self.records.assign(personal_text=None)

    def ruled(self) -> pd.DataFrame:
        """Columns `channel` and `why` of every record."""
        return rulings(self.judged(), self.rules, self.ingested)

    def figures(self, ruled: pd.DataFrame) -> dict[str, Any]:
        """The content of summary.json."""
        stamp = {"version": self.version, "name": self.name, "profile": self.profile}
        return summary(self.records, ruled, self.counts, stamp)
