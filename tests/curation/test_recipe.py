from pathlib import Path

import cv2
import numpy as np
import pytest
from project import imported, modules
from recipes import GIVEN, LUNGS, RECIPE, lung_mask, other
from textures import texture

from curation.pixels.enhance import beasf, clahe
from curation.pixels.histogram import counts, matched
from curation.pixels.recipe import PLAIN, VERSION
from curation.pixels.stack import grey_levels, part_of, squeezed, stack
from curation.pixels.text import conceal
from curation.stages.prepare import Params
from manifests.contract.images import Pixels
from manifests.contract.params import Misspelt, read, section

ROOT = Path(__file__).parents[2]
SHA = "0123456789abcdef" * 4


def words(film: Pixels) -> tuple[Pixels, Pixels]:
    """The film with a white bar for burned-in text, and the mask of it."""
    mask = np.zeros(film.shape, np.uint8)
    mask[10:30, 10:90] = 255
    return film | mask, mask


def test_channels_stand_in_the_order_of_the_recipe() -> None:
    film = texture(3)[:48, :48].copy()
    made = stack(film, other(channels=["clahe", "image", "beasf"]))
    assert (made[:, :, 0] == clahe(film, 2, 8)).all()
    assert (made[:, :, 1] == film).all()
    assert (made[:, :, 2] == beasf(film, 1.5)).all()


@pytest.mark.parametrize("shape", [(1, 1), (48, 48), (20, 300), (500, 30), (97, 98)])
def test_every_shape_becomes_the_size_of_the_recipe(shape: tuple[int, int]) -> None:
    film = texture(5, 500, 300)[: shape[0], : shape[1]]
    assert stack(film, RECIPE).shape == (48, 48, 3)
    assert stack(film, LUNGS, lungs=lung_mask()).shape == (48, 48, 3)


def test_the_whole_frame_is_squeezed_so_that_masks_line_up() -> None:
    film = np.zeros((100, 200), np.uint8)
    film[:50, 100:] = 255
    small = squeezed(film, 40)
    assert (small[:20, 20:] == 255).all()
    assert int(small.sum()) == 255 * 20 * 20


def test_halving_first_differs_from_one_step_by_less_than_a_grey_level() -> None:
    film = texture(8, 1024, 1024)
    once = cv2.resize(film, (320, 320), interpolation=cv2.INTER_AREA)
    difference = np.abs(squeezed(film, 320).astype(int) - once)
    assert difference.mean() < 0.8
    assert difference.max() <= 6


def test_the_steps_are_conceal_crop_match_resize_enhance() -> None:
    film, mask = words(texture(4, 300, 200))
    base = counts(texture(9, 100, 100) // 2)
    recipe = other(conceal_text=True, lungs="box", dilations=2, margin=3, base=SHA)
    made = stack(film, recipe, lungs=lung_mask(), text=mask, base=base)
    cropped = conceal(film, mask)[(48 - 7) * 300 // 256 : -(-(209 + 7) * 300 // 256)]
    cropped = cropped[:, (46 - 7) * 200 // 256 : -(-(211 + 7) * 200 // 256)]
    image = squeezed(matched(np.ascontiguousarray(cropped), base), 48)
    by_hand = np.stack([image, beasf(image, 1.5), clahe(image, 2, 8)], axis=2)
    assert np.array_equal(by_hand, made)


def test_masked_is_black_outside_and_matches_what_is_inside_only() -> None:
    film = texture(4, 256, 256) // 2 + 60
    recipe = other(lungs="masked", dilations=0, base=SHA, channels=["image"] * 3, size=256)
    base = counts(np.full((4, 4), 200, np.uint8))
    part = part_of(film, recipe, lung_mask(), None)
    made = stack(film, recipe, lungs=lung_mask(), base=base)
    assert grey_levels(part).sum() == (lung_mask() > 0).sum()
    assert part.inside is not None
    assert np.array_equal(squeezed(part.inside & np.uint8(200), 256), made[:, :, 0])


def test_a_film_matched_to_itself_is_as_it_was() -> None:
    film = texture(4, 300, 200)
    recipe = other(lungs="box", base=SHA)
    levels = grey_levels(part_of(film, recipe, lung_mask(), None))
    assert np.array_equal(
        stack(film, LUNGS, lungs=lung_mask()), stack(film, recipe, lungs=lung_mask(), base=levels)
    )


@pytest.mark.parametrize("mask", [None, np.zeros((256, 256), np.uint8)])
def test_without_lungs_the_whole_film_is_taken(mask: Pixels | None) -> None:
    film = texture(2)[:90, :70].copy()
    assert np.array_equal(stack(film, RECIPE), stack(film, LUNGS, lungs=mask))


def test_a_mask_that_the_recipe_does_not_ask_for_changes_nothing() -> None:
    film, mask = words(texture(4, 300, 200))
    assert np.array_equal(stack(film, RECIPE), stack(film, RECIPE, lungs=lung_mask(), text=mask))


def test_the_film_that_is_given_stays_as_it_is() -> None:
    film, mask = words(texture(4, 300, 200))
    before = film.copy()
    stack(film, other(conceal_text=True, lungs="masked"), lungs=lung_mask(), text=mask)
    assert np.array_equal(before, film)


def test_a_base_that_is_missing_and_a_mask_of_another_film_are_named() -> None:
    film = texture(1, 60, 80)
    with pytest.raises(ValueError, match="matches films to a base film"):
        stack(film, other(base=SHA))
    with pytest.raises(ValueError, match=r"text mask of \(3, 4\)"):
        stack(film, other(conceal_text=True), text=np.zeros((3, 4), np.uint8))


RANKED = {"channels": ["image", "beasf", "ahe"]}
CROPPED = LUNGS.model_dump(mode="json")


@pytest.mark.parametrize(
    ("given", "changed"),
    [(GIVEN, {"size": 49}), (GIVEN, {"channels": ["beasf", "image", "clahe"]}),
     (GIVEN, {"beasf_gamma": 1.6}), (GIVEN, {"clahe_clip": 2.1}), (GIVEN, {"clahe_tiles": 4}),
     (GIVEN, {"conceal_text": True}), (GIVEN, {"lungs": "box"}), (GIVEN, {"base": SHA}),
     (GIVEN | RANKED, {**RANKED, "ahe_radius": 7}),
     (CROPPED, {"lungs": "masked"}), (CROPPED, {"dilations": 2}), (CROPPED, {"margin": 1})],
)  # fmt: skip
def test_what_changes_the_stacks_changes_the_id(
    given: dict[str, object], changed: dict[str, object]
) -> None:
    one, two = (Params.model_validate(values) for values in (given, given | changed))
    assert one.recipe_id != two.recipe_id


@pytest.mark.parametrize(
    ("given", "changed"),
    [({}, {"dilations": 9, "margin": 9}),
     ({"channels": ["image", "clahe", "equalized"]}, {"beasf_gamma": 3}),
     ({"channels": ["image", "beasf", "clahe"]}, {"ahe_radius": 9}),
     ({"channels": ["image", "beasf", "image"]}, {"clahe_clip": 3, "clahe_tiles": 2})],
)  # fmt: skip
def test_a_number_that_nothing_uses_is_not_in_the_id(
    given: dict[str, object], changed: dict[str, object]
) -> None:
    one, two = other(**given), other(**given | changed)
    assert one.recipe_id == two.recipe_id
    film = texture(3)[:60, :60].copy()
    assert np.array_equal(stack(film, one), stack(film, two))


def test_stacks_change_only_together_with_their_version() -> None:
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    made = stack(levels, other(size=16, clahe_tiles=1))
    pinned = [[48, 34, 49], [49, 36, 50], [50, 38, 51], [51, 39, 52]]
    assert (VERSION, made[3, :4].tolist()) == ("2", pinned)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"size": 0}, "'recipes.plain.size' is 0"),
        ({"channels": ["image"]}, "'recipes.plain.channels'"),
        ({"channels": ["image", "image", "sharp"]}, "'recipes.plain.channels.2' is 'sharp'"),
        ({"gamma": 2}, "'recipes.plain.gamma' is no parameter"),
        ({"lungs": "both"}, "'recipes.plain.lungs' is 'both'"),
        ({"base": "abc"}, "'recipes.plain.base' is 'abc'"),
        ({"margin": -1}, "'recipes.plain.margin' is -1"),
    ],
)
def test_a_wrong_recipe_is_named(changed: dict[str, object], named: str) -> None:
    with pytest.raises(Misspelt, match=named):
        section({"recipes": {"plain": GIVEN | changed}}, "recipes.plain", Params)


def test_the_recipes_of_the_project_are_valid_and_plain_is_the_built_in_one() -> None:
    sections = read(ROOT / "params.yaml")
    made = {name: section(sections, f"recipes.{name}", Params) for name in sections["recipes"]}
    assert made["plain"].model_dump() == PLAIN.model_dump()
    assert len({recipe.recipe_id for recipe in made.values()}) == len(made)


def test_films_are_squeezed_and_enhanced_for_a_network_in_one_place_only() -> None:
    steps = {"curation.pixels.stack.layers", "curation.pixels.stack.stack"}
    using = {file.stem for file in modules() if steps & imported(file)}
    assert using == {"stacked", "stacking"}
