import numpy as np
import pytest
import torch
from torch import nn

from assets.capture import as_numpy, capture
from assets.store import AssetError
from models.tap import Tap


class Net(nn.Module):
    """Two layers with taps around a squashing, in float64 so that finite differences are sharp."""

    def __init__(self):
        super().__init__()
        generator = torch.Generator().manual_seed(0)
        self.first, self.second = nn.Linear(3, 4), nn.Linear(4, 2)
        self.inner = nn.ModuleDict({"z": Tap(), "a": Tap()})
        self.drop = nn.Dropout(0.5)
        self.double()
        for parameter in self.parameters():
            parameter.data.normal_(generator=generator)

    def forward(self, x):
        a = self.inner["a"](torch.tanh(self.inner["z"](self.first(x))))
        return self.second(self.drop(a))


X = torch.tensor([[0.3, -1.2, 0.7], [1.0, 0.1, -0.4]], dtype=torch.float64)


def loss_of(outputs):
    return (outputs**2).sum() + outputs[0, 0] * outputs[1, 1]


def test_taps_are_captured_by_their_dotted_names_in_the_order_of_the_pass():
    net = Net()
    with capture(net) as taken:
        net(X)
    assert taken.names == ("inner.z", "inner.a")
    z = X @ net.first.weight.T + net.first.bias
    np.testing.assert_allclose(taken["inner.z"], z.detach(), rtol=1e-14)
    np.testing.assert_allclose(taken["inner.a"], np.tanh(taken["inner.z"]), rtol=1e-14)


@pytest.mark.parametrize("name", ["inner.z", "inner.a", "first", "second"])
def test_gradients_agree_with_finite_differences(name):
    net = Net()
    with capture(net, extra=("first", "second")) as taken:
        loss_of(net(X)).backward()
    value, gradient, h = taken[name], taken.grad(name), 1e-6
    assert gradient.shape == value.shape

    def loss_with(i, j, change):
        def nudge(module, inputs, output):
            moved = output.clone()
            moved[i, j] += change
            return moved

        handle = net.get_submodule(name).register_forward_hook(nudge)
        with torch.no_grad(), capture(net):  # eval mode, as in the capture above
            loss = float(loss_of(net(X)))
        handle.remove()
        return loss

    for i, j in ((0, 0), (1, 1), (0, 1)):
        difference = (loss_with(i, j, h) - loss_with(i, j, -h)) / (2 * h)
        assert gradient[i, j] == pytest.approx(difference, rel=1e-7)


def test_dropout_is_off_inside_and_each_module_gets_its_own_mode_back():
    net = Net().train()
    net.first.eval()
    with capture(net, extra=("drop",)) as taken:
        assert not any(module.training for module in net.modules())
        net(X)
    assert np.array_equal(taken["drop"], taken["inner.a"])
    assert net.drop.training
    assert not net.first.training


def test_the_model_is_restored_when_the_block_raises():
    net = Net().train()
    with pytest.raises(ZeroDivisionError), capture(net):
        raise ZeroDivisionError
    assert net.training
    assert not net.inner["z"]._forward_hooks


def test_capturing_ends_with_the_block():
    net = Net()
    with capture(net) as taken:
        net(X)
    before = taken["inner.z"]
    net(2 * X)
    assert np.array_equal(taken["inner.z"], before)


def test_a_foreign_model_without_taps_is_captured_by_its_submodules_names():
    net = nn.Sequential(nn.Linear(3, 5), nn.ReLU(inplace=True), nn.Sequential(nn.Linear(5, 2)))
    x = torch.randn(4, 3, generator=torch.Generator().manual_seed(0))
    with capture(net, extra=("0", "2.0")) as taken:
        net(x).square().sum().backward()
    sums = net[0](x).detach()
    assert (sums < 0).any()
    np.testing.assert_allclose(taken["0"], sums, atol=1e-6)  # and not what the ReLU made of it in place
    np.testing.assert_allclose(taken["2.0"], net(x).detach(), atol=1e-6)
    assert not taken.grad("0")[sums.numpy() < 0].any()  # no gradient comes back through a closed ReLU
    assert taken.grad("0")[sums.numpy() > 0].all()


def test_a_module_that_gives_several_tensors_gives_each_a_name():
    net = nn.Sequential(nn.LSTM(3, 2))
    with capture(net, extra=("0",)) as taken:
        outputs, (hidden, cell) = net(torch.ones(4, 1, 3))
    assert taken.names == ("0.0", "0.1.0", "0.1.1")
    assert np.array_equal(taken["0.1.0"], hidden.detach())
    with pytest.raises(AssetError) as raised:
        taken["0"]
    assert str(raised.value) == "The module '0' gives several tensors; take one of 0.0, 0.1.0, 0.1.1."


def test_named_parts_of_an_output_are_captured_by_their_keys():
    class Named(nn.Module):
        def forward(self, x):
            return {"half": x / 2, "double": 2 * x}

    net = nn.Sequential(Named())
    with capture(net, extra=("0",)) as taken:
        net(torch.ones(1))
    assert (taken["0.half"], taken["0.double"]) == (0.5, 2)


def test_of_several_passes_the_last_counts_in_value_and_gradient():
    net = Net()
    with capture(net) as taken:
        earlier = loss_of(net(X))
        loss_of(net(2 * X)).backward()
        last = taken.grad("inner.z")
        earlier.backward()
    assert np.array_equal(taken.grad("inner.z"), last)
    with capture(net) as alone:
        loss_of(net(2 * X)).backward()
    assert np.array_equal(alone.grad("inner.z"), last)
    assert np.array_equal(alone["inner.z"], taken["inner.z"])


def test_several_backward_passes_add_up_as_in_torch():
    net = Net()
    with capture(net) as taken:
        loss = loss_of(net(X))
        loss.backward(retain_graph=True)
        once = taken.grad("inner.a")
        loss.backward()
    np.testing.assert_allclose(taken.grad("inner.a"), 2 * once, rtol=1e-14)


def test_a_missing_gradient_says_what_to_do():
    net = Net()
    with capture(net) as taken:
        net(X)
    with pytest.raises(AssetError) as raised:
        taken.grad("inner.a")
    assert str(raised.value) == (
        "No gradient reached 'inner.a'; call backward() inside the block, on a loss that depends on it."
    )


def test_values_are_captured_without_gradients_too():
    net = Net()
    with capture(net) as taken, torch.no_grad():
        net(X)
    assert taken["inner.a"].shape == (2, 4)


def test_an_unknown_submodule_is_refused_with_the_nearest():
    with pytest.raises(AssetError) as raised, capture(Net(), extra=("frist",)):
        pass
    assert str(raised.value) == (
        "The model Net has no submodule 'frist'; it has first, second, inner, inner.z, inner.a, drop. "
        "Did you mean 'first'?"
    )


def test_what_was_not_captured_is_refused_with_the_nearest():
    net = Net()
    with capture(net, extra=("first",)) as taken:
        net(X)
    with pytest.raises(AssetError) as raised:
        taken["iner.a"]
    assert str(raised.value) == (
        "Nothing called 'iner.a' was captured; name a submodule in capture(model, extra=...). Did you mean 'inner.a'?"
    )


def test_a_tap_that_no_pass_reached_is_named():
    with capture(Net()) as taken:
        pass
    with pytest.raises(AssetError) as raised:
        taken["inner.z"]
    assert str(raised.value) == "No forward pass inside the block reached 'inner.z', or it gave no tensor."


def test_numpy_copies_are_independent_and_bfloat16_becomes_float32():
    tensor = torch.ones(3)
    array = as_numpy(tensor)
    tensor += 1
    assert array.tolist() == [1, 1, 1]
    assert as_numpy(torch.ones(2, dtype=torch.bfloat16)).dtype == np.float32
