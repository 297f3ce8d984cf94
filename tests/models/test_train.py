from math import cos, pi

import pytest
import torch
from torch import nn

from models.train import Schedule, fit, one_thread, snapshot_steps


def nothing(step, steps):
    """A watcher that does not watch."""


def line(seed=0):
    """A small regression problem, a net for it, and the loss."""
    generator = torch.Generator().manual_seed(seed)
    inputs = torch.randn(23, 4, generator=generator)
    targets = torch.randn(23, 2, generator=generator)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        net = nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 2))
    return net, (inputs, targets)


def flat(net):
    return torch.cat([parameter.detach().flatten() for parameter in net.parameters()])


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("cosine", [False, True])
def test_the_steps_agree_with_torchs_own_optimizers(optimizer, cosine):
    schedule = Schedule(optimizer, lr=0.05, batch=5, epochs=4, seed=1, cosine=cosine)
    net, examples = line()
    fit(net, examples, nn.functional.mse_loss, schedule, nothing)

    reference, (inputs, targets) = line()
    rule = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer](reference.parameters(), lr=0.05)
    order, step, steps = torch.Generator().manual_seed(1), 0, 4 * 5
    for _ in range(4):
        for places in torch.randperm(23, generator=order).split(5):
            for group in rule.param_groups:
                group["lr"] = 0.05 * (1 + cos(pi * step / steps)) / 2 if cosine else 0.05
            rule.zero_grad()
            nn.functional.mse_loss(reference(inputs[places]), targets[places]).backward()
            rule.step()
            step += 1

    torch.testing.assert_close(flat(net), flat(reference), rtol=1e-5, atol=1e-6)


def test_the_watcher_sees_the_start_and_every_step():
    net, examples = line()
    start, seen = flat(net).clone(), []

    def watch(step, steps):
        seen.append((step, steps, torch.equal(flat(net), start)))

    fit(net, examples, nn.functional.mse_loss, Schedule("sgd", 0.1, batch=10, epochs=2, seed=0), watch)
    assert seen == [(0, 6, True)] + [(step, 6, False) for step in range(1, 7)]


def test_one_seed_gives_the_same_weights_to_the_bit_and_leaves_the_global_state_alone():
    def train(global_seed):
        torch.manual_seed(global_seed)
        before = torch.get_rng_state()
        net, examples = line()
        net.insert(1, nn.Dropout(0.5))
        fit(net, examples, nn.functional.mse_loss, Schedule("adam", 0.01, batch=4, epochs=3, seed=7), nothing)
        assert torch.equal(torch.get_rng_state(), before)
        return flat(net)

    first = train(1)
    assert torch.equal(first, train(2))
    assert not torch.equal(first, flat(line()[0]))


def test_other_seeds_order_the_minibatches_otherwise():
    def train(seed):
        net, examples = line()
        fit(net, examples, nn.functional.mse_loss, Schedule("sgd", 0.1, batch=4, epochs=1, seed=seed), nothing)
        return flat(net)

    assert not torch.equal(train(0), train(1))


def test_frozen_and_unused_parameters_stay():
    net, examples = line()
    net[0].weight.requires_grad_(False)
    net.unused = nn.Linear(1, 1)
    net.forward = lambda inputs: net[2](net[1](net[0](inputs)))
    frozen, unused = net[0].weight.clone(), net.unused.weight.detach().clone()
    fit(net, examples, nn.functional.mse_loss, Schedule("adam", 0.1, batch=4, epochs=1, seed=0), nothing)
    assert torch.equal(net[0].weight, frozen)
    assert torch.equal(net.unused.weight, unused)


def test_a_trained_model_is_left_in_eval_mode():
    net, examples = line()
    fit(net, examples, nn.functional.mse_loss, Schedule("sgd", 0.1, batch=4, epochs=1, seed=0), nothing)
    assert not any(module.training for module in net.modules())


def test_the_cosine_falls_from_the_learning_rate_towards_zero():
    schedule = Schedule("sgd", lr=2.0, batch=1, epochs=1, seed=0, cosine=True)
    assert [schedule.rate(step, 4) for step in (0, 2, 4)] == [2.0, pytest.approx(1.0), 0.0]


def test_steps_count_the_smaller_last_minibatch():
    assert Schedule("sgd", 1.0, batch=10, epochs=3, seed=0).steps(21) == 9


def test_snapshots_run_from_the_start_to_the_end_and_are_dense_early():
    assert snapshot_steps(100, count=6) == (0, 4, 16, 36, 64, 100)
    assert snapshot_steps(3) == (0, 1, 2, 3)
    assert len(snapshot_steps(8400)) == 24


def test_threads_are_one_inside_and_as_before_afterwards():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with one_thread():
            assert torch.get_num_threads() == 1
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
