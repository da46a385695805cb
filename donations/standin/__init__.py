"""Payment providers and banks on this machine, for the demo and the tests: Stripe's and PortOne's HTTP, banks' files.

A process of its own without Django: `python -m donations.standin --port 8124`. No won moves anywhere.
"""
