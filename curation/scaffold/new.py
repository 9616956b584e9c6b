"""Lay down a new source: folder, entry, fixture and test, none of which may be there yet."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from curation.network.store import Store
from curation.questions.case import CODE, FIXTURES
from curation.sources.base import Page, Scraper
from curation.sources.loading import KEY, keys, source_class
from manifests.contract.folder import whole_file
from manifests.contract.packing import png
from manifests.contract.params import Misspelt

FILMS = (("1", "7", "61", "F", "PA", "COVID-19"), ("2", "8", "018M", "M", "AP", "No Finding"))
"""Number, patient, age, sex, view, diagnosis: words that terms.yaml and age.py know."""
DRAWN = '{"drawn": true, "world": 0}\n'


def scaffold(key: str, like: str, root: Path) -> list[Path]:
    """Write the files of the source `key` in the project at `root`; give them in order.

    It is of the kind of `like`: a site, a clone on GitHub, or a folder with a table. Raises
    `Misspelt` for a key that is none or is taken.
    """
    if not KEY.fullmatch(key) or not key[0].isalpha() or key.startswith("base"):
        raise Misspelt(
            f"{key!r}: a key is a-z, 0-9 and _, begins with a letter and not with 'base'"
        )
    code = root / CODE / key / "__init__.py"
    test = root / "tests/sources" / f"test_{key}.py"
    fixture = root / FIXTURES / key
    taken = [place for place in (code.parent, test, fixture) if place.exists()]
    if key in keys() or taken:
        raise Misspelt(f"{key}: is taken ({taken[0] if taken else 'a source'}); name another")
    kind = source_class(like)
    words = {
        "key": key,
        "title": key.replace("_", " ").capitalize(),
        "class_name": "".join(part.capitalize() for part in key.split("_")),
        "is_scraper": issubclass(kind, Scraper),
        "is_clone": "commit" in kind.model_fields,
    }
    params = root / "params.yaml"
    entry = _with_entry(params.read_text(encoding="utf-8"), key, words)
    _write(code, _rendered("scraper" if words["is_scraper"] else "importer", words))
    _write(test, _rendered("test", words))
    (_draw_site if words["is_scraper"] else _draw_folder)(fixture)
    with whole_file(params) as part:
        part.write_text(entry, encoding="utf-8")
    return [code, fixture, test, params]


def _rendered(template: str, words: dict[str, object]) -> str:
    room = Environment(
        loader=PackageLoader("curation.scaffold", "."), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, autoescape=False,  # noqa: S701 - Python, not HTML
    )  # fmt: skip
    return room.get_template(f"{template}.py.jinja").render(words)


def _write(place: Path, text: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")


def _with_entry(params: str, key: str, words: dict[str, object]) -> str:
    """`params.yaml` with the entry at the end of `sources`, every comment as it was."""
    lines = [f"  {key}:", f"    files: {FIXTURES / key}"]
    if words["is_scraper"]:
        lines += [
            "    permission:            # path of your permission record",
            "    max_cases: 500",
        ]
    if words["is_clone"]:
        lines.append("    commit: drawn          # the upstream commit the folder is a copy of")
    found = re.search(r"^sources:\n(?:[ #].*\n|\n(?= ))*", params, re.MULTILINE)
    if found is None:
        raise Misspelt("params.yaml: has no section 'sources:'; restore it")
    return params[: found.end()] + "\n".join(lines) + "\n" + params[found.end() :]


def _pictures() -> Iterator[bytes]:
    rows, columns = np.mgrid[0:64, 0:48]
    for number, *_ in FILMS:
        yield png((rows * int(number) + columns).astype(np.uint8))


def _draw_folder(folder: Path) -> None:
    (folder / "images").mkdir(parents=True)
    (folder / "PHANTOM.json").write_text(DRAWN, encoding="utf-8")
    table = ["file,patient,age,sex,view,diagnosis"]
    for (number, *words), data in zip(FILMS, _pictures(), strict=True):
        (folder / "images" / f"{number}.png").write_bytes(data)
        table.append(",".join([f"{number}.png", *words]))
    (folder / "films.csv").write_text("\n".join(table) + "\n", encoding="utf-8")


def _draw_site(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "PHANTOM.json").write_text(DRAWN, encoding="utf-8")
    store, site, head = Store(folder), "https://example.org", "<!doctype html>\n"
    links = ""
    for (number, patient, age, sex, view, finding), data in zip(FILMS, _pictures(), strict=True):
        links += f'<a class="case" href="/cases/{patient}">Case {patient}</a>\n'
        body = (
            f"{head}<dl><dt>Age</dt><dd>{age}</dd><dt>Sex</dt><dd>{sex}</dd><dt>Diagnosis</dt>"
            f'<dd>{finding}</dd></dl><img class="film" src="/films/{number}.png" alt="{view}">\n'
        )
        store.put(_page(f"{site}/cases/{patient}", body.encode(), "text/html"))
        store.put(_page(f"{site}/films/{number}.png", data, "image/png"))
    store.put(_page(f"{site}/cases", f"{head}{links}".encode(), "text/html"))


def _page(url: str, data: bytes, content_type: str) -> Page:
    return Page(url=url, final_url=url, status=200, content_type=content_type, data=data)
