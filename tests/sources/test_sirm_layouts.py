import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from drawn_shots import sirm_shots
from told import Shelf, page, said

from curation.network.recorded import Recorded
from curation.phantom.replicas import sirm as replica
from curation.sources.base import Draft, Lost, Page
from curation.sources.loading import load
from curation.sources.sirm import Sirm
from curation.sources.sirm.listing import ENGLISH_LISTING, ITALIAN_LISTING
from curation.terms import Terms
from manifests.contract.params import Misspelt
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Modality, Reason

TERMS = Terms.load(Path(__file__).parents[2] / "manifests/terms.yaml", "sirm")
SITE = "https://www.sirm.org"
UP = f"{SITE}/wp-content/uploads/2020/03"
POST = f"{SITE}/2020/03/10/covid-19-caso-901/"
ENGLISH_POST = f"{SITE}/en/2020/04/10/covid-19-case-901/"


def post(body: str, title: str = "COVID-19: caso 901") -> str:
    heading = f'<html><h1 class="entry-title">{title}</h1>'
    return f'{heading}<div class="td-post-content">{body}</div></html>'


def read(body: str, url: str = POST, final_url: str = "") -> list[Draft | Lost]:
    return list(Sirm(files=Path(), max_cases=9).parse(page(url, post(body), final_url), Shelf()))


def film(body: str, url: str = POST) -> Draft:
    (found,) = read(body, url)
    assert isinstance(found, Draft)
    return found


class Site:
    """Pages by their whole address; whatever else is asked is not there."""

    def __init__(self, pages: dict[str, str]) -> None:
        self.pages, self.asked = pages, list[str]()

    def page(self, url: str) -> Page:
        self.asked.append(url)
        if url not in self.pages:
            raise Rejected(Reason.MISSING_IMAGE, f"{url}: not there")
        return page(url, self.pages[url])


def listing(*posts: str, pager: str = "", end: str = "</html>") -> str:
    entries = "".join(
        f'<div class="td_module_wrap"><h3 class="entry-title"><a href="{one}">x</a></h3></div>'
        for one in posts
    )
    return f"<html>{entries}{pager}{end}"


def walked(pages: dict[str, str], *listings: str) -> tuple[list[str], list[Lost], list[str]]:
    site = Site(pages)
    source = Sirm(files=Path(), max_cases=99, listings=listings or (ITALIAN_LISTING,))
    found = list(source.listing(site))
    return (
        [one for one in found if isinstance(one, str)],
        [one for one in found if isinstance(one, Lost)],
        site.asked,
    )


def numbered(*numbers: int) -> list[str]:
    return [f"{SITE}/2020/03/10/covid-19-caso-{number}/" for number in numbers]


@pytest.mark.parametrize(
    "pager",
    ['<p class="page-nav"><a class="last" href="/category/senza-categoria/covid-19/page/2/">2</a>',
     '<nav><a href="https://sirm.org/category/senza-categoria/covid-19/page/2">Avanti</a></nav>',
     '<link rel="next" href="https://www.sirm.org/category/senza-categoria/covid-19/page/2/">',
     '<span class="pages">Pagina 1 di 2</span>', ""],
)  # fmt: skip
def test_further_pages_are_found_in_every_pager(pager: str) -> None:
    pages = {ITALIAN_LISTING: listing(*numbered(1), pager=pager)}
    pages[f"{ITALIAN_LISTING}page/2/"] = listing(*numbered(2), pager=pager)
    posts, lost, _ = walked(pages)
    assert (posts, lost) == (numbered(1, 2), [])


def test_the_end_of_a_listing_without_pager_is_asked_for_once() -> None:
    posts, lost, asked = walked({ITALIAN_LISTING: listing(*numbered(1))})
    assert (posts, lost) == (numbered(1), [])
    assert asked == [ITALIAN_LISTING, f"{ITALIAN_LISTING}page/2/"]


def test_a_site_that_shows_its_first_page_for_any_number_has_an_end() -> None:
    first = listing(*numbered(1, 2))
    pages = {f"{ITALIAN_LISTING}page/{n}/": first for n in range(2, 9)} | {ITALIAN_LISTING: first}
    assert len(walked(pages)[2]) == 2


def test_the_pager_of_another_category_is_not_followed() -> None:
    other = f'<a href="{SITE}/category/altro/page/9/">9</a>'
    assert len(walked({ITALIAN_LISTING: listing(*numbered(1), pager=other)})[2]) == 2


@pytest.mark.parametrize(
    ("more", "end", "told"),
    [("", "<div", "cut off"),
     ('<div class="td_module_wrap"><h3>caso 3</h3></div>', "</html>", "1 entries name no post"),
     ('<a class="td_ajax_load_more" data-page="2">Altro</a>', "</html>", "by a script")],
)  # fmt: skip
def test_a_listing_that_shows_less_than_it_has_is_told(more: str, end: str, told: str) -> None:
    posts, lost, _ = walked({ITALIAN_LISTING: listing(*numbered(1), pager=more, end=end)})
    assert posts == numbered(1)
    assert [one.reason for one in lost] == [Reason.LAYOUT_CHANGED]
    assert told in lost[0].detail


def test_both_languages_are_read_the_italian_first() -> None:
    pages = {ITALIAN_LISTING: listing(*numbered(901)), ENGLISH_LISTING: listing(ENGLISH_POST)}
    assert walked(pages, ITALIAN_LISTING, ENGLISH_LISTING)[0] == [POST, ENGLISH_POST]
    assert Sirm(files=Path(), max_cases=9).listings == (ITALIAN_LISTING, ENGLISH_LISTING)


@pytest.mark.parametrize("named", ["/category/x", "http://sirm.org/category/x/?print=print-search"])
def test_a_listing_is_named_in_any_form_but_never_as_print_view(named: str) -> None:
    asked = walked({}, named)[2]
    assert asked[0].endswith("sirm.org/category/x/")


def test_no_listing_or_one_of_another_site_is_refused_in_a_sentence() -> None:
    entry: dict[str, object] = {"files": "x", "max_cases": 9}
    with pytest.raises(Misspelt, match="leave it out to read both"):
        load("sirm", {"sirm": entry | {"listings": []}})
    with pytest.raises(Misspelt, match="is no listing"):
        load("sirm", {"sirm": entry | {"listings": ["https://example.org/x"]}})


def test_a_link_to_the_print_view_leads_to_the_post_itself() -> None:
    assert walked({ITALIAN_LISTING: listing(f"{POST}?print=print-search")})[0] == [POST]


def test_a_print_view_is_told_and_its_tokens_are_no_words_of_the_case() -> None:
    (lost,) = read("<p>[image_pdf][image_print]</p><p>Uomo di 51 anni. RX torace.</p>")
    assert isinstance(lost, Lost)
    assert (lost.reason, "print view" in lost.detail) == (Reason.LAYOUT_CHANGED, True)
    body = (
        f'<p>image_pdf image_print</p><p>A. Rossi</p><p>Uomo di 51 anni</p><img src="{UP}/1.jpg">'
    )
    found = film(body)
    assert found.attribution == "A. Rossi (SIRM, COVID-19: caso 901)"
    assert found.age == "51 anni"


BOTH = {
    ITALIAN_LISTING: listing(POST), ENGLISH_LISTING: listing(ENGLISH_POST),
    POST: post(f'<p>Uomo di 51 anni. RX torace.</p><img src="{UP}/1.jpg">'),
    ENGLISH_POST: post(
        f'<p>A 51-year-old man. Chest X-ray AP.</p><img src="{UP}/1-300x200.jpg">'
        f'<p>Chest CT.</p><img src="{UP}/ct-en.jpg">', "COVID-19: case 901"),
}  # fmt: skip


def test_a_case_in_both_languages_is_one_patient_and_a_film_in_both_is_one_film() -> None:
    found = list(Sirm(files=Path(), max_cases=9).read(Site(BOTH)))
    assert [one.source_ref for one in found] == ["901/2020/03/1.jpg", "901/2020/03/ct-en.jpg"]
    films = [one for one in found if isinstance(one, Draft)]
    assert {(one.patient, TERMS.sex(one.sex)) for one in films} == {("901", TERMS.sex("uomo"))}
    assert films[1].url == ENGLISH_POST


def test_one_name_in_two_posts_is_two_films() -> None:
    other = POST.replace("901", "902")
    pages = {ITALIAN_LISTING: listing(POST, other), POST: BOTH[POST], other: BOTH[POST]}
    source = Sirm(files=Path(), max_cases=9, listings=(ITALIAN_LISTING,))
    found = [one for one in source.read(Site(pages)) if isinstance(one, Draft)]
    assert [one.source_ref for one in found] == ["901/2020/03/1.jpg", "902/2020/03/1.jpg"]
    # Two posts on relatives: nothing joins them.
    assert len({one.patient for one in found}) == 2


@pytest.mark.parametrize(
    "again",
    ["http://www.sirm.org/2020/03/10/covid-19-caso-901",
     "https://sirm.org/2020/03/10/covid-19-caso-901/",
     "https://SIRM.org/2020/03/10/covid-19-caso-901/?x=1"],
)  # fmt: skip
def test_a_post_is_read_once_whatever_form_its_address_has(again: str) -> None:
    source = Sirm(files=Path(), max_cases=9, listings=(ITALIAN_LISTING,))
    found = list(source.read(Site(BOTH | {ITALIAN_LISTING: listing(POST, again)})))
    assert [one.source_ref for one in found] == ["901/2020/03/1.jpg"]


@pytest.mark.parametrize("host", ["https://archivio.sirm.org", "https://sirm.org"])
def test_a_film_has_one_name_on_every_host(host: str) -> None:
    body = (
        f'<p>RX torace</p><img src="{UP}/1.jpg"><img src="{host}/wp-content/uploads/2020/03/1.jpg">'
    )
    assert film(body, POST.replace(SITE, host)).source_ref == "901/2020/03/1.jpg"


@pytest.mark.parametrize(
    ("slug", "patient"),
    [("covid-19-caso-92-mini-review-pediatrica", "92"), ("covid-19-caso-08", "8"),
     ("covid-19-caso-n-7", "7"), ("covid19-case-68", "68"), ("padre-e-figlio", "padre-e-figlio")],
)  # fmt: skip
def test_the_number_is_the_patient_and_where_it_is_missing_the_post_is(
    slug: str, patient: str
) -> None:
    text = post(f'<img src="{UP}/rx.jpg">', "COVID-19")
    (found,) = Sirm(files=Path(), max_cases=9).parse(
        page(f"{SITE}/2020/03/10/{slug}/", text), Shelf()
    )
    assert isinstance(found, Draft)
    assert found.patient == patient


@pytest.mark.parametrize(
    ("image", "urls"),
    [
        (f'<img src="{UP}/a-scaled.jpg">', ("a.jpg", "a-scaled.jpg")),
        (f'<img src="{UP}/a-scaled-1024x768.jpg">', ("a.jpg", "a-scaled-1024x768.jpg")),
        (f'<img src="{UP}/a-1024x768.jpg" srcset="{UP}/a-30x22.jpg 3w, {UP}/a-2048x15.jpg 9w">',
         ("a.jpg", "a-2048x15.jpg", "a-30x22.jpg", "a-1024x768.jpg")),
        (f'<img src="data:image/gif;base64,R0" data-src="{UP}/a-150x150.jpg">',
         ("a.jpg", "a-150x150.jpg")),
        (f'<img src="/blank.gif" data-lazy-src="{UP}/a.jpg">', ("a.jpg",)),
        (f'<img src="data:," data-srcset="{UP}/a-800x600.jpg 800w">', ("a.jpg", "a-800x600.jpg")),
        (f'<img src="data:,"><noscript><img src="{UP}/a.jpg"></noscript>', ("a.jpg",)),
        (f'<a href="{UP}/a.jpg">RX torace</a>', ("a.jpg",)),
    ],
)  # fmt: skip
def test_the_original_and_its_copies_are_asked_for_in_turn(
    image: str, urls: tuple[str, ...]
) -> None:
    found = next(one for one in read(f"<p>RX</p>{image}") if isinstance(one, Draft))
    asked = found.image.args[1:]  # type: ignore[attr-defined]
    assert asked == tuple(f"{UP}/{name}" for name in urls)


@pytest.mark.parametrize(
    ("more", "told"),
    [(f'<div style="background-image:url({UP}/b.jpg)"></div>', "2020/03/b.jpg is named"),
     (f'<div data-slides="[&quot;{UP.replace("/", chr(92) + "/")}/b-300x200.jpg&quot;]"></div>',
      "2020/03/b.jpg is named"),
     ('<figure class="wp-block-image"></figure>', "1 frames without a picture"),
     ('<ul class="blocks-gallery-grid"><li></li></ul>', "1 frames without a picture")],
)  # fmt: skip
def test_a_picture_that_is_only_hinted_at_is_told(more: str, told: str) -> None:
    lost, found = read(f'<p>RX torace</p><img src="{UP}/a.jpg">{more}')
    assert isinstance(lost, Lost)
    assert isinstance(found, Draft)
    assert (lost.reason, told in lost.detail) == (Reason.LAYOUT_CHANGED, True)


def test_a_post_that_leads_elsewhere_is_told() -> None:
    (lost,) = read(f'<img src="{UP}/a.jpg">', final_url=f"{SITE}/")
    assert isinstance(lost, Lost)
    assert (lost.reason, "which is no post" in lost.detail) == (Reason.LAYOUT_CHANGED, True)


def test_a_post_of_ct_only_gives_no_radiograph() -> None:
    body = f'<p>Esegue TC torace.</p><img src="{UP}/1.jpg"><img src="{UP}/2.jpg">'
    films = [one for one in read(body) if isinstance(one, Draft)]
    assert [TERMS.modality(one.modality) for one in films] == [Modality.CT] * 2


@pytest.mark.parametrize(
    ("frame", "modality", "view"),
    [
        ("<figure>{}<figcaption>RX torace AP</figcaption></figure>", "RX", "AP"),
        ('<div class="wp-caption">{}<p class="wp-caption-text">RX torace LL</p></div>', "RX",
         "latero-laterale"),
        ("<figure><ul><li><figure>{}</figure></li></ul><figcaption>RX supino</figcaption></figure>",
         "RX", "supino"),
        ('<dl class="gallery-item"><dt>{}</dt><dd class="wp-caption-text">RX PA</dd></dl>', "RX",
         "PA"),
        ("<h4>Rx del torace in ortostatismo</h4>{}", "RX", "in ortostatismo"),
        ("<div>Radiografia del torace a letto</div>{}", "RX", "a letto"),
        ("Radiogramma del torace<br>{}", "RX", ""),
        ("<p>HRCT del torace</p>{}", "TC", ""),
        ("<figure><figcaption>RX torace AP</figcaption></figure>{}", "", ""),
    ],
)  # fmt: skip
def test_what_a_picture_is_stands_beside_it_in_any_frame(
    frame: str, modality: str, view: str
) -> None:
    found = read(frame.format(f'<img src="{UP}/1-8.png">'))
    one = next(one for one in found if isinstance(one, Draft))
    assert (one.modality, one.view) == (modality, view)


def test_the_caption_of_one_picture_is_not_the_text_before_the_next() -> None:
    first = f'<figure><img src="{UP}/1.jpg"><figcaption>RX torace AP</figcaption></figure>'
    films = [o for o in read(f'{first}<img src="{UP}/2.jpg">') if isinstance(o, Draft)]
    assert [one.modality for one in films] == ["RX", ""]


def test_a_file_with_an_italian_name_is_known_in_an_english_post() -> None:
    body = f'<p>A 51-year-old man.</p><img src="{UP}/radiografia-torace-2.jpg">'
    assert TERMS.modality(film(body, ENGLISH_POST).modality) is Modality.X_RAY


MUTATIONS: dict[str, Callable[[str], str]] = {
    "entry class": lambda t: t.replace("td-module-title", "tmt").replace("td_module_", "m_"),
    "entry heading level": lambda t: t.replace("h3", "h5").replace("h2", "h4"),
    "entry title class": lambda t: t.replace("entry-title", "post-title"),
    "thumbnail class": lambda t: t.replace("td-image-wrap", "thumb"),
    "entries without address": lambda t: re.sub(r'href="(\S+/20\d\d/)', r'data-to="\1', t),
    "entry list emptied": lambda t: re.sub(r"<h[23] .*?</h[23]>|<a class=.td-image.*?</a>", "", t),
    "pager class": lambda t: t.replace("page-nav", "pn").replace('"last"', '"l"'),
    "pager to the top": lambda t: re.sub(r'(<html>.*?)(.*?)(<div class="page-nav.*?</div>)',
                                         r"\1\3\2", t, flags=re.DOTALL),
    "pager with counts only": lambda t: re.sub(
        r'<div class="page-nav.*?title="(\d+)".*?</div>', r"<p>Pagina 1 di \1</p>", t),
    "pager by script": lambda t: re.sub(
        r'<div class="page-nav.*?</div>', '<a class="td_ajax_load_more">Altro</a>', t),
    "pager gone": lambda t: re.sub(r'<div class="page-nav.*?</div>', "", t),
    "post heading class": lambda t: t.replace('h1 class="entry-title"', "h1"),
    "post heading level": lambda t: t.replace("h1", "h2"),
    "post body class": lambda t: t.replace("td-post-content", "content"),
    "post body of another theme": lambda t: t.replace("td-post-content", "entry-content"),
    "post body deeper": lambda t: t.replace('content">', 'content"><div><section>'),
    "paragraphs as boxes": lambda t: t.replace("<p>", "<div>").replace("</p>", "</div>"),
    "figures as boxes": lambda t: t.replace("figure>", "div>"),
    "captions as paragraphs": lambda t: t.replace("figcaption>", "p>"),
    "captions outside": lambda t: re.sub(r"(<figcaption>.*?</figcaption>)</figure>",
                                         r"</figure>\1", t),
    "figures emptied": lambda t: re.sub(r"<figure><img[^>]*>", "<figure>", t),
    "galleries": lambda t: t.replace("<figure>", '<figure><ul><li><figure class="wp-block">')
    .replace("</figure>", "</figure></li></ul></figure>"),
    "full size attribute": lambda t: t.replace("data-full-url", "data-full"),
    "source attribute": lambda t: re.sub(r'<img src="(http[^"]*)"', r'<img data-source="\1"', t),
    "lazy attribute": lambda t: t.replace("data-img-url", "data-later"),
    "lazy by source set": lambda t: re.sub(r'<img src="(http[^"]*)">',
                                           r'<img src="data:," data-srcset="\1 900w">', t),
    "pictures as backgrounds": lambda t: re.sub(r'<img src="(http[^"]*)">',
                                                r'<i style="background:url(\1)"></i>', t),
    "pictures linked": lambda t: re.sub(r'(<img src="(http[^"]*)-1024x900(\.\w+)">)',
                                        r'<a href="\2\3">\1</a>', t),
    "no size in names": lambda t: t.replace("-1024x900", "-scaled"),
    "other host": lambda t: t.replace("www.sirm.org/wp-content", "archivio.sirm.org/wp-content"),
    "title translated": lambda t: t.replace("COVID-19: caso", "COVID-19: fall"),
    "words in capitals": lambda t: re.sub(r"<p>(.*?)</p>", lambda m: f"<p>{m[1].upper()}</p>", t),
    "page cut in half": lambda t: t[: len(t) // 2],
    "end of the page gone": lambda t: t.replace("</html>", ""),
    "everything in a script": lambda t: f"<script>{t}</script>",
    "empty body": lambda _: "<html></html>",
}  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sirm")
    replica.file_shots(folder, sirm_shots(), 1)
    return folder


class Changed:
    """The site under another layout; a file is found on whatever host it is asked for."""

    def __init__(self, folder: Path, change: Callable[[str], str]) -> None:
        self.web, self.change = Recorded(folder), change

    def page(self, url: str) -> Page:
        known = url.replace("archivio.sirm.org/wp", "www.sirm.org/wp")
        found = self.web.page(known.replace("-scaled.", "-1024x900."))
        if not found.content_type.startswith("text/html"):
            return found
        return replace(found, data=self.change(found.text).encode())


def told(item: Draft | Lost) -> dict[str, object]:
    """What a film is, without capitals and without the title of its post."""
    words = said(item)
    if isinstance(item, Draft):
        for column in ("abnormal", "view", "sex", "age", "attribution"):
            words[column] = str(words[column]).casefold().partition(" (sirm")[0]
    return words


@pytest.mark.parametrize("listings", [(ITALIAN_LISTING,), (ENGLISH_LISTING,)], ids=["it", "en"])
@pytest.mark.parametrize("change", MUTATIONS)
def test_a_changed_layout_gives_the_same_films_or_is_told(
    change: str, listings: tuple[str, ...], site: Path
) -> None:
    source = Sirm(files=site, max_cases=500, listings=listings)
    before = [told(item) for item in source.read(Recorded(site))]
    after = [told(item) for item in source.read(Changed(site, MUTATIONS[change]))]
    loud = {Reason.LAYOUT_CHANGED, Reason.BLOCKED}
    assert len(before) > 4
    assert after == before or any(item.get("reason") in loud for item in after)
