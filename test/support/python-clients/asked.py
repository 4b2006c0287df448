"""What every client asks for."""

import os

BASE_URL = os.environ["BASE_URL"]
API_KEY = os.environ["API_KEY"]

MODEL = "speka/sandbox"
# Its target keeps responses.
KEPT = "kept/answers"
HELLO = "Say hello to the world."
QUESTION = "What is the weather in Oslo?"

# One red pixel.
PICTURE = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
)


def get_weather(city: str) -> str:
    """The weather in a city."""
    return f"{city}: 4 degrees and clear"
