"""The optimiser's update is nearly orthogonal, block by block."""

import torch

from training.muon import Muon, orthogonalised


def test_singular_values_come_near_one():
    for shape in ((24, 24), (16, 48), (48, 16)):
        values = torch.linalg.svdvals(orthogonalised(torch.randn(shape, generator=torch.Generator().manual_seed(0))))
        # Five rounds lift very small singular values only in part, so a square matrix may keep one.
        assert values.max() < 1.3 and values.median() > 0.6


def test_a_step_treats_the_blocks_of_a_parameter_apart():
    generator = torch.Generator().manual_seed(0)
    gradient = torch.randn(12, 36, generator=generator)
    joined = torch.nn.Parameter(torch.zeros(12, 36))
    joined.grad = gradient.clone()
    Muon([{"params": [joined], "blocks": 3}], lr=1.0, weight_decay=0.0).step()
    for start in (0, 12, 24):
        alone = torch.nn.Parameter(torch.zeros(12, 12))
        alone.grad = gradient[:, start : start + 12].clone()
        Muon([alone], lr=1.0, weight_decay=0.0).step()
        torch.testing.assert_close(joined[:, start : start + 12], alone, rtol=0.05, atol=0.02)


def test_a_parameter_without_gradient_stays():
    parameter = torch.nn.Parameter(torch.ones(4, 4))
    Muon([parameter]).step()
    assert torch.equal(parameter, torch.ones(4, 4))
