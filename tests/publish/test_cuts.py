"""Shards are cut by the films' own ids: what comes or goes moves no other shard."""

from hypothesis import given
from hypothesis import strategies as st

from curation.publish.cuts import cuts


def parts(ids: list[str], rows: int) -> list[tuple[str, ...]]:
    return [tuple(ids[part]) for part in cuts(ids, rows)]


@given(st.sets(st.text(min_size=1, max_size=8), max_size=300), st.integers(1, 40))
def test_every_film_is_in_one_shard_in_its_order(names: set[str], rows: int) -> None:
    ids = sorted(names)
    made = parts(ids, rows)
    assert ids == [one for part in made for one in part]
    assert all(len(part) <= rows * 4 for part in made)
    assert all(len(part) >= max(1, rows // 4) for part in made[:-1])


def test_a_new_film_changes_the_shard_it_falls_into_and_hardly_another() -> None:
    ids = [f"cohen/{number:05d}" for number in range(0, 20_000, 2)]
    before = set(parts(ids, 100))
    for new in (1, 5_001, 12_345, 19_999):
        after = set(parts(sorted([*ids, f"cohen/{new:05d}"]), 100))
        assert len(after - before) <= 2
    assert 60 < len(before) < 160


def test_a_source_that_grows_leaves_the_shards_of_the_others() -> None:
    ids = [f"{source}/{n:04d}" for source in ("cohen", "hannover", "sirm") for n in range(1000)]
    before = set(parts(ids, 50))
    grown = sorted([*ids, *(f"hannover/{n:04d}" for n in range(1000, 1030))])
    changed = set(parts(grown, 50)) - before
    assert all(one.startswith(("hannover", "sirm")) for part in changed for one in part)
    assert len(changed) <= 3
