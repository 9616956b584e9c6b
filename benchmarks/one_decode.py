"""What measuring a film costs beside decoding it, and beside the four hashes of imagehash.

    python benchmarks/one_decode.py FOLDER [N]

CPU time on one core, per film, over every N-th film (1). `all` is one decoding and everything that
ingest measures: hash, grey levels, view, childhood, words, quality (not the SHA-256 that names the
pixels). The four hashes are phash, dhash, average_hash and whash, and the file is opened for each.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import imagehash
from PIL import Image
from tqdm import tqdm

from curation.pixels.measured import measured
from manifests.contract.images import decode
from manifests.contract.rejection import Rejected

SIZE = 16
ROUNDS = 3
HASHES = (imagehash.phash, imagehash.dhash, imagehash.average_hash, imagehash.whash)
NOT_FILMS = ("mask", "annotations")


def milliseconds(task: Callable[[Path], object], places: list[Path]) -> float:
    """Per film: the least of some rounds over all of them, as a run goes over them."""
    found = []
    for _ in tqdm(range(ROUNDS), desc=task.__name__, disable=None):
        start = time.process_time()
        for place in places:
            task(place)
        found.append(time.process_time() - start)
    return 1000 * min(found) / len(places)


def decoded(place: Path) -> None:
    decode(place.read_bytes(), place.name)


def inspected(place: Path) -> None:
    measured(decode(place.read_bytes(), place.name))


def hashed(place: Path) -> None:
    for function in HASHES:
        with Image.open(place) as image:
            function(image, hash_size=SIZE)


def main(folder: Path, every: int) -> None:
    cv2.setNumThreads(1)
    places = [p for p in sorted(folder.rglob("*")) if p.is_file()]
    places = [p for p in places if not any(word in str(p).lower() for word in NOT_FILMS)]
    kinds = {"JPEG": list[Path](), "PNG": list[Path]()}
    for place in places[::every]:
        try:
            kinds.get(decode(place.read_bytes(), place.name).format, []).append(place)
        except Rejected:
            continue
    print("format films  decode ms  all ms  all/decode  four hashes ms  hashes/all")
    for kind, films in kinds.items():
        once, all_, hashes = (milliseconds(task, films) for task in (decoded, inspected, hashed))
        print(f"{kind:6} {len(films):5} {once:10.2f} {all_:7.2f} {all_ / once:11.2f} "
              f"{hashes:15.2f} {hashes / all_:11.1f}")  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
