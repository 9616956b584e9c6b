"""README.md of a network on the Hub: YAML that the Hub reads, then a model card for people.

The sentences are those of the report's model card; what is added is how one protocol stands beside
the other, the recipe, and what licences the films have.
"""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from curation.licenses import Licenses
from curation.pages import card_scores
from curation.pages.cards import STRICTEST, Card, Part, cards, text
from curation.pages.inputs import Experiment, ReportInputs
from curation.publish.channels import MEANINGS, Channel
from curation.publish.ledger import published
from curation.publish.networks.scores import results, side_by_side
from curation.publish.words import Ours, markdown
from manifests.contract.network import read_network
from manifests.contract.params import Misspelt
from manifests.contract.vocabulary import DISCLAIMER

CARD, LICENSES = "README.md", "LICENSES.md"
HEADING = "## Ask it about a film"
"""Where the part begins that says how it is loaded, which the export writes."""
TAGS = ("timm", "image-classification", "medical", "radiology", "chest-x-ray", "covid-19", "onnx",
        "safetensors")  # fmt: skip
DRAWN_TAGS = ("synthetic", "drawn-not-data")
ON_THE_HUB = (
    "From the Hub, `hf-hub:ORGANISATION/NAME` takes the place of `local-dir:FOLDER`, and FOLDER is "
    "what `huggingface_hub.snapshot_download` gives."
)

UNSETTLED = (
    "The code that trained it is MIT. Its films keep the licences of their sources, and whether "
    "weights are a work made of films is not settled: the strictest counts."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What networks and their cards are made from."""

    data: Path
    """The folder of the stages, `data`."""
    inputs: ReportInputs
    licenses: Licenses
    ledger: Path
    """`manifests/releases.csv`."""

    def experiment(self, key: str) -> Experiment:
        """What is known of `key`. Raises `Misspelt` where it is no experiment, or not trained."""
        trained = {own.name: own for own in self.inputs.experiments if own.checkpoint is not None}
        if key not in trained:
            raise Misspelt(
                f"{self.data / 'train' / key}: no trained network; there are: "
                f"{', '.join(trained) or 'none'}; `dvc repro train@{key}` trains an experiment"
            )
        return trained[key]

    def repeated(self, key: str) -> Mapping[str, Any] | None:
        """The figures of its repeats; None where it was not repeated."""
        known = (facts for facts in self.inputs.repeats if facts["experiment"] == key)
        return next(known, None)

    def repositories(self) -> list[str]:
        """Where this very manifest was published as a data set, org/name, the oldest first."""
        this = ("dataset", self.inputs.figures["manifest_id"])
        return [
            line.repository for line in published(self.ledger)
            if (line.kind, line.manifest_id) == this
        ]  # fmt: skip


def network_card(key: str, origin: Origin, repository: str) -> str:
    """The YAML and the card, up to `HEADING`; `repository` is that of the data set, or empty."""
    own = origin.experiment(key)
    top = yaml.safe_dump(
        hub_fields(own, origin, repository), sort_keys=False, allow_unicode=True, width=100
    )
    (usual,) = cards(dataclasses.replace(origin.inputs, experiments=[own]))
    parts = list(usual.parts)
    judged = next(n for n, part in enumerate(parts) if part.title == "Quantitative analyses")
    parts[judged + 1 : judged + 1] = [side_by_side(origin.repeated(key)), *_made(own)]
    whole = text(Card(name=usual.name, parts=parts))
    first, _, rest = whole.partition("\n\n")
    warnings = "\n\n".join(
        f"**{markdown(line)}**" for line in read_network(origin.data / "train" / key).warnings
    )
    licences = f"What the licences of its films say stands in [{LICENSES}]({LICENSES})."
    return f"---\n{top}---\n\n{first}\n\n{warnings}\n\n{licences}\n\n{rest}\n"


def how_to_load(exported: str) -> str:
    """The end of the page that the export wrote: how it is asked, by `cxr`, timm and ONNX."""
    _, heading, rest = exported.partition(HEADING)
    return f"{heading}{rest.rstrip()}\n\n{ON_THE_HUB}\n"


def hub_fields(own: Experiment, origin: Origin, repository: str) -> dict[str, Any]:
    """The YAML block. No one has said that weights are free of their films' licences."""
    about, figures = own.checkpoint or {}, origin.inputs.figures
    named = {
        "type": repository or figures["name"],
        "name": f"{figures['name']} {figures['version']}",
    }
    found = results(own, origin.repeated(own.name), named)
    words = {metric["type"]: None for one in found for metric in one["metrics"]}
    index = [{"name": f"{figures['name']}-{own.name}", "results": found}]
    return {
        "library_name": "timm", "pipeline_tag": "image-classification",
        "license": "other", "license_name": "licences-of-its-films", "license_link": LICENSES,
        "tags": [*TAGS, *(DRAWN_TAGS if about.get("is_drawn") else ())],
        **({"datasets": [repository]} if repository else {}),
        **({"metrics": list(words), "model-index": index} if found else {}),
    }  # fmt: skip


def licenses_page(own: Experiment, origin: Origin) -> str:
    """LICENSES.md: of the code, of what it began from, and of the films of its manifest."""
    figures, start = origin.inputs.figures, (own.checkpoint or {}).get("start")
    channels = {name: sum(of.values()) for name, of in figures["channels"].items()}
    strict = next((name for name in STRICTEST if channels.get(name)), None)
    lines = [f"# Licences behind {markdown(own.name)}", "", f"> **{DISCLAIMER}**", "", UNSETTLED]
    if strict:
        lines += [
            "",
            f"The strictest of its films go out as `{strict}`: {MEANINGS[Channel(strict)]}.",
        ]
    if start:
        told = "; ".join(markdown(start.get(name)) for name in ("note", "license", "citation"))
        lines += ["", f"It began from other weights: {told}."]
    lines += ["", f"Films of manifest {markdown(figures['manifest_id'])}:", "",
              "| licence | name | films | text |", "| --- | --- | ---: | --- |"]  # fmt: skip
    for spdx, films in figures["licenses"].items():
        rule = origin.licenses.of(spdx)
        cells = (markdown(spdx), Ours(rule.title), films["records"], Ours(rule.url))
        lines.append(f"| {' | '.join(map(markdown, cells))} |")
    return "\n".join(lines) + "\n"


def _made(own: Experiment) -> list[Part]:
    """Whole, so that another may make the same: the recipe of its films and its training."""
    about = own.checkpoint or {}
    named = {
        "Recipe": (
            f"Recipe {about.get('recipe_id')} on manifest {about.get('manifest_id')}, whole.",
            about.get("recipe"),
        ),
        "Training": ("Its parameters, whole.", about.get("params")),
    }
    return [
        Part(title=title, sentences=[sentence], table=_table(values))
        for title, (sentence, values) in named.items()
        if values
    ]


def _table(values: Mapping[str, Any]) -> card_scores.Table:
    return card_scores.Table(
        columns=("parameter", "value"),
        rows=[(name, json.dumps(value, ensure_ascii=False)) for name, value in values.items()],
    )
