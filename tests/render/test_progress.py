"""What a person sees of a build: how long it still takes, plain lines, bars on a terminal, errors as sentences."""

import errno
import io

import pytest
from rich.console import Console

from assets.remedies import sentence
from render.graph import Job, Reason, Status, Trace
from render.progress import Bars, Forecast, Plain, display, explained, failure_text
from render.quality import RenderError
from render.workers import JobError


class Clock:
    """Time that passes when a test says so."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def job(name, kind="clip"):
    return Job(f"{kind}/{name}", f"{kind} {name}", {})


def statuses(*jobs, state="stale"):
    return [Status(each, state, (Reason("missing", each.label),)) for each in jobs]


def done(seconds):
    return Trace({}, {}, {}, {"wall_s": seconds})


A, B, C = job("A"), job("B"), job("C")


def test_before_anything_ran_the_forecast_is_what_was_expected(clock):
    forecast = Forecast(clock)
    forecast.plan([*statuses(A, B), Status(C, "fresh")], {A.id: 10, B.id: 20, C.id: 99})
    assert forecast.left_s() == 30


def test_the_pace_of_a_job_corrects_the_others_of_its_kind(clock):
    forecast = Forecast(clock)
    forecast.plan(statuses(A, B, job("V", "voice")), {A.id: 5, B.id: 5, "voice/V": 3})
    forecast.start(A)
    clock.now += 10
    forecast.advance(A, 0.5)
    assert forecast.left_s() == 10 + 20 + 3  # A takes 20 s, so B does too, and the voice keeps its own forecast
    clock.now += 10
    forecast.end(A, ran=True)
    assert forecast.left_s() == 20 + 3


def test_jobs_that_run_side_by_side_share_the_time_but_none_is_shorter_than_itself(clock):
    forecast = Forecast(clock)
    forecast.plan(statuses(A, B, C), {A.id: 10, B.id: 10, C.id: 4})
    forecast.start(A)
    forecast.start(B)
    assert forecast.left_s() == 12
    forecast.start(C)
    assert forecast.left_s() == 10


def test_a_job_that_was_found_ready_says_nothing_of_the_pace(clock):
    forecast = Forecast(clock)
    forecast.plan(statuses(A, B), {A.id: 10, B.id: 10})
    forecast.start(A)
    forecast.end(A, ran=False)
    assert forecast.left_s() == 10


def plain(clock):
    out = io.StringIO()
    return Plain(Console(file=out, width=40), clock), out


def test_plain_lines_tell_start_end_and_every_few_seconds_how_far_it_is(clock):
    shown, out = plain(clock)
    shown.planned([*statuses(A), *statuses(B, state="maybe")], {A.id: 10, B.id: 10})
    shown.started(A)
    for frames in (100, 200):
        clock.now += 3
        shown.advanced(A, frames, 400, f"frame {frames} of about 400")
    shown.finished(A, done(8.04))
    shown.started(B)
    shown.finished(B, None)
    assert out.getvalue().splitlines() == [
        "1 job to run, 1 more may follow",
        "clip A ...",
        "clip A: 50%, frame 200 of about 400 (about 18 s left in all)",
        "clip A: done in 8.0 s",
        "clip B ...",
        "clip B: found ready",
    ]


def test_short_jobs_have_no_lines_of_their_own_unless_they_fail(clock):
    shown, out = plain(clock)
    voice = job("A.see", "voice")
    shown.planned(statuses(voice, A), {voice.id: 1, A.id: 1})
    shown.started(voice)
    shown.finished(voice, done(0.1))
    shown.started(voice)
    shown.failed(voice, RenderError("no"))
    assert out.getvalue().splitlines() == ["2 jobs to run", "voice A.see: failed"]


def test_markup_in_a_name_is_text(clock):
    shown, out = plain(clock)
    shown.planned([], {})
    shown.started(Job("chapter/1", "chapter 'A [red] one'", {}))
    assert out.getvalue().splitlines()[-1] == "chapter 'A [red] one' ..."


@pytest.mark.parametrize("width", [60, 80, 120])
def test_bars_fit_the_terminal_and_leave_only_what_is_done(clock, width):
    out = io.StringIO()
    console = Console(file=out, width=width, height=20, force_terminal=True, color_system=None, legacy_windows=False)
    shown = Bars(console, clock)
    shown.planned(statuses(A, B), {A.id: 10, B.id: 10})
    shown.started(A)
    clock.now += 5
    shown.advanced(A, 100, 400, "step 100 of 400: loss 0.1234, accuracy 0.9, and much more that does not fit in a line")
    picture = Console(file=io.StringIO(), width=width)
    picture.print(shown.progress.get_renderable())
    lines = picture.file.getvalue().splitlines()
    assert [line.split()[0] for line in lines] == ["everything", "clip"]
    assert all(len(line) <= width for line in lines)
    assert " 25 % " in lines[1] and " 15 s " in lines[1] and "35 s" in lines[0]
    shown.finished(A, done(8.0))
    shown.started(B)
    shown.failed(B, RenderError("no"))
    shown.close()
    assert "clip A: done in 8.0 s" in out.getvalue() and "clip B: failed" in out.getvalue()
    assert not shown.tasks


def test_the_bar_of_the_whole_never_goes_back(clock):
    shown = Bars(Console(file=io.StringIO()), clock)
    shown.planned(statuses(A, B), {A.id: 1, B.id: 1})
    shown.started(A)
    clock.now += 1
    shown.advanced(A, 0.9, 1, "")
    before = shown.share
    clock.now += 100
    shown.advanced(A, 0.9, 1, "")
    assert shown.share >= before
    shown.close()


def test_without_a_terminal_there_are_plain_lines(monkeypatch, capsys):
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.delenv("TTY_COMPATIBLE", raising=False)
    shown = display()
    assert isinstance(shown, Plain)
    shown.planned([], {})
    assert capsys.readouterr() == ("", "0 jobs to run\n")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RenderError("It is broken."), "It is broken."),
        (RenderError(), "RenderError"),
        (OSError(errno.ENOSPC, "No space left on device", "a/b"), "No space left on device (a/b): free some space"),
        (OSError(errno.EROFS, "Read-only file system"), "Read-only file system: set TENSORREEL_BUILD to a folder that"),
        (PermissionError(errno.EACCES, "Permission denied", "a"), "Permission denied (a): make it writable or"),
        (NotADirectoryError(errno.ENOTDIR, "Not a directory", "a"), "Not a directory (a): a file lies where a folder"),
        (FileExistsError(errno.EEXIST, "File exists", "a"), "File exists (a): a file lies where a folder"),
        (OSError(errno.EFBIG, "File too large"), "File too large: the system limits the size of files; raise the"),
        (OSError("no number"), "no number."),
    ],
)  # fmt: skip
def test_an_error_is_one_sentence_with_what_to_do(error, said):
    assert sentence(error).startswith(said)
    assert sentence(error).count("\n") == 0


def test_a_failed_job_shows_the_scene_own_line_and_its_log():
    error = JobError("NameError: name 'x' is not defined", "scenes/ch01/dot.py:5: x", "build/logs/Dot.log")
    assert failure_text("clip Dot", error) == (
        "clip Dot: NameError: name 'x' is not defined\n  at scenes/ch01/dot.py:5: x\n  full log: build/logs/Dot.log"
    )
    assert explained(JobError("It ended.")) == "It ended."


def test_a_failed_job_shows_the_end_of_its_log_but_not_what_was_said_already(tmp_path):
    log = tmp_path / "Dot.log"
    log.write_text("first\nsecond\n\nthird\n  fourth  \nrender.quality.RenderError: It is broken.\n" + "\n")
    assert explained(JobError("It is broken.", log=str(log))) == (
        f"It is broken.\n  | second\n  | third\n  |   fourth\n  full log: {log}"
    )


@pytest.mark.parametrize("shown", [Plain, Bars])
def test_a_job_that_runs_again_is_told_and_counts_as_waiting(clock, shown):
    out = io.StringIO()
    watched = shown(Console(file=out, width=120), clock)
    watched.planned(statuses(A, B), {A.id: 10, B.id: 20})
    watched.started(A)
    clock.now += 4
    watched.again(A, "killed by the system; runs again, alone")
    assert watched.forecast.left_s() == 30
    watched.started(A)
    clock.now += 8
    watched.finished(A, done(8.0))
    watched.close()
    assert "clip A: killed by the system; runs again, alone\n" in out.getvalue()
    assert watched.forecast.left_s() == 16
