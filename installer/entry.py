"""What an installed copy starts. The staged Windows folder is not frozen by a tool, so it says itself that it is."""

import sys

if not getattr(sys, "frozen", False):
    sys.frozen = "staged"  # type: ignore[attr-defined]

from app.__main__ import main

sys.exit(main())
