"""A small SIRM as recorded responses: listings of two eras, posts in Italian, uploaded files.

Every third post stands in English, too, with the same files: the same cases, no film more.
"""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from curation.network.store import Store
from curation.phantom.replicas import sirm_english as english
from curation.phantom.replicas.pages import HEAD, file_type, number_of, page
from curation.phantom.shot import Shot
from manifests.contract.vocabulary import Modality, View

SITE = "https://www.sirm.org"
LISTING = f"{SITE}/category/senza-categoria/covid-19/"
ROWS = 6
BLANK = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
VIEWS = {
    View.PA: "PA", View.AP: "AP", View.AP_ERECT: "AP in ortostatismo",
    View.AP_SUPINE: "AP a letto", View.L: "latero-laterale",
}  # fmt: skip
SLUGS = (
    "covid-19-caso-{}",
    "covid19-caso-{}",
    "covid-19-caso-{}-2",
    "covid-19-caso-{}-mini-review",
)


def post_address(patient: str) -> str:
    """The address of the patient's post, as other collections cite it."""
    return _address(_number(patient))


def file_shots(folder: Path, shots: Sequence[Shot], world: int) -> None:
    """Record the site that shows `shots`: one post per patient, one for a patient's copies.

    The same shots give the same bytes.
    """
    store = Store(folder, is_durable=False)
    links, translated = list[str](), list[str]()
    ordered = sorted(shots, key=lambda shot: (_post_of(shot), shot.day, shot.ref))
    for number, films in groupby(ordered, _post_of):
        case = list(films)
        tags = [_image(store, number, order, shot) for order, shot in enumerate(case, start=1)]
        links.append(_address(number))
        store.put(page(_address(number), _post(number, case, tags)))
        if not translated or number // 10 % 3 == 1:
            translated.append(english.address(number))
            store.put(page(translated[-1], english.post(number, case, tags)))
    _file_listing(store, LISTING, links)
    _file_listing(store, english.LISTING, translated)
    store.put(page(f"{SITE}/robots.txt", f"# drawn, world {world}\nUser-agent: *\nAllow: /\n"))


def _address(number: int) -> str:
    day = f"2020/{3 + number // 28 % 3:02}/{1 + number % 28:02}"
    host = "https://sirm.org" if number // 10 % 5 == 0 else SITE
    return f"{host}/{day}/{SLUGS[number // 10 % len(SLUGS)].format(number)}/"


def _number(patient: str) -> int:
    return 10 * (1 + number_of(patient))


def _post_of(shot: Shot) -> int:
    """The number of the post that shows it; every other CT slice has a post of its own."""
    number = _number(shot.patient) + bool(shot.copy_of)
    is_apart = shot.modality is Modality.CT and number_of(shot.patient) // 10 % 2 == 1
    return number + 2 * is_apart


def _file_listing(store: Store, listing: str, links: list[str]) -> None:
    parts = [links[start : start + ROWS] for start in range(0, len(links), ROWS)] or [[]]
    for number, part in enumerate(parts, start=1):
        # A post of the page before stands here again, under an old form of its address.
        again = [links[0].replace("https://www.", "http://").rstrip("/")] if number > 1 else []
        entries = [_entry(link, is_old=number % 2 == 1) for link in [*part, *again]]
        last = len(parts)
        pager = (
            f'<div class="page-nav td-pb-padding-side"><span class="current">{number}</span>'
            f'<a class="page" href="{listing}page/{min(number + 1, last)}/">{number + 1}</a>'
            f'<a class="last" title="{last}" href="{listing}page/{last}/">{last}</a></div>'
            if last > 1 else ""
        )  # fmt: skip
        url = listing if number == 1 else f"{listing}page/{number}/"
        store.put(page(url, f"{HEAD}{''.join(entries)}{pager}</html>\n"))


def _entry(link: str, *, is_old: bool) -> str:
    title = "COVID-19: caso"
    if not is_old:
        return f'<article><h2 class="entry-title"><a href="{link}">{title}</a></h2></article>\n'
    return (
        f'<div class="td_module_19 td_module_wrap"><div class="td-module-thumb">'
        f'<a class="td-image-wrap" href="{link}" title="{title}">'
        f'<img class="entry-thumb" src="{BLANK}" data-img-url="{SITE}/t-324x400.jpeg"></a></div>'
        f'<h3 class="entry-title td-module-title"><a rel="bookmark" href="{link}">{title}</a></h3>'
        "</div>\n"
    )


def _post(number: int, case: list[Shot], tags: list[str]) -> str:
    parts = "".join(
        _part(order, shot, tag)
        for order, (shot, tag) in enumerate(zip(case, tags, strict=True), start=1)
    )
    return f"""{HEAD}<article><h1 class="entry-title">COVID-19: caso {number}</h1>
<div class="td-post-content"><p>D. Phantom, U.O. Radiologia, Ospedale Disegnato</p>
<p>{_patient(case[0], number)}, febbre e tosse. Tampone positivo.</p>
{parts}</div></article></html>
"""


def _patient(shot: Shot, number: int) -> str:
    age, unit = int(shot.age_years), "anni"
    if shot.age_years < 2:  # noqa: PLR2004 - as posts write it
        age, unit = round(shot.age_years * 12), "mesi"
    is_male = shot.sex.value == "M"
    phrases = (
        f"Paziente di sesso {'maschile' if is_male else 'femminile'}, {age} {unit}",
        f"{'Maschio' if is_male else 'Femmina'}, {age} {unit}",
        f"{'Uomo' if is_male else 'Donna'} di {age} {unit}",
        f"Paziente di {unit} {age}" if unit == "anni" else f"Paziente di {age} {unit}",
    )
    return phrases[number // 10 % len(phrases)]


def _part(order: int, shot: Shot, tag: str) -> str:
    """Paragraph and figure of one picture; what it is stands in one of three places."""
    if shot.modality is Modality.CT:
        words, said = "TC torace", "aree a vetro smerigliato"
    else:
        words = f"RX torace in proiezione {VIEWS[shot.view]}"
        said = "addensamenti" if shot.shows_disease else "negativo"
    caption = f"<figcaption>{words}</figcaption>" if order % 3 == 1 else ""
    return f"<p>Esegue {words}: {said}.</p><figure>{tag}{caption}</figure>\n"


def _image(store: Store, number: int, order: int, shot: Shot) -> str:
    """The tag as the theme writes it; now and then only a copy in another size is left."""
    kind = "tc-torace" if shot.modality is Modality.CT else "rx-torace"
    name = f"{kind}-{number}-{order}" if order % 3 == 2 else f"{number}-{order}"  # noqa: PLR2004 - the second of three places
    stem = f"{SITE}/wp-content/uploads/2020/03/{name}"
    original, copy = f"{stem}.{shot.extension}", f"{stem}-1024x900.{shot.extension}"
    is_lost = number_of(shot.patient) % 4 == 0 and order == 1
    kind = file_type(shot.extension)
    if is_lost:
        store.put(page(original, f"{HEAD}<title>Pagina non trovata</title></html>", status=404))
    store.put(page(copy if is_lost else original, shot.data, kind))
    if order % 3 == 0:
        return f'<img src="{BLANK}" data-img-url="{copy}">'
    if order % 3 == 1 or is_lost:
        return f'<img src="{copy}">'
    return f'<img data-full-url="{original}" src="{copy}">'
