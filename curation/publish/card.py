"""The dataset card: YAML for the Hub and a page for people, every number from the manifest."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
import yaml

from curation.publish.channels import MEANINGS, WITH_PIXELS, Channel
from curation.publish.papers import Papers
from curation.publish.staged import (
    ADDED,
    HUB_SPLITS,
    KEPT_BACK,
    OLDEST,
    PIXEL_COLUMNS,
    POINTER_COLUMNS,
    Shelved,
)
from curation.publish.words import Ours, markdown
from manifests.contract.column import columns
from manifests.contract.record import STAGES, Record
from manifests.contract.vocabulary import DISCLAIMER, DRAWN, Reason

SIZES = {1_000: "n<1K", 10_000: "1K<n<10K", 100_000: "10K<n<100K", 1_000_000: "100K<n<1M"}
GATE = {
    "extra_gated_heading": "Films for non-commercial research",
    "extra_gated_prompt": (
        "Part of these films may be used for non-commercial purposes only. "
        f"Who asks for access agrees to what is ticked below. {DISCLAIMER}"
    ),
    "extra_gated_fields": {
        "Affiliation": "text",
        "I use the films of noncommercial for non-commercial purposes only": "checkbox",
        "I credit each film as ATTRIBUTION.csv says and keep its licence": "checkbox",
        "I will not try to find out who a patient is": "checkbox",
        "I will not use the films, or what learns from them, for diagnosis": "checkbox",
        "I delete a film that a later version withdraws": "checkbox",
    },
}
"""What the Hub asks before it gives the files. It gates a whole repository, not a configuration."""
HUB_LICENSES = frozenset({
    "apache-2.0", "cc-by-2.0", "cc-by-3.0", "cc-by-4.0", "cc-by-nc-3.0", "cc-by-nc-4.0",
    "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0", "cc-by-sa-3.0", "cc-by-sa-4.0", "cc0-1.0", "mit",
})  # fmt: skip
"""Of those in manifests/licenses.yaml, the ones that the Hub has a word for: its SPDX id, small."""
_TEMPLATES = Path(__file__).parent


def card(name: str, figures: Mapping[str, Any], shelved: Sequence[Shelved], papers: Papers) -> str:
    """README.md of the release called `name`; `figures` is the content of summary.json."""
    top = yaml.safe_dump(
        dict(hub_fields(name, figures, shelved)), sort_keys=False, allow_unicode=True, width=100
    )
    page = _page("card.md.jinja", name, figures, shelved, papers=papers)
    return f"---\n{top}---\n\n{page}"


def datasheet(
    name: str, figures: Mapping[str, Any], shelved: Sequence[Shelved], papers: Papers
) -> str:
    """DATASHEET.md, by the questions of Gebru et al. (2021)."""
    reasons = Counter[str]()
    for line in figures["stages"]:
        reasons.update(line["rejected"])
    came_in = sum(line["came_in"] for line in figures["stages"] if line["stage"] == STAGES[0])
    return _page(
        "datasheet.md.jinja", name, figures, shelved, papers=papers, came_in=came_in,
        reasons=dict(sorted(reasons.items())), copies=reasons[Reason.DUPLICATE],
    )  # fmt: skip


def licenses_page(name: str, figures: Mapping[str, Any], rules: Mapping[str, Any]) -> str:
    """LICENSES.md: the rule of every licence in the release; `rules` by SPDX id."""
    return _page("licenses.md.jinja", name, figures, (), rules=rules)


def hub_fields(name: str, figures: Mapping[str, Any], shelved: Sequence[Shelved]) -> dict[str, Any]:
    """The YAML block."""
    fields: dict[str, Any] = {
        "pretty_name": f"{name} {figures['version']}",
        **_license(list(figures["licenses"])),
        "task_categories": ["image-classification"],
        "task_ids": ["multi-class-image-classification"],
        "annotations_creators": ["found"],
        "source_datasets": ["extended"],
        "size_categories": [size(figures["records"])],
        "tags": ["image", "medical", "radiology", "chest-x-ray", "covid-19",
                 *(["synthetic", "drawn-not-data"] if figures["is_drawn"] else [])],
    }  # fmt: skip
    filled = [channel for channel in Channel if any(s.channel == channel for s in shelved)]
    if Channel.NONCOMMERCIAL in filled:
        fields |= GATE
    if filled:
        fields["configs"] = [_config(c, shelved, is_default=c == filled[0]) for c in filled]
        fields["dataset_info"] = [_info(c, shelved) for c in filled]
    return fields


def _license(named: Sequence[str]) -> dict[str, str]:
    """One licence by the Hub's name of it; several by a page that tells of each."""
    if len(named) == 1 and named[0].lower() in HUB_LICENSES:
        return {"license": named[0].lower()}
    return {
        "license": "other",
        "license_name": "one-licence-per-film",
        "license_link": "LICENSES.md",
    }


def size(films: int) -> str:
    """The Hub's word for a number of films."""
    return next((word for limit, word in SIZES.items() if films < limit), "n>1M")


def _config(channel: Channel, shelved: Sequence[Shelved], *, is_default: bool) -> dict[str, Any]:
    files = [{"split": s.split, "path": s.path} for s in shelved if s.channel == channel]
    default = {"default": True} if is_default else {}
    return {"config_name": str(channel), **default, "data_files": files}


def _info(channel: Channel, shelved: Sequence[Shelved]) -> dict[str, Any]:
    own = [s for s in shelved if s.channel == channel]
    return {
        "config_name": str(channel),
        "splits": [{"name": s.split, "num_bytes": s.memory, "num_examples": s.films} for s in own],
        "download_size": sum(s.bytes for s in own),
        "dataset_size": sum(s.memory for s in own),
    }


def _page(
    template: str, name: str, figures: Mapping[str, Any], shelved: Sequence[Shelved], **more: object
) -> str:
    # `finalize` sees every value that is printed, so none can forget its escape.
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, finalize=markdown,
        autoescape=False,  # noqa: S701 - Markdown, and `finalize` escapes every value
    )  # fmt: skip
    made.filters["ours"] = Ours
    made.filters["score"] = lambda value: "none" if value is None else f"{value:.2f}"
    about = columns(Record)
    return made.get_template(template).render(
        name=name, it=figures, shelved=shelved, meanings=MEANINGS, channels=list(Channel),
        with_pixels=WITH_PIXELS, hub_splits=HUB_SPLITS, oldest=OLDEST, disclaimer=DISCLAIMER,
        drawn=DRAWN, added=ADDED, about={column: about[column].meaning for column in PIXEL_COLUMNS},
        pointer_columns=POINTER_COLUMNS, kept_back=KEPT_BACK, **more,
    )  # fmt: skip
