"""Where a film of COVID-CXNet came from, which decides what may be done with it."""

import re
from typing import Annotated, NamedTuple

from pydantic import AfterValidator

from curation.sources.covid_cxnet.films import Film

HANNOVER = "https://github.com/ml-workgroup/covid-19-image-repository"
HANNOVER_CREDIT = (
    "Winther et al.: COVID-19 Image Repository, Hannover Medical School, "
    "doi:10.6084/m9.figshare.12275009"
)
CASE = re.compile(
    r"https?://(?:[\w-]+\.)*"
    r"(?:radiopaedia\.org/cases|eurorad\.org/case|sirm\.org/\d{4}/\d\d/\d\d)/[^/?#]+",
    re.IGNORECASE,
)
"""Sites that give each case a page of its own; a query or a further part may follow."""
AS_ORIGIN = "as its origin"
"""Our one word, since upstream gives no film a licence that it could give: what it then means by
the host of the film's address stands in `manifests/terms.yaml`."""


def _span(text: str) -> str:
    found = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", text, re.ASCII)
    if not found or int(found[1]) > int(found[2] or found[1]):
        raise ValueError("write a number such as '7', or the first and the last such as '7-12'")
    return text


Span = Annotated[str, AfterValidator(_span)]
"""Numbers of films: `7`, or `7-12` with both ends."""


class Origin(NamedTuple):
    """The address to look a film up at, the word for its licence, and whom to name."""

    url: str
    license: str
    credit: str
    """Empty where only the collection itself can be named."""


def is_within(number: int, spans: tuple[Span, ...]) -> bool:
    """Does one of `spans` hold `number`?"""
    ends = ([int(end) for end in span.split("-")] for span in spans)
    return any(end[0] <= number <= end[-1] for end in ends)


def origin(film: Film, cited: str, own: str, *, is_hannover: bool) -> Origin:
    """The page that the table cites, else Hannover for its films, else `own`, the film's file."""
    if is_https(cited):
        return Origin(cited, AS_ORIGIN, f"film {film.ref}, from {cited}")
    if is_hannover:
        return Origin(HANNOVER, "CC BY 3.0", HANNOVER_CREDIT)
    return Origin(own, AS_ORIGIN, "")


def is_https(address: str) -> bool:
    return re.fullmatch(r"https://[^\s/]+\S*", address, re.IGNORECASE) is not None


def case(cited: str) -> str:
    """The page of one case, which joins films across sources; "" for an article of many patients.

    A few cases tell of several patients (a review of children, say), who are then joined as well.
    """
    found = CASE.match(cited)
    return found[0] if found else ""
