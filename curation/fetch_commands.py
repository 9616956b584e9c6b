"""`cxr fetch` and `cxr warc`: fill a folder from a real site, and hand its answers on."""

from pathlib import Path
from typing import Annotated

import typer

PARAMS, PROFILES, RAW = Path("params.yaml"), Path("profiles"), Path("data/raw")
LOCK = Path("manifests/sources.lock")
Key = Annotated[str, typer.Argument(help="Key of a source in params.yaml.", show_default=False)]


def fetch(
    key: Key,
    profile: Annotated[
        str, typer.Option(help="Take the source's entry from profiles/NAME.yaml.")
    ] = "",
) -> None:
    """Fill `data/raw/KEY` from the real site: politely, resumably, with a record of every file.

    Obeys robots.txt, `noai` and `tdm-reservation`; asks one thing at a time, at the pace of
    `fetch.seconds_between_requests` or slower where the host is slow or says so. What came is not
    asked for again: end it when you like, and start it again. `fetch.contact` in params.yaml names
    whom a site may write to. A source whose terms rule out copying needs your permission record.

    Every answer is kept with headers, date and SHA-256; `cxr warc KEY` makes one file of them.

    Exit codes: 0 done; 2 something to mend in params.yaml; 3 the site does not answer now, try
    again later; 4 damaged, or not what was published; 5 terms, robots.txt or a reservation forbid
    it; 6 the site has a new layout; 7 another fetch fills the folder; 8 the disk is too small.
    """
    from curation.network import fetch as room
    from curation.sources.loading import load, of_profile
    from manifests.contract.params import read, section

    sections = read(PARAMS)
    entries = of_profile(PROFILES, profile) if profile else sections["sources"]
    source = load(key, entries)
    report = room.fetch(key, source, section(sections, "fetch", room.Params), RAW / key, LOCK)
    typer.echo(report)


def warc(
    key: Key,
    out: Annotated[
        Path | None, typer.Option(help="The file to write; data/raw/KEY.warc.gz without it.")
    ] = None,
) -> None:
    """Write what was fetched into `data/raw/KEY` as one WARC 1.1 file, for evidence or a replay.

    Each answer with its headers, date and SHA-256, each body checked. The same folder gives the
    same bytes. It holds the site's own content: its licence and your permission hold for it too.
    """
    from curation.network.export import export
    from curation.sources.loading import source_class

    source_class(key)
    place = out or RAW / f"{key}.warc.gz"
    typer.echo(f"{key}: {export(key, RAW / key, LOCK, place)} records in {place}")
