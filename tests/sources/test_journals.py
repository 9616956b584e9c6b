import io
import json
import shutil
import tarfile
from pathlib import Path

import pandas as pd
import pytest
from articles import BY, Printed, fig, write_list
from drawn_shots import picture
from PIL import Image

from curation.duplicates.groups import case_page, groups
from curation.sources.base import Draft, Lost
from curation.sources.journals import Journals, Layout, legacy
from curation.sources.journals.figures import matching
from curation.sources.journals.jats import Figure
from curation.stages import ingest
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

ROOT = Path(__file__).parents[2]
FIXTURE = Path(__file__).parent / "fixtures/journals"
PARAMS = ingest.Params(max_side=64, max_megapixels=1)
FILM = {"abc-01-g001.jpg": picture("film", "jpg")}
CHEST = "PA chest radiograph of a 50-year-old man with COVID-19."
LAYOUTS: tuple[Layout, ...] = ("s3", "legacy")
BOMB = (
    '<!DOCTYPE article [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)


@pytest.fixture(params=LAYOUTS)
def layout(request: pytest.FixtureRequest) -> Layout:
    found: Layout = request.param
    return found


def told(folder: Path, layout: Layout = "s3") -> dict[str, Draft | Lost]:
    given = list(Journals(files=folder, layout=layout).read(folder))
    assert len({one.source_ref for one in given}) == len(given)
    return {one.source_ref: one for one in given}


def laid(folder: Path, *articles: Printed, rows: tuple[str | dict[str, str], ...] = ()) -> Path:
    for article in articles:
        article.lay(folder)
    write_list(folder, *(rows or [article.pmcid for article in articles]))
    return folder


def ingested(folder: Path, out: Path, layout: Layout = "s3") -> tuple[pd.DataFrame, pd.DataFrame]:
    out.mkdir()
    source = Journals(files=folder, layout=layout)
    kept, rejected = ingest.main("journals", source, out, ROOT / "manifests/terms.yaml", PARAMS)
    return kept.set_index("source_ref"), rejected.set_index("record_id")


def lost(one: Draft | Lost) -> str:
    assert isinstance(one, Lost)
    return one.reason


def test_the_fixture_is_kept_or_told(tmp_path: Path) -> None:
    kept, rejected = ingested(FIXTURE, tmp_path / "out")
    assert list(kept.index) == [
        "PMC9000001/F1", "PMC9000002/fig1/a/drawn-2-fig1-a.png", "PMC9000003/F1",
    ]  # fmt: skip
    assert rejected["reason"].to_dict() == {
        "journals/PMC9000001/9": "missing_image",
        "journals/PMC9000002/fig2": "not_radiograph",
        "journals/PMC9000004": "withdrawn",
        "journals/PMC9000005/F1": "unreadable_image",
        "journals/PMC9000006": "blocked",
    }
    assert "only the thumbnail" in rejected["detail"].to_dict()["journals/PMC9000005/F1"]
    first = kept.to_dict("records")[0]
    columns = ("age_years", "sex", "view", "finding", "offset_days", "license")
    assert [first[c] for c in columns] == [50.0, "M", "PA", "covid19", 4, "CC-BY-4.0"]
    assert first["attribution"].startswith("Phantom et al. A drawn case. Drawn J. 2020")
    assert '"arrows": "yes"' in first["facts"]


def test_a_webp_that_is_called_jpg_is_read_by_its_content(tmp_path: Path, layout: Layout) -> None:
    data = io.BytesIO()
    Image.open(io.BytesIO(picture("w"))).save(data, "WEBP")
    article = Printed(figures=fig(CHEST), files={"ABC-01-g001.JPG": data.getvalue()})
    kept, _ = ingested(laid(tmp_path / "in", article), tmp_path / "out", layout)
    assert kept["format"].tolist() == ["WEBP"]


def test_a_thumbnail_counts_only_where_nothing_larger_is(tmp_path: Path, layout: Layout) -> None:
    both = Printed(figures=fig(CHEST), files={"abc-01-g001.gif": b"small", **FILM})
    alone = Printed(pmcid="PMC2", figures=fig(CHEST), files={"abc-01-g001.gif": b"small"})
    found = told(laid(tmp_path, both, alone), layout)
    images = [one.image() for one in found.values() if isinstance(one, Draft)]
    assert images == [FILM["abc-01-g001.jpg"], b"small"]


def test_a_retracted_article_gives_no_film(tmp_path: Path, layout: Layout) -> None:
    related = '<related-article related-article-type="retraction-forward"/>'
    articles = [
        Printed(pmcid="PMC1", is_retracted=True, figures=fig(CHEST), files=FILM),
        Printed(pmcid="PMC2", kind="retraction", figures=fig(CHEST), files=FILM),
        Printed(pmcid="PMC3", front=related, figures=fig(CHEST), files=FILM),
        Printed(pmcid="PMC4", figures=fig(CHEST), files=FILM),
    ]
    found = told(laid(tmp_path, *articles), layout)
    assert [lost(found[f"PMC{n}"]) for n in (1, 2, 3)] == [Reason.WITHDRAWN] * 3
    assert isinstance(found["PMC4/F1"], Draft)


def test_an_article_that_is_not_open_and_not_here_is_blocked(
    tmp_path: Path, layout: Layout
) -> None:
    article = Printed(is_open=False, figures=fig(CHEST), files=FILM)
    folder = laid(tmp_path, article)
    shutil.rmtree(folder / article.whole)
    shutil.rmtree(folder / "packages")
    assert lost(told(folder, layout)["PMC9000001"]) == Reason.BLOCKED


@pytest.mark.parametrize("code", ["TDM", "CC BY", ""])
def test_an_article_for_text_mining_only_is_read_without_a_licence(
    code: str, tmp_path: Path, layout: Layout
) -> None:
    article = Printed(is_open=False, code=code, figures=fig(CHEST), files=FILM)
    kept, rejected = ingested(laid(tmp_path / "in", article), tmp_path / "out", layout)
    assert kept["license"].to_dict() == {"PMC9000001/F1": "NOASSERTION"}
    assert rejected.empty


@pytest.mark.parametrize(
    ("href", "code", "expected"),
    [
        (BY, "CC BY", "CC-BY-4.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0", "CC0-1.0"),
        ("http://creativecommons.org/licenses/by-nc-nd/4.0", "CC BY-NC-ND", "CC-BY-NC-ND-4.0"),
        ("", "CC BY-NC", "LicenseRef-CC-BY-NC"),
        ("", "CC BY-ND", "LicenseRef-CC-BY-ND"),
        ("", "TDM", "NOASSERTION"),
        # A permission that was given for the pandemic and has lapsed since.
        (BY, "TDM", "NOASSERTION"),
        # Of two that differ neither is sure, and the looser one least of all.
        (BY.replace("by", "by-nc"), "CC BY", "NOASSERTION"),
        (BY, "CC BY-NC", "NOASSERTION"),
        (BY, "CC0", "NOASSERTION"),
        (BY, "cc by", "CC-BY-4.0"),
        (BY, "CC BY 4.0", "CC-BY-4.0"),
        (BY, "CC BY 3.0", "NOASSERTION"),
        (BY, "", "CC-BY-4.0"),
        ("https://www.elsevier.com/open-access/userlicense/1.0/", "", "NOASSERTION"),
    ],
)
def test_each_article_has_its_own_licence(
    href: str, code: str, expected: str, tmp_path: Path, layout: Layout
) -> None:
    article = Printed(href=href, code=code, figures=fig(CHEST), files=FILM)
    kept, _ = ingested(laid(tmp_path / "in", article), tmp_path / "out", layout)
    assert kept["license"].tolist() == [expected]


def test_what_lies_here_and_nobody_lists_is_told_once(tmp_path: Path, layout: Layout) -> None:
    figures = fig(CHEST) + fig("Axial CT.", "ct", "F2")
    mine = Printed(figures=figures, files={**FILM, "ct.jpg": b"slice"})
    other = Printed(pmcid="PMC5", figures=figures, files={**FILM, "ct.jpg": b"slice"})
    folder = laid(tmp_path, mine, other, rows=(mine.pmcid,))
    for name in ("crops/a.png", "crops/more/b", "loose.jpg", "pictures/1.jpg", "packages/x.tar.gz",
                 "PMC6.1/.DS_Store", ".cache/x", "PHANTOM.json"):  # fmt: skip
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_bytes(b"x")
    found = told(folder, layout)
    assert isinstance(found.pop("PMC9000001/F1"), Draft)
    assert list(found) == ["crops/a.png", "crops/more/b", "PMC5.1", "loose.jpg",
                           "packages/PMC5.tar.gz", "packages/x.tar.gz", "pictures"]  # fmt: skip
    assert {lost(one) for one in found.values()} == {Reason.UNLISTED_IMAGE}


def brought(folder: Path, article: Printed, place: str) -> Path:
    """The article as a person keeps it, without what the services said: at `place`."""
    kept, folder = laid(folder / "kept", article), folder / "in"
    write_list(folder, article.pmcid)
    (folder / place).parent.mkdir(parents=True, exist_ok=True)
    is_archive = place.endswith(".gz")
    (kept / (f"packages/{article.pmcid}.tar.gz" if is_archive else article.whole)).rename(
        folder / place
    )
    return folder


@pytest.mark.parametrize("asked", ["PMC9000001", "https://doi.org/10.9999/Drawn.2020.001"])
@pytest.mark.parametrize(
    ("place", "layout"),
    [
        ("PMC9000001.1", "s3"), ("PMC9000001.12", "s3"), ("PMC9000001", "s3"),
        ("packages/PMC9000001.tar.gz", "legacy"), ("packages/0a/b1/PMC9000001.tar.gz", "legacy"),
    ],
)  # fmt: skip
def test_an_article_that_a_person_brings_is_read_without_the_services(
    place: str, layout: Layout, asked: str, tmp_path: Path
) -> None:
    article = Printed(figures=fig(CHEST), files=FILM, href=BY.replace("by", "by-nd"))
    folder = brought(tmp_path, article, place)
    write_list(folder, asked)
    (one,) = told(folder, layout).values()
    assert isinstance(one, Draft)
    assert (one.license, one.image()) == ("CC-BY-ND-4.0", FILM["abc-01-g001.jpg"])


@pytest.mark.parametrize(
    ("place", "layout"),
    [("PMC9000001.1", "s3"), ("packages/PMC9000001.tar.gz", "legacy")],
)
def test_an_article_that_a_person_brings_is_not_read_if_it_was_retracted(
    place: str, layout: Layout, tmp_path: Path
) -> None:
    article = Printed(figures=fig(CHEST), files=FILM, kind="retraction")
    (one,) = told(brought(tmp_path, article, place), layout).values()
    assert lost(one) == Reason.WITHDRAWN


def test_of_the_versions_that_a_person_brings_the_newest_is_read(tmp_path: Path) -> None:
    for version in ("9", "10", "2"):
        text = f"{CHEST} Day {version} after onset."
        brought(tmp_path, Printed(figures=fig(text), files=FILM), f"PMC9000001.{version}")
    (one,) = told(tmp_path / "in").values()
    assert isinstance(one, Draft)
    assert (one.offset_days, one.snapshot) == ("10", "PMC9000001.10")


def test_an_archive_that_lies_where_nobody_looks_is_told(tmp_path: Path) -> None:
    article = Printed(figures=fig(CHEST), files=FILM)
    found = told(brought(tmp_path, article, "PMC9000001.tar.gz"), "legacy")
    assert {ref: lost(one) for ref, one in found.items()} == {
        "PMC9000001": Reason.MISSING_IMAGE, "PMC9000001.tar.gz": Reason.UNLISTED_IMAGE,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "expected"),
    [("CC BY", "CC0-1.0"), ("CC BY-NC", "NOASSERTION"), ("TDM", "NOASSERTION")],
)
def test_a_figure_is_no_freer_than_an_article_whose_licence_is_disputed(
    code: str, expected: str, tmp_path: Path
) -> None:
    terms = BY.replace("licenses/by/4.0", "publicdomain/zero/1.0")
    own = f'<permissions><license xlink:href="{terms}"/></permissions></fig>'
    article = Printed(figures=fig(CHEST).replace("</fig>", own), code=code, files=FILM)
    (one,) = told(laid(tmp_path, article)).values()
    assert isinstance(one, Draft)
    assert one.license == expected


def test_an_article_that_the_bucket_does_not_list_but_a_person_holds_is_read_without_a_licence(
    tmp_path: Path,
) -> None:
    folder = brought(tmp_path, Printed(figures=fig(CHEST), files=FILM), "PMC9000001.1")
    (folder / "listings").mkdir()
    (folder / "listings/PMC9000001.xml").write_text("<ListBucketResult/>")
    (one,) = told(folder).values()
    assert isinstance(one, Draft)
    assert one.license == "NOASSERTION"


def test_two_licences_in_one_text_are_none(tmp_path: Path) -> None:
    other = f'<ext-link xlink:href="{BY.replace("by", "by-nc")}"/>'
    xml = Printed(figures=fig(CHEST)).xml().replace(b"Invented.", other.encode())
    folder = laid(tmp_path, Printed(figures=fig(CHEST), files=FILM, code=""))
    (folder / "PMC9000001.1/PMC9000001.1.xml").write_bytes(xml)
    (one,) = told(folder).values()
    assert isinstance(one, Draft)
    assert one.license == "NOASSERTION"


def test_a_figure_that_was_taken_from_elsewhere_does_not_share_the_licence(tmp_path: Path) -> None:
    terms = "<permissions><copyright-statement>© Somebody</copyright-statement></permissions>"
    borrowed = fig(CHEST).replace("</fig>", f"{terms}</fig>")
    article = Printed(figures=borrowed, files=FILM)
    kept, _ = ingested(laid(tmp_path / "in", article), tmp_path / "out")
    assert kept["license"].tolist() == ["NOASSERTION"]


PANELS = "(A) Chest radiograph of a 50-year-old man. (B) CT of a 60-year-old woman."


def test_a_picture_of_several_panels_is_no_film(tmp_path: Path, layout: Layout) -> None:
    found = told(laid(tmp_path, Printed(figures=fig(PANELS), files=FILM)), layout)
    (one,) = found.values()
    assert isinstance(one, Lost)
    assert one.reason == Reason.NOT_RADIOGRAPH
    assert "crop the radiograph, put it into crops/" in one.detail


def test_a_crop_that_the_list_names_is_the_film(tmp_path: Path, layout: Layout) -> None:
    article = Printed(figures=fig(PANELS), files=FILM)
    row = {"id": "PMC9000001", "figure": "Figure 1A", "file": "mine.png", "patient": "p1"}
    folder = laid(tmp_path, article, rows=(row,))
    (folder / "crops").mkdir()
    (folder / "crops/mine.png").write_bytes(b"mine")
    (one,) = told(folder, layout).values()
    assert isinstance(one, Draft)
    assert one.image() == b"mine"
    assert (one.patient, one.age, one.sex) == ("PMC9000001/p1", "50 years", "male")
    assert one.facts["panel"] == "a"


def test_panels_that_are_listed_without_a_crop_are_told_one_by_one(tmp_path: Path) -> None:
    rows = tuple({"id": "PMC9000001", "figure": name} for name in ("F1a", "F1b"))
    found = told(laid(tmp_path, Printed(figures=fig(PANELS), files=FILM), rows=rows))
    assert list(found) == ["PMC9000001/F1/a", "PMC9000001/F1/b"]


@pytest.mark.parametrize(
    ("asked", "name"),
    [("F2", "F2"), ("Figure 2", "F1"), ("fig. 2", "F1"), ("3", "F2"), ("Figure 3b", "F2"),
     ("FIGURE 02", "F1"), ("1", "F1"), ("Image 2", "")],
)  # fmt: skip
def test_a_figure_is_found_by_its_label_or_its_id(asked: str, name: str) -> None:
    one, two = (Figure(f"F{n}", f"Figure {n + 1}.", "", (), "") for n in (1, 2))
    found, _ = matching((one, two), asked)
    assert (found.name if found else "") == name


def test_a_crop_without_its_letter_takes_no_words_from_the_other_panel(tmp_path: Path) -> None:
    article = Printed(figures=fig(PANELS), files=FILM)
    row = {"id": "PMC9000001", "figure": "1", "file": "mine.png", "age": "33"}
    (one,) = told(laid(tmp_path, article, rows=(row,))).values()
    assert isinstance(one, Draft)
    assert (one.age, one.sex, one.modality) == ("33", "", "")


def test_a_crop_that_is_not_there_or_not_listed_is_told(tmp_path: Path) -> None:
    article = Printed(figures=fig(PANELS), files=FILM)
    row = {"id": "PMC9000001", "figure": "F1", "file": "mine.png"}
    folder = laid(tmp_path / "in", article, Printed(pmcid="PMC5", figures=fig(CHEST), files=FILM),
                  rows=(row, "PMC5"))  # fmt: skip
    (folder / "crops").mkdir()
    (folder / "crops/other.png").write_bytes(b"other")
    kept, rejected = ingested(folder, tmp_path / "out")
    assert list(kept.index) == ["PMC5/F1"]
    assert rejected["reason"].to_dict() == {
        "journals/PMC9000001/F1/mine.png": "missing_image",
        "journals/crops/other.png": "unlisted_image",
    }


def cropped(folder: Path, *names: str) -> dict[str, Draft | Lost]:
    """What comes of a list that asks for the crop one.png, where crops of these names lie."""
    row = {"id": "PMC9000001", "figure": "F1", "file": "one.png"}
    laid(folder, Printed(figures=fig(PANELS), files=FILM), rows=(row,))
    (folder / "crops").mkdir()
    for name in names:
        (folder / "crops" / name).write_bytes(name.encode())
    return told(folder)


def test_a_crop_is_found_in_any_letter_case(tmp_path: Path) -> None:
    (one,) = cropped(tmp_path / "one", "One.PNG").values()
    assert isinstance(one, Draft)
    assert one.image() == b"One.PNG"
    exact, other = cropped(tmp_path / "two", "one.png", "One.PNG").values()
    assert isinstance(exact, Draft)
    assert exact.image() == b"one.png"
    assert lost(other) == Reason.UNLISTED_IMAGE


def test_a_crop_that_may_be_either_of_two_files_is_neither(tmp_path: Path) -> None:
    (one,) = cropped(tmp_path, "ONE.png", "One.PNG").values()
    assert isinstance(one, Draft)
    with pytest.raises(Rejected, match=r"may be any of ONE\.png, One\.PNG; write") as verdict:
        one.image()
    assert verdict.value.reason == Reason.INVALID_FIELD


def test_a_figure_of_several_files_is_a_film_for_each_letter(
    tmp_path: Path, layout: Layout
) -> None:
    two = fig(PANELS).replace("</fig>", '<graphic xlink:href="abc-01-g002"/></fig>')
    files = {**FILM, "abc-01-g002.jpg": b"slice"}
    (one,) = told(laid(tmp_path, Printed(figures=two, files=files)), layout).values()
    assert isinstance(one, Draft)
    assert (one.source_ref, one.image()) == ("PMC9000001/F1/a", FILM["abc-01-g001.jpg"])


def test_the_list_goes_before_the_caption(tmp_path: Path) -> None:
    row = {"id": "PMC9000001", "figure": "F1", "finding": "COVID-19; ARDS", "view": "AP supine",
           "age": "72", "sex": "F", "modality": "X-ray", "patient": "7"}  # fmt: skip
    article = Printed(figures=fig(CHEST), files=FILM)
    kept, _ = ingested(laid(tmp_path / "in", article, rows=(row,)), tmp_path / "out")
    (one,) = kept.to_dict("records")
    assert [one[c] for c in ("findings", "view", "age_years", "sex", "patient_id")] == [
        ["covid19", "ards"], "AP_SUPINE", 72.0, "F", "journals/PMC9000001/7",
    ]  # fmt: skip


def test_figures_that_nobody_calls_a_radiograph_are_not_counted(tmp_path: Path) -> None:
    figures = fig(CHEST) + fig("Axial CT.", "ct", "F2") + fig("X-ray diffraction.", "d", "F3")
    article = Printed(figures=figures + fig("Knee radiograph.", "k", "F4"), files=FILM)
    assert list(told(laid(tmp_path, article))) == ["PMC9000001/F1"]


def test_an_article_without_any_film_is_told(tmp_path: Path) -> None:
    found = told(laid(tmp_path, Printed(figures=fig("Axial CT."), files=FILM)))
    assert lost(found["PMC9000001"]) == Reason.MISSING_IMAGE


def test_a_listed_figure_that_the_article_lacks_or_has_no_file_of(tmp_path: Path) -> None:
    rows = ({"id": "PMC9000001", "figure": "Figure 9"}, {"id": "PMC9000001", "figure": "Fig. 1"})
    without, other = (
        Printed(figures=fig(CHEST)),
        Printed(pmcid="PMC5", figures=fig(CHEST), files=FILM),
    )
    folder = laid(tmp_path / "in", without, other, rows=(*rows, "PMC5"))
    _, rejected = ingested(folder, tmp_path / "out")
    assert rejected["reason"].to_dict() == {
        "journals/PMC9000001/Figure 9": "missing_image",
        "journals/PMC9000001/F1": "missing_image",
    }


def test_an_article_that_declares_entities_is_not_read(tmp_path: Path, layout: Layout) -> None:
    bombs = [
        Printed(pmcid="PMC1", head=BOMB, figures=fig("Chest radiograph &i;"), files=FILM),
        Printed(pmcid="PMC2", head='<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
                figures=fig("Chest radiograph &x;"), files=FILM),
    ]  # fmt: skip
    found = told(laid(tmp_path, *bombs, rows=("PMC1", "PMC2")), layout)
    assert {ref: lost(one) for ref, one in found.items()} == {
        "PMC1": Reason.UNREADABLE_IMAGE, "PMC2": Reason.UNREADABLE_IMAGE,
    }  # fmt: skip


def sides(folder: Path, out: Path, patients: tuple[str, ...]) -> tuple[list[int], pd.DataFrame]:
    """The group of each of the figures F1, F2, … whose patients the list gives, by number."""
    names = [f"F{number}" for number, _ in enumerate(patients, start=1)]
    article = Printed(figures="".join(fig(CHEST, name, name) for name in names),
                      files={f"{name}.jpg": picture(name, "jpg") for name in names})  # fmt: skip
    rows = tuple({"id": article.pmcid, "figure": name, "patient": patient}
                 for name, patient in zip(names, patients, strict=True) if patient)  # fmt: skip
    kept, _ = ingested(laid(folder, article, rows=rows), out)
    together = groups(kept.reset_index(), {})
    found = [together[f"journals/PMC9000001/{name}"] for name in names]
    return [found.index(group) for group in found], kept


@pytest.mark.parametrize(
    ("patients", "expected"),
    [
        (("", "", ""), [0, 0, 0]),
        (("1", "2", "1"), [0, 1, 0]),
        (("1", "2", "", ""), [0, 1, 2, 2]),
        # The unnamed one may well be the only patient that the list names.
        (("1", ""), [0, 0]),
    ],
)
def test_patients_that_nobody_names_stay_together_and_named_ones_stay_apart(
    patients: tuple[str, ...], expected: list[int], tmp_path: Path
) -> None:
    found, kept = sides(tmp_path / "in", tmp_path / "out", patients)
    assert found == expected
    assert set(map(case_page, kept["source_url"])) == {None}


@pytest.mark.parametrize(
    ("first", "second", "ref"),
    [
        ({"id": "doi:10.9999/DRAWN.2020.001"}, {"id": "PMC9000001"}, "F1"),
        ({"id": "PMC9000001"}, {"id": "PMC9000001.1"}, "F1"),
        ({"id": "PMC9000001", "figure": "F1"}, {"id": "PMC9000001", "figure": "Fig. 1"}, "F1"),
        ({"id": "PMC9000001", "figure": "1", "patient": "1"},
         {"id": "10.9999/drawn.2020.001", "figure": "1", "patient": "2"}, "F1"),
        ({"id": "PMC9000001", "figure": "1", "file": "a.png"},
         {"id": "PMC9000001", "figure": "F1", "file": "A.PNG"}, "F1/a.png"),
    ],
)  # fmt: skip
def test_of_two_rows_for_one_film_the_second_is_told(
    first: dict[str, str], second: dict[str, str], ref: str, tmp_path: Path, layout: Layout
) -> None:
    article = Printed(figures=fig(CHEST), files=FILM)
    found = told(laid(tmp_path, article, rows=(first, second)), layout)
    assert list(found) in (
        [f"PMC9000001/{ref}", "articles.csv, line 3"],
        ["articles.csv, line 3", f"PMC9000001/{ref}"],
    )
    one = found["articles.csv, line 3"]
    assert isinstance(one, Lost)
    assert one.reason == Reason.INVALID_FIELD
    assert "line 3: asks for PMC9000001" in one.detail
    assert "as line 2 does already" in one.detail
    film = found[f"PMC9000001/{ref}"]
    assert isinstance(film, Draft)
    assert film.patient == f"PMC9000001/{first.get('patient', 'F1')}"


def test_a_row_for_the_article_and_one_for_its_figure_are_no_pair(tmp_path: Path) -> None:
    rows = ({"id": "PMC9000001"}, {"id": "PMC9000001", "figure": "F1", "age": "7"})
    (one,) = told(laid(tmp_path, Printed(figures=fig(CHEST), files=FILM), rows=rows)).values()
    assert isinstance(one, Draft)
    assert one.age == "7"


def test_two_panels_of_one_figure_are_no_pair(tmp_path: Path) -> None:
    rows = tuple({"id": "PMC9000001", "figure": f"1{x}", "file": "a.png"} for x in "ab")
    found = told(laid(tmp_path, Printed(figures=fig(PANELS), files=FILM), rows=rows))
    assert list(found) == ["PMC9000001/F1/a/a.png", "PMC9000001/F1/b/a.png"]


def test_a_panel_that_two_rows_ask_for_or_that_is_not_there_is_told(tmp_path: Path) -> None:
    two = fig(PANELS).replace("</fig>", '<graphic xlink:href="abc-01-g002"/></fig>')
    rows = tuple({"id": "PMC9000001", "figure": name} for name in ("F1", "F1a", "F1d"))
    article = Printed(figures=two, files={**FILM, "abc-01-g002.jpg": b"slice"})
    found = told(laid(tmp_path, article, rows=rows))
    assert {ref: one.reason if isinstance(one, Lost) else "" for ref, one in found.items()} == {
        "PMC9000001/F1/a": "",
        "PMC9000001/F1/b": "",
        "articles.csv, line 3": Reason.INVALID_FIELD,
        "PMC9000001/F1d": Reason.MISSING_IMAGE,
    }


def test_of_two_versions_of_one_article_the_second_row_is_told(tmp_path: Path) -> None:
    articles = [Printed(version=n, figures=fig(CHEST), files=FILM) for n in ("2", "1")]
    found = told(laid(tmp_path, *articles, rows=("PMC9000001", "PMC9000001.1", "PMC9000001.2")))
    one, again = found["articles.csv, line 4"], found["articles.csv, line 3"]
    assert isinstance(one, Lost)
    assert "asks for PMC9000001.2, but line 3 for PMC9000001.1;" in one.detail
    assert (one.reason, lost(again)) == (Reason.INVALID_FIELD, Reason.INVALID_FIELD)
    film = found["PMC9000001/F1"]
    assert isinstance(film, Draft)
    assert film.snapshot == "PMC9000001.1"


def test_rows_whose_article_is_unknown_are_told_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "idconv").mkdir()
    answer = (
        '{"records": [{"doi": "10.9999/ABSENT", "status": "error", "errmsg": "not found in PMC"}]}'
    )
    (tmp_path / "idconv/10.9999%2Fabsent.json").write_text(answer)
    (tmp_path / "idconv/10.9999%2Fnew.json").write_text('{"data": []}')
    write_list(tmp_path, "10.9999/absent", "10.9999/new", "10.9999/later", "nothing", "PMC77")
    found = told(tmp_path)
    assert {ref: lost(one) for ref, one in found.items()} == {
        "articles.csv, line 2": Reason.BLOCKED,
        "articles.csv, line 3": Reason.LAYOUT_CHANGED,
        "articles.csv, line 4": Reason.MISSING_IMAGE,
        "articles.csv, line 5": Reason.INVALID_FIELD,
        "PMC77": Reason.MISSING_IMAGE,
    }


@pytest.mark.parametrize(
    "record",
    [
        {"doi": "10.9999/other", "pmcid": "PMC9000001"},
        {"doi": "10.9999/other", "requested-id": "10.9999/asked", "pmcid": "PMC9000001"},
        {"doi": "10.9999/asked", "requested-id": "10.9999/other", "pmcid": "PMC9000001"},
        {"doi": "10.9999/other", "status": "error"},
        {"pmcid": "PMC9000001"},
        # Right by its own words, but the article says that it is another.
        {"doi": "10.9999/ASKED", "pmcid": "PMC9000001"},
    ],
)
def test_an_answer_on_another_article_is_told_and_not_believed(
    record: dict[str, str], tmp_path: Path, layout: Layout
) -> None:
    folder = laid(tmp_path, Printed(figures=fig(CHEST), files=FILM), rows=("10.9999/asked",))
    (folder / "idconv/10.9999%2Fasked.json").write_text(json.dumps({"records": [record]}))
    found = [one for one in told(folder, layout).values() if lost(one) != Reason.UNLISTED_IMAGE]
    assert [(one.source_ref, lost(one)) for one in found] == [
        ("articles.csv, line 2", Reason.LAYOUT_CHANGED)
    ]


def test_an_answer_on_several_articles_is_read_for_the_one_that_was_asked(tmp_path: Path) -> None:
    article = Printed(figures=fig(CHEST), files=FILM)
    folder = laid(tmp_path, article, rows=(article.doi,))
    records = [
        {"doi": "10.9999/other", "pmcid": "PMC5"},
        {"doi": article.doi, "pmcid": "PMC9000001"},
    ]
    place = folder / f"idconv/{article.doi.replace('/', '%2F')}.json"
    place.write_text(json.dumps({"records": records}))
    assert list(told(folder)) == ["PMC9000001/F1"]


@pytest.mark.parametrize("number", ["PMC5", "5"])
def test_an_article_that_lies_under_the_name_of_another_is_told(
    number: str, tmp_path: Path, layout: Layout
) -> None:
    kind = "pmcid" if number.startswith("PMC") else "pmc"
    front = f'<article-id pub-id-type="{kind}">{number}</article-id>'
    own = Printed(pmcid="PMC5", front=front, figures=fig(CHEST), files=FILM)
    stray = Printed(front=front, figures=fig(CHEST), files=FILM)
    found = told(laid(tmp_path, own, stray), layout)
    assert isinstance(found["PMC5/F1"], Draft)
    assert lost(found["PMC9000001"]) == Reason.LAYOUT_CHANGED


def test_a_record_about_another_article_is_told(tmp_path: Path, layout: Layout) -> None:
    folder = laid(tmp_path, Printed(figures=fig(CHEST), files=FILM))
    for place in (folder / "metadata/PMC9000001.1.json", folder / "oa/PMC9000001.xml"):
        place.write_bytes(place.read_bytes().replace(b'"PMC9000001"', b'"PMC5"'))
    assert lost(told(folder, layout)["PMC9000001"]) == Reason.LAYOUT_CHANGED


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"[" * 99999, b'{"records": {"a": 1}}', b"\xff", b"3"]
)
def test_documents_of_any_content_are_told(data: bytes, tmp_path: Path) -> None:
    articles = Printed(figures=fig(CHEST)), Printed(pmcid="PMC5", doi="10.9999/5")
    folder = laid(tmp_path, *articles, rows=("PMC9000001", "10.9999/5"))
    (folder / "metadata/PMC9000001.1.json").write_bytes(data)
    (folder / "idconv/10.9999%2F5.json").write_bytes(data)
    found = told(folder)
    assert {lost(found.pop(ref)) for ref in ("PMC9000001", "articles.csv, line 3")} == {
        Reason.LAYOUT_CHANGED
    }
    # Which row asks for them is not known without the answer.
    assert list(found) == ["PMC5.1", "packages/PMC5.tar.gz"]


def test_a_record_of_another_layout_is_told(tmp_path: Path) -> None:
    article = Printed(figures=fig(CHEST), files=FILM)
    folder = laid(tmp_path, article)
    record = folder / "metadata/PMC9000001.1.json"
    record.write_bytes(article.record().replace(b'"license_code"', b'"license"'))
    assert lost(told(folder)["PMC9000001"]) == Reason.LAYOUT_CHANGED
    bucket = b"s3://pmc-oa-opendata"
    for other in (
        b"s3://x/PMC9000001.1",
        b"https://example.org/PMC9000001.1",
        bucket + b"/PMC9000002.1",
        bucket + b"/PMC9000001.1/..",
    ):
        old = b"s3://pmc-oa-opendata/PMC9000001.1"
        record.write_bytes(article.record().replace(old, other))
        assert lost(told(folder)["PMC9000001"]) == Reason.LAYOUT_CHANGED


def test_an_archive_gives_its_own_plain_files_only(tmp_path: Path) -> None:
    article = Printed(figures=fig(CHEST))
    folder = laid(tmp_path / "in", article)
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    with tarfile.open(folder / "packages/PMC9000001.tar.gz", "w:gz") as archive:
        paper = tarfile.TarInfo("PMC9000001/paper.nxml")
        paper.size = len(article.xml())
        archive.addfile(paper, io.BytesIO(article.xml()))
        link = tarfile.TarInfo("PMC9000001/abc-01-g001.jpg")
        link.type, link.linkname = tarfile.SYMTYPE, str(tmp_path / "secret.jpg")
        archive.addfile(link)
        archive.addfile(tarfile.TarInfo("../../outside.jpg"), io.BytesIO(b""))
    (one,) = told(folder, "legacy").values()
    assert isinstance(one, Draft)
    with pytest.raises(Rejected, match="no picture file"):
        one.image()
    assert not (tmp_path.parent / "outside.jpg").exists()


@pytest.mark.parametrize(("limit", "value"), [("MAX_MEMBERS", 2), ("MAX_UNPACKED", 100),
                                              ("MAX_FILE", 10), ("MAX_BYTES", 500)])  # fmt: skip
def test_an_archive_that_unpacks_to_too_much_is_refused(
    limit: str, value: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = laid(tmp_path, Printed(figures=fig(CHEST), files=FILM))
    monkeypatch.setattr(legacy, limit, value)
    assert lost(told(folder, "legacy")["PMC9000001"]) == Reason.UNREADABLE_IMAGE


def test_a_damaged_archive_is_told(tmp_path: Path) -> None:
    article = Printed(figures=fig(CHEST), files=FILM)
    folder = laid(tmp_path, article)
    archive = folder / "packages/PMC9000001.tar.gz"
    for data in (article.package()[:200], b"no archive", b""):
        archive.write_bytes(data)
        assert lost(told(folder, "legacy")["PMC9000001"]) == Reason.UNREADABLE_IMAGE
