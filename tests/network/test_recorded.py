import pytest
from told import page

from curation.network.recorded import is_blocked

CASE = "https://www.eurorad.org/case/16901"
HEAD = "<!DOCTYPE html><html><head>{}</head><body>{}</body></html>"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("<title>eurorad.org</title>", ""),
        ("<title>\n www.eurorad.org </title>", "<script src='/check.js'></script>"),
        ('<title dir="ltr">EuroRad.org</title>', ""),
        (
            "<title>One moment, please...</title>",
            "<p>Please wait while your request is being verified...</p>",
        ),
        ("", "<h1>\n  please wait while your request is being verified</h1>"),
    ],
)
def test_a_page_that_only_waits_or_only_names_its_host_is_a_gate(head: str, body: str) -> None:
    assert is_blocked(page(CASE, HEAD.format(head, body)))


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("<title>COVID-19 pneumonia | Eurorad</title>", "<p>eurorad.org</p>"),
        ("<title>Eurorad</title>", ""),
        ("<title>eurorad.org - advanced search</title>", ""),
        ("<title>example.org</title>", ""),
        ("", "<p>The swab was sent in; wait while the result is being verified.</p>"),
    ],
)
def test_a_page_of_the_site_is_no_gate(head: str, body: str) -> None:
    assert not is_blocked(page(CASE, HEAD.format(head, body)))
