"""The same net in plain PyTorch: the layers, the loss and the steps are written out."""

import torch
from torch import nn


class Net(nn.Module):
    """A net with two hidden layers; its output is a probability."""

    def __init__(self, inputs, width):
        super().__init__()
        self.hidden1 = nn.Linear(inputs, width)
        self.hidden2 = nn.Linear(width, width)
        self.output = nn.Linear(width, 1)

    def forward(self, x):
        """Computes (B, 1) outputs from (B, inputs)."""
        x = torch.relu(self.hidden1(x))
        x = torch.relu(self.hidden2(x))
        return torch.sigmoid(self.output(x))


def take_weights(net, weights):
    """Copies what `model.get_weights()` of Keras gives: its kernels are (inputs, units), PyTorch's (units, inputs)."""
    with torch.no_grad():
        for own, keras_weight in zip(net.parameters(), weights, strict=True):
            own.copy_(torch.tensor(keras_weight.T))


def adam(net):
    """Makes PyTorch's Adam, with its defaults."""
    return torch.optim.Adam(net.parameters(), lr=0.001)


def epsilon_of_keras(optimizer, number):
    """Has the step with this number, counted from 1, divide as Adam of Keras does.

    Keras adds an epsilon of 1e-7 to the root of v, PyTorch one of 1e-8 to the root of v / (1 - beta2^number).
    """
    for group in optimizer.param_groups:
        group["eps"] = 1e-7 / (1 - group["betas"][1] ** number) ** 0.5


def step(net, optimizer, x, y):
    """Makes one step on a batch, and gives its loss before the step: a tensor, which may still be in work on a GPU."""
    optimizer.zero_grad()
    loss = nn.functional.binary_cross_entropy(net(x), y)
    loss.backward()
    optimizer.step()
    return loss.detach()
