"""The engine that settings name: Django's own for PostgreSQL, which asks fewer questions (see base.py)."""
