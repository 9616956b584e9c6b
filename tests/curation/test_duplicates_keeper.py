from records import record, records

from curation.duplicates.keeper import keepers, strictness


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


def test_licences_stand_in_order() -> None:
    ordered = ["CC0-1.0", "CC-BY-4.0", "CC-BY-NC-SA-4.0", "CC-BY-NC-ND-4.0", "NOASSERTION"]
    assert sorted(ordered, key=strictness) == ordered
    assert strictness("LicenseRef-site-terms") == strictness("NOASSERTION")
