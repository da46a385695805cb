"""A provider on this machine that speaks Twilio's REST, so that the demo and the tests send nothing into the world.

A process of its own without Django: `python -m hopecare.messaging.standin --port 8123 --file messages.jsonl`.
"""
