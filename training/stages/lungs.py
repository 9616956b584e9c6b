"""Stage lungs: a mask of the lungs for every film that dedup kept.

The mask shows the whole frame squeezed to 256 x 256; stretched to a film's shape it lies on it.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field
from tqdm import tqdm

from manifests.contract.lungs import LEAST_LUNG
from manifests.contract.vocabulary import DISCLAIMER
from manifests.contract.working import WorkingCopies, write_packed
from training.files import write_json
from training.segmentation.finding import Before, Found, found, write_found
from training.segmentation.segmenter import read_segmenter

log = logging.getLogger(__name__)
METRICS = "metrics.json"
NAMES = ("no_lung", "one_lung", "two_lungs")
"""In the order of how many."""


class Params(BaseModel):
    """What is too small to be a lung."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    least_lung: float = Field(ge=LEAST_LUNG, lt=0.5)
    """Share of the frame; a smaller island is removed."""


def main(  # noqa: PLR0913, PLR0917 - a stage takes what DVC gives it
    ids: Sequence[str], copies: WorkingCopies, trained: Path, before: Path, folder: Path,
    params: Params,
) -> None:  # fmt: skip
    """Write masks (`images-*.parquet`), lungs.parquet and metrics.json into `folder`.

    `before` is what the last run left: films whose picture and network are still the same are not
    looked at again, and the bytes are those of a run without it. Where there is no network all
    masks are empty, and whoever crops by them takes the whole film. Raises `WrongCheckpoint` for a
    network that is not the one trained, `BrokenTable` for a film without picture.
    """
    copies.require(ids)
    segmenter = read_segmenter(trained)
    if segmenter.net is None:
        log.warning("all masks are empty: %s", segmenter.about.reason)
    earlier = Before(before, segmenter.network_id, params.least_lung)
    stream = found(copies, ids, segmenter, earlier, params.least_lung)
    what: dict[str, Found] = {}
    taken_over = 0
    for name, one, is_known in tqdm(stream, "finding lungs", total=len(ids), disable=None):
        # A mask takes a thousand bytes, so all wait here until they can be put in order.
        what[name] = one
        taken_over += is_known
    write_packed(folder, ((name, what[name].mask) for name in sorted(what)))
    films = {name: copies.sha256(name) for name in what}
    write_found(folder, films, what, segmenter.network_id, params.least_lung)
    counts = Counter(one.lungs for one in what.values())
    write_json(folder / METRICS, _figures(what, counts, has_network=segmenter.net is not None))
    log.info(
        "lungs: %d films, %d taken over from the last run; two lungs on %d, one on %d, none on %d",
        len(what), taken_over, counts[2], counts[1], counts[0],
    )  # fmt: skip


def _figures(
    what: dict[str, Found], counts: "Counter[int]", *, has_network: bool
) -> dict[str, object]:
    """The same however much was taken over from before."""
    sources = Counter((name.partition("/")[0], one.lungs) for name, one in what.items())
    keys = sorted({source for source, _ in sources})
    return {
        "disclaimer": DISCLAIMER,
        "has_network": has_network,
        "films": len(what),
        **{name: counts[number] for number, name in enumerate(NAMES)},
        "sources": {
            key: {name: sources[key, number] for number, name in enumerate(NAMES)} for key in keys
        },
    }
