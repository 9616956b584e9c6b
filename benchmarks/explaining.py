"""What explanations cost: Grad-CAM beside the network's own passes; LIME and occlusion a film.

    PYTHONPATH=.:tests/support OMP_NUM_THREADS=1 python benchmarks/explaining.py [ROUNDS]

Grad-CAM of 100 films, in batches as large as those of a forward and backward pass over the same
films; both in turn, round by round, in CPU seconds with one thread, since others may use the
machine at the same time. The ratio is that of the rates: above 1 Grad-CAM is the faster one. LIME
takes the 1,000 samples of the paper's profile, occlusion a window of a fifth of the side by steps
of a tenth.
"""

import sys
import time
from collections.abc import Callable

import numpy as np
import torch
from planted import stack
from torch import Tensor, nn

from training.explained import lime, occlusion
from training.explained.gradcam import heat
from training.explained.saying import says
from training.models import build

MODEL, FILMS, BATCH = "densenet121", 100, 10
SAMPLES, SEGMENTS = 1000, 60


def films(size: int) -> Tensor:
    """float32[N, 3, S, S], standardised, channels last."""
    grey = np.stack([stack(n, has_square=n % 2 == 0, side=size) for n in range(FILMS)])
    images = (torch.from_numpy(grey).permute(0, 3, 1, 2).float() - 100) / 40
    return images.contiguous(memory_format=torch.channels_last)


def parts(images: Tensor) -> list[Tensor]:
    return [images[first : first + BATCH] for first in range(0, len(images), BATCH)]


def passes(net: nn.Module, images: Tensor) -> None:
    """Forward and backward, as a step of training does without its update."""
    for part in parts(images):
        net(part).sum().backward()
        net.zero_grad(set_to_none=True)


def heats(net: nn.Module, images: Tensor) -> None:
    for part in parts(images):
        heat(net, part, [0] * len(part))


def seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def beside(size: int, rounds: int) -> None:
    net = build(MODEL, classes=3, size=size, pretrained=False).eval()
    net = net.to(memory_format=torch.channels_last)
    images = films(size)
    passes(net, images[:BATCH])
    heats(net, images[:BATCH])
    both = [
        (seconds(lambda: passes(net, images)), seconds(lambda: heats(net, images)))
        for _ in range(rounds)
    ]
    own, ours = (sum(times) / rounds / FILMS for times in zip(*both, strict=True))
    ratios = [one / other for one, other in both]
    print(
        f"{MODEL}, {size} px: {1000 * own:.1f} ms a film forward and backward, {1000 * ours:.1f} "
        f"ms Grad-CAM; ratio of rates {own / ours:.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
    )
    alone(net, images[:1], size)


def alone(net: nn.Module, image: Tensor, size: int) -> None:
    film = stack(0, has_square=True, side=size)[:, :, 0]
    said, chance = says(net, 0), torch.Generator().manual_seed(1)
    spoken = seconds(
        lambda: lime.lime(said, image, lime.superpixels(film, SEGMENTS), SAMPLES, chance)
    )
    hidden = seconds(lambda: occlusion.occlusion(said, image, 0.2, 0.1))
    print(f"{MODEL}, {size} px: LIME {spoken:.1f} s a film, occlusion {hidden:.1f} s")


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(1)
    for size in (128, 224):
        beside(size, int(sys.argv[1]) if len(sys.argv) > 1 else 3)


if __name__ == "__main__":
    main()
