"""kill -9 at any moment, full and read-only disks, two commands at once: the next run ends with the very same frames.

A copy of the code with two small chapters of its own. A third of the thirty instants lie in a cold build of the first
one (a network is trained), the others in a build whose asset is there (clips are drawn and joined), each on a store of
its own.
"""

import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import pytest

from assets.store import Store
from render.doctor import examine_store

ROOT = Path(__file__).resolve().parents[1]
QUICK = ("--voice", "none", "--set", "digits.epochs=1", "--set", "digits.lr=3")
INSTANTS = 30
COLD_EVERY = 3  # one instant of so many falls in a build from nothing
VICTIMS = ("group", "command", "worker", "child")
GONE_WITHIN_S = 20
FILM = "01-toy.en.*.mp4"
PLAYS = 120
pytestmark = pytest.mark.slow

CHAPTERS = '''"""The chapters of a test."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Chapter:
    """One video."""

    number: int
    slug: str
    title: str
    scenes: tuple[str, ...]


CHAPTERS = (
    Chapter(1, "toy", "Toy", ("toy_one.intro:Intro", "toy_one.outro:Outro")),
    Chapter(2, "toy-two", "Toy two", ("toy_two.intro:Intro",)),
)
GALLERY = Chapter(0, "gallery", "The kit", ())
'''
SCENE = '''"""A scene of a test."""

from manim import RIGHT, UP, FadeIn, Square, Text

from scenes.base import TensorScene
from scenes.kit.typeset import Words


class NAME(TensorScene):
    """Squares as bright as one row of weights."""

    needs = ("digit_net",)

    def construct(self) -> None:
        row = self.assets["digit_net"]["w3"][0]
        shades = [min(1.0, abs(float(weight))) for weight in row]
        squares = [Square(0.5, fill_opacity=s).shift(RIGHT * (i - 8) * 0.6) for i, s in enumerate(shades)]
        words = Text("the same text in both").shift(UP)  # careless renderers share its file
        with self.say("see"):
            self.play(*map(FadeIn, squares), FadeIn(words), FadeIn(Words("NAME").shift(UP * 2)), run_time=1)
            self.play(*(square.animate.shift(UP * 0.5) for square in squares), run_time=2)
'''
PLAYING = '''"""A scene of a test, in a file and a class named as in another chapter."""

from manim import RIGHT, Dot

from scenes.base import TensorScene


class Intro(TensorScene):
    """A dot that moves in many small plays."""

    def construct(self) -> None:
        dot = Dot()
        with self.say("see"):
            for _ in range(PLAYS):
                self.play(dot.animate.shift(RIGHT * 0.01), run_time=1 / 15)
'''
LINES = '[NAME]\ntitle = "NAME of FOLDER"\n[NAME.lines]\nsee = "Look."\n'


class Tree:
    """A copy of the code, and commands that run in it with a build folder of their own."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def start(self, build: Path, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "cli", *arguments],
            cwd=self.path,
            env={**os.environ, "PYTHONPATH": str(self.path), "TENSORREEL_BUILD": str(build)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, build: Path, *arguments: str, code: int = 0) -> str:
        with self.start(build, *arguments) as process:
            _, err = process.communicate(timeout=300)
        assert process.returncode == code, err
        assert "Traceback" not in err.replace("| Traceback", "")
        return err

    def render(self, build: Path, *arguments: str, code: int = 0) -> str:
        return self.run(build, "render", "1", *QUICK, *arguments, code=code)

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.path / name).read_text()
        assert old in text
        (self.path / name).write_text(text.replace(old, new))


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    path = tmp_path_factory.mktemp("tree")
    for name in ("models", "assets", "scenes", "render", "cli.py"):
        subprocess.run(["cp", "-a", str(ROOT / name), str(path)], check=True)
    scenes = path / "scenes"
    (scenes / "chapters.py").write_text(CHAPTERS)
    for folder, names in (("toy_one", ("Intro", "Outro")), ("toy_two", ("Intro",))):
        (scenes / folder).mkdir()
        (scenes / folder / "__init__.py").write_text("")
        lines = "".join(LINES.replace("NAME", name).replace("FOLDER", folder) for name in names)
        (scenes / folder / "narration.en.toml").write_text(lines)
        for name in names:
            (scenes / folder / f"{name.lower()}.py").write_text(SCENE.replace("NAME", name))
    (scenes / "toy_two" / "intro.py").write_text(PLAYING.replace("PLAYS", str(PLAYS)))
    return Tree(path)


@pytest.fixture
def own_tree(tree, tmp_path):
    """A copy that a test may spoil."""
    subprocess.run(["cp", "-a", f"{tree.path}/.", str(tmp_path / "tree")], check=True)
    return Tree(tmp_path / "tree")


@pytest.fixture(scope="module")
def trained(tree, tmp_path_factory):
    """A build folder in which the asset is fresh and nothing is drawn, and how long that took."""
    build, began = tmp_path_factory.mktemp("trained") / "build", time.monotonic()
    tree.run(build, "assets", "digit_net", *QUICK[2:])
    return build, time.monotonic() - began


@pytest.fixture(scope="module")
def undisturbed(tree, trained, tmp_path_factory):
    """What a build that nobody disturbs makes of it, and how long that takes."""
    build = copied(trained[0], tmp_path_factory.mktemp("undisturbed"))
    began = time.monotonic()
    tree.render(build)
    return made(build), time.monotonic() - began


@pytest.fixture
def build(trained, tmp_path):
    """A build folder in which the asset is fresh."""
    return copied(trained[0], tmp_path)


def copied(build: Path, folder: Path) -> Path:
    return Path(shutil.copytree(build, folder / "build"))


def made(build: Path) -> tuple[str, str]:
    """Digest of the decoded frames of the film, and its captions."""
    (film,) = (build / "chapters").glob(FILM)
    digest = hashlib.md5()
    with av.open(str(film)) as source:
        for frame in source.decode(video=0):
            digest.update(frame.to_ndarray(format="yuv420p").tobytes())
    return digest.hexdigest(), film.with_suffix(".srt").read_text()


def family(build: Path) -> dict[int, tuple[int, list[str]]]:
    """Every process that works for a build folder, whoever its parent is by now: parent and command line by pid."""
    found = {}
    marker = f"TENSORREEL_BUILD={build}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (process / "stat").read_text().rpartition(")")[2].split()[:2]
            if state != "Z" and marker in (process / "environ").read_bytes().split(b"\0"):
                command = (process / "cmdline").read_bytes().decode().split("\0")
                found[int(process.name)] = (int(parent), command)
        except OSError:  # it has ended, or is another user's
            continue
    return found


def kill(command: subprocess.Popen[str], build: Path, victim: str, chance: random.Random) -> bool:
    """kill -9 one victim, or the command where there is no such process yet; whether the command was hit."""
    alive = family(build)
    workers = [p for p, (parent, line) in alive.items() if parent == command.pid and "-m" in line]
    scenes = [p for p, (parent, _) in alive.items() if parent in workers]
    children = [p for p, (parent, _) in alive.items() if parent in {*workers, *scenes}]  # of scenes and of ranges
    chosen = {"worker": workers, "child": children}.get(victim)
    if victim == "group":
        os.killpg(command.pid, signal.SIGKILL)
    elif chosen:
        os.kill(chance.choice(sorted(chosen)), signal.SIGKILL)
        return False
    else:
        command.kill()
    return True


def assert_gone(build: Path) -> None:
    end = time.monotonic() + GONE_WITHIN_S
    while alive := family(build):
        assert time.monotonic() < end, alive
        time.sleep(0.05)


def assert_clean(build: Path) -> None:
    """Nothing damaged, and nothing temporary left."""
    assert [finding.text for finding in examine_store(Store(build / "store")) if not finding.good] == []
    assert list((build / "store" / "tmp").iterdir()) == []
    assert list(build.rglob(".*")) == []


@pytest.mark.parametrize("number", range(INSTANTS))
def test_after_kill_9_at_a_random_instant_the_next_run_ends_with_the_same_frames(
    tree, trained, undisturbed, tmp_path, number
):
    chance = random.Random(number)
    victim, cold = VICTIMS[number % len(VICTIMS)], number % COLD_EVERY == 0
    build = tmp_path / "build" if cold else copied(trained[0], tmp_path)
    instant = chance.uniform(0.0, trained[1] if cold else undisturbed[1])
    command = tree.start(build, "render", "1", *QUICK)
    time.sleep(instant)
    hit = kill(command, build, victim, chance) if command.poll() is None else False
    _, err = command.communicate(timeout=300)
    # one that lost a worker goes on without it; one that was aimed at may have ended as the signal came
    assert command.returncode in ((-signal.SIGKILL, 0) if hit else (0,)), err
    assert_gone(build)
    damaged = [finding.text for finding in examine_store(Store(build / "store")) if not finding.good]
    assert damaged == []
    tree.render(build)
    assert made(build) == undisturbed[0]
    assert_clean(build)
    assert_gone(build)


def test_two_cold_renders_at_once_do_the_work_once_and_make_the_same_film(tree, undisturbed, tmp_path):
    build = tmp_path / "build"
    both = [tree.start(build, "render", "1", *QUICK) for _ in range(2)]
    said = [command.communicate(timeout=300)[1] for command in both]
    assert [command.returncode for command in both] == [0, 0], said
    done = sorted(re.findall(r"^(clip \w+|asset \w+|chapter '\w+'): done in", "\n".join(said), re.MULTILINE))
    assert done == ["asset digit_net", "chapter 'Toy'", "clip Intro", "clip Outro"]
    assert made(build) == undisturbed[0]
    assert_clean(build)


def test_while_a_scene_is_drawn_neither_server_nor_scene_holds_a_lock(own_tree, build):
    own_tree.edit("scenes/toy_one/intro.py", "run_time=2", "run_time=600")
    command = own_tree.start(build, "render", "1", *QUICK)
    try:
        end, scenes = time.monotonic() + 60, set()
        while not scenes and time.monotonic() < end:
            alive = family(build)
            servers = {
                pid for pid, (parent, line) in alive.items() if parent == command.pid and "render.server" in line
            }
            scenes = {pid for pid, (parent, _) in alive.items() if parent in servers}
            time.sleep(0.05)
        open_files = [link.readlink() for pid in scenes | servers for link in Path(f"/proc/{pid}/fd").iterdir()]
    finally:
        command.kill()
        command.communicate()
    assert scenes and open_files
    held = {build / "store" / name for name in ("locks", "tmp")}
    assert [path for path in open_files if path.parent in held] == []
    assert_gone(build)


def kill_itself(tree: Tree, times: int) -> None:
    """Make the scene Outro kill its own process so many times."""
    deed = (
        "import os, pathlib, signal; tally = pathlib.Path(__file__ + '.tally'); "
        "count = len(tally.read_text()) if tally.exists() else 0; tally.write_text('x' * (count + 1)); "
        f"print('so far so good', flush=True); count < {times} and os.kill(os.getpid(), signal.SIGKILL)"
    )
    tree.edit("scenes/toy_one/outro.py", "        row =", f"        {deed}\n        row =")


def test_a_scene_that_is_killed_once_is_drawn_in_the_end(own_tree, build, undisturbed):
    kill_itself(own_tree, 1)
    err = own_tree.render(build)
    assert "clip Outro: killed by the system, perhaps for want of memory; runs again, alone" in err
    assert err.index("clip Intro: done") < err.rindex("clip Outro ...") < err.index("clip Outro: done")
    assert made(build) == undisturbed[0]


def test_a_scene_that_is_killed_again_is_blamed_by_name_with_its_log_and_the_others_are_kept(own_tree, build):
    kill_itself(own_tree, 99)
    err = own_tree.render(build, code=1)
    blame = (
        r"clip Outro: The process that worked on it, grown to [\d,]+ MB, ended by SIGKILL \(the system kills a process "
        r"that takes too much memory\), the second time with nothing running beside it; free some memory or choose a "
        rf"lower quality\.\n  \| so far so good\n  full log: {build}/logs/toy_one/Outro\.log\n"
    )
    assert re.search(blame, err), err
    assert "clip Intro: done" in err
    own_tree.edit("scenes/toy_one/outro.py", "count < 99", "count < 0")
    assert "clip Intro" not in own_tree.render(build)


def test_a_scene_that_raises_ends_the_output_with_its_line_its_log_and_where_that_lies(own_tree, build):
    own_tree.edit(
        "scenes/toy_one/outro.py", "        row =", "        print('a note')\n        row = {}['x']\n        row ="
    )
    err = own_tree.render(build, code=1)
    told = err[err.index("clip Outro: KeyError") :].splitlines()
    assert told[0] == "clip Outro: KeyError: 'x'"
    assert re.fullmatch(r"  at scenes/toy_one/outro\.py:\d+: row = \{\}\['x'\]", told[1])
    assert [line[:4] for line in told[2:5]] == ["  | "] * 3 and "KeyError" not in "".join(told[2:5])
    assert told[5] == f"  full log: {build}/logs/toy_one/Outro.log"
    assert "a note" in (build / "logs" / "toy_one" / "Outro.log").read_text()


def test_scenes_of_one_name_in_two_chapters_are_two_and_120_plays_are_not_drawn_again(tree, build, undisturbed):
    first = tree.run(build, "render", "all", *QUICK)
    assert first.count("clip Intro: done") == 2
    assert made(build) == undisturbed[0]
    (film,) = (build / "chapters").glob("02-toy-two.en.*.mp4")
    facts = json.loads(film.with_suffix(".json").read_text())
    assert facts["scenes"]["Intro"]["frames"] >= PLAYS
    assert tree.run(build, "render", "all", *QUICK) == "nothing to do: everything is fresh\n"


@pytest.mark.parametrize("suffix", ["mp4", "safetensors"])
@pytest.mark.parametrize("how", ["truncated", "empty", "flipped"])
def test_damage_on_disk_is_found_named_and_mended(tree, build, undisturbed, suffix, how):
    tree.render(build)
    target = max((build / "store" / "objects").glob(f"*/*.{suffix}"), key=lambda path: path.stat().st_size)
    stat, data = target.stat(), target.read_bytes()
    damaged = {"truncated": data[:-100], "empty": b"", "flipped": bytes([data[0] ^ 1]) + data[1:]}[how]
    target.write_bytes(damaged)
    if how == "flipped":  # with size and time as they were, only a reader or `doctor --store` can know
        os.utime(target, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        assert "nothing to do" in tree.render(build)
        tree.run(build, "doctor", "--store", code=1)
    why = subprocess.run(
        [sys.executable, "-m", "cli", "render", "1", *QUICK, "--dry-run"],
        cwd=tree.path,
        env={**os.environ, "TENSORREEL_BUILD": str(build)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"object damaged or gone: {target.name}" in why.stdout
    tree.render(build)
    assert target.read_bytes() == data
    assert made(build) == undisturbed[0]
    assert_clean(build)


def mounted(tree: Tree, build: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a mount namespace of its own, where "$build" may be mounted upon; skips where that is refused."""
    whole = f'build="{build}"; cli="{sys.executable} -m cli"; chosen="{" ".join(QUICK)}"\n{script}'
    try:
        done = subprocess.run(
            ["unshare", "--mount", "bash", "-c", whole],
            cwd=tree.path,
            env={**os.environ, "TENSORREEL_BUILD": str(build)},
            capture_output=True,
            text=True,
            timeout=300,
        )
    except FileNotFoundError:
        pytest.skip("no unshare here to mount with")
    if done.returncode == 77 or "unshare:" in done.stderr:
        pytest.skip("no right to mount")
    return done


def test_a_read_only_store_is_listed_explained_and_planned(tree, build):
    tree.render(build)
    done = mounted(
        tree,
        build,
        'mount --bind "$build" "$build" && mount -o remount,bind,ro "$build" || exit 77\n'
        'touch "$build/x" 2>/dev/null && echo writable\n'
        "for plan in list 'why 1' 'render 1 --dry-run' 'render 1 --dry-run --set digits.seed=9' 'render 1'; do\n"
        '  $cli $plan $chosen || echo "FAILED $plan"\n'
        "done\n",
    )
    assert done.returncode == 0 and "FAILED" not in done.stdout and "writable" not in done.stdout, done
    assert "fresh" in done.stdout and "override digits.seed 0 -> 9" in done.stdout
    assert done.stderr == "nothing to do: everything is fresh\n"


@pytest.mark.parametrize("free_kb", [60, 150, 300])
def test_a_full_disk_is_one_error_and_with_more_room_the_build_goes_on(tree, trained, undisturbed, tmp_path, free_kb):
    build = tmp_path / "build"
    build.mkdir()
    done = mounted(
        tree,
        build,
        f'mount -t tmpfs -o size=60m none "$build" && cp -r "{trained[0]}/." "$build" || exit 77\n'
        f'free=$(df --output=avail "$build" | tail -1); head -c "$((free - {free_kb}))K" /dev/zero > "$build/filler"\n'
        '$cli render 1 $chosen; echo "exit $?"; ls -A "$build/store/tmp" | wc -l; $cli doctor --store\n'
        'rm "$build/filler"; echo "more room" >&2\n'
        f'$cli render 1 $chosen && $cli doctor --store && cp -r "$build/chapters" "{tmp_path}"\n',
    )
    full, _, after = done.stderr.partition("more room\n")
    assert done.returncode == 0 and "exit 1\n0\n" in done.stdout, done
    assert full.count("No space left on device") == 1 and "Traceback" not in done.stderr, full
    assert re.search("free some space|check the folder and the space on its disk", full)
    assert "asset" not in after and "chapter 'Toy': done" in after
    assert done.stdout.count("none damaged") == 2
    assert made(tmp_path) == undisturbed[0]
