"""The store: content addressed, atomic, and honest about damage."""

import errno
import multiprocessing
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from assets.store import (
    AssetError,
    Assets,
    Store,
    array_digest,
    current_assets,
    load_asset,
    make_asset,
    save_asset,
    sha256,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def saved(store, **changes):
    given = {"w": np.arange(6, dtype=np.float32).reshape(2, 3)} | changes
    return save_asset(store, "net", given, {"w": ("to", "from")}, {"w": "1"}, {"seed": 3})


def test_an_object_is_named_by_its_content_and_reads_back(store):
    object_id = store.put(b"hello", "txt")
    assert object_id == f"{sha256(b'hello')}.txt"
    assert store.read(object_id) == b"hello"
    assert store.put(b"hello", "txt") == object_id


def test_a_moved_file_becomes_an_object(store, tmp_path):
    (tmp_path / "clip.mp4").write_bytes(b"frames")
    object_id = store.put_file(tmp_path / "clip.mp4", "mp4")
    assert store.read(object_id) == b"frames"
    assert not (tmp_path / "clip.mp4").exists()


@pytest.mark.parametrize("damage", [b"hellO", b"", b"hello and more"])
def test_a_damaged_object_is_never_read_and_never_taken_for_intact(store, damage):
    object_id = store.put(b"hello", "txt")
    time.sleep(0.01)
    store.path(object_id).write_bytes(damage)
    assert not store.intact(object_id)
    with pytest.raises(AssetError, match="is damaged; run the command again"):
        store.read(object_id)
    assert store.put(b"hello", "txt") == object_id
    assert store.read(object_id) == b"hello"


def flip_in_secret(path, at=0):
    """Change one bit and put the time of the last change back."""
    stat = path.stat()
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def test_a_flipped_bit_under_an_old_time_is_found_by_the_next_read_and_then_by_all(store):
    object_id = store.put(b"hello", "txt")
    flip_in_secret(store.path(object_id))
    assert store.intact(object_id)  # size, mtime and inode are those of an earlier check
    with pytest.raises(AssetError, match=f"{object_id} is damaged"):
        store.read(object_id)
    assert not store.intact(object_id)
    assert store.put(b"hello", "txt") == object_id
    assert store.read(object_id) == b"hello"


@pytest.mark.parametrize("at", [0, 8, 100, -1])
def test_a_bit_of_an_asset_that_is_flipped_anywhere_is_damage_and_no_number(store, at):
    object_id = saved(store)
    flip_in_secret(store.path(object_id), at)
    with pytest.raises(AssetError, match=f"{object_id} is damaged"):
        load_asset(store, "net", object_id)


def test_a_missing_object_is_an_error_with_a_remedy(store):
    with pytest.raises(AssetError, match="is missing; run the command again to rebuild it"):
        store.read("ab" * 32 + ".mp4")


def test_a_published_copy_is_made_again_only_when_it_differs(store, tmp_path):
    object_id = store.put(b"film", "mp4")
    target = tmp_path / "out" / "film.mp4"
    store.publish(object_id, target)
    first = target.stat().st_mtime_ns
    store.publish(object_id, target)
    assert target.stat().st_mtime_ns == first
    target.write_bytes(b"overwritten")
    store.publish(object_id, target)
    assert target.read_bytes() == b"film"


def test_a_write_that_fails_leaves_the_old_content_and_no_rest(store):
    path = store.root / "refs" / "net"
    store.write(path, b"old")
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4, limit[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            store.write(path, b"longer than four bytes")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert path.read_bytes() == b"old"
    assert list((store.root / "tmp").iterdir()) == []


def test_a_publication_that_was_killed_is_tidied_up_by_the_next(store, tmp_path):
    object_id = store.put(b"film", "mp4")
    (tmp_path / ".film.mp4.part").write_bytes(b"fi")
    store.publish(object_id, tmp_path / "film.mp4")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["film.mp4"]
    assert (tmp_path / "film.mp4").read_bytes() == b"film"


def test_nothing_temporary_stays(store, tmp_path):
    (tmp_path / "clip.mp4").write_bytes(b"frames")
    store.put_file(tmp_path / "clip.mp4", "mp4")
    store.publish(store.put(b"film", "mp4"), tmp_path / "film.mp4")
    with store.lock("job"), store.scratch() as folder:
        (folder / "half").write_bytes(b"half")
    assert [*(store.root / "tmp").iterdir(), *(store.root / "locks").iterdir()] == []


SCRATCH = """
import sys, time
from pathlib import Path
from assets.store import Store
with Store(Path(sys.argv[1])).scratch() as folder:
    (folder / "half").mkdir()
    print("ready", flush=True)
    time.sleep(60)
"""


def test_a_sweep_removes_what_killed_commands_left_and_nothing_that_is_in_use(store):
    command = [sys.executable, "-c", SCRATCH, str(store.root)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "ready\n"
        (store.root / "tmp" / "a-stray-file").write_bytes(b"half")
        store.sweep()
        (folder,) = (store.root / "tmp").iterdir()
        assert (folder / "half").is_dir()
        holder.kill()
    store.sweep()
    assert list((store.root / "tmp").iterdir()) == []


HOLDER = """
import subprocess, sys, time
from pathlib import Path
from assets.store import Store
with Store(Path(sys.argv[1])).lock("job"), Store(Path(sys.argv[1])).scratch():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], stdout=subprocess.DEVNULL)
    print(child.pid, flush=True)
    time.sleep(60)
"""


def test_a_killed_command_frees_its_locks_though_a_child_of_it_still_runs(store):
    command = [sys.executable, "-c", HOLDER, str(store.root)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        child = int(holder.stdout.readline())
        holder.kill()
    try:

        def give_up():
            raise AssertionError("the child holds the lock")

        with store.lock("job", give_up):
            os.kill(child, 0)
        store.sweep()
        assert list((store.root / "tmp").iterdir()) == []
    finally:
        os.kill(child, 9)


def test_an_asset_reads_back_with_axes_units_and_provenance(store):
    asset = load_asset(store, "net", saved(store))
    assert asset["w"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert (asset.axes["w"], asset.units["w"], asset.provenance) == (("to", "from"), "1", {"seed": 3})


def test_zero_dimensional_and_integer_and_boolean_arrays_keep_shape_and_type(store):
    object_id = save_asset(store, "net", {"n": np.array(3), "b": np.array([True])}, {"n": (), "b": ("x",)}, {}, {})
    asset = load_asset(store, "net", object_id)
    assert (asset["n"].shape, asset["n"].item(), asset["b"].dtype) == ((), 3, np.dtype(bool))


def test_equal_assets_have_equal_ids_and_one_changed_number_another(store):
    assert saved(store) == saved(store)
    assert saved(store) != saved(store, w=np.array([[0, 1, 2], [3, 4, 6]], dtype=np.float32))


def test_arrays_are_read_only_when_a_scene_gets_them(store):
    asset = load_asset(store, "net", saved(store))
    with pytest.raises(ValueError, match="read-only"):
        asset["w"][0, 0] = 9


def test_an_unknown_array_names_the_nearest(store):
    asset = make_asset("net", {"weights": np.zeros(2)}, {"weights": ("x",)})
    with pytest.raises(AssetError, match=r"has no array 'weigths'; it holds weights\. Did you mean 'weights'\?"):
        asset["weigths"]


def test_what_a_scene_reads_is_recorded_with_its_digest():
    asset = make_asset("net", {"w": np.zeros(2), "b": np.ones(2)}, {"w": ("x",), "b": ("x",)}, provenance={"seed": 1})
    assets = Assets({"net": asset})
    assert assets["net"]["w"].sum() + assets["net"].provenance["seed"] == 1
    assert "b" in assets["net"].arrays and list(assets["net"].provenance) == ["seed"]  # looking is not reading
    assert assets.reads == {"net.w": asset.digests["w"], "net.provenance.seed": asset.digests["provenance.seed"]}
    assert assets["net"].arrays["b"].sum() == 2 and "net.b" in assets.reads


def test_changed_axis_names_change_the_digest_that_a_reader_depends_on():
    w = np.zeros((2, 2))
    one = make_asset("net", {"w": w}, {"w": ("to", "from")})
    other = make_asset("net", {"w": w}, {"w": ("from", "to")})
    assert one.digests["w"] != other.digests["w"]


@given(arrays(np.float32, (3, 4), elements=st.floats(-1e3, 1e3, width=32)))
def test_the_digest_ignores_memory_order_and_notices_one_changed_bit(array):
    assert array_digest(array) == array_digest(np.asfortranarray(array))
    changed = array.copy()
    changed.view(np.uint32)[1, 2] ^= 1
    assert array_digest(array) != array_digest(changed)


def test_the_current_asset_is_found_through_its_ref_and_its_absence_is_an_error(store):
    store.set_ref("net", saved(store))
    assert current_assets(store, ("net",))["net"]["w"].shape == (2, 3)
    with pytest.raises(AssetError, match="'other' was never built in .*; run `tensorreel assets other`"):
        current_assets(store, ("other",))


def test_another_recipe_s_object_is_refused(store):
    with pytest.raises(AssetError, match="holds the asset 'net', not 'facts'"):
        load_asset(store, "facts", saved(store))


def hold(root, seconds, told):
    with Store(root).lock("job"):
        told.set()
        time.sleep(seconds)


def test_a_lock_is_waited_for_and_dies_with_its_holder(store):
    context = multiprocessing.get_context("spawn")
    told = context.Event()
    holder = context.Process(target=hold, args=(store.root, 60, told))
    holder.start()
    assert told.wait(30)
    os.kill(holder.pid, 9)
    holder.join(30)
    with store.lock("job"):
        assert holder.exitcode == -9


def test_whoever_waits_for_a_lock_is_called_and_may_give_up(store):
    context = multiprocessing.get_context("spawn")
    told = context.Event()
    holder = context.Process(target=hold, args=(store.root, 60, told))
    holder.start()
    assert told.wait(30)

    def give_up():
        raise InterruptedError("enough")

    with pytest.raises(InterruptedError, match="enough"), store.lock("job", give_up):
        pass
    holder.kill()
    holder.join(30)


def test_a_read_only_store_still_answers(store, monkeypatch):
    object_id = store.put(b"hello", "txt")
    (store.root / "verified").rename(store.root / "gone")

    def refuse(path, data):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(store, "write", refuse)
    assert store.intact(object_id)


def test_a_read_only_store_still_says_what_is_damaged(store, monkeypatch):
    object_id = store.put(b"hello", "txt")
    flip_in_secret(store.path(object_id))

    def refuse(path, missing_ok):
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(AssetError, match="is damaged"):
        store.read(object_id)


TINY_DISK = """
mount -t tmpfs -o size=200k none "$1" || exit 77
exec {python} -c '
import sys
from pathlib import Path
from assets.store import Store
store = Store(Path(sys.argv[1]) / "store")
kept = store.put(b"small", "txt")
try:
    store.put(bytes(300_000), "bin")
except OSError as error:
    print(error.strerror)
assert store.read(kept) == b"small"
assert list((store.root / "tmp").iterdir()) == []
assert [path.name for path in (store.root / "objects").glob("*/*")] == [kept]
assert store.read(store.put(bytes(1000), "bin")) == bytes(1000)
' "$1"
"""


def test_a_full_disk_is_the_system_s_error_and_the_store_stays_good(tmp_path):
    script = TINY_DISK.replace("{python}", sys.executable)
    command = ["unshare", "--mount", "bash", "-c", script, "bash", str(tmp_path)]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    except FileNotFoundError:
        pytest.skip("no unshare here to mount a tiny disk with")
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip("no right to mount a tiny disk")
    assert (done.returncode, done.stdout) == (0, "No space left on device\n"), done.stderr
