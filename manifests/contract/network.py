"""What both rooms know of a trained network: what it answers, and how films are made for it."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from manifests.contract.params import Misspelt
from manifests.contract.protocol import PAPER, Protocol
from manifests.contract.table import BrokenTable

WEIGHTS, ABOUT = "model.safetensors", "checkpoint.json"
LEARNT_DRAWN = (
    "This network learnt from films drawn by a computer: what it says of a real film is an example "
    "of output and nothing more."
)
LEAKS = (
    "Protocol paper: this network was chosen by its test films, and patients of theirs are in its "
    "training; its figures are too good and serve to compare with the paper only."
)


class Network(BaseModel):
    """The part of checkpoint.json that whoever prepares films for the network must know."""

    model_config = ConfigDict(frozen=True)

    disclaimer: str
    drawn: str | None = None
    """The wording for drawn films, where it learnt from any."""
    experiment: str
    labels: tuple[str, ...]
    """The classes, in the order of the outputs."""
    protocol: Protocol
    """Which films it learnt from; it is judged on those that the same protocol keeps apart."""
    manifest_id: str
    recipe_id: str
    recipe: dict[str, JsonValue] | None = None
    """The whole recipe that `recipe_id` is the hash of; None in files of before it was kept."""
    base_levels: tuple[int, ...] | None = None
    """The histogram that films are matched to, where the recipe matches."""
    max_side: int | None = None
    """Longest side of the working copies that films were made from, pixels; None if not told."""
    lungs_by: str | None = None
    """The network_id of the segmenter, where the recipe crops to lungs."""
    least_lung: float | None = None
    """Share of the frame below which an island was no lung to it."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What must stand beside every answer: first what it is not, then what is wrong with it."""
        return (
            self.disclaimer,
            *([LEARNT_DRAWN] if self.drawn else []),
            *([LEAKS] if self.protocol == PAPER else []),
        )


def read_network(folder: Path) -> Network:
    """What checkpoint.json in `folder` says.

    Raises `Misspelt` where there is none, `BrokenTable` where it is damaged.
    """
    place = folder / ABOUT
    try:
        return Network.model_validate_json(place.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        raise Misspelt(
            f"{place}: not there; name a folder under data/train, or one that "
            "`python -m training export` wrote"
        ) from None
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "its JSON"
        raise BrokenTable(f"{place}: {where}: {first['msg']}; train or export again") from None
