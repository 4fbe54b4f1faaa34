"""What turns gradients into new weights: groups, the schedule, two forms of Adam."""

import math

import torch

OPTIMIZERS = ("adamw", "openai")


def parameter_groups(model, weight_decay):
    """The model's parameters for an optimizer: decay on matrices only.

    "All non bias or gain weights" (paper, section 4.1), embeddings among them.

    Args:
        model: a `GPT`.
        weight_decay: the decay of the matrices.

    Returns:
        Two groups, for any torch optimizer.
    """
    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() <= 1]
    return [
        {"params": matrices, "weight_decay": weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]


def schedule(step, total, warmup):
    """The learning rate at a step, as a share of the highest.

    Linear up over the warm-up, then half a cosine down to zero at the end of the run
    (paper, section 4.1). The cosine begins where the warm-up ends; the paper does not
    say whether it does.

    Args:
        step: updates done so far, from 0.
        total: updates in the run.
        warmup: updates until the highest rate; at most half of the run is used, so that
            a short run of a post-norm model, which needs its warm-up, gets one too.

    Returns:
        A number above 0 and up to 1, for steps before `total`.
    """
    warmup = min(warmup, total // 2)
    if step < warmup:
        return (step + 1) / warmup
    done = (step - warmup) / (total - warmup)
    return 0.5 * (1 + math.cos(math.pi * done))


def make_optimizer(
    model, name="adamw", *, learning_rate, betas=(0.9, 0.999), weight_decay=0.01
):
    """Adam with decoupled weight decay, over the groups of `parameter_groups`.

    Args:
        model: a `GPT`, on the device where it will train.
        name: "adamw" for PyTorch's, fused into one pass where this device has that;
            "openai" for the exact update of the released code, `OpenAIAdam`.
        learning_rate: the highest; `schedule` says how much of it a step gets.
        betas: of the two moving averages. The paper gives none; 0.9 and 0.999 are the
            released code's.
        weight_decay: of the matrices.

    Returns:
        A `torch.optim.Optimizer`.

    Raises:
        ValueError: there is no optimizer of this name.
    """
    groups = parameter_groups(model, weight_decay)
    if name == "openai":
        return OpenAIAdam(groups, lr=learning_rate, betas=betas)
    if name != "adamw":
        raise ValueError(f"optimizer must be {' or '.join(OPTIMIZERS)}, got {name!r}")
    fused = next(model.parameters()).device.type in {"cpu", "cuda"}
    return torch.optim.AdamW(groups, lr=learning_rate, betas=betas, fused=fused)


class OpenAIAdam(torch.optim.Optimizer):
    """Adam with decoupled weight decay, exactly as OpenAI's released code has it.

    It differs from `torch.optim.AdamW` in two ways. Epsilon is added before the bias
    correction, not after it. And the decay is multiplied by the corrected rate, so that
    it is a third of AdamW's at first, falls to a seventh within ten updates, and takes
    thousands to catch up.

    Args:
        params: parameters or groups of them.
        lr: learning rate.
        betas: of the two moving averages.
        eps: keeps the division finite.
        weight_decay: for groups that do not give their own.

    Source: opt.py, function adam, of openai/finetune-transformer-lm. Its epsilon of
    1e-8 and betas are those of fine-tuning; none are known for the pre-training.
    """

    def __init__(
        self, params, lr=2.5e-4, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01
    ):
        defaults = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, defaults)

    @torch.no_grad()
    def step(self, closure=None):
        """One update; `closure`, if given, is called first and its loss returned."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._update(parameter, group)
        return loss

    def _update(self, parameter, group):
        state, gradient = self.state[parameter], parameter.grad
        if not state:
            state["step"] = 0
            state["mean"] = torch.zeros_like(parameter)
            state["square"] = torch.zeros_like(parameter)
        state["step"] += 1
        mean, square, step = state["mean"], state["square"], state["step"]
        beta1, beta2 = group["betas"]
        mean.lerp_(gradient, 1 - beta1)
        square.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
        rate = group["lr"] * math.sqrt(1 - beta2**step) / (1 - beta1**step)
        change = mean / (square.sqrt() + group["eps"])
        change.add_(parameter, alpha=group["weight_decay"])
        parameter.add_(change, alpha=-rate)


def set_rate(optimizer, rate):
    """Give every group of an optimizer this learning rate."""
    for group in optimizer.param_groups:
        group["lr"] = rate
