import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some
from records import record, records

from curation.duplicates.groups import case_page, components, groups, name, patient_ill
from curation.duplicates.pair import Edge, Link
from manifests.contract.vocabulary import Relation

MEMBERS = [f"cohen/{letter}" for letter in "abcdefgh"]
EDGES = some.lists(some.tuples(some.sampled_from(MEMBERS), some.sampled_from(MEMBERS)))
SAME = {"patient_id": "cohen/p"}


def link(relation: Relation) -> dict[Edge, Link]:
    return {("cohen/a", "sirm/b"): Link(relation=relation, score=0.7)}


def two(**given_to_b: str) -> pd.DataFrame:
    return records([record("a"), record("b", source="sirm", **given_to_b)])


def number_of_groups(rows: pd.DataFrame, links: dict[Edge, Link] | None = None) -> int:
    return len(set(groups(rows, links or {}).values()))


@given(EDGES, some.permutations(MEMBERS))
def test_components_do_not_depend_on_order(edges: list[Edge], mixed: list[str]) -> None:
    turned = [(other, one) for one, other in reversed(edges)]
    assert components(MEMBERS, edges) == components(mixed, turned)


@given(EDGES)
def test_every_member_is_in_one_component_and_no_edge_leaves_it(edges: list[Edge]) -> None:
    found = components(MEMBERS, edges)
    assert sorted(member for component in found for member in component) == MEMBERS
    assert all(any({a, b} <= set(component) for component in found) for a, b in edges)


def test_a_long_chain_is_one_component() -> None:
    chain = [f"cohen/{number:05d}" for number in range(20_000)]
    assert len(components(chain, zip(chain[1:], chain[:-1], strict=True))) == 1


def test_the_films_of_a_patient_are_one_group() -> None:
    rows = records([record("a", **SAME), record("b", **SAME), record("c")])
    assert number_of_groups(rows) == 2


def test_the_films_of_a_study_are_one_group_and_an_empty_study_joins_nothing() -> None:
    rows = records([
        record("a", study_id="cohen/s"), record("b", study_id="cohen/s"), record("c"), record("d"),
    ])  # fmt: skip
    assert number_of_groups(rows) == 3


def test_an_address_shared_by_thousands_joins_nothing() -> None:
    archive = {"source_url": "https://example.org/images_01.tar.gz"}
    assert number_of_groups(records([record("a", **archive), record("b", **archive)])) == 2


def test_the_page_of_one_case_joins_films_of_two_collections() -> None:
    rows = [
        record("a", source_url="https://www.radiopaedia.org/cases/90281/?lang=us"),
        record("b", source="radiopaedia", source_url="https://radiopaedia.org/cases/90281"),
        record("c", source="radiopaedia", source_url="https://radiopaedia.org/cases/90283"),
        record("d", study_id="cohen/https://radiopaedia.org/cases/90283"),
    ]
    assert number_of_groups(records(rows)) == 2


def test_a_case_is_joined_by_the_address_that_people_cite_it_by() -> None:
    rows = [
        record("a", source_url="https://radiopaedia.org/cases/covid-19-28?lang=us"),
        record("b", source="radiopaedia", source_url="https://radiopaedia.org/cases/90281",
               facts='{"case": "https://radiopaedia.org/cases/covid-19-28"}'),
        record("c", source="radiopaedia", source_url="https://radiopaedia.org/cases/90283",
               facts='{"certainty": "diagnosis certain"}'),
    ]  # fmt: skip
    assert number_of_groups(records(rows)) == 2


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("http://Radiopaedia.org/cases/covid-19-7?lang=us", "radiopaedia.org/cases/covid-19-7"),
        ("https://radiopaedia.org/cases/7/studies/9", "radiopaedia.org/cases/7"),
        ("https://www.eurorad.org/case/16638/", "eurorad.org/case/16638"),
        ("https://archivio.sirm.org/2020/03/28/caso-13/", "sirm.org/2020/03/28/caso-13"),
        ("https://radiopaedia.org/cases/", None),
        ("https://www.sirm.org/2020/03/28/", None),
        ("https://notradiopaedia.org/cases/7", None),
        ("https://github.com/someone/cases/images", None),
        ("https://pubs.rsna.org/2020/03/28/many-cases", None),
        ("https://[", None),
        ("", None),
    ],
)
def test_a_case_page_is_known_however_it_is_cited(address: str, page: str | None) -> None:
    assert case_page(address) == page


def test_copies_and_follow_ups_join_what_patient_ids_keep_apart() -> None:
    assert number_of_groups(two(), link(Relation.RECOMPRESSED_OR_RESIZED)) == 1
    assert number_of_groups(two(), link(Relation.SAME_PATIENT_OR_SERIES)) == 1


def test_a_reviewed_difference_joins_nothing() -> None:
    assert number_of_groups(two(), link(Relation.DIFFERENT)) == 2


def test_a_group_is_named_by_one_of_its_films_in_whatever_order_they_come() -> None:
    assert name(MEMBERS) == name(MEMBERS[::-1])
    assert name(MEMBERS) in MEMBERS


def test_a_newcomer_seldom_renames_a_group() -> None:
    grown = [name([*MEMBERS, f"aaa/{number}"]) for number in range(200)]
    assert sum(called != name(MEMBERS) for called in grown) < 60


def test_a_clear_film_of_a_covid_patient_is_marked_by_whatever_name_the_patient_goes() -> None:
    rows = [
        record("covid", group="g"),
        record("clear", finding="normal", group="g"),
        record("elsewhere", source="sirm", finding="normal", group="g"),
        record("before", finding="normal", offset_days=-20, group="g"),
        record("other", finding="normal", group="h"),
    ]
    table = records(rows)
    ill = dict(zip(table["record_id"], patient_ill(table), strict=True))
    assert {name for name, is_ill in ill.items() if is_ill} == {"cohen/clear", "sirm/elsewhere"}


@pytest.mark.parametrize(
    "said",
    [{"finding": "covid19", "abnormal": False}, {"finding": "unknown", "pcr_positive": True}],
)
def test_a_patient_is_ill_whose_other_film_is_clear_or_whose_test_is_positive(
    said: dict[str, object],
) -> None:
    rows = [
        record("a", group="g", **said),
        record("b", finding="normal", group="g"),
        record("before", finding="normal", offset_days=-20, group="g"),
    ]
    assert patient_ill(records(rows)).tolist() == [False, True, False]


def test_an_illness_that_is_told_without_a_film_marks_the_whole_group() -> None:
    rows = [
        record("told", finding="normal", group="g", found_elsewhere=("covid19", "normal")),
        record("other", source="sirm", finding="normal", group="g"),
        record("before", finding="normal", offset_days=-20, group="g"),
        record("well", finding="normal", group="h", found_elsewhere=("effusion",)),
        record("alone", finding="normal", group="i"),
    ]
    table = records(rows)
    ill = dict(zip(table["record_id"], patient_ill(table), strict=True))
    assert {name for name, is_ill in ill.items() if is_ill} == {"cohen/told", "sirm/other"}


def test_a_withdrawn_film_still_proves_that_two_patients_are_one() -> None:
    rows = records([
        record("a1", patient_id="cohen/p"), record("a2", patient_id="cohen/p"),
        record("b1", source="sirm", patient_id="sirm/q"),
        record("b2", source="sirm", patient_id="sirm/q"),
    ])  # fmt: skip
    links = {("cohen/a2", "sirm/b2"): Link(score=1.0, relation=Relation.SAME_PIXELS)}
    gone = {"cohen/a2", "sirm/b2"}
    named = groups(rows, links, gone)
    assert named["cohen/a1"] == named["sirm/b1"]
    assert named["cohen/a1"] not in gone
