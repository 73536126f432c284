"""Photographs and scans to words with places (rapidocr and onnxruntime, an optional component; models inside its wheel).

Only the child process imports this: the libraries take memory, and OpenCV brings parts that a window should not load.
"""

import importlib.util
import io
import logging
import os
import struct
import sys
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from app import paths
from app.bills.page import Sheet, Word, levelled
from app.errors import Problem, UserError

LONGEST = 1800  # dots of the longer side that are looked at: small print of an A4 page still has 12 of them
_MOST_DOTS = 200_000_000
_LEAST = 200
_FEW_WORDS = 12
_SURE = 0.9
_THREADS = max(1, (os.cpu_count() or 1) // 2)  # the window beside it has to answer
_TURNED = 0x0112  # Exif: how the camera was held


def is_installed() -> bool:
    """Whether the component is there, without loading it: among the libraries, or in the folder of the second package."""
    folder = str(paths.picture_reader_dir())
    if os.path.isdir(folder) and folder not in sys.path:
        sys.path.append(folder)
    return all(importlib.util.find_spec(name) for name in ("rapidocr", "onnxruntime", "cv2"))


def upright(
    data: bytes, longest: int, resample: Image.Resampling = Image.Resampling.BICUBIC
) -> Image.Image:
    """A picture turned as its camera says and made no larger than `longest`. UserError: no picture, or a bomb."""
    try:
        Image.MAX_IMAGE_PIXELS = _MOST_DOTS
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > _MOST_DOTS:
                raise UserError(_too_big(image.width, image.height))
            image.draft("RGB", (longest, longest))  # a JPEG is unpacked small at once
            turned = _turned(image)
            turned.thumbnail((longest, longest), resample)
            return turned.convert("RGB")
    except Image.DecompressionBombError as error:
        raise UserError(_too_big(0, 0)) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, MemoryError) as error:
        raise UserError(
            Problem("", "不是完好的图片", "重新拍一张，或者另存为 JPG 再拖进来")
        ) from error


def _turned(image: Image.Image) -> Image.Image:
    """As the camera says; as it lies where what the camera says cannot be read."""
    try:
        if image.getexif().get(_TURNED, 1) == 1:
            return image  # a copy would be as good
        return ImageOps.exif_transpose(image)
    except (struct.error, ValueError, TypeError, KeyError, SyntaxError):
        return image


def _too_big(width: int, height: int) -> Problem:
    size = f"（{width} × {height}）" if width else ""
    return Problem("", f"图片太大{size}，没有读", "缩小到一亿点以内再拖进来")


class Reader:
    """Loaded when the first picture comes."""

    def __init__(self) -> None:
        self._engine: Any = None

    def __call__(self, data: bytes) -> Sheet:
        image = upright(data, LONGEST)
        if min(image.size) < _LEAST:
            raise UserError(Problem("", "图片太小，字看不清", "拍清楚一点再拖进来"))
        first = self._sheet(image, 0)
        best = first
        for quarter in _other_ways(first):
            turned = self._sheet(image.rotate(quarter, expand=True), quarter)
            best = max((best, turned), key=_sureness)
        return best

    def _sheet(self, image: Image.Image, quarter: int) -> Sheet:
        import numpy

        if self._engine is None:
            self._engine = _engine()
        # its own colours are blue, green, red
        result = self._engine(numpy.ascontiguousarray(numpy.asarray(image)[:, :, ::-1]))
        if result.boxes is None:
            return levelled([], 0, *image.size, quarter)
        corners = [[(point[0].item(), point[1].item()) for point in box] for box in result.boxes]
        fall = _fall(corners)
        words = [
            _word(box, text, float(sure))
            for box, text, sure in zip(corners, result.txts, result.scores, strict=True)
        ]
        return levelled(words, fall, *image.size, quarter)


def _other_ways(sheet: Sheet) -> tuple[int, ...]:
    """By how many degrees the picture should be tried again: most cells stand upright, or the letters are hardly known."""
    if len(sheet.words) < _FEW_WORDS:
        return ()
    tall = sum(1 for word in sheet.words if word.height > 1.5 * (word.x1 - word.x0))
    if tall * 2 > len(sheet.words):
        return (90, 270)
    return (180,) if _sureness(sheet) < _SURE else ()


def _sureness(sheet: Sheet) -> float:
    """The mean of what the reader says of itself, by letters."""
    letters = sum(len(word.text) for word in sheet.words)
    return sum(word.sure * len(word.text) for word in sheet.words) / max(letters, 1)


_Corners = list[tuple[float, float]]  # left top, right top, right bottom, left bottom


def _fall(boxes: list[_Corners]) -> float:
    """How much the lines fall to the right: the middle of what the long boxes say, each counting by its length."""
    slopes = []
    for (x0, y0), (x1, y1), (x2, y2), (x3, y3) in boxes:
        across = (x1 + x2 - x0 - x3) / 2
        tall = (y2 + y3 - y0 - y1) / 2
        if across > 3 * tall > 0:
            slopes.append(((y1 + y2 - y0 - y3) / 2 / across, across))
    slopes.sort()
    half = sum(length for _, length in slopes) / 2
    for slope, length in slopes:
        half -= length
        if half <= 0:
            return slope
    return 0.0


def _word(box: _Corners, text: str, sure: float) -> Word:
    """A level box round the middle of the slanted one."""
    xs, ys = [x for x, _ in box], [y for _, y in box]
    tall = max((ys[2] + ys[3] - ys[0] - ys[1]) / 2, 1)
    middle = sum(ys) / 4
    return Word(text, min(xs), middle - tall / 2, max(xs), middle + tall / 2, sure)


def _engine() -> Any:
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.use_cls": False,  # whole pages are turned here, not single lines
            "Global.max_side_len": LONGEST,
            "EngineConfig.onnxruntime.intra_op_num_threads": _THREADS,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
