"""Make resources/design/srgb.icc, the colour profile in every PDF, with LittleCMS (python -m tools.make_srgb).

The values are those of IEC 61966-2-1; the profile itself carries no copyright. Its date is fixed, so that it is made the same
every time.
"""

import sys

from PIL import ImageCms

from app.paths import resources_dir

_DATE = bytes.fromhex("07ea000b001d000000000000")  # 2026-11-29 00:00:00, at byte 24 of the head


def main() -> int:
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[24:36] = _DATE
    (resources_dir() / "design" / "srgb.icc").write_bytes(bytes(made))
    return 0


if __name__ == "__main__":
    sys.exit(main())
