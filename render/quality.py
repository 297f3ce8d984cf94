"""Picture sizes and rates that a film can be rendered at, and the error that the render layer raises at users."""

from dataclasses import dataclass

GRID = 15  # instants per second on which every cue falls, so that they are frames at each of our rates


class RenderError(Exception):
    """Rendering, encoding, speaking or joining failed; the message is one sentence and what to do."""


@dataclass(frozen=True)
class Quality:
    """One row of settings for drawing and for x264.

    raster: "stock" draws as manim does; "exact" draws the same pixels by a compiled loop over the same library; "fast"
    is our own rasteriser, whose edges differ by less than can be seen.

    width, height: even pixels, because yuv420p halves both. fps: whole frames per second, a multiple of GRID.
    preset, crf: x264's; a lower crf is nearer to the drawn picture. quick: crf is the quantiser of every frame, so that
    x264 neither looks ahead nor compares frames before it encodes them: half the time, a few more bytes.
    """

    name: str
    width: int
    height: int
    fps: int
    preset: str
    crf: int
    raster: str = "exact"
    quick: bool = False

    def __post_init__(self) -> None:
        assert self.width % 2 == 0 and self.height % 2 == 0, f"{self.name}: odd size {self.width}x{self.height}"
        assert self.fps % GRID == 0, f"{self.name}: {self.fps} fps is no multiple of {GRID}"


# On line art in flat colours superfast and ultrafast are quicker than medium and no worse to look at, only larger; at
# 4k medium would also take 1.4 GB of memory for each clip that is being encoded.
QUALITIES = {
    quality.name: quality
    for quality in (
        Quality("preview", 854, 480, 15, "ultrafast", 24, "fast", quick=True),
        Quality("draft", 1280, 720, 30, "superfast", 24, "fast", quick=True),
        Quality("final", 1920, 1080, 60, "medium", 18),
        Quality("4k", 3840, 2160, 60, "superfast", 18),
    )
}
