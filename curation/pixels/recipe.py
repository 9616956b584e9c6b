"""What is done to a film before a network sees it: one entry of `recipes` in params.yaml.

The order is fixed (paper 5.3): conceal text, crop to the lungs, match grey levels, resize, enhance.
"""

import hashlib
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

VERSION = "2"
"""Another one whenever the same recipe would give other pixels."""
Three = Field(min_length=3, max_length=3)


class Channel(StrEnum):
    """What one channel of a stack shows."""

    IMAGE = "image"
    BEASF = "beasf"
    CLAHE = "clahe"
    EQUALIZED = "equalized"
    AHE = "ahe"


class LungCrop(StrEnum):
    """What is left of a film around its lungs."""

    NONE = "none"
    BOX = "box"
    MASKED = "masked"


class Recipe(BaseModel):
    """From a film to a stack."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: int = Field(ge=16, le=2048)
    """Pixels a side; the paper uses 320."""
    channels: tuple[Channel, ...] = Three
    """Three of image, beasf, clahe, equalized and ahe; their order is part of the recipe."""
    conceal_text: bool
    """Paint over what the text mask covers, before anything else."""
    lungs: LungCrop
    """none: the whole frame. box: the lungs' box. masked: black outside the lungs as well."""
    dilations: int = Field(ge=0, le=64)
    """Times that the mask (256 x 256) grows by a square of 5 x 5; the paper uses 3."""
    margin: int = Field(ge=0, le=128)
    """Around the lungs' box, in pixels of the mask: 256ths of the frame; the paper's is 0 or 10."""
    base: str = Field(pattern="^([0-9a-f]{64}|[a-z0-9_]+/.+)?$")
    """SHA-256 (or record id) of the film whose grey levels all others get; empty for none."""
    beasf_gamma: float = Field(gt=0, le=20)
    """Slope of the sigmoids; the paper uses 1.5."""
    clahe_clip: float = Field(gt=0, le=100)
    """Limit of a bin, in multiples of the mean one; the paper uses 2."""
    clahe_tiles: int = Field(ge=1, le=64)
    """Regions along each side; the paper uses 8."""
    ahe_radius: int = Field(ge=0, le=127)
    """Pixels of the disk in which a pixel is ranked; the paper uses 40."""

    @property
    def recipe_id(self) -> str:
        """Twelve hex digits that change when the stacks would, and only then.

        A number that nothing uses, such as the margin of a recipe without crop, is not in it.
        """
        used = self.model_dump_json(exclude=self._unused())
        return hashlib.sha256(f"{VERSION}:{used}".encode()).hexdigest()[:12]

    @property
    def spelled(self) -> str:
        """The whole recipe as JSON, for whoever wants to know what stacks are made of."""
        return self.model_dump_json()

    def _unused(self) -> set[str]:
        unused = {name for name in ("conceal_text", "base") if not getattr(self, name)}
        if self.lungs is LungCrop.NONE:
            unused |= {"lungs", "dilations", "margin"}
        if Channel.BEASF not in self.channels:
            unused |= {"beasf_gamma"}
        if Channel.CLAHE not in self.channels:
            unused |= {"clahe_clip", "clahe_tiles"}
        if Channel.AHE not in self.channels:
            unused |= {"ahe_radius"}
        return unused


PLAIN = Recipe(
    size=320, channels=(Channel.IMAGE, Channel.BEASF, Channel.CLAHE), conceal_text=False,
    lungs=LungCrop.NONE, dilations=3, margin=0, base="",
    beasf_gamma=1.5, clahe_clip=2.0, clahe_tiles=8, ahe_radius=40,
)  # fmt: skip
"""The paper's stack, where no project says otherwise."""
