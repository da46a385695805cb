#!/usr/bin/env python
"""Django's command line; commands that need the owner of the tables get the owner's connection (see hopecare.env)."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hopecare.settings")
    execute_from_command_line(sys.argv)
