import copy
import dataclasses
import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from faultless import faultless, with_network
from limits import LIMITS
from records import record, records

from curation.labels.conflicts import Side
from curation.licenses import Licenses
from curation.pages.checklists import (
    biased,
    chosen,
    claim,
    collected,
    judged,
    labelled,
    partitions,
    people,
    probast,
    sturdy,
    trained,
)
from curation.pages.checklists.answers import Answer, Evidence, Item, Row, Verdict, graded
from curation.pages.checklists.lists import checklists
from curation.pages.checklists.text import text
from curation.pages.inputs import ReportInputs, Seen
from curation.stages import report
from manifests.contract.rejection import Rejection
from manifests.contract.table import arrow_schema, frame, to_pandas
from manifests.contract.vocabulary import Split

LICENSES = Licenses.load(Path(__file__).parents[2] / "manifests/licenses.yaml")
YES, PARTLY, NO, OPEN = Verdict
HOSTILE = "</table><script>window.hurt=1</script>|[x](javascript:1)\n# *{{ 7 * 7 }}"
Change = Callable[[ReportInputs], ReportInputs]


@pytest.fixture
def study() -> ReportInputs:
    return faultless(LICENSES)


def same(inputs: ReportInputs) -> ReportInputs:
    return inputs


def films(**columns: Any) -> Change:
    """Every film with other words in these columns."""
    return lambda inputs: dataclasses.replace(inputs, records=inputs.records.assign(**columns))


def made(**facts: object) -> Change:
    """Other facts in the checkpoint."""
    return lambda inputs: with_network(
        inputs, checkpoint={**(inputs.experiments[0].checkpoint or {}), **facts}
    )


def side(name: str, **facts: object) -> Change:
    """Other figures of one side, or other words about them."""

    def changed(inputs: ReportInputs) -> ReportInputs:
        figures = copy.deepcopy(inputs.experiments[0].metrics or {})
        figures[name] |= facts
        return with_network(inputs, metrics=figures)

    return changed


def network(**parts: object) -> Change:
    return lambda inputs: with_network(inputs, **parts)


def pixels(**parts: object) -> Change:
    def changed(inputs: ReportInputs) -> ReportInputs:
        seen = dataclasses.replace(inputs.seen, **parts)  # type: ignore[arg-type]
        return dataclasses.replace(inputs, seen=seen)

    return changed


def repeats(**facts: object) -> Change:
    return lambda inputs: dataclasses.replace(inputs, repeats=[{**inputs.repeats[0], **facts}])


def words(kind: str | None, boxes: int = 0) -> Change:
    return lambda inputs: pixels(
        text=inputs.seen.text.assign(personal=kind, text_boxes=boxes)  # type: ignore[union-attr]
    )(inputs)


def probe(name: str, verdict: str, *, value: float | None = 0.9) -> Change:
    def changed(inputs: ReportInputs) -> ReportInputs:
        audits = copy.deepcopy(dict(inputs.audits))
        for audit in audits.values():
            own = audit.scores["probes"][name]
            own["verdict"], own["found"] = verdict, {"value": value, "low": None, "high": None}
        return dataclasses.replace(inputs, audits=audits)

    return changed


def one_source(inputs: ReportInputs) -> ReportInputs:
    return films(source="cohen")(inputs)


def ill_from_one_source(inputs: ReportInputs) -> ReportInputs:
    is_cohen = inputs.records["source"] == "cohen"
    return films(finding=is_cohen.map({True: "covid19", False: "normal"}))(inputs)


def ill_filtered(inputs: ReportInputs) -> ReportInputs:
    lost = [record(f"lost-{n}", finding="covid19") for n in range(9)]
    gone = [
        Rejection(record_id=own.record_id, source=own.source, stage="filter", reason="pediatric",
                  detail="", kept_id=None)
        for own in lost
    ]  # fmt: skip
    ingested = pd.concat([inputs.ingested, records(lost)], ignore_index=True)
    return dataclasses.replace(inputs, ingested=ingested, rejected=frame(gone, Rejection))


def torn(inputs: ReportInputs) -> ReportInputs:
    return films(group="cohen/one")(inputs)


def disputed(inputs: ReportInputs) -> ReportInputs:
    table = to_pandas(arrow_schema(Side).empty_table())
    table = pd.DataFrame([{"case": "cohen/a", "kind": "copies"}] * 2, columns=table.columns)
    return dataclasses.replace(inputs, disputed=table)


def undecided(inputs: ReportInputs) -> ReportInputs:
    return films(is_conflict=True)(disputed(inputs))


def telling_shift(inputs: ReportInputs) -> ReportInputs:
    shift: Any = copy.deepcopy(inputs.seen.shift)
    shift["recipes"]["plain"]["among"]["every_film"]["parts"]["whole_film"]["low"] = 0.8
    return pixels(shift=shift)(inputs)


def no_pixels(inputs: ReportInputs) -> ReportInputs:
    figures = {**inputs.figures, "channels": {"pointers": {"train": 32}}}
    return dataclasses.replace(inputs, figures=figures)


def unfiltered(inputs: ReportInputs) -> ReportInputs:
    stages = [stage for stage in inputs.figures["stages"] if stage["stage"] != "filter"]
    return dataclasses.replace(inputs, figures={**inputs.figures, "stages": stages})


def unread(inputs: ReportInputs) -> ReportInputs:
    """Nobody looked at a film of this manifest for burned-in words."""
    assert inputs.seen.text is not None
    return pixels(text=inputs.seen.text.iloc[:0])(inputs)


def unaccounted(inputs: ReportInputs) -> ReportInputs:
    return dataclasses.replace(inputs, records=inputs.records.iloc[1:])


def other_task(inputs: ReportInputs) -> ReportInputs:
    own = inputs.experiments[0]
    again = dataclasses.replace(own, checkpoint={**(own.checkpoint or {}), "task": {"normal": []}})
    return dataclasses.replace(inputs, experiments=[own, again])


FEW = {"n": 8}
INFLATED = {"accuracy": {"value": 0.2, "low": 0.1, "high": 0.3}}
FORGETFUL = {"heat_in_lungs": 0.9, "method": "HiResCAM", "randomised_holds": False}
UNTOLD = {"accuracy_low": None, "auc_low": None}
Case = tuple[Evidence, Change, Verdict, Change, Verdict]
# What is asked; what makes the best answer; that answer; what makes it a no, or else the worst.
CASES: tuple[Case, ...] = (
    (collected.sources, same, YES, films(is_drawn=True), NO),
    (collected.eligibility, same, YES, films(pediatric=None), NO),
    (collected.flow, same, YES, unaccounted, NO),
    (people.deidentified, same, YES, words("name"), NO),
    (people.deidentified, same, YES, words("unread"), PARTLY),
    (people.unknowns, same, YES, films(age_years=None), NO),
    (collected.acquisition, same, PARTLY, films(view="UNKNOWN"), NO),
    (people.demographics, same, YES, films(sex=None), NO),
    (collected.availability, same, PARTLY, no_pixels, NO),
    (labelled.covid_tests, same, YES, films(pcr_positive=None), NO),
    (labelled.independent, same, YES, films(pcr_positive=None), NO),
    (labelled.disagreement, disputed, PARTLY, undecided, NO),
    (labelled.one_definition, same, PARTLY, other_task, NO),
    (labelled.same_for_all, one_source, YES, same, NO),
    (labelled.interval, same, PARTLY, films(offset_days=None), NO),
    (labelled.left_out, same, YES, films(finding="unknown"), NO),
    (partitions.assigned, same, YES, films(split=Split.TRAIN.value), NO),
    (partitions.disjoint, same, YES, torn, NO),
    (partitions.disjoint, same, YES, films(patient_id="cohen/one"), NO),
    (partitions.disjoint, same, YES, made(protocol="paper"), NO),
    (partitions.disjoint, same, YES, side("about", leaked_share=0.2), NO),
    (partitions.clustering, same, YES, torn, NO),
    (partitions.clustering, same, YES, side("test", groups=None), NO),
    (partitions.test_size, same, PARTLY, side("test", normal=FEW), NO),
    (partitions.events, same, PARTLY, side("test", normal=FEW), NO),
    (trained.preprocessing, same, YES, made(recipe=None), NO),
    (trained.architecture, same, YES, made(channels=[]), NO),
    (trained.no_picking, same, YES, made(channels=[]), NO),
    (trained.standardised, same, YES, side("operating", chosen_on="test"), NO),
    (trained.standardised, same, YES, made(mean=None), NO),
    (trained.subsets, same, YES, made(train_films=None), NO),
    (trained.subsets, same, YES, repeats(shortfall="too few"), PARTLY),
    (trained.first_weights, same, YES, made(seed=None), NO),
    (trained.training, same, YES, network(history=None), NO),
    (chosen.selection, same, YES, made(protocol="paper"), NO),
    (chosen.same_network, same, YES, made(manifest_id="0" * 16), NO),
    (chosen.same_network, same, YES, side("about", recipe_id="bb"), NO),
    (judged.metrics, same, YES, side("test", macro_f1=None), NO),
    (judged.uncertainty, same, YES, side("test", **UNTOLD), NO),
    (judged.estimates, same, YES, network(roc=None), NO),
    (judged.internal, same, YES, side("val", n=0), NO),
    (judged.external, same, YES, side("external", n=0), NO),
    (judged.external, same, YES, side("external", normal=FEW), PARTLY),
    (judged.calibrated, same, YES, side("test", ece=None), NO),
    (judged.failures, same, YES, network(heatmaps=None), PARTLY),
    (judged.subgroups, same, PARTLY, side("test", accuracy=None), NO),
    (judged.everybody, same, YES, side("test", n=1), NO),
    (sturdy.robust, same, YES, pixels(shift=None), PARTLY),
    (sturdy.explained, same, YES, network(scores=None), PARTLY),
    (sturdy.explained, same, YES, network(scores=FORGETFUL), PARTLY),
    (sturdy.optimism, same, YES, repeats(inflation=INFLATED), NO),
    (sturdy.optimism, same, YES, side("external", accuracy=0.5), NO),
    (sturdy.optimism, same, YES, repeats(inflation=None), PARTLY),
    (biased.gathered, same, YES, ill_from_one_source, NO),
    (biased.gathered, same, YES, films(is_drawn=True), NO),
    (biased.gathered, same, YES, probe("source_and_label", "allowed"), NO),
    (biased.exclusions, same, YES, ill_filtered, NO),
    (biased.alike, same, YES, telling_shift, NO),
    (biased.blinded, same, YES, probe("file_statistics", "failed"), NO),
    (biased.blinded, same, YES, probe("file_statistics", "not_told", value=None), OPEN),
    (biased.gathered, same, YES, probe("source_and_label", "not_told", value=None), OPEN),
    (biased.exclusions, same, YES, unfiltered, OPEN),
    (collected.eligibility, same, YES, unfiltered, OPEN),
    (people.deidentified, same, YES, unread, NO),
    (biased.at_hand, same, YES, words(None, boxes=1), PARTLY),
)  # fmt: skip


def answered(evidence: Evidence, inputs: ReportInputs) -> Verdict:
    verdict, sentence, anchor = evidence(inputs)
    assert sentence.endswith(".")
    assert anchor in {"", *report.SECTIONS}
    return verdict


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case[0].__name__))
def test_the_verdict_follows_the_evidence(case: Case, study: ReportInputs) -> None:
    evidence, good, best, bad, worst = case
    assert (best, worst) == (answered(evidence, good(study)), answered(evidence, bad(study)))


def test_a_network_whose_heat_stays_when_it_forgets_is_named(study: ReportInputs) -> None:
    own = study.experiments[0].name
    fails = sturdy.explained(network(scores=FORGETFUL)(study))
    assert fails.sentence.startswith("HiResCAM of 1 network; share")
    assert f"; it does not, so that it says little of them: {own}." in fails.sentence
    holds = sturdy.explained(network(scores={**FORGETFUL, "randomised_holds": True})(study))
    assert f"; heat changes once the network forgets: {own}." in holds.sentence
    assert "it does not" not in holds.sentence
    assert sturdy.explained(study).sentence.startswith("Heat maps of 1 network; share")


def test_every_evidence_is_asked_both_ways() -> None:
    asked = {item.evidence for item in (*claim.ITEMS, *probast.ITEMS) if item.evidence}
    assert asked == {case[0] for case in CASES}


def nothing_ran(inputs: ReportInputs) -> ReportInputs:
    untrained = dataclasses.replace(
        inputs.experiments[0], checkpoint=None, history=None, metrics=None, confusion=None,
        roc=None, heatmaps=None, scores=None,
    )  # fmt: skip
    return dataclasses.replace(inputs, experiments=[untrained], seen=Seen(), audits={}, repeats=[])


OF_THE_ROWS = {"collected", "people", "labelled", "assigned", "disjoint", "exclusions"}


def of_a_stage(item: Item) -> bool:
    """Its evidence is left by a later stage, not by the rows of the manifest."""
    own = item.evidence
    if own is None or own in {people.deidentified, labelled.one_definition}:
        return True
    return not {own.__module__.rpartition(".")[2], own.__name__} & OF_THE_ROWS


@pytest.mark.parametrize("item", [*claim.ITEMS, *probast.ITEMS], ids=lambda item: item.number)
def test_what_did_not_run_is_open(item: Item, study: ReportInputs) -> None:
    verdict, sentence, _ = item.answer(nothing_ran(study))
    assert sentence
    if of_a_stage(item):
        assert verdict is OPEN
        assert item.evidence is None or "dvc repro" in sentence


def test_an_empty_manifest_earns_no_yes(study: ReportInputs) -> None:
    empty = dataclasses.replace(nothing_ran(study), records=study.records.iloc[:0],
                                ingested=study.ingested.iloc[:0])  # fmt: skip
    assert [own.counts["yes"] for own in checklists(empty)] == [0, 0]


def test_the_lists_have_the_items_that_their_authors_gave_them() -> None:
    assert [item.number for item in claim.ITEMS] == [str(n) for n in range(1, 45)]
    sizes = {"1": 2, "2": 3, "3": 6, "4": 9}
    numbers = [f"{domain}.{n}" for domain, most in sizes.items() for n in range(1, most + 1)]
    assert [item.number for item in probast.ITEMS] == numbers


def test_no_item_stands_there_twice() -> None:
    for items in (claim.ITEMS, probast.ITEMS):
        assert len({item.asks for item in items}) == len(items)
        assert all((item.evidence is None) == bool(item.to_write) for item in items)


def risk(*verdicts: Verdict) -> list[str]:
    rows = [
        Row(Item(number=str(n), section=f"{n} Domain", asks=""), Answer(verdict, ""))
        for n, verdict in enumerate(verdicts)
    ]
    return [one.level for one in probast.risks(rows)]


def test_one_no_makes_the_risk_high_and_one_doubt_unclear() -> None:
    assert risk(YES, YES) == ["low", "low", "low"]
    assert risk(YES, PARTLY) == ["low", "unclear", "unclear"]
    assert risk(YES, OPEN) == ["low", "unclear", "unclear"]
    assert risk(YES, PARTLY, NO) == ["low", "unclear", "high", "high"]


def test_a_source_that_gives_the_label_away_makes_the_risk_high(study: ReportInputs) -> None:
    found = {one.domain: one.level for one in checklists(ill_from_one_source(study))[1].risks}
    assert found["1 Participants"] == found["Overall"] == "high"


def test_a_share_below_half_is_a_no() -> None:
    assert [graded(n, 4) for n in (0, 1, 2, 3, 4)] == [NO, NO, PARTLY, PARTLY, YES]
    assert graded(0, 0) is NO


def rendered(inputs: ReportInputs) -> str:
    whole = report.main(
        nothing_shown(inputs), report.Params(samples=0, pairs=0, enhanced=0), LIMITS
    )
    start = whole.index('<section id="checklists"')
    return whole[start : whole.index("</section>", start)]


def nothing_shown(inputs: ReportInputs) -> ReportInputs:
    """Without heat maps, whose pictures this study lacks."""
    return with_network(inputs, heatmaps=None)


CELLS = re.compile(
    r'<tr id="(\w+)-item-([\d.]+)">.*?<b>(\w+)</b></td><td>(.*?)</td><td>(?:<a href="#(\w+)")?',
    re.DOTALL,
)
LINE = re.compile(r"^\| ([\d.]+) \| [^|]* \| (\w+) \| ([^|]*) \| (?:\[(\w+)\]\(.*)?", re.MULTILINE)


@pytest.mark.parametrize("words", ["harmless", HOSTILE])
def test_the_page_and_the_file_agree(words: str) -> None:
    inputs = faultless(LICENSES, words)
    told = [
        (number, verdict, " ".join(html.unescape(sentence).split()), anchor)
        for _, number, verdict, sentence, anchor in CELLS.findall(rendered(inputs))
    ]
    written = [
        (number, verdict, " ".join(html.unescape(sentence).split()), anchor)
        for number, verdict, sentence, anchor in LINE.findall(report.lists(nothing_shown(inputs)))
    ]
    assert len(told) == len(claim.ITEMS) + len(probast.ITEMS)
    assert told == written


def test_counts_stand_at_the_head_of_each_list(study: ReportInputs) -> None:
    told = rendered(study)
    for own in checklists(nothing_shown(study)):
        assert sum(own.counts.values()) == len(own.rows)
        chips = [f'">{verdict}</span> {n}</span>' for verdict, n in own.counts.items()]
        assert all(chip in told for chip in chips)


def test_hostile_words_stay_words_on_the_page_and_in_the_file() -> None:
    inputs = faultless(LICENSES, HOSTILE)
    harmless = rendered(faultless(LICENSES))
    for tag in ("<script", "<table", "<a ", "<tr"):
        assert harmless.count(tag) == rendered(inputs).count(tag)
    file = text(checklists(inputs), inputs.figures)
    assert "<script" not in file
    assert "](javascript" not in file
    assert file.count("\n") == text(checklists(faultless(LICENSES)), inputs.figures).count("\n")


def test_every_link_of_the_file_leads_to_a_section(study: ReportInputs) -> None:
    anchors = set(re.findall(r"\(index\.html#(\w+)\)", report.lists(study)))
    assert anchors
    assert anchors <= set(report.SECTIONS)
