from records import record, records

from curation.duplicates.keeper import keepers, strictness
from curation.duplicates.pair import Link
from manifests.contract.vocabulary import Relation


def kept(**of_b: object) -> str:
    rows = records([record("a", width=600, height=500), record("b", **{"height": 500} | of_b)])
    return keepers(rows, [["cohen/a", "cohen/b"]])["cohen/a"]


def test_of_equals_the_smaller_id_stays() -> None:
    assert kept(width=600) == "cohen/a"


def test_the_larger_picture_stays() -> None:
    assert kept(width=601) == "cohen/b"


def test_of_one_size_the_freer_licence_stays() -> None:
    assert kept(width=600, license="CC0-1.0") == "cohen/b"


def test_size_comes_before_licence() -> None:
    assert kept(width=599, license="CC0-1.0") == "cohen/a"


def test_a_film_without_a_finding_does_not_drive_out_one_with() -> None:
    assert kept(width=900, finding="unknown") == "cohen/a"


def lacking(of_a: float, of_b: float, **of_films: object) -> str:
    """Which of a and b stays, when looking at them said what each lacks."""
    rows = records([record("a"), record("b", **of_films)])
    link = Link(
        relation=Relation.CROPPED_OR_ANNOTATED, score=0.95, lacks=(of_a, of_b)
    )  # fmt: skip
    pair = ("cohen/a", "cohen/b")
    return keepers(rows, [pair], {pair: link})["cohen/a"]


def test_the_film_with_the_larger_field_of_view_stays() -> None:
    assert lacking(0.1, 0.0) == "cohen/b"
    assert lacking(0.0, 0.1) == "cohen/a"


def test_the_film_with_fewer_marks_stays_even_if_the_other_is_larger() -> None:
    assert lacking(0.0, 0.004, width=900, height=900) == "cohen/a"


def test_a_crop_at_full_size_is_not_driven_out_by_a_thumbnail_of_the_whole() -> None:
    assert lacking(0.1, 0.0, width=200, height=150) == "cohen/a"


def test_a_whole_film_without_a_finding_does_not_drive_out_a_crop_with_one() -> None:
    assert lacking(0.1, 0.0, finding="unknown") == "cohen/a"


def test_what_was_seen_of_a_film_holds_for_those_with_equal_pixels() -> None:
    same = {"pixel_sha256": "f" * 64}
    rows = records([record("a", **same), record("a2", **same), record("b")])
    links = {
        ("cohen/a", "cohen/a2"): Link(relation=Relation.SAME_PIXELS, score=1.0),
        ("cohen/a2", "cohen/b"): Link(
            relation=Relation.CROPPED_OR_ANNOTATED, score=0.9, lacks=(0.2, 0.0)
        ),
    }
    found = keepers(rows, [["cohen/a", "cohen/a2", "cohen/b"]], links)
    assert set(found.values()) == {"cohen/b"}


def test_a_film_of_the_same_patient_says_nothing_of_what_is_lacking() -> None:
    rows = records([record("a"), record("b")])
    pair = ("cohen/a", "cohen/b")
    link = Link(relation=Relation.SAME_PATIENT_OR_SERIES, score=0.7, lacks=(0.5, 0.0))
    assert keepers(rows, [pair], {pair: link})["cohen/b"] == "cohen/a"


def test_licences_stand_in_order() -> None:
    ordered = ["CC0-1.0", "CC-BY-4.0", "CC-BY-NC-SA-4.0", "CC-BY-NC-ND-4.0", "NOASSERTION"]
    assert sorted(ordered, key=strictness) == ordered
    assert strictness("LicenseRef-site-terms") == strictness("NOASSERTION")
