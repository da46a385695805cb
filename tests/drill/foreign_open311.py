"""Run by another Python with `georeport` and `three` installed, never imported here: what they do, told as JSON.

`three` 0.8.0 was written for an older Python: the three names it imports that are gone are given to it, its own code is
as published.
"""

import io
import itertools
import json
import sys
import types
from pathlib import Path

itertools.ifilter = filter  # type: ignore[attr-defined]
sys.modules["simplejson"] = json
relaxml = types.ModuleType("relaxml")
relaxml.xml = None  # type: ignore[attr-defined]  # JSON alone is asked for
sys.modules["relaxml"] = relaxml

from georeport import GeoReport  # type: ignore[import-not-found]  # noqa: E402
from three.core import Three  # type: ignore[import-not-found]  # noqa: E402


def main(address: str, key: str, city: str, photo: str) -> None:
    three = Three(f"{address}/open311/v2/", api_key=key, jurisdiction=city)
    plain = three.post(
        "broken_ramp",
        address="Maseok market",
        name="Zach Williams",
        description="The handrail is loose",
        lat="37.6528",
        long="127.3053",
        **{"attribute[broken_part]": "handrail"},
    )
    pictured = three.post("icy_path", lat="37.6528", long="127.3053", media=io.BytesIO(Path(photo).read_bytes()))
    refused = three.post("icy_path", lat="37.6528", long="127.3053", api_key="wrong")
    number = plain[0]["service_request_id"]
    told = {
        "formats": three.discovery()["endpoints"][0]["formats"],
        "services": three.services(),
        "definition": three.services("broken_ramp"),
        "posted": [number, pictured[0]["service_request_id"]],
        "refused": refused,
        "one": three.request(number),
        "span": three.requests(start="11-01-2026", end="11-30-2026", count=2),
        "of_kind": three.requests("icy_path"),
        "token": three.token(number),
        **{kind: _read(address, city, kind, number) for kind in ("json", "xml")},
    }
    print(json.dumps(told))


def _read(address: str, city: str, kind: str, number: str) -> dict[str, object]:
    client = GeoReport(f"{address}/open311/v2", jurisdiction=city, output_format=kind)
    wanted = {"service_code": "broken_ramp,unlit_stair", "start_date": "2026-11-01T00:00:00Z", "status": "open"}
    return {
        "services": client.get_service_list(),
        "definition": client.get_service_definition("broken_ramp"),
        "wanted": client.get_service_requests(**wanted),
        "all": client.get_service_requests(),
        "one": client.get_service_request(number),
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
