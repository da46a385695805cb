"""Benchmarks: measured over HTTP against a real instance, never timed tests. `make bench`, `manage.py bench NAME`."""
