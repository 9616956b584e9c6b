import pytest

from curation.pages.charts import BOTTOM, HEIGHT, LEFT, RIGHT, WIDTH
from curation.pages.columns import columns


def test_columns_stand_on_each_other_and_hold_their_left_edge() -> None:
    drawn = columns({"stayed": [0, 5, 5], "left": [5, 10]}, [0.0, 5.0, 10.0], "age", "told", 5)
    assert drawn is not None
    assert [bar.words for bar in drawn.bars] == [
        "0 to 5: 1 stayed", "5 to 10: 2 stayed", "5 to 10: 2 left"
    ]  # fmt: skip
    first, second, third = drawn.bars
    assert HEIGHT - BOTTOM == first.y + first.height == second.y + second.height
    assert third.y + third.height == pytest.approx(second.y)
    assert drawn.rule is not None
    assert drawn.rule.at == pytest.approx((LEFT + WIDTH - RIGHT) / 2)


def test_where_nothing_is_counted_nothing_is_drawn() -> None:
    assert columns({"stayed": [], "left": []}, [0.0, 1.0], "x", "told") is None
    assert columns({"stayed": [7.0]}, [0.0, 1.0], "x", "told") is None
