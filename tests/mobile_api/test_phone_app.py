"""The phone app in Chromium with the network cut: kept, sent once, and gone when its owner wishes."""

import gzip
import io
import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from cases.models import ReportPhoto
from mobile_api.phone import CODE, FILES
from tests.browser_fixtures import PHONE, open_context
from tests.cases.report_kit import reports
from tests.database import as_owner

ROW = "#waiting-list li"


def photo(folder: Path) -> Path:
    path = folder / "door.jpg"
    target = io.BytesIO()
    Image.effect_noise((900, 700), 80).convert("RGB").save(target, "JPEG")
    path.write_bytes(target.getvalue())
    return path


#: An answer that comes when all has been erased, and would be kept.
LATE = """HopeStore.put("kept", { name: "late", at: 0 }).then(() => "kept", (why) => why.message)"""


def kept(page: Page) -> Any:
    """What the browser holds of us: rows of every base, and cached addresses."""
    return page.evaluate(
        """async () => {
          const rows = [];
          for (const { name } of await indexedDB.databases()) {
            const asked = indexedDB.open(name);
            const base = await new Promise((done) => { asked.onsuccess = () => done(asked.result); });
            for (const store of base.objectStoreNames) {
              const all = base.transaction(store).objectStore(store).getAll();
              rows.push(...await new Promise((done) => { all.onsuccess = () => done(all.result); }));
            }
            base.close();
          }
          return { rows: rows.length, caches: (await caches.keys()).length, tab: sessionStorage.length };
        }"""
    )


def nothing_serious(page: Page) -> None:
    assert [row["id"] for row in Axe().run(page).response["violations"]] == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("R27", "D13")
def test_told_without_signal_sent_once_and_erased(
    city: Any, let_go: None, browser: Browser, live_server: Any, tmp_path: Path
) -> None:
    context = open_context(browser, live_server, viewport={**PHONE, "width": 320}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto("/m/", timeout=60_000)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    nothing_serious(page)
    context.set_offline(True)
    page.reload()
    page.get_by_role("link", name="이웃이 걱정돼요").click()
    expect(page.get_by_role("link", name="119")).to_be_visible()
    page.locator("#m-town").select_option("hwado")
    page.locator("#m-neighbour-no_light").check()
    nothing_serious(page)
    page.locator("#photos").set_input_files(photo(tmp_path))
    page.locator("#telling").evaluate("form => { form.requestSubmit(); form.requestSubmit(); }")  # in a hurry, twice
    expect(page.locator(ROW)).to_contain_text("신호를 기다림", timeout=20_000)
    expect(page.locator("#said")).to_contain_text("담아 두었습니다", timeout=20_000)
    page.reload()
    expect(page.locator(ROW)).to_have_count(1, timeout=20_000)
    assert reports() == []
    context.set_offline(False)
    expect(page.locator("#sent-list li")).to_have_count(1, timeout=20_000)
    expect(page.locator(ROW)).to_have_count(0)
    page.reload()
    expect(page.locator("#sent-list a")).to_have_text(re.compile(r"^\w{4}-\w{4}-\w{5}$"))
    (report,) = reports()
    with as_owner():
        assert ReportPhoto.objects.filter(report=report).count() == 1
    assert (report.seen, report.door) == (["no_light"], "app") and kept(page)["rows"] == 1
    beside = context.new_page()
    beside.goto("/m/")
    page.goto("/m/#me")
    page.get_by_role("button", name="나가고 모두 지우기").click()
    page.get_by_role("button", name="지우기", exact=True).click()
    for one in (page, beside):
        expect(one.locator("#erased")).to_be_visible(timeout=20_000)
        assert one.evaluate(LATE) == "erased"
    assert kept(page) == {"rows": 0, "caches": 0, "tab": 0} and context.cookies() == []
    page.get_by_role("link", name="처음부터").click()
    expect(page.locator("#home")).to_be_visible(timeout=20_000)
    page.wait_for_load_state()
    assert page.evaluate(LATE) == "kept"


@pytest.mark.django_db
def test_the_app_can_be_installed_and_its_first_load_is_small(city: Any, as_: Any) -> None:
    client: Client = as_()
    page = client.get("/m/")
    manifest = client.get("/m/manifest.webmanifest")
    assert manifest["Content-Type"] == "application/manifest+json" and manifest.json()["scope"] == "/m/"
    assert {icon["sizes"] for icon in manifest.json()["icons"]} == {"192x192", "512x512"}
    worker = client.get("/m/worker.js")
    assert worker["Content-Type"] == "text/javascript" and all(name in worker.content.decode() for name in FILES)
    code = [*re.findall(rb'(?:href|src)="/static/([^"]+\.(?:css|js))"', page.content)]
    paths = [Path(str(finders.find(name.decode()))) for name in code]
    sent = len(gzip.compress(page.content)) + sum(len(gzip.compress(path.read_bytes())) for path in paths)
    assert len(paths) >= 10 and sent <= 150 * 1000
    assert {name.decode() for name in code} - {"css/print.css"} <= set(FILES) and set(CODE) <= set(FILES)
    assert b"script-src 'unsafe" not in page.headers.get("Content-Security-Policy", "").encode()
    assert settings.SESSION_COOKIE_NAME not in page.cookies


@pytest.mark.django_db
def test_what_is_kept_on_a_telephone_names_nobody(city: Any, as_: Any, hana: Any) -> None:
    assert as_(hana).get("/m/").content == as_().get("/m/").content
