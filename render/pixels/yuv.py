"""RGBA pictures into the three planes that x264 takes, by one compiled pass.

It counts in integers only, so the planes are the same on every processor. Importing this module compiles the pass or
loads it from numba's cache.
"""

import numpy as np
from numba import uint8, uint32, void
from numpy.typing import NDArray

from render.pixels.compiled import compiled

# 65536 times the matrix from RGB 0..255 to limited range; the sums over a row are exact, so that grey stays grey
Y_R, Y_G, Y_B = np.int32(11966), np.int32(40254), np.int32(4064)  # 219 / 255 * (0.2126, 0.7152, 0.0722)
U_R, U_G, U_B = np.int32(-6596), np.int32(-22189), np.int32(28785)  # 224 / 255 * (-0.2126, -0.7152, 0.9278) / 1.8556
V_R, V_G, V_B = np.int32(28785), np.int32(-26145), np.int32(-2640)  # 224 / 255 * (0.7874, -0.7152, -0.0722) / 1.5748
BLACK = np.int32((16 << 16) + (1 << 15))  # and one half, for rounding
GREY = np.int32((128 << 18) + (1 << 17))  # 18 bits, because it is added to a sum of four pixels
BYTE, EIGHT, SIXTEEN = np.uint32(255), np.uint32(8), np.uint32(16)


def to_yuv420(rgba: NDArray[np.uint8], y: NDArray[np.uint8], u: NDArray[np.uint8], v: NDArray[np.uint8]) -> None:
    """Write a picture as 8-bit YUV 4:2:0, BT.709 in limited range, rounded to the nearest; alpha is ignored.

    A chroma sample is the mean of its 2 x 2 pixels, so it sits at their centre. rgba: (height, width, 4) uint8,
    C-contiguous, height and width even. y: (height, >= width), u and v: (height / 2, >= width / 2), uint8,
    C-contiguous; columns beyond the picture are left as they are. Source: ITU-R BT.709-6, sections 3 and 4.
    """
    height, width, _ = rgba.shape
    assert height % 2 == 0 and width % 2 == 0 and y.shape[0] == height and y.shape[1] >= width, (rgba.shape, y.shape)
    assert u.shape == v.shape and u.shape[0] == height // 2 and u.shape[1] >= width // 2, (rgba.shape, u.shape, v.shape)
    _convert(rgba.view("<u4")[:, :, 0], y, u, v)  # (height, width), red in the lowest byte


# Each step is cast to 32 bits: numba would go on in 64, and a vector of the processor holds half as many of those.
@compiled(void(uint32[:, ::1], uint8[:, ::1], uint8[:, ::1], uint8[:, ::1]))
def _convert(pixels: NDArray[np.uint32], y: NDArray[np.uint8], u: NDArray[np.uint8], v: NDArray[np.uint8]) -> None:
    height, width = pixels.shape
    for j in range(height // 2):
        for k in range(2 * j, 2 * j + 2):
            row, luma = pixels[k], y[k]
            for i in range(width):
                r, g, b = np.int32(row[i] & BYTE), np.int32(row[i] >> EIGHT & BYTE), np.int32(row[i] >> SIXTEEN & BYTE)
                luma[i] = np.uint8(np.int32(np.int32(r * Y_R + g * Y_G) + np.int32(b * Y_B + BLACK)) >> 16)
        upper, lower, blue, red = pixels[2 * j], pixels[2 * j + 1], u[j], v[j]
        for i in range(width // 2):
            nw, ne, sw, se = upper[2 * i], upper[2 * i + 1], lower[2 * i], lower[2 * i + 1]
            r = np.int32((nw & BYTE) + (ne & BYTE) + (sw & BYTE) + (se & BYTE))
            g = np.int32((nw >> EIGHT & BYTE) + (ne >> EIGHT & BYTE) + (sw >> EIGHT & BYTE) + (se >> EIGHT & BYTE))
            b = np.int32(
                (nw >> SIXTEEN & BYTE) + (ne >> SIXTEEN & BYTE) + (sw >> SIXTEEN & BYTE) + (se >> SIXTEEN & BYTE)
            )
            blue[i] = np.uint8(np.int32(np.int32(r * U_R + g * U_G) + np.int32(b * U_B + GREY)) >> 18)
            red[i] = np.uint8(np.int32(np.int32(r * V_R + g * V_G) + np.int32(b * V_B + GREY)) >> 18)
