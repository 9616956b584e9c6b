"""How far, in bits of 256, a re-encoded film lies from its tombstone, and a stranger's film.

    python benchmarks/tombstones.py [PROFILE]

Reads the real films of the profile's sources (profiles/sample.yaml unless told), as `ingest` does.
"""

import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from curation.duplicates.hamming import nearest, words_of
from curation.pixels.fingerprint import fingerprint
from curation.sources.loading import load, of_profile
from curation.stages import ingest
from manifests.contract.images import Pixels, decode
from manifests.contract.params import read, section
from manifests.contract.working import WorkingCopies

QUALITIES, SCALES = (30, 50, 70, 85, 95), (0.25, 0.5, 0.75, 1.5, 2.0)
WEBP = (50, 80)


def rewritten(pixels: Pixels) -> Iterator[tuple[str, bytes]]:
    for quality in QUALITIES:
        yield f"jpeg {quality}", encoded(".jpg", pixels, cv2.IMWRITE_JPEG_QUALITY, quality)
    for quality in WEBP:
        yield f"webp {quality}", encoded(".webp", pixels, cv2.IMWRITE_WEBP_QUALITY, quality)
    for scale in SCALES:
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        made = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=method)
        sized = np.asarray(made, np.uint8)
        yield f"resize {scale}", encoded(".png", sized)
        yield f"resize {scale}, jpeg 30", encoded(".jpg", sized, cv2.IMWRITE_JPEG_QUALITY, 30)


def encoded(suffix: str, pixels: Pixels, *options: int) -> bytes:
    return bytes(cv2.imencode(suffix, pixels, list(options))[1])


def moved(pixels: Pixels) -> dict[str, int]:
    """Bits between the film and each of its re-encodings."""
    known = words_of([fingerprint(pixels).phash])
    found = {name: fingerprint(decode(data, name).pixels) for name, data in rewritten(pixels)}
    return {name: int(nearest(words_of([one.phash]), known)[0, 1]) for name, one in found.items()}


def main(profile: str) -> None:
    entries = of_profile(Path("profiles"), profile)
    params = section(read(Path("params.yaml")), "ingest", ingest.Params)
    ids: list[str] = []
    hashes: list[str] = []
    groups: list[str] = []
    far: list[dict[str, int]] = []
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(2) as workers:
        for key in entries:
            place = Path(folder) / key
            source = load(key, entries)
            kept = ingest.main(key, source, place, Path("manifests/terms.yaml"), params).kept
            copies = WorkingCopies([place])
            ids += kept["record_id"].tolist()
            hashes += kept["phash"].tolist()
            groups += kept["patient_id"].tolist()
            films = (pixels for _, pixels in copies.stream(kept["record_id"]))
            far += workers.map(moved, films, chunksize=8)
    told_moved(far)
    told_strangers(ids, groups, hashes)


def told_moved(far: list[dict[str, int]]) -> None:
    print(f"{len(far)} films, bits of 256 between a film and its re-encoding")
    for name in far[0]:
        bits = np.array([film[name] for film in far])
        print(f"  {name:<22} median {np.median(bits):.0f}  99 % {np.percentile(bits, 99):.0f}  "
              f"largest {bits.max()}")  # fmt: skip


def told_strangers(ids: list[str], groups: list[str], hashes: list[str]) -> None:
    words = words_of(hashes)
    between = np.bitwise_count(words[:, None] ^ words[None]).sum(axis=2, dtype=np.int64)
    others = np.array(groups)[:, None] != np.array(groups)[None, :]
    pairs = np.argwhere(np.triu(others, 1))
    near = between[pairs[:, 0], pairs[:, 1]]
    print(f"{len(pairs)} pairs of films under different patient ids, nearest first")
    for number in np.argsort(near, kind="stable")[:90]:
        one, other = pairs[number]
        print(f"  {near[number]:>3}  {ids[one]}  {ids[other]}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "sample")
