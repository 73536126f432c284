"""What an installed copy starts. The staged Windows folder is not frozen by a tool, so it says itself that it is."""

import os
import sys

if not getattr(sys, "frozen", False):
    sys.frozen = "staged"  # type: ignore[attr-defined]

if os.environ.get("QT_IM_MODULE", "").startswith("fcitx"):
    # The package brings Qt's plugin for ibus only; fcitx 5 serves programs that speak ibus as well.
    os.environ["QT_IM_MODULE"] = "ibus"

from app.__main__ import main

sys.exit(main())
