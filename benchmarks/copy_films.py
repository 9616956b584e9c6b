"""The films of the real sample, their patients, and those of them that copies are made of."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from curation.duplicates.groups import components
from curation.duplicates.pair import Edge, edge
from curation.pixels.fingerprint import working_copy
from manifests.contract.images import Pixels, decode

COPIES = ("identical_bytes", "recompressed_or_resized", "cropped_or_annotated")
"""Relations of dup_truth.csv that call two files one exposure."""
PICTURES = {".jpg", ".jpeg", ".jfif", ".png", ".webp"}
NOT_FILMS = ("mask", "annotations")
MAX_SIDE = 1024
UNSETTLED = "kermany/"
"""Whose films of different persons look the same, as nobody has settled."""
BASES = ("nih/", "montgomery/", "shenzhen/", "hannover/")
"""Sources that say whose film each one is."""
LISTS = {
    "cohen/images": ("cohen/metadata.csv", "filename", "patientid"),
    "hannover/png": ("hannover/data.csv", "image_id", "patient_id"),
}


def places(folder: Path) -> list[str]:
    """The films in `folder`, by path."""
    files = [p for p in sorted(folder.rglob("*")) if p.suffix.lower() in PICTURES]
    names = [place.relative_to(folder).as_posix() for place in files]
    return [name for name in names if not any(word in name.lower() for word in NOT_FILMS)]


def film(folder: Path, name: str) -> Pixels:
    """One film as dedup sees it."""
    return working_copy(decode((folder / name).read_bytes(), name).pixels, MAX_SIDE)


def truth(folder: Path, names: Sequence[str]) -> dict[Edge, str]:
    """The relation of every listed pair whose two films are here."""
    rows = pd.read_csv(folder / "dup_truth.csv", dtype=str)[["a", "b", "relation"]]
    listed, here = rows.itertuples(index=False, name=None), set(names)
    return {edge(a, b): relation for a, b, relation in listed if {a, b} <= here}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Films that copies are looked for among, and those that copies are made of."""

    names: list[str]
    patients: dict[str, str]
    """Of the films whose patient their source names: all films of one have one name."""
    bases: list[str]
    developed: set[str]
    """The third of `bases` on which numbers of the finder may have been chosen."""

    def are_strangers(self, one: str, other: str) -> bool:
        """Are the two films known to be of different patients?"""
        known = self.patients.get(one), self.patients.get(other)
        return None not in known and known[0] != known[1]


def sample(folder: Path, count: int) -> Sample:
    """All settled films, and at most `count` bases: one of each patient, without a listed copy."""
    names = [name for name in places(folder) if not name.startswith(UNSETTLED)]
    listed = truth(folder, names)
    patients = _joined(dict(_named(folder, names)), names, listed)
    copied = {name for pair, relation in listed.items() if relation in COPIES for name in pair}
    ordered = sorted(names, key=lambda name: hashlib.sha256(name.encode()).digest())
    firsts: dict[str, str] = {}
    for name in ordered:
        if name.startswith(BASES) and name not in copied:
            firsts.setdefault(patients[name], name)
    bases = list(firsts.values())[:count]
    return Sample(names=names, patients=patients, bases=bases, developed=set(bases[::3]))


def _named(folder: Path, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Every film with the patient that its name or its source's table gives."""
    known = {
        (prefix, str(row[key])): f"{prefix} {row[patient]}"
        for prefix, (place, key, patient) in LISTS.items()
        for row in pd.read_csv(folder / place, dtype=str).to_dict("records")
    }
    for name in names:
        parent, _, file = name.rpartition("/")
        stem = file.rpartition(".")[0]
        if parent in LISTS:
            if patient := known.get((parent, file)) or known.get((parent, stem)):
                yield name, patient
        elif name.startswith("nih/"):
            yield name, f"nih {stem.partition('_')[0]}"
        elif name.startswith(BASES):
            yield name, f"{parent} {stem}"


def _joined(
    named: Mapping[str, str], names: Sequence[str], listed: Mapping[Edge, str]
) -> dict[str, str]:
    """The patients, with those made one that the table knows to be one."""
    first: dict[str, str] = {}
    same = [pair for pair, relation in listed.items() if relation != "different"]
    same += [edge(name, first.setdefault(patient, name)) for name, patient in named.items()]
    return {
        name: cluster[0]
        for cluster in components(names, same)
        if any(name in named for name in cluster)
        for name in cluster
    }
