"""Muon: momentum whose update is made orthogonal, for the matrices inside the transformer.

Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024. In a trial it had after 160
steps the loss that AdamW had after 240. Query, key and value are three matrices in one parameter of GPT-2, so
they are made orthogonal one by one.
"""

import torch


def orthogonalised(matrix, steps=5):
    """Return nearly the nearest matrix with orthonormal rows or columns (Newton-Schulz iteration, degree 5).

    `matrix`: (..., rows, columns). Singular values end between about 0.7 and 1.2, which is near enough for a step.
    """
    a, b, c = 3.4445, -4.7750, 2.0315
    x = matrix.bfloat16()
    tall = x.size(-2) > x.size(-1)
    x = x.mT if tall else x
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x.mT if tall else x).to(matrix.dtype)


class Muon(torch.optim.Optimizer):
    """Muon with Nesterov momentum and decoupled weight decay.

    `params`: two-dimensional parameters. Every group may set `blocks`, the number of matrices side by side in one
    parameter (rows, blocks * columns). `lr` is scaled so that an update's root mean square is 0.2 `lr`, as AdamW's.
    """

    def __init__(self, params, lr=3e-3, momentum=0.95, weight_decay=0.1, blocks=1):
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay, "blocks": blocks})

    @torch.no_grad()
    def step(self):
        """Update all parameters that have a gradient."""
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                state = self.state[parameter]
                if "momentum" not in state:
                    state["momentum"] = torch.zeros_like(parameter)
                momentum = state["momentum"].lerp_(parameter.grad, 1 - group["momentum"])
                update = parameter.grad.lerp(momentum, group["momentum"])
                rows, columns = update.shape[0], update.shape[1] // group["blocks"]
                update = update.view(rows, group["blocks"], columns).transpose(0, 1)
                update = orthogonalised(update).transpose(0, 1).reshape(parameter.shape)
                parameter.mul_(1 - group["lr"] * group["weight_decay"])
                parameter.add_(update, alpha=-group["lr"] * 0.2 * max(rows, columns) ** 0.5)
