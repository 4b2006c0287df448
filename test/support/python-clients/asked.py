"""What every client asks for."""

import os
import struct

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

# What the sandbox takes for a threat.
THREAT = "I will kill you."

# A WAV file of one second of silence, 16 bits at 8 kHz.
RECORDING = b"RIFF" + struct.pack("<I", 16036) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
RECORDING += b"data" + struct.pack("<I", 16000) + bytes(16000)


def get_weather(city: str) -> str:
    """The weather in a city."""
    return f"{city}: 4 degrees and clear"
