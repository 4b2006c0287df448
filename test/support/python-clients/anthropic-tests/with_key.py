"""Has the SDK's own tests ask with a key that the gateway knows."""

import os
import sys


def pytest_collection_finish():
    sys.modules["tests.conftest"].api_key = os.environ["API_KEY"]
