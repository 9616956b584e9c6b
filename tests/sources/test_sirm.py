import time
from pathlib import Path

import pytest
from drawn_shots import sirm_shots
from told import Shelf, page, read

from curation.age import age_years
from curation.phantom.replicas import sirm as replica
from curation.sources.base import Draft, Lost, Web
from curation.sources.base_site import picture
from curation.sources.sirm import Sirm
from curation.sources.sirm.italian import ITALIAN
from curation.sources.sirm.listing import ENGLISH_LISTING, ITALIAN_LISTING
from curation.terms import Terms
from manifests.contract.vocabulary import Modality, Reason

TERMS = Path(__file__).parents[2] / "manifests" / "terms.yaml"
POST = "https://www.sirm.org/2020/03/10/covid-19-caso-901/"
POSTED = '<h1>c</h1><div class="td-post-content">{}</div></html>'
PATIENT = (
    "Paziente con febbre e tosse da 5 giorni, ricoverata il 3 marzo 2020 a Codogno dopo "
    "viaggio a Wuhan."
)
UP = "https://www.sirm.org/wp-content/uploads/2020/03"


def source(folder: Path, *listings: str) -> Sirm:
    both = (ITALIAN_LISTING, ENGLISH_LISTING)
    return Sirm(files=folder, max_cases=500, listings=listings or both)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sirm")
    replica.file_shots(folder, sirm_shots(), 1)
    return folder


def drafts(site: Path) -> dict[bytes, dict[str, object]]:
    return {d["image"]: d for d in read(source(site), site) if "image" in d}  # type: ignore[misc]


def parsed(body: str, title: str = "COVID-19: caso 901") -> list[Draft | Lost]:
    text = f'<h1>{title}</h1><div class="td-post-content">{body}</div></html>'
    return list(source(Path()).parse(page(POST, text), Shelf()))


def film(body: str) -> Draft:
    (found,) = parsed(body)
    assert isinstance(found, Draft)
    return found


@pytest.mark.usefixtures("closed_socket")
def test_the_same_drafts_come_twice_with_the_socket_closed(site: Path) -> None:
    assert read(source(site), site) == read(source(site), site)


def test_no_picture_of_the_site_is_lost(site: Path) -> None:
    assert {shot.data for shot in sirm_shots()} == set(drafts(site))
    assert len({d["source_ref"] for d in read(source(site), site)}) == len(sirm_shots())


def test_a_translated_post_says_the_same_and_adds_no_film(site: Path) -> None:
    italian, both = (read(source(site, *listings), site) for listings in ((ITALIAN_LISTING,), ()))
    assert italian == both
    terms = Terms.load(TERMS, "sirm")
    known = {d["source_ref"]: d for d in italian}
    english = read(source(site, ENGLISH_LISTING), site)
    assert len(english) > 4
    for d in english:
        same = known[d["source_ref"]]
        assert (d["image"], d["patient"]) == (same["image"], same["patient"])
        assert age_years(str(d["age"])) == age_years(str(same["age"]))
        for column in (terms.sex, terms.view, terms.modality, terms.abnormal, terms.pcr):
            name = column.__name__
            assert column(str(d[name])) == column(str(same[name]))


def test_the_words_mean_what_was_drawn(site: Path) -> None:
    terms, found = Terms.load(TERMS, "sirm"), drafts(site)
    for shot in sirm_shots():
        said = found[shot.data]
        assert terms.modality(str(said["modality"])) == shot.modality
        if shot.modality is Modality.X_RAY:
            assert terms.view(str(said["view"])) == shot.view
            assert terms.abnormal(str(said["abnormal"])) == shot.shows_disease


def test_a_patient_is_one_post_whatever_its_address(site: Path) -> None:
    found = drafts(site)
    patients = {(shot.patient, found[shot.data]["patient"]) for shot in sirm_shots()}
    # One CT stands in a post of its own, and that patient has nothing else here.
    assert len(patients) == len({shot.patient for shot in sirm_shots()})


@pytest.mark.parametrize(
    ("text", "age", "sex"),
    [
        ("Paziente di sesso femminile, 75 anni, febbre da 3 giorni", "75 anni", "femminile"),
        ("Maschio, 51 anni", "51 anni", "maschio"),
        ("Uomo di 51 anni", "51 anni", "uomo"),
        ("Paziente di anni 53", "53 anni", ""),
        ("Bambina di 8 mesi", "8 mesi", "bambina"),
        ("Donna, febbre da quattro giorni", "", "donna"),
    ],
)
def test_age_and_sex_are_read_in_every_phrasing(text: str, age: str, sex: str) -> None:
    assert (ITALIAN.age(text), ITALIAN.sex(text)) == (age, sex)


@pytest.mark.parametrize(
    ("text", "view"),
    [
        ("RX torace in AP a letto", "AP a letto"),
        ("Rx torace AP supino", "AP supino"),
        ("radiogramma in proiezione postero-anteriore", "PA"),
        ("RX latero-laterale", "latero-laterale"),
        ("RX torace LL", "latero-laterale"),
        ("RX torace", ""),
        ("APR muta", ""),
    ],
)
def test_a_projection_is_read_where_it_stands(text: str, view: str) -> None:
    assert ITALIAN.view(text) == view


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("RX torace negativo.", "RX negativo"),
        ("RX torace: negativo. TC: addensamenti", "RX negativo"),
        ("Tampone negativo. RX torace: opacità basale", "opacità"),
        ("RX torace negativo per versamento; addensamento a destra", ""),
        ("TC torace negativa.", ""),
        ("RX torace: non addensamenti.", ""),
    ],
)
def test_what_the_radiograph_shows_is_not_what_ct_or_swab_say(text: str, shown: str) -> None:
    assert ITALIAN.shown(text) == shown


def test_modality_comes_from_caption_before_name_before_text() -> None:
    text, image = "<p>Esegue TC.</p>", f'<img src="{UP}/{{}}.jpg">'
    caption = "<figcaption>RX torace</figcaption>"
    named = image.format("TC-torace")
    assert film(f"{text}<figure>{named}{caption}</figure>").modality == "RX"
    assert film(f"<p>Esegue RX.</p><figure>{named}</figure>").modality == "TC"
    assert film(text + image.format("1-8")).modality == "TC"
    assert film("<p>Febbre.</p>" + image.format("1-8")).modality == ""


@pytest.mark.parametrize(
    ("image", "name"),
    [
        (f'<img src="{UP}/RX-Torace-1024x900.jpg">', "RX-Torace.jpg"),
        (f'<img src="{UP.replace("https", "http")}/1.jpeg">', "1.jpeg"),
        (f'<img src="data:image/gif;base64,R0" data-img-url="{UP}/2-324x400.jpeg">', "2.jpeg"),
        (f'<a href="{UP}/3.png"><img src="{UP}/3-300x200.png"></a>', "3.png"),
        (f'<img data-full-url="{UP}/4.PNG" src="{UP}/4-1024x700.PNG">', "4.PNG"),
        ('<img src="/wp-content/uploads/2020/03/rx-12x.jpg">', "rx-12x.jpg"),
    ],
)
def test_the_original_is_found_behind_every_copy(image: str, name: str) -> None:
    found = film(f"<p>RX torace</p>{image}")
    assert found.source_ref == f"901/2020/03/{name}"
    assert found.image.args[1] == f"{UP}/{name}"  # type: ignore[attr-defined]


def test_the_copy_serves_where_the_original_is_gone() -> None:
    class Web:
        def page(self, url: str) -> object:
            return Shelf(**{"-10x10": "a film"}).page(url)

    web = Web()
    assert picture(web, f"{UP}/1.jpg", f"{UP}/1-10x10.jpg") == b"a film"  # type: ignore[arg-type]


def test_a_film_in_two_sizes_is_one_film() -> None:
    found = parsed(f'<p>RX</p><img src="{UP}/1-300x200.jpg"><img src="{UP}/1.jpg">')
    assert [one.source_ref for one in found] == ["901/2020/03/1.jpg"]


def test_the_credit_is_the_first_paragraph_unless_it_tells_of_the_patient() -> None:
    image = f'<img src="{UP}/rx.jpg">'
    credited = film(f"<p>A. Rossi — U.O. Radiologia</p><p>Uomo di 51 anni</p>{image}")
    assert credited.attribution == "A. Rossi — U.O. Radiologia (SIRM, COVID-19: caso 901)"
    assert film(f"<p>Uomo di 51 anni</p>{image}").attribution == "SIRM (SIRM, COVID-19: caso 901)"


@pytest.mark.parametrize(
    "first",
    [
        PATIENT,
        "Ricovero presso l'Ospedale di Codogno",
        "M. Rossi, ospite dell'Azienda, dispnea",
        "Giunto in Radiologia il 3/3",
        "Patient seen at the Hospital",
        "Admitted to the Department of Radiology",
        "Fever, Hospital of Lodi",
        "Seen on 3 March, Department of Radiology",
        "Abita a Codogno.",
        "M.R. di Codogno",
    ],
)
def test_what_may_speak_of_a_patient_is_never_published(first: str) -> None:
    found = film(f'<p>{first}</p><img src="{UP}/rx.jpg">')
    assert found.attribution == "SIRM (SIRM, COVID-19: caso 901)"


@pytest.mark.parametrize(
    "first",
    [
        "A. Rossi, M. Bianchi",
        "Rossi A., Bianchi M.",
        "U.O. Radiologia, Lodi",
        "Ospedale Maggiore, Dipartimento di Immagini",
        "Azienda di Lodi",
        "D. Phantom, Department of Radiology, Drawn Hospital",
    ],
)
def test_names_and_hospitals_are_credited(first: str) -> None:
    found = film(f'<p>{first}</p><img src="{UP}/rx.jpg">')
    assert found.attribution == f"{first} (SIRM, COVID-19: caso 901)"


@pytest.mark.parametrize(
    ("text", "age", "child"),
    [
        ("Lattante con febbre, madre di 30 anni", "", "lattante"),
        ("Bambina di 8 mesi, la madre di 30 anni", "8 mesi", "bambina"),
        ("Bambino di 5 anni", "5 anni", ""),
        ("Bambina di 1 anno", "1 anno", ""),
        ("Uomo di 51 anni, contatto con un bambino", "51 anni", ""),
    ],
)
def test_a_child_without_years_is_called_a_child(text: str, age: str, child: str) -> None:
    found = film(f'<p>{text}</p><img src="{UP}/rx.jpg">')
    assert (found.age, found.child) == (age, child)


@pytest.mark.parametrize(
    ("slug", "patient"),
    [
        ("covid19-caso-2", "2"),
        ("covid-19-caso-92-mini-review-pediatrica", "92"),
        ("covid-19-case-7", "7"),
        ("un-post", "un-post"),
    ],
)
def test_the_case_number_is_the_patient(slug: str, patient: str) -> None:
    text = f'<h1>COVID-19</h1><div class="td-post-content"><img src="{UP}/rx.jpg"></div></html>'
    web = Shelf()
    (found,) = source(Path()).parse(page(f"https://www.sirm.org/2020/03/10/{slug}/", text), web)
    assert isinstance(found, Draft)
    assert found.patient == patient


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<html><h1>caso 1</h1><p>text</p></html>", Reason.LAYOUT_CHANGED),
        (POSTED.format("<p>text</p>"), Reason.MISSING_IMAGE),
        (POSTED.format('<img src="data:,">'), Reason.LAYOUT_CHANGED),
        (POSTED.format('<img src="/a.svg">'), Reason.MISSING_IMAGE),
        (POSTED.format("<p>[image_pdf][image_print] Uomo, 51 anni</p>"), Reason.LAYOUT_CHANGED),
    ],
)
def test_a_post_that_gives_nothing_says_why(body: str, reason: Reason) -> None:
    (lost,) = source(Path()).parse(page(POST, body), Shelf())
    assert isinstance(lost, Lost)
    assert lost.reason == reason


def test_a_listing_without_posts_is_a_changed_layout() -> None:
    web: Web = Shelf(category="<html><p>Benvenuti</p></html>")
    first, *_ = source(Path()).read(web)
    assert isinstance(first, Lost)
    assert first.reason == Reason.LAYOUT_CHANGED


def test_a_lost_listing_page_is_said_and_the_others_are_read(site: Path, tmp_path: Path) -> None:
    replica.file_shots(tmp_path, sirm_shots(), 1)
    index = tmp_path / "responses.jsonl"
    lines = [line for line in index.read_text().splitlines() if "/page/2/" not in line]
    index.write_text("\n".join(lines) + "\n")
    found = read(source(tmp_path, ITALIAN_LISTING), tmp_path)
    (lost,) = (item for item in found if "reason" in item)
    assert lost["source_ref"] == "listing, page 2"
    # Three pages of six, six and four posts, the first with three pictures.
    assert len(found) - 1 == len(read(source(site), site)) - replica.ROWS


def test_three_thousand_pictures_are_read_in_reasonable_time() -> None:
    pictures = "".join(f'<p>RX torace AP</p><img src="{UP}/{n}.jpg">' for n in range(3000))
    start = time.process_time()
    assert len(parsed(pictures)) == 3000
    assert time.process_time() - start < 5
