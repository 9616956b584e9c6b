"""croissant.json: the release for machines (MLCommons Croissant 1.0, with its RAI vocabulary).

The Hub makes one of its own for Parquet; this one also holds for the folder on a disk, knows the
hash of every shard, and says what the data may be used for.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import mlcroissant as mlc
import pyarrow as pa

from curation.publish.channels import MEANINGS, WITH_PIXELS, Channel
from curation.publish.inventory import Item
from curation.publish.staged import ADDED, OLDEST, Shelved, features_of
from manifests.contract.column import columns
from manifests.contract.record import Record
from manifests.contract.vocabulary import DISCLAIMER, DRAWN

PARQUET = "application/x-parquet"
NAME = "croissant.json"
_KINDS = (
    (pa.types.is_boolean, mlc.DataType.BOOL),
    (pa.types.is_integer, mlc.DataType.INTEGER),
    (pa.types.is_floating, mlc.DataType.FLOAT),
    (pa.types.is_date, mlc.DataType.DATE),
)


def croissant(
    figures: Mapping[str, Any],
    shelved: Sequence[Shelved],
    shards: Mapping[str, Item],
    sources: Mapping[str, Any],
) -> str:
    """The file's words; `shards` by path, `sources` as in sources.json."""
    filled = [channel for channel in Channel if any(s.channel == channel for s in shelved)]
    made = mlc.Metadata(
        ctx=mlc.Context(),
        name=figures["name"],
        description=" ".join(_about(figures)),
        version=figures["version"],
        license=["LICENSES.md"],
        url=f"https://huggingface.co/datasets/{figures['name']}",
        cite_as="; ".join(str(note["citation"]) for note in sources.values()) or figures["name"],
        keywords=["chest X-ray", "radiography", "COVID-19", "pneumonia"],
        distribution=[part for channel in filled for part in _files(channel, shards)],
        record_sets=[_records(channel) for channel in filled],
        **_responsible(figures),
    )
    return json.dumps(made.to_json(), indent=2, ensure_ascii=False) + "\n"


def _about(figures: Mapping[str, Any]) -> Iterator[str]:
    yield "Chest X-ray films from several public sources as one deduplicated manifest,"
    yield f"manifest {figures['manifest_id']}, split by patient group."
    if figures["is_drawn"]:
        yield DRAWN
    yield DISCLAIMER


def _files(channel: Channel, shards: Mapping[str, Item]) -> Iterator[mlc.FileObject | mlc.FileSet]:
    for path, held in shards.items():
        if path.startswith(f"data/{channel}/"):
            yield mlc.FileObject(
                id=path, name=path, content_url=path, content_size=f"{held.bytes} B",
                encoding_formats=[PARQUET], sha256=held.sha256,
            )  # fmt: skip
    yield mlc.FileSet(
        id=f"shards-{channel}", name=f"shards-{channel}", encoding_formats=[PARQUET],
        includes=[f"data/{channel}/*.parquet"],
    )  # fmt: skip


def _records(channel: Channel) -> mlc.RecordSet:
    return mlc.RecordSet(
        id=str(channel), name=str(channel), description=MEANINGS[channel],
        fields=[_field(channel, name, kind) for name, kind in features_of(channel).items()],
    )  # fmt: skip


def _field(channel: Channel, name: str, kind: pa.DataType) -> mlc.Field:
    is_image = name == "image" and channel in WITH_PIXELS
    inner = kind.value_type if pa.types.is_list(kind) else kind
    said = mlc.DataType.IMAGE_OBJECT if is_image else _kind(inner)
    about = columns(Record)
    return mlc.Field(
        id=f"{channel}/{name}", name=name, data_types=[said],
        description=ADDED[name] if name in ADDED else about[name].meaning,
        repeated=True if pa.types.is_list(kind) else None,
        source=mlc.Source(
            file_set=f"shards-{channel}", extract=mlc.Extract(column=name),
            transforms=[mlc.Transform(json_path="bytes")] if is_image else [],
        ),
    )  # fmt: skip


def _kind(kind: pa.DataType) -> Any:  # noqa: ANN401 - the library's own names
    return next((said for is_it, said in _KINDS if is_it(kind)), mlc.DataType.TEXT)


def _responsible(figures: Mapping[str, Any]) -> dict[str, Any]:
    """The RAI fields, with figures."""
    rejected = sum(sum(line["rejected"].values()) for line in figures["stages"])
    personal = sum(figures["personal_text"].values())
    return {
        "data_collection": (
            f"Films of {len(figures['sources'])} public sources, read by one importer or scraper "
            f"for each: {figures['records']} kept, {rejected} rejected with a reason."
        ),
        "data_collection_type": ["Secondary data analysis", "Web scraping"],
        "data_collection_missing_data": (
            "An age, sex, view or day that the source does not tell is empty, never guessed."
        ),
        "data_imputation_protocol": "Nothing is imputed.",
        "data_preprocessing_protocol": [
            "Decoded once to 8-bit grey, bounded in size, encoded anew without tags.",
            "Copies were merged into one film; its column `copies` names those that left.",
            "Laterals, slices, children and other body parts left, each with a reason.",
        ],
        "data_annotation_protocol": [
            "A finding is what the source says of the film; nobody read the films again."
        ],
        "data_biases": [
            "Findings and sources are mixed unevenly: the look of a source can tell the label.",
            "How well films are told apart without looking at a lung stands in audit.json.",
            "Public cases are chosen for teaching and are more severe and clearer than a clinic's.",
        ],
        "data_use_cases": [
            "Research on how networks learn from chest films, on shortcuts and on leakage.",
            DISCLAIMER,
        ],
        "data_limitations": [
            "No clinical use: no film was read for this set, and no population was sampled.",
            "Text that was burned into a film is still there.",
        ],
        "data_social_impact": (
            "A model that learnt from these films can look right for reasons that are not disease; "
            "used on patients it would do harm."
        ),
        "personal_sensitive_information": [
            f"Films of people, without names; ages above {OLDEST} are given as {OLDEST}.",
            "Tags of the original files are not in the pictures.",
            f"{personal} films have burned-in words that may be a patient's, or were never read.",
        ],
        "data_release_maintenance_plan": (
            "Versions come from content; CHANGELOG.md tells what changed and withdrawals.csv what "
            "was taken out and must not come back."
        ),
    }  # fmt: skip
