"""Where one shard ends and the next begins: by the films' own ids, never by counting from the top.

A film that comes or goes moves the ends of its own shard at most, so the next release sends that
shard and no other (content-defined chunking, as rsync and restic cut files).
"""

import hashlib
from collections.abc import Sequence


def cuts(ids: Sequence[str], rows: int) -> list[slice]:
    """The shards of films in the order of `ids`: about `rows` in each, from a quarter to fourfold.

    The last shard of all may be smaller.
    """
    least, most = max(1, rows // 4), rows * 4
    starts = [0]
    for at in range(1, len(ids)):
        grown = at - starts[-1]
        if grown >= most or (grown >= least and _begins(ids[at], rows)):
            starts.append(at)
    ends = [*starts[1:], len(ids)]
    return [slice(start, end) for start, end in zip(starts, ends, strict=True) if end > start]


def _begins(record_id: str, rows: int) -> bool:
    """Whether a shard begins with this film wherever it stands; true of one in `rows`."""
    return int.from_bytes(hashlib.sha256(record_id.encode()).digest()[:8]) % rows == 0
