"""What a user types first, letter for letter but for the address and the key."""

import os

from openai import OpenAI

client = OpenAI(base_url=os.environ["BASE_URL"], api_key=os.environ["API_KEY"])

resp = client.chat.completions.create(
    model="speka/sandbox",
    messages=[{"role": "user", "content": "Say hello to the world."}],
    stream=True,
)
for chunk in resp:
    print(chunk.choices[0].delta.content or "", end="")
