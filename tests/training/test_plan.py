"""How the learning rate goes, against torch's own schedules."""

import pytest
import torch
from planted import params
from torch.optim import lr_scheduler

from training.plan import Schedule

STEPS = 1000


def test_one_cycle_goes_as_torchs_does() -> None:
    pace = params(schedule=Schedule.ONE_CYCLE)
    adam = torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    peer = lr_scheduler.OneCycleLR(adam, max_lr=1.0, total_steps=STEPS + 1, cycle_momentum=False)
    for step in range(STEPS):
        # torch's top is one step earlier.
        assert pace.rate(step / STEPS) == pytest.approx(peer.get_last_lr()[0], abs=0.006)
        adam.step()
        peer.step()
    assert pace.rate(0) == pytest.approx(1 / 25)
    assert pace.rate(0.3) == 1
    assert pace.rate(1) == pytest.approx(4e-6)


def test_cosine_goes_as_torchs_does() -> None:
    pace = params(schedule=Schedule.COSINE)
    adam = torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    peer = lr_scheduler.CosineAnnealingLR(adam, T_max=STEPS)
    for step in range(STEPS):
        assert pace.rate(step / STEPS) == pytest.approx(peer.get_last_lr()[0], abs=1e-9)
        adam.step()
        peer.step()


def test_constant_stays() -> None:
    assert {params(schedule=Schedule.CONSTANT).rate(step / 9) for step in range(10)} == {1.0}
