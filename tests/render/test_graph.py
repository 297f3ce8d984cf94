"""The engine on toy jobs that write text: what runs, in what order, and for which reasons."""

import pytest

from assets.store import Store
from render.build import build
from render.graph import Job, Ledger, Reason, Trace, evaluate
from render.jobs import Options
from render.quality import RenderError


class Silent:
    """Nobody watches, but what happens is written down."""

    def __init__(self):
        self.log = []

    def planned(self, statuses, expected_s):
        self.log.append(("planned", sorted(s.job.id for s in statuses if s.state != "fresh")))

    def started(self, job):
        self.log.append(("started", job.id))

    def advanced(self, job, done, total, note):
        self.log.append(("advanced", job.id))

    def again(self, job, note):
        self.log.append(("again", job.id))

    def finished(self, job, trace):
        self.log.append(("finished" if trace else "found", job.id))

    def failed(self, job, error):
        self.log.append(("failed", job.id))


def write(job, context):
    """Make a text from the job's payload and everything offered to it."""
    if job.payload == "raise":
        raise RenderError("this one cannot be made")
    read = {label: value for label, value in context.offered.items() if job.payload != "ignore"}
    text = f"{job.payload} {sorted(read.values())}"
    made = context.store.put(text.encode(), "txt")
    return Trace(read, {f"array {job.id}": "same" if job.payload == "constant" else made}, {"txt": made})


RUNNERS = dict.fromkeys(("toy",), write)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def toy(name, payload="text", needs=(), **parts):
    return Job(f"toy/{name}", name, {"source toy": "1"} | parts, tuple(f"toy/{n}" for n in needs), payload)


def run(store, *jobs, **options):
    return build(jobs, store, Options(), RUNNERS, Silent(), cores=2, **options)


def states(store, *jobs):
    return {s.job.label: (s.state, [str(r) for r in s.reasons]) for s in evaluate(jobs, Ledger(store)).values()}


def test_everything_runs_once_and_then_nothing(store):
    jobs = (toy("a"), toy("b", needs=["a"]))
    assert run(store, *jobs).ran == ("toy/a", "toy/b")
    assert run(store, *jobs).ran == ()
    assert states(store, *jobs) == {"a": ("fresh", []), "b": ("fresh", [])}


def test_a_plan_before_anything_exists_says_what_is_missing_and_what_waits(store):
    jobs = (toy("a"), toy("b", needs=["a"]))
    assert states(store, *jobs) == {
        "a": ("stale", ["missing: it was never built"]),
        "b": ("stale", ["missing: it was never built", "waits for a"]),
    }


def test_a_changed_part_is_named_as_the_reason_and_what_follows_may_run(store):
    run(store, toy("a"), toy("b", needs=["a"]))
    changed = (toy("a", **{"set digits.seed": "9", "source toy": "2"}), toy("b", needs=["a"]))
    assert states(store, *changed) == {
        "a": ("stale", ["override digits.seed added", "source changed: toy"]),
        "b": ("maybe", ["waits for a"]),
    }


@pytest.mark.parametrize(
    ("label", "was", "now", "text"),
    [
        ("set digits.seed", "0", "9", "override digits.seed 0 -> 9"),
        ("library manim", "0.22.0", "0.22.1", "library manim 0.22.0 -> 0.22.1"),
        ("source scenes.theme", "aa", "bb", "source changed: scenes.theme"),
        ("source scenes.new", "", "bb", "source added: scenes.new"),
        ("source scenes.old", "aa", "", "source removed: scenes.old"),
        ("line HeldNumber.circle", "45", "60", "line HeldNumber.circle lasts 4.00 s, was 3.00 s"),
        ("array digit_forward.a2", "aa", "bb", "array digit_forward.a2 changed"),
        ("quality", "preview", "draft", "quality preview -> draft"),
        ("set digits.seed", "", "9", "override digits.seed added"),
        ("lang", "en", "", "lang removed"),
    ],
)
def test_reasons_are_sentences(label, was, now, text):
    kind, _, what = label.partition(" ")
    assert str(Reason(kind, what, was, now)) == text


def test_a_job_whose_needs_came_out_the_same_does_not_run(store):
    run(store, toy("a", "constant"), toy("b", needs=["a"]))
    again = run(store, toy("a", "constant", **{"source toy": "2"}), toy("b", needs=["a"]))
    assert again.ran == ("toy/a",)


def test_only_the_reader_of_a_changed_array_runs(store):
    before = (toy("a", x="1"), toy("reader", needs=["a"]), toy("other", "ignore", needs=["a"]))
    run(store, *before)
    after = (toy("a", "new text", x="2"), *before[1:])
    assert run(store, *after).ran == ("toy/a", "toy/reader")


def test_going_back_to_an_old_setting_restores_the_old_result_without_work(store):
    one = (toy("a", "one", **{"set x": "1"}), toy("b", needs=["a"]))
    two = (toy("a", "two", **{"set x": "2"}), toy("b", needs=["a"]))
    first = run(store, *one).statuses["toy/b"].trace
    assert run(store, *two).ran == ("toy/a", "toy/b")
    back = run(store, *one)
    assert back.ran == ()
    assert back.statuses["toy/b"].trace.outputs == first.outputs


def test_a_damaged_object_is_named_and_made_again(store):
    made = run(store, toy("a")).statuses["toy/a"].trace.outputs["txt"]
    store.path(made).write_bytes(b"")
    assert states(store, toy("a")) == {"a": ("stale", [f"object damaged or gone: {made}"])}
    assert run(store, toy("a")).ran == ("toy/a",)
    assert store.intact(made)


def test_a_failed_job_stops_only_what_needs_it_and_is_tried_again(store):
    jobs = (toy("bad", "raise"), toy("after", needs=["bad"]), toy("good"))
    outcome = run(store, *jobs)
    assert outcome.ran == ("toy/good",)
    assert {job: str(error) for job, error in outcome.failures.items()} == {"toy/bad": "this one cannot be made"}
    assert run(store, toy("bad"), *jobs[1:]).ran == ("toy/bad", "toy/after")


def test_a_bug_in_a_runner_is_handed_on_and_does_not_hang(store):
    outcome = build([toy("a")], store, Options(), {"toy": lambda job, context: 1 / 0}, Silent())
    assert isinstance(outcome.failures["toy/a"], ZeroDivisionError)


def test_a_forced_job_runs_though_it_is_fresh(store):
    jobs = (toy("a"), toy("b", needs=["a"]))
    run(store, *jobs)
    assert run(store, *jobs, force=["toy/a"]).ran == ("toy/a",)


@pytest.mark.parametrize(
    "content", [b"{half a rec", b"\xff\xfe", b"[]", b'{"traces": [{"no": 1}], "trace": 3, "parts": {}}']
)
def test_an_unreadable_record_is_a_job_that_was_never_built(store, content):
    run(store, toy("a"))
    for record in (store.root / "records" / "toy" / "a").iterdir():
        record.write_bytes(content)
    assert states(store, toy("a")) == {"a": ("stale", ["missing: it was never built"])}
    assert run(store, toy("a")).ran == ("toy/a",)


def test_jobs_may_be_given_in_any_order(store):
    jobs = (toy("c", needs=["b"]), toy("a"), toy("b", needs=["a"]))
    assert run(store, *jobs).ran == ("toy/a", "toy/b", "toy/c")


@pytest.mark.parametrize(
    ("jobs", "said"),
    [
        (
            [toy("a", needs=["b"]), toy("b", needs=["c"]), toy("c", needs=["b"])],
            "Jobs need each other in a circle: toy/b -> toy/c -> toy/b.",
        ),
        ([toy("a", needs=["a"])], "Jobs need each other in a circle: toy/a -> toy/a."),
        (
            [toy("b"), Job("toy/a", "one", {}), Job("toy/a", "other", {})],
            "Two jobs would make toy/a; each result has one job: one -> toy/a <- other.",
        ),
        (
            [toy("film", needs=["clip"]), toy("clip", needs=["net"])],
            "toy/clip needs toy/net, and no job makes that: toy/film -> toy/clip -> toy/net.",
        ),
    ],
)
def test_a_graph_that_does_not_fit_together_draws_the_path(store, jobs, said):
    with pytest.raises(RenderError) as raised:
        evaluate(jobs, Ledger(store))
    assert str(raised.value) == said


def test_the_longest_job_starts_first(store, monkeypatch):
    costs = {"toy/short": 1.0, "toy/long": 9.0}
    monkeypatch.setattr("render.build._Build._expected_s", lambda self, job: costs[job.id])
    watcher = Silent()
    build([toy("short"), toy("long")], store, Options(), RUNNERS, watcher, cores=1)
    assert [job for what, job in watcher.log if what == "started"] == ["toy/long", "toy/short"]
