"""The tuberculosis sets of the National Library of Medicine: Montgomery County and Shenzhen.

Paper §3.1, negatives 4, and §4.3: normal films, and lung masks drawn by hand. Each set is a folder
or the zip that NLM publishes, which is streamed and never unpacked. The masks of Shenzhen are
somebody else's (Stirenko et al., arXiv:1803.01199): put them into `mask/` of the set's folder.
"""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import ClassVar

from pydantic import Field

from curation.sources.base import About, Draft, Importer, Lost, Remote
from curation.sources.nlm_tb.archive import FILMS, Contents, check_sets, contents
from curation.sources.nlm_tb.around import PICTURES, TABLE, Beside, beside, key
from curation.sources.nlm_tb.readings import Reading, patient_of
from manifests.contract.params import Misspelt
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

HOST = "data.lhncbc.nlm.nih.gov"
ROOT = f"https://{HOST}/public/Tuberculosis-Chest-X-ray-Datasets"
PLACES = {
    "MontgomerySet": f"{ROOT}/Montgomery-County-CXR-Set/",
    "ChinaSet_AllFiles": f"{ROOT}/Shenzhen-Hospital-CXR-Set/",
}
NAME = re.compile(r"(MCUCXR|CHNCXR)_\d+_(\d)", re.IGNORECASE)
"""The last digit is the finding."""
SETS = {
    "MCUCXR": ("Montgomery", PLACES["MontgomerySet"]),
    "CHNCXR": ("Shenzhen", PLACES["ChinaSet_AllFiles"]),
}


class NlmTb(Importer):
    """All films of both sets; those with tuberculosis stay in, by their own name."""

    about: ClassVar[About] = About(
        title="NLM tuberculosis sets: Montgomery County and Shenzhen",
        homepage="https://lhncbc.nlm.nih.gov/LHC-research/LHC-projects/image-processing/"
        "tuberculosis-chest-x-ray-image-data-sets.html",
        license="LicenseRef-NLM-TB",
        license_url="https://lhncbc.nlm.nih.gov/LHC-research/LHC-projects/image-processing/"
        "tuberculosis-chest-x-ray-image-data-sets.html",
        citation="Jaeger et al., IEEE Trans. Med. Imaging 33:233-245, 2014; Candemir et al., IEEE "
        "Trans. Med. Imaging 33:577-590, 2014; provided by the U.S. National Library of Medicine, "
        "Montgomery County (Maryland) and Shenzhen No. 3 People's Hospital",
        paper="§3.1, negatives 4",
        hosts=(HOST,),
    )
    sets: tuple[Path, ...] = Field(min_length=1)
    """Folders in `files`, or the names of zips there without `.zip`: one for each set."""

    def remotes(self, files: Path) -> Iterator[Remote]:
        del files
        strange = [name.as_posix() for name in self.sets if name.as_posix() not in PLACES]
        if strange:
            raise Misspelt(
                f"params.yaml: 'sources.nlm_tb.sets' names {', '.join(strange)}, and only "
                f"{', '.join(PLACES)} can be fetched; bring other folders by hand, or see "
                f"{self.about.homepage}"
            )
        for name in map(Path.as_posix, self.sets):
            cure = (
                f"{name}.zip is not there any more; look for it at {self.about.homepage} and put "
                f"it, or the folder {name} with {FILMS} in it, into sources.nlm_tb.files"
            )
            yield Remote(url=f"{PLACES[name]}{name}.zip", name=f"{name}.zip", cure=cure)

    def read(self, files: Path) -> Iterator[Draft | Lost]:
        check_sets(files / name for name in self.sets)
        for name in self.sets:
            try:
                held = contents(files / name)
            except Rejected as verdict:
                yield Lost(source_ref=name.as_posix(), reason=verdict.reason, detail=verdict.detail)
                continue
            yield from _films(held, files / name / TABLE, name.as_posix())


def _films(held: Contents, table: Path, ref: str) -> Iterator[Draft | Lost]:
    """The films of one set, then what lies there beside them and belongs to none."""
    names = [name for name in held if name.startswith(f"{FILMS}/")]
    films = [name for name in names if _is_film(name)]
    found = beside(held, table, {key(name) for name in films}, ref)
    twins = {film: one.twin.upper() for film, one in found.readings.items()}
    for name in names:
        if name in films:
            yield _draft(name, held, found, patient_of(key(name), twins))
        else:
            detail = f"{ref}/{name}: its name is no film's, such as MCUCXR_0001_0.png; take it away"
            yield Lost(source_ref=f"{ref}/{name}", reason=Reason.UNLISTED_IMAGE, detail=detail)
    yield from found.lost


def _is_film(name: str) -> bool:
    place = PurePosixPath(name)
    is_picture = place.suffix.lower() in PICTURES and str(place.parent) == FILMS
    return is_picture and NAME.fullmatch(place.stem) is not None


def _draft(name: str, held: Contents, found: Beside, patient: str) -> Draft:
    film = key(name)
    prefix, _, _ = film.partition("_")
    title, url = SETS[prefix]
    said = found.readings.get(film, Reading())
    unclear = "no sex or age in it" if film in found.readings and said.says_nothing else ""
    return Draft(
        source_ref=PurePosixPath(name).name,
        image=held[name],
        url=url,
        patient=patient,
        age=said.age,
        sex=said.sex,
        # Stated of both sets as a whole.
        view="PA",
        modality="X-ray",
        finding=film[-1],
        masks=found.masks.get(film, ()),
        facts={"set": title, "reading": unclear, "lung_mask": found.halves.get(film, "")},
    )
