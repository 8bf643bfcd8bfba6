"""Small pictures of inspected goods, drawn with numbers: cartons, some scratched, dented or stained."""

from __future__ import annotations

import struct
import zlib

import numpy as np

SIDE = 48


def png(pixels: np.ndarray) -> bytes:
    """A picture file of red, green and blue bytes, shape (height, width, 3)."""
    height, width, _ = pixels.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, -1)], axis=1)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows.tobytes(), 9))
        + chunk(b"IEND", b"")
    )


def carton(random: np.random.Generator, is_damaged: bool) -> np.ndarray:
    """A carton on a bench; damage is a scratch, a dent or a stain at a random place."""
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    light = 0.75 + 0.25 * np.sin((x * random.uniform(0.02, 0.06)) + random.uniform(0, 6))
    picture = np.full((SIDE, SIDE, 3), random.uniform(90, 140, 3))
    left, top = random.integers(6, 12, 2)
    right, bottom = SIDE - random.integers(6, 12, 2)
    box = (x >= left) & (x < right) & (y >= top) & (y < bottom)
    picture[box] = random.uniform([150, 110, 70], [210, 170, 120])
    picture[box & (abs(x - (left + right) // 2) < 2)] *= 1.15
    label = box & (x > right - 14) & (x < right - 4) & (y > bottom - 12) & (y < bottom - 4)
    picture[label] = 235
    if is_damaged:
        kind = random.integers(0, 3)
        cx, cy = random.uniform(left + 5, right - 5), random.uniform(top + 5, bottom - 5)
        if kind == 0:
            slope = random.uniform(-1.5, 1.5)
            mark = box & (abs(y - cy - slope * (x - cx)) < 1.2) & (abs(x - cx) < 10)
            picture[mark] *= 0.35
        elif kind == 1:
            far = ((x - cx) / random.uniform(4, 8)) ** 2 + ((y - cy) / random.uniform(3, 7)) ** 2
            picture[box & (far < 1)] *= 0.6
            picture[box & (far >= 1) & (far < 1.4)] *= 1.2
        else:
            blot = np.sin(x * 0.9 + cx) + np.cos(y * 0.8 + cy) + random.normal(0, 0.3, x.shape)
            near = (x - cx) ** 2 + (y - cy) ** 2 < random.uniform(40, 110)
            picture[box & near & (blot > -0.6)] *= (0.5, 0.45, 0.4)
    picture = picture * light[..., None] + random.normal(0, 3, picture.shape)
    return np.clip(picture, 0, 255).astype(np.uint8)


def album(random: np.random.Generator, count: int) -> tuple[list[bytes], list[bytes]]:
    """As many pictures of goods as new, and as many of damaged ones."""
    return (
        [png(carton(random, False)) for _ in range(count)],
        [png(carton(random, True)) for _ in range(count)],
    )
