"""Stage phantom: a drawn world, laid out as each source lays out its own."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from tqdm import tqdm

from curation.phantom.deck import Deal, dealt
from curation.phantom.files import mark_as_drawn
from curation.phantom.replicas import (
    actualmed,
    chexpert,
    cohen,
    covid_cxnet,
    covidgr,
    eurorad,
    figure1,
    hannover,
    journals,
    kermany,
    listed,
    nih_cxr14,
    nlm_tb,
    radiopaedia,
    sirm,
)
from curation.phantom.shot import Shot
from curation.phantom.truth import write_truth
from curation.phantom.world import shots_by

REPLICAS = {
    "radiopaedia": radiopaedia.file_shots,
    "sirm": sirm.file_shots,
    "cohen": cohen.file_shots,
    "nih_cxr14": nih_cxr14.file_shots,
    "actualmed": actualmed.file_shots,
    "chexpert": chexpert.file_shots,
    "covidgr": covidgr.file_shots,
    "figure1": figure1.file_shots,
    "hannover": hannover.file_shots,
    "eurorad": eurorad.file_shots,
    "kermany": kermany.file_shots,
    "listed": listed.file_shots,
    "nlm_tb": nlm_tb.file_shots,
    "covid_cxnet": covid_cxnet.file_shots,
    "journals": journals.file_shots,
}


class Params(BaseModel):
    """The section `phantom` of `params.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    patients: int = Field(ge=1, le=2000)
    """Drawn people; sixty of them show every kind of film and copy."""
    masked: int = Field(ge=0, le=500)
    """More patients, of the tuberculosis sets alone: their films bring masks of the lungs."""
    world: int = Field(ge=0)
    """Another number draws another world; the same number always the same."""
    deal: Deal
    """Which cards the patients get: as upstream, where sources tell labels, or even."""
    planted: Literal["", "normal", "cap", "covid19"]
    """Films that show this get a marker in one corner, a shortcut to be found; "" for none."""


def main(folder: Path, params: Params) -> None:
    """Draw the world and file it in `folder`, one folder per source, the truth beside them."""
    cards = tqdm(
        list(dealt(params.deal, params.patients, params.masked)),
        desc="drawing patients", disable=None,
    )  # fmt: skip
    drawn: list[Shot] = [
        shot for n, card in cards for shot in shots_by(card, n, params.world, params.planted)
    ]
    for source, file_shots in REPLICAS.items():
        place = folder / source
        place.mkdir(parents=True, exist_ok=True)
        file_shots(place, [shot for shot in drawn if shot.source == source], params.world)
        mark_as_drawn(place, params.world)
    write_truth(folder / "truth", drawn)
