"""What a test needs and this machine does not have: a browser, a compiler, a package."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def is_missing(reason: str) -> NoReturn:
    """No reason to fail, except in continuous integration, which has everything and must skip nothing.

    Args:
        reason: what is missing, and the command that mends it.
    """
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
