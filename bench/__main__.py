"""`python -m bench [NAME …]`: prints `name value unit` at column 0 and writes bench/results/latest-SCALE.json."""

import argparse
import json
import os
import sys
from datetime import UTC, datetime

from bench.figures import BENCHMARKS
from bench.instance import RESULTS, running, seeded


def arguments() -> argparse.Namespace:
    """What was asked for; ends the program with the names of all benchmarks where that cannot be done."""
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measures an instance that is seeded once and started as `make run` starts it; minutes each.",
        epilog=f"Names: {', '.join(BENCHMARKS)}. SCALE in the environment: 0.05 unless told, 1 = the whole city.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="benchmarks to run, in this order; none = all")
    parser.add_argument("--json", action="store_true", help="print one record at the end")
    told = parser.parse_args()
    unknown = [name for name in told.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}; there are: {', '.join(BENCHMARKS)}")
    return told


def main(names: list[str], *, as_json: bool = False) -> int:
    scale = float(os.environ.get("SCALE") or "0.05")
    figures: dict[str, dict[str, object]] = {}
    failed = 0
    with running(seeded(scale)) as instance:
        for name in names or list(BENCHMARKS):
            try:
                result = BENCHMARKS[name](instance)
            except RuntimeError as error:
                failed = 1
                print(f"{name}: {error}", file=sys.stderr, flush=True)
                continue
            for figure, (value, unit) in result.items():
                figures[figure] = {"value": round(value, 3), "unit": unit}
                if not as_json:
                    print(f"{figure} {value:.3f} {unit}", flush=True)
    RESULTS.mkdir(parents=True, exist_ok=True)
    record = {"scale": scale, "at": datetime.now(UTC).isoformat(timespec="seconds"), "figures": figures}
    (RESULTS / f"latest-{scale:g}.json").write_text(json.dumps(record, indent=1))
    if as_json:
        print(json.dumps(record))
    return failed


if __name__ == "__main__":
    asked = arguments()
    sys.exit(main(asked.names, as_json=asked.json))
