"""`python -m bench [NAME …]`: prints `name value unit` at column 0 and writes bench/results/latest-SCALE.json."""

import json
import os
import sys
from datetime import UTC, datetime

from bench.figures import BENCHMARKS
from bench.instance import RESULTS, running, seeded


def main(names: list[str], *, as_json: bool = False) -> int:
    scale = float(os.environ.get("SCALE") or "0.05")
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
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
    sys.exit(main([word for word in sys.argv[1:] if not word.startswith("-")], as_json="--json" in sys.argv))
