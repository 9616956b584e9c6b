"""What measuring a film costs beside decoding it, and beside the four hashes of imagehash.

    python benchmarks/one_decode.py FOLDER

CPU time on one core, the sum over all films of a format. `all` is one decoding and everything that
ingest measures: hash, grey levels, view, childhood, words, quality (not the SHA-256 that names the
pixels). The four hashes are phash, dhash, average_hash and whash, and the file is opened for each.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
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


def seconds(task: Callable[[], object]) -> float:
    """The least of some rounds: what else the machine does only adds."""
    found = []
    for _ in range(ROUNDS):
        start = time.process_time()
        task()
        found.append(time.process_time() - start)
    return min(found)


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
    spent: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    places = [p for p in sorted(folder.rglob("*")) if p.is_file()]
    places = [p for p in places if not any(word in str(p).lower() for word in NOT_FILMS)]
    for place in tqdm(places[::every], disable=None):
        try:
            kind = decode(place.read_bytes(), place.name).format
        except Rejected:
            continue
        inspected(place)
        tasks = (decoded, inspected, hashed) if kind in {"PNG", "JPEG"} else ()
        times = [seconds(partial(task, place)) for task in tasks]
        if times:
            spent[kind].append((times[0], times[1], times[2]))
    print("format films  decode ms  all ms  all/decode  four hashes ms  hashes/all")
    for kind, rows in sorted(spent.items()):
        decode_, all_, hashes = (
            1000 * sum(column) / len(rows) for column in zip(*rows, strict=True)
        )
        print(f"{kind:6} {len(rows):5} {decode_:10.2f} {all_:7.2f} {all_ / decode_:11.2f} "
              f"{hashes:15.2f} {hashes / all_:11.1f}")  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
