"""`worked_examples FILE`: official examples, rule and year, input to expected; one line each, pass or fail."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError

from eligibility.selectors import worked_example


class Command(BaseCommand):
    help = "Reckon every worked example of a YAML file and compare as exact whole numbers; unknown rules and keys fail."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            examples = yaml.safe_load(file.read_text())
        except (OSError, yaml.YAMLError) as error:
            raise CommandError(f"{file} cannot be read: {error}") from error
        if not isinstance(examples, list):
            raise CommandError(f"{file} holds no list of examples")
        failed = 0
        for number, example in enumerate(examples, start=1):
            faults = worked_example(example)
            failed += bool(faults)
            name = example.get("id", f"number {number}") if isinstance(example, dict) else f"number {number}"
            self.stdout.write(f"{name} {'fail: ' + '; '.join(faults) if faults else 'pass'}")
        if failed:
            raise CommandError(f"{failed} of {len(examples)} examples fail")
