"""A small Radiopaedia as recorded responses: search, cases of both layouts, viewer data, files."""

import html
import json
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from curation.network.store import Store
from curation.phantom.replicas.pages import HEAD, file_type, number_of, page
from curation.phantom.shot import Shot
from manifests.contract.vocabulary import Modality, View

SITE, FILES = "https://radiopaedia.org", "https://prod-images-static.radiopaedia.org/images"
QUERIES = {
    "covid-19 pneumonia": "covid19",
    "lobar pneumonia": "cap",
    "normal chest x-ray": "normal",
}
TITLES = {"covid19": "COVID-19 pneumonia", "cap": "Lobar pneumonia", "normal": "Normal chest x-ray"}
MODALITIES = {Modality.X_RAY: "X-ray", Modality.CT: "CT"}
ROWS = 8
VIEWS = {
    View.PA: "PA", View.AP: "AP", View.AP_ERECT: "AP erect", View.AP_SUPINE: "AP supine",
    View.FRONTAL: "Frontal", View.L: "Lateral", View.UNKNOWN: "Axial",
}  # fmt: skip


def case_address(patient: str) -> str:
    """The lasting address of the patient's case, as other collections cite it."""
    return f"{SITE}/cases/{_rid(patient)}"


def file_shots(folder: Path, shots: Sequence[Shot], world: int) -> None:
    """Record the site that shows `shots`: one case per patient, one for a patient's copies.

    Each study is one day and one modality. The same shots give the same bytes.
    """
    store = Store(folder, is_durable=False)
    listed: dict[str, list[str]] = {condition: [] for condition in TITLES}
    ordered = sorted(shots, key=lambda shot: (shot.patient, bool(shot.copy_of), shot.day, shot.ref))
    for (patient, is_copy), films in groupby(ordered, lambda s: (s.patient, bool(s.copy_of))):
        case = list(films)
        rid = _rid(patient) + is_copy
        condition = min((shot.condition for shot in case), key=list(TITLES).index)
        slug = f"{TITLES[condition].lower().replace(' ', '-')}-{rid - 90_000}"
        listed[condition].append(f"/cases/{slug}?lang=us")
        _file_case(store, slug, rid, condition, case)
    _file_signed_in(store, listed["covid19"])
    # One case is found by two searches, the second time under an old form of its address.
    listed["covid19"] += [f"http://www.radiopaedia.org{link}" for link in listed["cap"][:1]]
    for query, condition in QUERIES.items():
        _file_search(store, query, listed[condition], has_empty_page=condition == "cap")
    store.put(page(f"{SITE}/robots.txt", f"# drawn, world {world}\nUser-agent: *\nAllow: /\n"))


def _rid(patient: str) -> int:
    return 90_001 + 2 * number_of(patient)


def _file_signed_in(store: Store, listed: list[str]) -> None:
    slug = "covid-19-pneumonia-members-only"
    listed.append(f"/cases/{slug}?lang=us")
    gate = f"{HEAD}<title>Sign in</title><form id='new_user'>Please sign in.</form></html>"
    store.put(page(f"{SITE}/cases/{slug}?lang=us", gate, final_url=f"{SITE}/users/sign_in"))


def _file_search(store: Store, query: str, links: list[str], *, has_empty_page: bool) -> None:
    asked = query.replace(" ", "+")
    parts = [links[start : start + ROWS] for start in range(0, len(links), ROWS)]
    parts += [[]] if has_empty_page or not parts else []
    for number, part in enumerate(parts, start=1):
        url = f"{SITE}/search?lang=us&scope=cases&q={asked}&modality=X-ray"
        following = url.replace(SITE, "") + f"&page={number + 1}"
        results = "".join(
            f'<a class="search-result search-result-case" href="{html.escape(link)}">'
            f'<h4 class="search-result-title-text">{query}</h4></a>\n'
            for link in part
        ) or "<p>No results were found with these refinement filters applied</p>"  # fmt: skip
        pager = (
            f'<a class="next_page" aria-label="Next page" rel="next" '
            f'href="{html.escape(following)}">Next</a>' if number < len(parts) else ""
        )  # fmt: skip
        body = f'<div class="search-results">{results}</div><div role="navigation">{pager}</div>'
        store.put(page(url if number == 1 else f"{url}&page={number}", f"{HEAD}{body}</html>"))


def _file_case(store: Store, slug: str, rid: int, condition: str, case: list[Shot]) -> None:
    is_new_layout = bool(rid // 2 % 2)
    studies = []
    by_study = groupby(case, lambda shot: (shot.day, shot.modality))
    for place, ((_, modality), films) in enumerate(by_study, start=1):
        study, shots = rid * 10 + place, list(films)
        shown = [(study * 10 + order, shot) for order, shot in enumerate(shots)]
        hidden = _file_study(store, study, modality, shown, is_new_layout=is_new_layout)
        studies.append(_study(study, shots[0], hidden, place, is_new_layout=is_new_layout))
    body = _case(rid, condition, case[0], "".join(studies))
    store.put(page(f"{SITE}/cases/{slug}?lang=us", body))


def _file_study(
    store: Store, study: int, modality: Modality, shown: list[tuple[int, Shot]],
    *, is_new_layout: bool,
) -> str:  # fmt: skip
    """Record files and viewer data; the viewer data again, where it stands in the page itself."""
    word = MODALITIES[modality]
    urls = {}
    for order, (number, shot) in enumerate(shown):
        # Early uploads have no encodings; their file has one fixed name.
        bare = is_new_layout and number_of(shot.patient) % 8 == 3 and order == 0  # noqa: PLR2004 - one in eight
        name = "dr-original.jpg" if bare else f"{number:x}.{shot.extension}"
        urls[number] = name
        store.put(page(f"{FILES}/{number}/{name}", shot.data, file_type(shot.extension)))
    if not is_new_layout:
        images = [
            {"id": number, "public_filename": f"{FILES}/{number}/{urls[number]}",
             "fullscreen_filename": f"{FILES}/{number}/{number:x}_big_gallery.jpeg",
             "plane_projection": _view(shot), "aux_modality": None, "show_stack_key_image": False}
            for number, shot in shown
        ]  # fmt: skip
        _put_json(store, f"/studies/{study}/stacks?lang=us", [{"modality": word, "images": images}])
        return ""
    series = [
        {"series_id": 700_000 + number, "perspective": _view(shot), "specifics": None,
         "frames": [{"id": number, "current": True}],
         "encodings": {"thumbnailed_files": [] if urls[number] == "dr-original.jpg" else
                       [{"original": urls[number]}]}}
        for number, shot in shown
    ]  # fmt: skip
    viewer = {"study": {"id": study, "modality": word, "series": series}}
    if study % 3 == 0:
        _put_json(store, f"/studies/{study}/annotated_viewer_json?c=drawn&lang=us", viewer)
        return f'<a href="/studies/{study}/annotated_viewer_json?c=drawn&amp;lang=us"></a>'
    kind = "InlineStudyViewer" if study % 3 == 1 else "hidden data"
    return f'<div class="{kind}">{html.escape(json.dumps(viewer, sort_keys=True))}</div>'


def _put_json(store: Store, path: str, document: Any) -> None:  # noqa: ANN401 - JSON of two shapes
    store.put(page(f"{SITE}{path}", json.dumps(document, sort_keys=True), "application/json"))


def _view(shot: Shot) -> str:
    is_vague = shot.view is View.PA and number_of(shot.patient) % 3 == 0
    return "Frontal" if is_vague else VIEWS[shot.view]


def _study(study: int, shot: Shot, hidden: str, place: int, *, is_new_layout: bool) -> str:
    word = MODALITIES[shot.modality]
    signs = {"cap": "Right lower zone consolidation.", "covid19": "Bilateral peripheral opacities."}
    caption = f"Day {shot.day}" if shot.condition != "normal" else f"Study {place}"
    if shot.day < 0:
        caption = f"{-shot.day} days before the illness"
    old = "" if is_new_layout else (
        f' data-ref="study-{study}" data-study-id="{study}"'
        f' data-study-stacks-url="/studies/{study}/stacks?lang=us"'
    )  # fmt: skip
    new = f' id="case-images-study-{study}"' if is_new_layout else ""
    findings = signs[shot.condition] if shot.shows_disease else "Clear lungs."
    return (
        f'<div class="well case-section case-study"{old}><div class="main-study-desc"{new}>'
        f'<div class="study-modality"><span>{word}</span></div><div class="study-desc">'
        f"<h2>{caption}</h2></div></div>{hidden}"
        f'<div class="sub-section study-findings body"><p>{findings}</p></div></div>\n'
    )


def _case(rid: int, condition: str, shot: Shot, studies: str) -> str:
    years = round(shot.age_years, 1)
    age = f"{round(years * 12)} months" if years < 3 else f"{int(years)} years"  # noqa: PLR2004 - as contributors write it
    age = (age, f"{age} old")[rid % 3 == 0]
    label, sex = ("Gender", "Sex")[rid % 5 == 0], {"M": "Male", "F": "Female"}[shot.sex.value]
    licence = (
        '<a rel="license" href="https://creativecommons.org/licenses/by-nc-sa/4.0/">Licence</a>'
        if rid % 7 == 0 else ""
    )  # fmt: skip
    rows = {"DOI": f"https://doi.org/10.53347/rID-{rid}", "rID": str(rid), "Systems": "Chest"}
    facts = "".join(
        f'<div class="row"><div class="col-sm-3"><strong>{name}:</strong></div>'
        f'<div class="col-sm-8">{value}</div></div>'
        for name, value in rows.items()
    )
    return f"""{HEAD}<div id="main"><div id="content-header">
<h1 class="header-title">{TITLES[condition]}</h1>
<div class="author-info"><a href="/users/drawn">Case contributed by Dr Phantom</a></div>
<span class="diagnostic-certainty-title">Diagnosis certain&nbsp;</span>
<div id="citation-info" class="citation-info">{facts}</div>{licence}</div>
<div class="user-generated-content"><div class="case-section data-section"><h2>Patient Data</h2>
<div class="data-item"><strong>Age:</strong> {age}</div>
<div class="data-item"><strong>{label}:</strong> {sex}</div></div>
<div id="case-images">{studies}</div></div></div></html>
"""
