"""What gc frees and what it never touches, on toy jobs that write text."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.locks import hold
from assets.store import Store
from render.build import build
from render.gc import VARIANTS_KEPT, collect, human_bytes
from render.graph import Job, Ledger, Trace, evaluate
from render.jobs import Options
from render.variants import note_use, using

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys
from pathlib import Path
from assets.store import Store
from render.variants import using
with using(Store(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


class Unwatched:
    """Nobody looks."""

    def __getattr__(self, name):
        return lambda *_: None


def write(job, context):
    """A text of what the job is made from; a voice offers its words' number, so that clips may stay the same."""
    read = {label: value for label, value in context.offered.items() if label.split(" ")[0] == job.payload}
    made = context.store.put(f"{job.id} {job.key} {sorted(read.items())}".encode(), "txt")
    offered = f"array {job.label}" if job.kind == "asset" else f"words {job.label}"
    value = job.parts.get("set digits.seed", "0") if job.kind == "asset" else made
    return Trace(read, {offered: str(int(value) % 2) if job.kind == "asset" else value}, {"txt": made})


def options(seed=0, voice="espeak"):
    return Options(voice=voice, overrides={"digits": {"seed": seed}} if seed else {})


def jobs_of(chosen, source="1"):
    """A model whose array is its seed's parity, a line that reads it in some voice, and a film of the line."""
    seed = str(chosen.overrides.get("digits", {}).get("seed", 0))
    return [
        Job("asset/net", "net", {"source net": source, "set digits.seed": seed}, (), "nothing"),
        Job("voice/en/one/Dot.line", "line", {"voice": chosen.voice}, ("asset/net",), "array"),
        Job("chapter/01", "film", {"source film": source}, ("voice/en/one/Dot.line",), "words"),
    ]


def run(store, chosen, source="1"):
    """Build a variant as the command line does; the ids of what ran."""
    runners = dict.fromkeys(("asset", "voice", "chapter"), write)
    with using(store), pytest.MonkeyPatch.context() as patch:
        patch.setattr("render.build.WORKER_OF", {})
        patch.setattr("os.fsync", lambda descriptor: None)  # no power fails in here
        outcome = build(jobs_of(chosen, source), store, chosen, runners, Unwatched(), cores=1)
        note_use(store, chosen, outcome.statuses.values())
    assert not outcome.failures
    return outcome.ran


def fresh(store, chosen, source="1"):
    return all(s.state == "fresh" for s in evaluate(jobs_of(chosen, source), Ledger(store)).values())


def objects(store):
    return {path.name for path in (store.root / "objects").glob("*/*")}


def named_by_records(store):
    """Objects that any record names as an output."""
    records = [json.loads(path.read_text()) for path in (store.root / "records").rglob("*.json")]
    runs = [run for record in records for run in [*record.get("traces", []), record.get("trace")] if run]
    return {made for run in runs for made in run["outputs"].values()}


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(
    builds=st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["espeak", "none"])), min_size=1, max_size=6),
    edited=st.integers(0, 6),
    keep=st.integers(0, 3),
)
def test_every_kept_variant_stays_fresh_and_the_rest_is_made_again_when_asked_for(
    tmp_path_factory, builds, edited, keep
):
    store = Store(tmp_path_factory.mktemp("store"))
    for place, (seed, voice) in enumerate(builds):
        run(store, options(seed, voice), source="1" if place < edited else "2")
    store.set_ref("net", store.put(b"what plain manim opens", "txt"))
    source = "1" if len(builds) <= edited else "2"
    recent = [chosen for chosen in dict.fromkeys(reversed(builds)) if chosen != (0, "espeak")]
    was_fresh = [c for c in [options(), *(options(*chosen) for chosen in recent[:keep])] if fresh(store, c, source)]
    sweep = collect(store, options(), lambda chosen: jobs_of(chosen, source), keep)
    assert [chosen for chosen in was_fresh if not fresh(store, chosen, source)] == []
    assert objects(store) == named_by_records(store) | {store.ref("net")}
    assert all(store.intact(name) for name in objects(store))
    assert collect(store, options(), lambda chosen: jobs_of(chosen, source), keep).freed_bytes == 0
    assert sweep.kept_bytes == sum(path.stat().st_size for path in store.root.rglob("*") if path.is_file())
    for seed, voice in builds:
        run(store, options(seed, voice), source)
        assert fresh(store, options(seed, voice), source)


def test_the_last_three_other_variants_stay_by_when_they_were_used(store):
    for seed in (0, 1, 2, 3, 4):
        run(store, options(seed))
    assert run(store, options(1)) == ()  # used again, so seed 2 is now the oldest
    sweep = collect(store, options(), jobs_of)
    assert VARIANTS_KEPT == 3
    assert [seed for seed in range(5) if fresh(store, options(seed))] == [0, 1, 3, 4]
    assert {kind: len(paths) for kind, paths in sweep.remove.items() if paths} == {
        "records": 1,
        "variants": 1,
        "objects": 1,  # its line and its film are those of seed 0, which has the same array
        "marks": 1,
    }
    assert run(store, options(2)) == ("asset/net",)


def test_a_record_loses_the_runs_that_nobody_uses_and_keeps_the_others(store):
    for seed in (0, 1):
        run(store, options(seed))
    run(store, options(0))
    collect(store, options(), jobs_of, keep=0)
    assert [len(Ledger(store).traces(job)) for job in jobs_of(options())] == [1, 1, 1]
    assert run(store, options(0)) == ()
    assert run(store, options(1)) == ("asset/net", "voice/en/one/Dot.line", "chapter/01")


def test_what_was_built_last_stays_though_its_source_has_been_edited_since(store):
    run(store, options(7))
    collect(store, options(), lambda chosen: jobs_of(chosen, source="2"), keep=0)
    assert fresh(store, options(7))


def test_jobs_that_no_longer_exist_are_freed(store):
    run(store, options())
    sweep = collect(store, options(), lambda chosen: jobs_of(chosen)[:1])
    assert sorted(path.parent.name for path in sweep.remove["records"]) == ["01", "01", "Dot.line", "Dot.line"]
    assert not (store.root / "records" / "voice" / "en").exists()
    assert len(objects(store)) == 1


def test_a_dry_run_counts_and_removes_nothing(store):
    for seed in (1, 2):
        run(store, options(seed))
    before = {path: path.read_bytes() for path in store.root.rglob("*") if path.is_file()}
    told = collect(store, options(), jobs_of, keep=0, dry_run=True)
    assert {path: path.read_bytes() for path in store.root.rglob("*") if path.is_file()} == before
    done = collect(store, options(), jobs_of, keep=0)
    after = sum(path.stat().st_size for path in store.root.rglob("*") if path.is_file())
    assert told == done
    assert done.freed_bytes == sum(map(len, before.values())) - after > 0


def test_what_killed_commands_left_goes_and_what_living_ones_use_stays(store):
    run(store, options())
    for name in ("dead", "alive"):
        (store.root / "tmp" / name).mkdir(parents=True)
        (store.root / "tmp" / name / "frames").write_bytes(b"half")
        (store.root / "locks" / f"{name}.lock").touch()
    with hold(store.root / "tmp" / "alive"), hold(store.root / "locks" / "alive.lock"):
        sweep = collect(store, options(), jobs_of)
    assert sorted(path.name for path in (store.root / "tmp").iterdir()) == ["alive"]
    assert sorted(path.name for path in (store.root / "locks").iterdir()) == ["alive.lock"]
    assert sweep.text(dry_run=False).startswith("freed 4 bytes (1 lock, 1 leftover); ")


def test_gc_waits_for_whoever_builds_and_does_not_outwait_the_dead(store):
    run(store, options(1))
    command = [sys.executable, "-c", HOLDER, str(store.root)]
    holder = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout.readline() == b"held\n"
    said = []
    waiting = threading.Thread(target=collect, args=(store, options(), jobs_of, 0, False, said.append))
    waiting.start()
    while not said:
        waiting.join(0.01)
    assert said == ["another tensorreel command is at work; this goes on when it ends ..."]
    assert waiting.is_alive()
    holder.kill()
    waiting.join(20)
    assert not waiting.is_alive()
    holder.communicate()


def test_two_commands_may_use_the_store_at_once(store):
    with using(store), using(store):
        assert collect(store, options(), jobs_of, dry_run=True).freed_bytes == 0


def test_where_nothing_was_built_there_is_nothing_to_free(tmp_path):
    assert collect(Store(tmp_path / "none"), options(), jobs_of).text(dry_run=False) == (
        "nothing to free: all 0 bytes are in use"
    )
    assert not (tmp_path / "none").exists()


def test_a_note_that_cannot_be_written_does_not_fail_the_build(store, monkeypatch):
    monkeypatch.setattr("render.variants.os.utime", lambda path, ns: (_ for _ in ()).throw(OSError("disk full")))
    assert run(store, options()) == ("asset/net", "voice/en/one/Dot.line", "chapter/01")


def test_a_damaged_note_of_a_variant_is_no_variant(store):
    run(store, options(1))
    (note,) = (store.root / "variants").iterdir()
    note.write_text("{half a")
    assert len(collect(store, options(), jobs_of).remove["variants"]) == 1
    assert fresh(store, options(1))  # still the last run of each job


def test_a_variant_whose_setting_is_gone_keeps_what_it_used(store):
    run(store, options(1))
    run(store, options(2))
    for note in (store.root / "variants").iterdir():
        note.write_text(note.read_text().replace('"seed"', '"sead"'))
    collect(store, options(), jobs_of, keep=2)
    assert fresh(store, options(1)) and fresh(store, options(2))


def test_machines_get_counts_and_bytes(store):
    run(store, options())
    facts = collect(store, options(), jobs_of).facts(dry_run=False)
    nothing = dict.fromkeys(("records", "variants", "objects", "marks", "locks", "leftovers"), 0)
    assert facts == {"dry_run": False, "freed_bytes": 0, "kept_bytes": facts["kept_bytes"], **nothing}


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (12_345_678, "12.3 MB"), (5 * 10**12, "5.0 TB")],
)
def test_bytes_are_said_in_human_units(count, said):
    assert human_bytes(count) == said
