"""The 20 signalling questions of PROBAST in our own short words, and the risk that follows.

Wolff, Moons, Riley, Whiting, Westwood, Collins, Reitsma, Kleijnen, Mallett: PROBAST. Annals of
Internal Medicine 2019;170(1):51-58; explained in Moons et al., ibid. W1-W33.
"""

from collections.abc import Sequence

from curation.pages.checklists import (
    biased,
    chosen,
    judged,
    labelled,
    partitions,
    sturdy,
    trained,
)
from curation.pages.checklists.answers import Item, Risk, Row, Verdict, named

CITATION = "PROBAST 2019, 20 questions: Wolff et al., Annals of Internal Medicine 2019;170(1):51-58"
ADDRESS = "https://doi.org/10.7326/M18-1376"
NOTE = (
    "It asks whether a thing is good, of all experiments together: the worst counts. One no makes "
    "a domain's risk high, one that is partly or open makes it unclear. Applicability is for a "
    "person to judge. PROBAST+AI (Moons et al., BMJ 2025;388:e082505) updates this list and is not "
    "answered here."
)
HIGH, UNCLEAR, LOW = "high", "unclear", "low"
OVERALL = "Overall"

_PARTICIPANTS, _PREDICTORS = "1 Participants", "2 Predictors"
_OUTCOME, _ANALYSIS = "3 Outcome", "4 Analysis"

ITEMS = (
    Item(number="1.1", section=_PARTICIPANTS, asks="Suitable sources of data",
         evidence=biased.gathered),
    Item(number="1.2", section=_PARTICIPANTS, asks="All inclusions and exclusions suitable",
         evidence=biased.exclusions),
    Item(number="2.1", section=_PREDICTORS, asks="Predictors made alike for all",
         evidence=biased.alike),
    Item(number="2.2", section=_PREDICTORS, asks="Predictors made without knowing the outcome",
         evidence=biased.blinded),
    Item(number="2.3", section=_PREDICTORS, asks="Predictors there when the model is used",
         evidence=biased.at_hand),
    Item(number="3.1", section=_OUTCOME, asks="Outcome determined suitably",
         evidence=labelled.covid_tests),
    Item(number="3.2", section=_OUTCOME, asks="A standard outcome, named beforehand",
         evidence=labelled.one_definition),
    Item(number="3.3", section=_OUTCOME, asks="Predictors no part of the outcome",
         evidence=labelled.independent),
    Item(number="3.4", section=_OUTCOME, asks="Outcome determined alike for all",
         evidence=labelled.same_for_all),
    Item(number="3.5", section=_OUTCOME, asks="Outcome determined without knowing predictors",
         to_write="Ask each source whether those who labelled had seen the film."),
    Item(number="3.6", section=_OUTCOME, asks="Suitable time between predictor and outcome",
         evidence=labelled.interval),
    Item(number="4.1", section=_ANALYSIS, asks="Enough participants with the outcome",
         evidence=partitions.events),
    Item(number="4.2", section=_ANALYSIS, asks="Predictors handled suitably",
         evidence=trained.standardised),
    Item(number="4.3", section=_ANALYSIS, asks="All participants in the analysis",
         evidence=judged.everybody),
    Item(number="4.4", section=_ANALYSIS, asks="Missing data handled suitably",
         evidence=labelled.left_out),
    Item(number="4.5", section=_ANALYSIS, asks="No predictors picked one by one",
         evidence=trained.no_picking),
    Item(number="4.6", section=_ANALYSIS, asks="Complexities of the data accounted for",
         evidence=partitions.clustering),
    Item(number="4.7", section=_ANALYSIS, asks="Suitable measures of performance",
         evidence=judged.calibrated),
    Item(number="4.8", section=_ANALYSIS, asks="Overfitting and optimism accounted for",
         evidence=sturdy.optimism),
    Item(number="4.9", section=_ANALYSIS, asks="The model reported is the model judged",
         evidence=chosen.same_network),
)  # fmt: skip


def risks(rows: Sequence[Row]) -> list[Risk]:
    """The risk of bias of every domain, then of all together: the highest."""
    domains: dict[str, list[Row]] = {}
    for row in rows:
        domains.setdefault(row.item.section, []).append(row)
    made = [_risk(domain, own) for domain, own in domains.items()]
    levels = [one.level for one in made]
    worst = next(level for level in (HIGH, UNCLEAR, LOW) if level in levels)
    because = named([one.domain for one in made if one.level == worst])
    return [*made, Risk(OVERALL, worst, because)]


def _risk(domain: str, rows: Sequence[Row]) -> Risk:
    wrong = [row.item.number for row in rows if row.answer.verdict is Verdict.NO]
    unsure = [
        row.item.number for row in rows if row.answer.verdict in {Verdict.PARTLY, Verdict.OPEN}
    ]
    if wrong:
        return Risk(domain, HIGH, f"no: {named(wrong)}")
    if unsure:
        return Risk(domain, UNCLEAR, f"partly or open: {named(unsure)}")
    return Risk(domain, LOW, "yes to all")
