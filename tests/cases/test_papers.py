"""Papers of a case: drawn anew, by section, told about before they run out, moved with the case; and whom to ring."""

import io
import zipfile
from datetime import timedelta

import pypdfium2
import pytest

from cases.models import CasePaper, Cover, Resource, Voice
from cases.selectors import hsds
from cases.selectors.at_work import at_work
from cases.services import leads, papers
from hopecare.kernel import clock
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import Category, ChangeEntry, Document, Organisation, ReadEntry, Team
from hopecare.kernel.services import documents, pdfs
from hopecare.messaging.models import Message
from tests.cases import sharing_kit as sharing
from tests.cases.case_kit import DAY, consent
from tests.cases.report_kit import picture, upload
from tests.database import as_owner
from tests.factories import make_case, make_household, make_person

SOON = DAY + timedelta(days=20)


#: What HSDS 3.1 demands of each object that we write.
DEMANDED = {
    "taxonomies": {"id", "name", "description"},
    "taxonomy_terms": {"id", "name", "description"},
    "services": {"id", "name", "status"},
    "organization": {"id", "name", "description"},
    "phones": {"id", "number"},
    "contacts": {"id"},
    "service_areas": {"id"},
    "capacities": {"id", "available", "unit", "updated"},
    "unit": {"id", "name"},
    "attributes": {"id", "link_id", "link_entity", "taxonomy_term_id"},
}


def lacking(told, place):
    """Fields that are demanded and empty, with the object they belong to."""
    if isinstance(told, list):
        return [fault for one in told for fault in lacking(one, place)]
    if not isinstance(told, dict):
        return []
    here = [f"{place}.{name}" for name in DEMANDED.get(place, set()) if told.get(name) in (None, "")]
    return here + [fault for name, one in told.items() for fault in lacking(one, name)]


def keep(client, case, **fields):
    typed = {"kind": "consent", "title": "개인정보 동의서", "person": "", "expires_on": f"{SOON}"}
    files = {"picture": upload(picture())} if fields.pop("with_picture", True) else {}
    return client.post(f"/desk/cases/{case.number}/papers/", {**typed, **fields, **files})


@pytest.mark.rule("R18")
def test_a_paper_is_kept_shown_and_gone_for_strangers(hana, chi, fraud, as_):
    case, client = make_case(hana), as_(hana)
    assert keep(client, case, with_picture=False).status_code == 422
    refused = client.post(f"/desk/cases/{case.number}/papers/", {"kind": "consent", "title": "가",
                                                                "picture": upload(b"%PDF-1.7 no picture")})  # fmt: skip
    assert refused.status_code == 422 and "JPEG" in refused.content.decode()
    assert keep(client, case, token="once").status_code == keep(client, case, token="once").status_code == 302
    with as_owner():
        row = CasePaper.objects.get()
    url = f"/desk/cases/{case.number}/papers/{row.pk}/"
    shown = client.get(url)
    assert shown["Content-Type"] == "image/jpeg" and "sandbox" in shown["Content-Security-Policy"]
    assert "개인정보 동의서" in client.get(f"/desk/cases/{case.number}/papers/").content.decode()
    for actor in (chi, fraud):
        assert as_(actor).get(url).status_code == 404
    with acting_as(chi.viewer):
        assert not Document.objects.exists() and not CasePaper.objects.exists()
    assert client.post(f"{url}end/").status_code == 302
    assert "개인정보 동의서" not in client.get(f"/desk/cases/{case.number}/papers/").content.decode()


def pdf(pages: int = 2, **raw: bytes) -> bytes:
    paper, target = pypdfium2.PdfDocument.new(), io.BytesIO()
    for _number in range(pages):
        paper.new_page(200, 300)
    paper.save(target)
    content = target.getvalue()
    for before, after in raw.items():
        content = content.replace(before.encode(), after)
    return content


LOCK = b"trailer\r\n<</Encrypt <</Filter /Standard /V 1 /R 2 /P -4 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b">>>"
REFUSED = {
    "열 수 없": [pdf()[:300], b"%PDF-1.7 no paper", pdf() + b"PK\x03\x04 and a ZIP behind it", b"%PDF-1.7\n%%EOF\n"],
    "비밀번호": [
        pdf(trailer=LOCK).replace(b"<</Encrypt", b"<</ID [<41><41>] /Encrypt").replace(b">>>\r\n<<", b">>>\r\n")
    ],
    "60쪽": [pdf(61)],
    "프로그램": [pdf(Catalog=b"Catalog /OpenAction <</S /JavaScript /JS (app.alert\\(1\\))>>")],
}


@pytest.mark.rule("R18")
@pytest.mark.rule("K9")
def test_a_pdf_is_looked_at_and_leaves_with_a_reason(hana, chi, as_):
    case, client = make_case(hana), as_(hana)
    here = f"/desk/cases/{case.number}/papers/"
    typed = {"kind": "medical", "title": "진단서", "person": "", "expires_on": f"{SOON}"}
    for words, hostile in REFUSED.items():
        for content in hostile:
            page = client.post(here, {**typed, "picture": upload(content, "paper.pdf")})
            assert page.status_code == 422 and words in page.content.decode(), content[:60]
    content = pdf()
    assert client.post(here, {**typed, "picture": upload(content, "photo.jpg")}).status_code == 302
    with as_owner():
        row = CasePaper.objects.get()
        kept = documents.path_of(row.original.sha256).read_bytes()
    assert row.pages == 2 and content not in kept and "PDF, 2쪽" in client.get(here).content.decode()
    assert client.get(f"{here}{row.pk}/")["Content-Type"] == "image/jpeg"
    assert client.post(f"{here}{row.pk}/file/", {"reason": " "}).status_code == 422
    assert client.get(f"{here}{row.pk}/file/")["Content-Type"].startswith("text/html")
    taken = client.post(f"{here}{row.pk}/file/", {"reason": "병원 제출"})
    assert taken.content == content and taken["Content-Disposition"].startswith("attachment")
    with as_owner():
        logged = ChangeEntry.objects.filter(what="exported", subject_ids__contains=[case.pk]).get()
    assert logged.details["reason"] == "병원 제출"
    assert as_(chi).get(f"{here}{row.pk}/file/").status_code == 404


@pytest.mark.rule("R18")
@pytest.mark.rule("K9")
def test_pages_of_a_pdf_are_looked_at_one_by_one_and_each_look_is_logged(hana, chi, someone, as_):
    case, client = make_case(hana), as_(hana)
    here = f"/desk/cases/{case.number}/papers/"
    typed = {"kind": "income", "title": "급여 명세", "person": "", "expires_on": ""}
    assert client.post(here, {**typed, "picture": upload(pdf(22), "paper.pdf")}).status_code == 302
    with as_owner():
        row = CasePaper.objects.get()
        looks = ReadEntry.objects.filter(what="paper", subject_ids__contains=[case.pk])
        before = looks.count()
    page = client.get(f"{here}{row.pk}/pages/20/").content.decode()
    assert "20/22쪽" in page and f"{row.pk}/pages/20/picture/" in page and "2쪽은 여기서" in page
    assert f"{row.pk}/pages/21/" not in page and f"{here}{row.pk}/pages/1/" in client.get(here).content.decode()
    drawn = client.get(f"{here}{row.pk}/pages/20/picture/")
    assert drawn["Content-Type"] == "image/jpeg" and drawn.content[:3] == b"\xff\xd8\xff"
    assert "sandbox" in drawn["Content-Security-Policy"] and drawn["Cache-Control"] == "private, no-store"
    with as_owner():
        assert looks.count() == before + 1
    for number in (0, 21, 22, 23, 10**9):
        for what in ("", "picture/"):
            assert client.get(f"{here}{row.pk}/pages/{number}/{what}").status_code == 404
    for reader in (chi, someone("nurse")):  # neither another team, nor a colleague who may not read means
        for what in ("1/", "2/", "2/picture/"):
            assert as_(reader).get(f"{here}{row.pk}/pages/{what}").status_code == 404
    with as_owner():
        assert looks.count() == before + 1
    assert keep(client, case).status_code == 302
    with as_owner():
        photo = CasePaper.objects.exclude(pk=row.pk).get()
    assert client.get(f"{here}{photo.pk}/pages/1/").status_code == 404


def test_a_page_that_cannot_be_drawn_in_time_is_no_page(monkeypatch):
    assert pdfs.drawn_page(pdf(2), 2)[:2] == b"\xff\xd8" and pdfs.drawn_page(pdf(2), 3) == b""
    assert pdfs.drawn_page(pdf(2)[:300], 1) == pdfs.drawn_page(pdf(30), 21) == pdfs.drawn_page(pdf(30), 0) == b""
    assert pdfs.drawn_page(pdf(2, Catalog=b"Catalog /OpenAction <</S /JavaScript /JS (1)>>"), 2) == b""
    monkeypatch.setattr(pdfs, "_SECONDS", 0.001)
    assert pdfs.drawn_page(pdf(2), 2) == b""


@pytest.mark.rule("R37")
def test_an_income_slip_is_read_with_the_permission_for_means(hana, someone, as_):
    case, counsellor = make_case(hana), someone("job_counsellor")
    assert keep(as_(hana), case, kind="income", title="급여 명세").status_code == 302
    with as_owner():
        row = CasePaper.objects.get()
    client, here = as_(counsellor), f"/desk/cases/{case.number}/papers/"
    page = client.get(here).content.decode()
    assert "급여 명세" not in page and 'value="income"' not in page and 'value="consent"' in page
    assert client.get(f"{here}{row.pk}/").status_code == 404
    assert keep(client, case, kind="income").status_code == 422
    with acting_as(counsellor.viewer):
        assert not CasePaper.objects.exists()


def test_the_lead_hears_once_before_it_runs_out(hana, as_):
    case, client = make_case(hana), as_(hana)
    keep(client, case)
    keep(client, case, title="진단서", kind="medical", expires_on=f"{DAY + timedelta(days=200)}")
    assert (papers.watch(), papers.watch()) == (1, 0)
    with as_owner():
        assert Message.objects.get(purpose="paper_runs_out").recipient_id == str(hana.id)
        CasePaper.objects.update(ended_on=DAY)
    with clock.pinned(clock.now() + timedelta(days=190)):
        assert papers.watch() == 0


@pytest.mark.rule("R18")
def test_papers_move_with_the_case(hana, chi, as_):
    case = make_case(hana)
    consent(hana, case.main_person, "case_management")
    keep(as_(hana), case)
    with as_owner():
        row = CasePaper.objects.get()
    north = {"team": Team.objects.get(code="north_mixed"), "provider": Organisation.objects.get(code="north_centre")}
    leads.transfer(by=hana.viewer, number=case.number, to=chi.user, reason="이사", **north)
    url = f"/desk/cases/{case.number}/papers/{row.pk}/"
    assert (as_(chi).get(url).status_code, as_(hana).get(url).status_code) == (200, 404)


@pytest.mark.rule("R90")
def test_whom_to_ring_and_who_stands_in_for_whom(hana, ana, eli, gil, as_):
    with as_owner():
        times = {"starts_at": clock.now() - timedelta(days=1), "ends_at": clock.now() + timedelta(days=2)}
        Cover.objects.create(organisation=Organisation.objects.get(code="east_centre"), absent=hana.user,
                             cover=eli.user, by=eli.user, **times)  # fmt: skip
    with acting_as(eli.viewer):
        found = {one.name: one for team in at_work(eli.viewer, "송하나") for one in team.people}
    assert list(found) == ["송하나"] and found["송하나"].away[0] == "이을영" and found["송하나"].phone
    assert "이을영 님이 대신해요" in as_(eli).get("/desk/people/").content.decode()
    away = as_(gil).get("/desk/people/?q=송하나").content.decode()
    assert "송하나" in away and "대신해요" not in away


@pytest.mark.rule("R12")
@pytest.mark.rule("R42")
def test_the_directory_leaves_in_the_words_of_other_programs(hana, as_):
    with as_owner():
        Resource.objects.create(name="목욕 나눔", sector="business", category=Category.objects.get(code="health"),
                                owner_name="마석탕", phone="031-000-0501", added_by=hana.user, confirmed_by=hana.user,
                                confirmed_on=DAY, capacity=4, capacity_words="명")  # fmt: skip
    told = as_(hana).get("/desk/resources/hsds.json").json()
    (service,) = told["services"]
    assert service["organization"]["name"] == "마석탕" and service["phones"][0]["number"] == "031-000-0501"
    terms = {term["id"]: term for term in told["taxonomy_terms"]}
    assert terms[service["attributes"][0]["taxonomy_term_id"]]["code"] == "health"
    assert len([term for term in terms.values() if "parent_id" not in term]) >= 8
    assert {"taxonomies", "taxonomy_terms", "services"} <= told.keys() and told["version"] == "3.1"
    assert lacking(told, "") == []
    with acting_as(hana.viewer) as viewer:
        assert hsds.document(viewer)["services"][0]["id"] == service["id"]


@pytest.mark.rule("K9")
@pytest.mark.rule("R9")
def test_an_organisation_takes_all_it_holds_along_with_a_reason(hana, eli, as_):
    case = make_case(hana)
    sharing.fill(case, hana.user)
    hidden = make_case(hana, make_person("김가나", make_household(), phone="010-0000-0002", sealed=True))
    for line in ("개인 메모", "=HYPERLINK(1)"):
        kind = "private" if line == "개인 메모" else "own_words"
        with as_owner():
            Voice.objects.create(case=case, team=case.team, provider=case.provider, person=case.main_person, kind=kind,
                                 words=line, by=hana.user)  # fmt: skip
    assert as_(hana).get("/desk/own-file/").status_code == 404
    client = as_(eli)
    assert client.post("/desk/own-file/", {"reason": " "}).status_code == 422
    archive = zipfile.ZipFile(io.BytesIO(b"".join(client.post("/desk/own-file/", {"reason": "시스템 옮기기"}))))
    sheets = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    assert len(sheets) > 60 and case.number in sheets["cases.csv"] and "윤순덕" in sheets["people.csv"]
    assert "companionship" in sheets["services.csv"] and "방문간호" in sheets["actions.csv"]
    assert "'=HYPERLINK" in sheets["own_words.csv"] and "개인 메모" not in "".join(sheets.values())
    assert hidden.number not in "".join(sheets.values()) and "credit_recovery" not in sheets["services.csv"]
    with as_owner():
        assert ReadEntry.objects.filter(what="export", subject_ids__contains=[case.pk]).count() == 1
