"""Frames as numbered PNG files, with transparency where it is asked for."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from PIL import Image

PNG_LEVEL = 1  # of 9: line art stays small, and writing is several times quicker


class Pictures:
    """Writes frames as PNG files into a folder named like the piece, for ``with``; alpha is kept if ``transparent``."""

    def __init__(self, piece: Path, transparent: bool = False) -> None:
        self.folder, self.transparent, self.count = piece.with_suffix(""), transparent, 0

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    def write(self, rgba: np.ndarray, repeat: int = 1, same: bool = False) -> None:
        """Append a picture, ``repeat`` times; rgba: (height, width, 4) uint8, colours times alpha as cairo's."""
        image = Image.fromarray(straight(rgba) if self.transparent else np.ascontiguousarray(rgba[..., :3]))
        first = self.folder / f"{self.count + 1:06d}.png"
        image.save(first, compress_level=PNG_LEVEL)
        for number in range(self.count + 2, self.count + repeat + 1):
            (self.folder / f"{number:06d}.png").hardlink_to(first)
        self.count += repeat

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass


def straight(rgba: np.ndarray) -> np.ndarray:
    """Colours divided by their alpha, as PNG wants them; rgba: (height, width, 4) uint8, multiplied by alpha."""
    alpha = rgba[..., 3:].astype(np.uint16)  # (height, width, 1)
    colours = (rgba[..., :3].astype(np.uint16) * 255 + alpha // 2) // np.maximum(alpha, 1)  # (height, width, 3)
    return np.concatenate([np.minimum(colours, 255).astype(np.uint8), rgba[..., 3:]], axis=2)


def number_pictures(folders: Sequence[Path], target: Path) -> int:
    """Move the pictures of all folders, in order, into one as frame-000001.png and so on; returns how many."""
    target.mkdir(parents=True, exist_ok=True)
    count = 0
    for folder in folders:
        for path in sorted(folder.iterdir()):
            count += 1
            path.rename(target / f"frame-{count:06d}.png")
        folder.rmdir()
    return count
