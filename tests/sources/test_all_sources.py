"""The same questions to every source; a new one is asked them as soon as its folder exists."""

import pytest
import yaml
from project import ROOT

from curation.network.offline import offline
from curation.questions.asked import QUESTIONS, Question
from curation.questions.case import Case
from curation.sources.loading import keys

ENTRIES = yaml.safe_load((ROOT / "params.yaml").read_text())["sources"]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.__name__)
@pytest.mark.parametrize("key", keys())
def test_every_source_answers(key: str, question: Question) -> None:
    with offline():
        assert list(question(Case(key, ROOT, ENTRIES))) == []
