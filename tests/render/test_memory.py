"""How much memory there is and what a job is expected to take."""

import pytest

from render.graph import Job, Trace
from render.memory import available_mb, expected_mb
from render.quality import QUALITIES

MEMINFO = "MemTotal: 16000000 kB\nMemFree: 1000000 kB\nMemAvailable:    8000000 kB\nHugePages_Total:       0\n"


def machine(root, **files):
    for name, text in files.items():
        path = root.joinpath(*name.split("__"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def group(root, folder, limit, used, cached, names=("memory.max", "memory.current"), stat="inactive_file"):
    place = root / "sys" / "fs" / "cgroup" / folder
    place.mkdir(parents=True, exist_ok=True)
    (place / names[0]).write_text(limit)
    (place / names[1]).write_text(used)
    (place / "memory.stat").write_text(f"anon 1\n{stat} {cached}\n")


def test_without_cgroups_it_is_what_the_system_calls_available(tmp_path):
    assert available_mb(machine(tmp_path, proc__meminfo=MEMINFO)) == 8192.0


def test_where_nothing_is_known_there_is_no_limit(tmp_path):
    assert available_mb(tmp_path) == float("inf")


@pytest.mark.parametrize(
    ("limit", "expected"),
    [("max\n", 8192.0), ("3000000000\n", 2000.0), ("90000000000\n", 8192.0)],
)
def test_a_lower_limit_of_a_cgroup_counts_less_what_is_used_but_for_caches(tmp_path, limit, expected):
    root = machine(tmp_path, proc__meminfo=MEMINFO, proc__self__cgroup="0::/box/job\n")
    group(root, "box/job", "max\n", "5\n", 0)
    group(root, "box", limit, "1500000000\n", 500000000)
    assert available_mb(root) == expected


def test_limits_of_the_older_kind_of_cgroups_count_too(tmp_path):
    root = machine(tmp_path, proc__meminfo=MEMINFO, proc__self__cgroup="5:cpu:/\n4:memory:/gone/inside\n0::/\n")
    names = ("memory.limit_in_bytes", "memory.usage_in_bytes")
    group(root, "memory", "2000000000\n", "1000000000\n", 300000000, names, "total_inactive_file")
    assert available_mb(root) == 1300.0


def test_this_machine_has_memory():
    assert available_mb() > 0


def clip(quality):
    return Job("clip/A", "clip A", {"quality": quality})


def test_a_clip_that_was_never_drawn_takes_more_the_larger_its_pictures():
    guesses = [expected_mb(clip(q.name), q, {}, None) for q in QUALITIES.values()]
    assert guesses == sorted(guesses) and len(set(guesses)) == 4
    assert 150 < guesses[0] < 200 and 600 < guesses[-1] < 900


def test_what_a_clip_took_counts_for_the_same_quality_only():
    last = Trace({}, {}, {}, {"peak_mb": 123})
    assert expected_mb(clip("4k"), QUALITIES["4k"], {"quality": "4k"}, last) == 123
    assert expected_mb(clip("4k"), QUALITIES["4k"], {"quality": "preview"}, last) > 600
    assert expected_mb(clip("4k"), QUALITIES["4k"], {"quality": "4k"}, Trace({}, {}, {})) > 600


def test_every_other_kind_has_a_guess_of_its_own():
    sizes = {kind: expected_mb(Job(f"{kind}/x", "x", {}), QUALITIES["preview"], {}, None) for kind in ("asset", "toy")}
    assert sizes == {"asset": 400.0, "toy": 100.0}
