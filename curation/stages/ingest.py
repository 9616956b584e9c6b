"""Stage ingest: every film of one source, decoded, hashed and in our words, or a rejection."""

from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field
from tqdm import tqdm

from curation.border import Border
from curation.desk import Come, Desk, Taken
from curation.network.recorded import Recorded
from curation.pixels import film
from curation.sources.base import Draft, Importer, Lost, Scraper, Source
from curation.terms import Terms
from curation.verdict import Verdict
from curation.work.bench import ALONE, Bench
from curation.work.each import each
from manifests.contract.params import Misspelt
from manifests.contract.record import Record
from manifests.contract.rejection import Rejection
from manifests.contract.table import check_counts, frame
from manifests.contract.vocabulary import Reason
from manifests.contract.working import MASKS, write_packed

DRAWN_MARK = "PHANTOM.json"


class Params(BaseModel):
    """How large a picture may come in and go on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_side: int = Field(ge=64, le=8192)
    """Longest side of the working copy, pixels."""
    max_megapixels: float = Field(gt=0, le=1000)
    """A larger picture is refused before it is decoded."""


def main(  # noqa: PLR0913, PLR0917 - a stage takes what DVC gives it
    key: str, source: Source, folder: Path, terms: Path, params: Params, bench: Bench = ALONE
) -> Verdict:
    """Write the working copies into `folder`, in the order of the source; give both tables.

    Raises `NoFilms` for a source without any, and `BrokenTable` when a row that came in is lost.
    """
    desk = Desk(
        key=key, about=source.about, terms=Terms.load(terms, key), max_side=params.max_side,
        max_pixels=int(params.max_megapixels * 1e6), is_drawn=(source.files / DRAWN_MARK).exists(),
    )  # fmt: skip
    border = Border(key=key, files=source.files)
    given = border.counted(drafts_of(key, source))
    drafts = tqdm(given, desc=f"ingest {key}", unit=" films", disable=None)
    records: list[Record] = []
    rejections: list[Rejection] = []
    masks: list[tuple[str, bytes]] = []

    def films() -> Iterator[tuple[str, bytes]]:
        for judged in _first_of_each_id(_judged(desk, drafts, bench)):
            if isinstance(judged, Rejection):
                rejections.append(judged)
            else:
                records.append(judged.record)
                if judged.mask:
                    masks.append((judged.record.record_id, judged.mask))
                yield judged.record.record_id, judged.copy

    write_packed(folder, films())
    write_packed(folder / MASKS, masks)
    check_counts("ingest", border.came_in, len(records), len(rejections))
    return Verdict(frame(records, Record), frame(rejections, Rejection))


def drafts_of(key: str, source: Source) -> Iterator[Draft | Lost]:
    """All that the source gives. Raises `Misspelt` when its folder is not there."""
    if not source.files.is_dir():
        raise Misspelt(
            f"params.yaml: 'sources.{key}.files' is {source.files}, which is no folder; "
            f"run `cxr fetch {key}` (`dvc repro phantom` for drawn films), or name your folder"
        )
    if isinstance(source, Scraper):
        return source.read(Recorded(source.files))
    if isinstance(source, Importer):
        return source.read(source.files)
    raise TypeError(f"{key}: a source is a Scraper or an Importer")


def _judged(
    desk: Desk, drafts: Iterable[Draft | Lost], bench: Bench
) -> Iterator[Taken | Rejection]:
    """The verdicts in the order of the drafts; a few films are in memory, never all."""
    line: deque[Come | Rejection] = deque()

    def measurable() -> Iterator[tuple[bytes, film.Asked]]:
        for come in each(desk.read, drafts):
            line.append(come)
            if isinstance(come, Come):
                yield come.asked.key(come.sha256), come.asked

    for result in bench.results(film.FILM, film.measured, measurable()):
        while isinstance(come := line.popleft(), Rejection):
            yield come
        yield desk.decide(come, result)
    for come in line:
        assert isinstance(come, Rejection)  # noqa: S101 - every film had its result
        yield come


def _first_of_each_id(judged: Iterable[Taken | Rejection]) -> Iterator[Taken | Rejection]:
    """A name that comes again is refused, and the sentence says which patients share it."""
    patients: dict[str, str] = {}
    for one in judged:
        if isinstance(one, Taken) and one.record.record_id in patients:
            again = one.record
            yield Rejection(
                record_id=again.record_id, source=again.source, stage="ingest",
                reason=Reason.INVALID_FIELD, sha256=again.sha256,
                detail=f"{again.source_ref}: stands twice, for patient "
                f"{' and '.join(dict.fromkeys([patients[again.record_id], again.patient_id]))}; "
                "the first is kept; give each film one name in the source",
            )  # fmt: skip
            continue
        patients |= {one.record.record_id: one.record.patient_id} if isinstance(one, Taken) else {}
        yield one
