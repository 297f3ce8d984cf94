"""Pictures of a scene at the end of each spoken line, drawn without drawing what lies between."""

import shutil
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from assets.store import Store
from render.build import Context
from render.catalog import SceneInfo
from render.graph import Status, offers
from render.jobs import Options
from render.runners import clip_request, log_kept
from render.workers import Worker


def draw_stills(
    scene: SceneInfo, store: Store, options: Options, statuses: Mapping[str, Status], folder: Path
) -> list[Path]:
    """Draw a PNG per cue into ``folder`` from assets and voices that are ready.

    Raises: JobError with the scene's own line if it fails.
    """
    with closing(Worker("render.server")) as worker, store.scratch() as work, log_kept(work, scene):
        context = Context(store, options, offers(statuses.values()), worker, lambda done, total, note: None)
        request = clip_request(scene, context, "still", work, stills=True)
        answer = worker.submit(request, lambda event: None).result()
        shutil.rmtree(folder, ignore_errors=True)  # pictures of cues that are gone would look current
        folder.mkdir(parents=True)
        return [Path(shutil.copy(path, folder)) for path in answer["stills"]]
