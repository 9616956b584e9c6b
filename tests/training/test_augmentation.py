import pytest
import torch
from torch import Tensor

from training.augmentation import RANGES, Augmentation, augmented
from training.augmentation import drawn as draws


def films(count: int = 64) -> Tensor:
    """A bright disc left of the middle, where the heart would be in a mirror."""
    images = torch.zeros((count, 3, 64, 64))
    images[:, :, 28:36, 16:24] = 0.5
    return images


def drawn(kind: Augmentation, seed: int = 3) -> Tensor:
    chance = draws(kind, 64, torch.Generator().manual_seed(seed))
    return augmented(films(), kind, chance)


def test_none_changes_nothing() -> None:
    assert torch.equal(films(), drawn(Augmentation.NONE))


@pytest.mark.parametrize("kind", list(RANGES))
def test_the_same_generator_gives_the_same_films(kind: Augmentation) -> None:
    assert torch.equal(drawn(kind), drawn(kind))
    assert not torch.equal(drawn(kind), drawn(kind, seed=4))


def test_every_film_of_a_batch_is_changed_by_its_own_draw() -> None:
    images = drawn(Augmentation.ANATOMICAL)
    assert not torch.equal(images[0], images[1])


def test_the_anatomical_preset_leaves_left_on_the_left_and_the_head_up() -> None:
    across, down = centre(drawn(Augmentation.ANATOMICAL))
    limits = RANGES[Augmentation.ANATOMICAL]
    reach = 64 * limits.shift + 3
    assert float((across - 19.5).abs().max()) < reach
    assert float((down - 31.5).abs().max()) < reach


def test_the_papers_preset_turns_films_over() -> None:
    across, _ = centre(drawn(Augmentation.PAPER))
    assert float(across.max()) > 32 > float(across.min())


def test_the_scripts_preset_turns_films_about_their_middle_and_nothing_else() -> None:
    across, down = centre(drawn(Augmentation.SCRIPTS))
    away = ((across - 31.5) ** 2 + (down - 31.5) ** 2).sqrt()
    assert torch.allclose(away, torch.tensor(12.0), atol=0.5)
    assert float(across.max()) > 32 > float(across.min())
    assert float(drawn(Augmentation.SCRIPTS).max()) == pytest.approx(0.5)


def test_what_moves_in_is_black_and_grey_levels_stay_in_range() -> None:
    chance = draws(Augmentation.PAPER, 32, torch.Generator().manual_seed(0))
    white = augmented(torch.ones((32, 3, 32, 32)), Augmentation.PAPER, chance)
    assert float(white.min()) == 0.0
    assert float(white.max()) <= 1.0


def centre(images: Tensor) -> tuple[Tensor, Tensor]:
    """Where the light of each image lies, in pixels across and down."""
    light = images[:, 0]
    total = light.sum((1, 2)).clamp(min=1e-6)
    pixels = torch.arange(light.shape[-1], dtype=torch.float32)
    return (light.sum(1) * pixels).sum(1) / total, (light.sum(2) * pixels).sum(1) / total
