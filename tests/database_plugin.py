"""Test databases; filled in below."""
