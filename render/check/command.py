"""The command ``check``: which scenes to look at, what they need, and their findings as they come."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from assets.store import Store
from models.suggest import did_you_mean
from render.build import Outcome
from render.catalog import SceneInfo, UnknownName, class_name, find_chapters, find_scene, scenes_of
from render.check.findings import Finding, summary
from render.graph import offers
from render.jobs import Options, gallery_scenes, make_options
from render.look import Look, PlainScene, find_look
from render.progress import failure_text
from render.report import fetch_missing_data
from render.runners import asset_objects, durations_of
from render.told import require, the_store
from render.watch import file_of
from render.workers import JobError, Worker
from scenes.chapters import CHAPTERS, GALLERY

MODULE = "render.check.worker"
Subject = SceneInfo | PlainScene


def subjects(word: str, options: Options) -> list[Subject]:
    """The scenes that a person named: one, those of a chapter or of the ``gallery``, ``all``, or ``FILE.py:Class``.

    Raises: UnknownName with the nearest.
    """
    if file_of(word) is not None:
        return [find_look(word, options).scene]
    listed = [class_name(spec) for chapter in CHAPTERS for spec in chapter.scenes]
    names = [*listed, *(class_name(spec) for spec in GALLERY.scenes)]
    if word.rpartition("/")[2] in names:
        return [find_scene(word, options.lang)]
    shown = gallery_scenes() if word in (GALLERY.slug, "all") else []
    if word == GALLERY.slug:
        return [*shown]
    try:
        return [*(s for chapter in find_chapters([word]) for s in scenes_of(chapter, options.lang)), *shown]
    except UnknownName:
        slugs = [*(chapter.slug for chapter in CHAPTERS), GALLERY.slug]
        near = did_you_mean(word, [*names, *slugs]) or f" There are {', '.join([*listed, *slugs])}."
        raise UnknownName(f"No chapter or scene is called '{word}'.{near}") from None


class Check:
    """One run of the command: the scenes that a person named, the jobs that they need, and what is wrong with them.

    tell: takes a remark for people. Raises: UnknownName or OverrideError for what does not exist.
    """

    def __init__(
        self, word: str, chosen: Mapping[str, Any], cores: int | None, as_json: bool, tell: Callable[[str], None]
    ) -> None:
        self.options = make_options(**chosen)
        self.cores, self.as_json = cores or os.cpu_count() or 1, as_json
        self.scenes = subjects(word, self.options)
        wanted = [job for scene in self.scenes for job in Look(scene, self.options, "still").jobs]
        self.jobs = list({job.id: job for job in wanted}.values())
        self.findings: list[Finding] = []
        self.broken = 0
        if self.jobs:
            fetch_missing_data(self.options, tell)

    def lines(self, outcome: Outcome) -> Iterator[str]:
        """Look at the scenes, several at once, and tell in their order what is wrong; the jobs have been built.

        Raises: RenderError if one of them failed.
        """
        require(outcome)
        store, offered = the_store(), offers(outcome.statuses.values())
        workers = [Worker(MODULE) for _ in range(min(self.cores, len(self.scenes)))]
        with store.scratch() as work:
            try:
                asked = [_request(s, store, self.options, offered, work / str(i)) for i, s in enumerate(self.scenes)]
                answers = [workers[i % len(workers)].submit(r, lambda event: None) for i, r in enumerate(asked)]
                for scene, answer in zip(self.scenes, answers, strict=True):
                    yield from self._told(scene.name, answer)
            finally:
                for worker in workers:
                    worker.close()

    def _told(self, scene: str, answer: "Future[dict[str, Any]]") -> Iterator[str]:
        try:
            found = [Finding(**facts) for facts in answer.result()["findings"]]
        except JobError as error:
            self.broken += 1
            broken = {"level": "failed", "scene": scene, "what": str(error), "where": error.where}
            yield json.dumps(broken) if self.as_json else failure_text(f"check {scene}", error)
            return
        self.findings += found
        for finding in found:
            yield json.dumps(finding.facts()) if self.as_json else finding.text()

    def summary(self) -> str:
        """One line: how many scenes were looked at, and how many findings there are of each level."""
        return summary(self.findings, len(self.scenes), self.broken)

    @property
    def failed(self) -> bool:
        """Whether there is an error, or a scene could not be played."""
        return self.broken > 0 or any(finding.level == "error" for finding in self.findings)


def _request(scene: Subject, store: Store, options: Options, offered: Mapping[str, str], work: Path) -> dict[str, Any]:
    request = {"id": scene.name, "work": str(work.absolute()), "lang": options.lang, "words": {}, "title": ""}
    if isinstance(scene, PlainScene):
        return {**request, "scene": f"{scene.path}:{scene.name}", "cwd": str(Path.cwd())}
    objects = asset_objects(offered)
    return {
        **request,
        "scene": scene.spec,
        "store": str(store.root.absolute()),
        "assets": {name: objects[name] for name in scene.needs},
        "durations": durations_of(scene, offered),
        "words": {cue: offered[f"words {scene.name}.{cue}"] for cue in scene.narration.lines},
        "times": {cue: json.loads(offered[f"times {scene.name}.{cue}"]) for cue in scene.narration.lines},
        "title": scene.narration.title,
    }
