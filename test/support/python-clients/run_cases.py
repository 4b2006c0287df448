"""Runs the functions that it is given and prints, as JSON, what each returned or raised."""

import json
import sys
from collections.abc import Callable


def run(cases: list[Callable[[], object]]) -> None:
    json.dump({case.__name__: outcome(case) for case in cases}, sys.stdout)


def outcome(case: Callable[[], object]) -> dict:
    try:
        return {"result": case(), "error": None}
    except Exception as error:
        return {"result": None, "error": described(error)}


def described(error: Exception) -> dict:
    return {
        "class": type(error).__name__,
        "message": str(error),
        "status": getattr(error, "status_code", None),
        "code": getattr(error, "code", None),
        "param": getattr(error, "param", None),
    }
