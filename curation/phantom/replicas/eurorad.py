"""A small EuroRad as recorded responses: a search by pages, cases of two layouts, figures."""

import html
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from curation.network.store import Store
from curation.phantom.replicas.pages import HEAD, file_type, number_of, page
from curation.phantom.shot import Shot
from manifests.contract.vocabulary import Modality, View

SITE = "https://www.eurorad.org"
FILES = "/sites/default/files"
STYLE = f"{FILES}/styles/figure_image_teaser_large/public/figure_image"
ROWS = 9
BLANK = "data:image/svg+xml;base64,PHN2Zy8+"
QUERIES = {"COVID": ("covid19",), "pneumonia": ("cap", "normal")}
"""What is searched, and whose cases that gives; a healthy person's film is a case for teaching."""
DIAGNOSES = {
    "covid19": ("COVID-19 pneumonia", "Severe COVID-19 pneumonia", "SARS-CoV-2 infection"),
    "cap": ("Klebsiella pneumonia", "Right upper lobe pneumonia", "Pneumococcal pneumonia"),
    "normal": ("Normal chest radiograph",),
}
VIEWS = {
    View.PA: "PA chest radiograph", View.AP: "Anteroposterior chest X-ray",
    View.AP_ERECT: "AP erect chest radiograph", View.AP_SUPINE: "Supine AP chest X-ray",
    View.FRONTAL: "Frontal chest radiograph", View.L: "Left lateral chest X-ray",
    View.UNKNOWN: "Chest radiograph",
}  # fmt: skip
OLD = 16_000
"""Cases below this number lie in folders named by it, with files 000001, 000002, …"""


def case_address(patient: str) -> str:
    """The address of the patient's case, as other collections cite it."""
    return f"{SITE}/case/{_number(patient)}"


def file_shots(folder: Path, shots: Sequence[Shot], world: int) -> None:
    """Record the site that shows `shots`: one case per patient, one for a patient's copies.

    Any condition may be filed; a film from before the illness of a patient cannot be told apart,
    since the diagnosis is the case's. The same shots give the same bytes.
    """
    store = Store(folder, is_durable=False)
    listed: dict[str, list[int]] = {condition: [] for condition in DIAGNOSES}
    ordered = sorted(shots, key=lambda shot: (_case_of(shot), shot.day, shot.ref))
    for number, films in groupby(ordered, _case_of):
        case = list(films)
        condition = min((shot.condition for shot in case), key=list(DIAGNOSES).index)
        listed[condition].append(number)
        store.put(page(f"{SITE}/case/{number}", _case(store, number, condition, case)))
    for query, conditions in QUERIES.items():
        # One case is found by both searches.
        again = listed["cap"][:1] if query == "COVID" else []
        found = [number for condition in conditions for number in listed[condition]]
        _file_search(store, query, found + again)
    store.put(page(f"{SITE}/robots.txt", f"# drawn, world {world}\nUser-agent: *\nAllow: /\n"))


def _number(patient: str) -> int:
    """Every third patient is an old case."""
    number = number_of(patient)
    return (10_000 if number % 3 == 2 else 16_800) + 2 * number  # noqa: PLR2004 - the last of three


def _case_of(shot: Shot) -> int:
    return _number(shot.patient) + bool(shot.copy_of)


def _file_search(store: Store, query: str, numbers: list[int]) -> None:
    """All pages of results; a full last page leads to one that says that there is no more."""
    parts = [numbers[start : start + ROWS] for start in range(0, len(numbers), ROWS)]
    parts += [[]] if not parts or len(parts[-1]) == ROWS else []
    path = f"/advanced-search?search={query}"
    for place, part in enumerate(parts):
        tiles = "".join(
            '<div class="col-12 col-md-6 col-lg-4 mb-4">'
            f'<span class="case__number small"># {number}</span>'
            f'<a href="/case/{number}">A drawn case</a></div>\n' for number in part
        ) or "<p>No case found</p>"  # fmt: skip
        following = html.escape(f"{path}&page={place + 1}")
        pager = (
            f'<a title="Go to next page" href="{following}">&rsaquo;</a>'
            if place + 1 < len(parts) and parts[place + 1] else ""
        )  # fmt: skip
        body = f'<div class="row">{tiles}</div><div class="pagination">{pager}</div>'
        url = f"{SITE}{path}" + (f"&page={place}" if place else "")
        store.put(page(url, f"{HEAD}<title>Search | Eurorad</title>{body}</html>\n"))


def _case(store: Store, number: int, condition: str, case: list[Shot]) -> str:
    diagnoses = DIAGNOSES[condition]
    diagnosis = diagnoses[number // 2 % len(diagnoses)]
    figures = "".join(
        _figure(store, number, order, shot) for order, shot in enumerate(case, start=1)
    )
    numbers = "".join(
        f'<li class="list-inline-item"><a class="figure-gallery-paginator__link" href="#">{order}'
        "</a></li>" for order in range(1, len(case) + 1)
    )  # fmt: skip
    told = {
        "Clinical History": "A drawn patient with fever and cough."
        + (" RT-PCR for SARS-CoV-2 was positive." if condition == "covid19" else ""),
        "Imaging Findings": "See the figures (Fig. 1).",
        "Discussion": "It was drawn by a computer.",
        "Differential Diagnosis List": f'<div class="col-6 pb-3">{diagnosis}</div>'
        '<div class="col-6 pb-3">Pulmonary oedema</div>',
        "Final Diagnosis": diagnosis,
    }
    is_new = number >= OLD and number // 2 % 4 == 0
    rows = "".join(_section(name, text, is_new=is_new) for name, text in told.items())
    return f"""{HEAD}<head><title>A drawn case | Eurorad</title></head><body>
<span class="d-block text-uppercase font-size-3 text-center">Case {number}</span>
<span class="d-block font-size-1 text-center">Published on 20.04.2020</span>
<h1 class="color-color mb-3">A drawn case</h1>
<div class="col-12 order-0 col-md-8 order-md-1 col-lg-9 mb-3"><p>Section: Chest imaging</p>
<p>Case Type: Clinical Cases</p><p>Authors</p><p>D. Phantom</p></div>
{_patient(case[0], number)}<div class="block__content node-contents">
{rows}</div>
{figures}<ul>{numbers}</ul></body></html>
"""


def _section(name: str, text: str, *, is_new: bool) -> str:
    if is_new:
        return f'<section class="case-part"><h2>{name}</h2><div>{text}</div></section>\n'
    if "<div" not in text and name != "Final Diagnosis":
        text = f"<p>{text}</p>"
    return (
        f'<div class="row"><div class="col-12 col-md-3">{name}</div>'
        f'<div class="col-12 col-md-9">{text}</div></div>\n'
    )


def _patient(shot: Shot, number: int) -> str:
    """The line on the patient, as contributors write it; now and then there is none."""
    if number_of(shot.patient) % 11 == 10:  # noqa: PLR2004 - one in eleven
        return ""
    years = round(shot.age_years, 1)
    age = f"{round(years * 12)} months" if years < 2 else f"{int(years)} years"  # noqa: PLR2004 - as the site writes it
    sex = {"M": "male", "F": "female"}.get(shot.sex.value, "")
    said = f"{sex}, {age}" if number // 2 % 7 == 0 else f"{age}, {sex}"
    return f'<p class="color-grey">{said.strip(", ")}</p>\n'


def _figure(store: Store, number: int, order: int, shot: Shot) -> str:
    """One item of the gallery; now and then only the copy that the page shows is left."""
    name = f"2018-08/{number:010}/{order:06}" if number < OLD else f"2020-04/{number}_{order}_1"
    original, copy = (
        f"{base}/{name}.{shot.extension}" for base in (f"{FILES}/figure_image", STYLE)
    )
    copy += f"?itok=d{number:x}"
    is_lost = number // 2 % 5 == 0 and order == 1
    if is_lost:
        store.put(page(SITE + original, f"{HEAD}<title>Not found</title></html>", status=404))
    kind = file_type(shot.extension)
    store.put(page(SITE + (copy if is_lost else original), shot.data, kind))
    return (
        '<div class="figure-gallery__item"><div>'
        f'<img typeof="foaf:Image" data-src="{copy}" src="{BLANK}"></div>\n'
        '<div class="figure-gallery__item__label">'
        f'<span class="mb-1 d-block">{_caption(shot)}</span>'
        f"<span>© Department of Drawn Radiology {number % 5}, 2020</span></div></div>\n"
    )


def _caption(shot: Shot) -> str:
    day = f" on day {shot.day} after the onset of symptoms" if shot.day > 0 else ""
    if shot.modality is Modality.CT:
        return f"Axial CT{day} in the lung window shows ground-glass opacities"
    signs = {"covid19": "peripheral opacities", "cap": "a lobar consolidation", "normal": "opacity"}
    if shot.shows_disease:
        return f"{VIEWS[shot.view]}{day} shows {signs[shot.condition]}"
    return f"{VIEWS[shot.view]}{day}: clear lungs"
