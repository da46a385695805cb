"""The rules of the house as functions from a source tree to complaints; the map below is the picture in docs/.

Everything is read, nothing is imported, so a broken file is found as surely as a good one.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

#: app → apps whose faces it may import. `demo` and `runtime` are the scaffolding around the house.
MAP: dict[str, set[str]] = {
    "hopecare.kernel": set(),
    "hopecare.messaging": {"hopecare.kernel"},
    "eligibility": {"hopecare.kernel"},
    "cases": {"eligibility", "hopecare.messaging", "hopecare.kernel"},
    "volunteers": {"cases", "hopecare.messaging", "hopecare.kernel"},
    "donations": {"cases", "hopecare.messaging", "hopecare.kernel"},
    "hopecare.privacy": {"hopecare.kernel"},
    "hopecare.insight": {"cases", "donations", "volunteers", "eligibility", "hopecare.messaging", "hopecare.kernel"},
    "mobile_api": {"cases", "donations", "volunteers", "eligibility", "hopecare.messaging", "hopecare.kernel"},
}
SCAFFOLDING = {"hopecare.demo", "hopecare.runtime"}
FACES = {"services", "selectors", "access", "states", "facts", "errors", "replies", "phonebook"}
#: Reference data of the city: a form may offer all of it in a select; private rows come from selectors alone.
REFERENCE = {"Category", "FundSource", "LifeStage", "Organisation", "ProviderKind", "Service", "Team", "Town", "Zone"}
ROOMS = [
    "states", "errors", "facts", "rules", "matching", "models", "access", "selectors", "services", "tasks", "ui",
    "management",
]  # fmt: skip
RANK = {room: 0 if index < 3 else index for index, room in enumerate(ROOMS)}
#: outside library → the only places that may open its door
DOORS: dict[str, tuple[str, ...]] = {
    "twilio": ("hopecare/messaging/gateway/",),
    "stripe": ("donations/gateway/",),
    "portone_server_sdk": ("donations/gateway/",),
    "ninja": ("mobile_api/",),
    "http_ece": ("hopecare/messaging/gateway/",),
    "py_vapid": ("hopecare/messaging/gateway/", "hopecare/messaging/standin/"),
    "guardian": ("cases/access/grants.py", "cases/models/grants.py"),
    "allauth": (
        "hopecare/kernel/account_backend.py",
        "hopecare/kernel/accounts.py",
        "hopecare/kernel/ui/login.py",
        "hopecare/kernel/ui/login_urls.py",
        "hopecare/kernel/services/rotation.py",
    ),
    "ortools": ("volunteers/matching/",),
    "openfisca_core": ("eligibility/engine/",),
    "cryptography": ("hopecare/kernel/crypto.py",),
    "phonenumbers": ("hopecare/kernel/phones.py",),
    "polib": ("hopecare/kernel/catalogues.py",),
    "PIL": ("hopecare/kernel/services/documents.py",),
    "pypdfium2": ("hopecare/kernel/pdf_look.py",),
}
LAZY_LOADERS = ("eligibility/engine/", "volunteers/matching/")  # one load() each
LONGEST_FILE, LONGEST_TEMPLATE, LONGEST_FUNCTION = 400, 400, 40
CLOCKS = {("timezone", "now"), ("date", "today"), ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today")}
TABLE_STEPS = re.compile(r"^        migrations\.(?:Create|Add|Alter)\w+\(", re.MULTILINE)
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b|/wor" r"k/")


@dataclass(frozen=True)
class Source:
    root: Path
    path: Path

    @cached_property
    def name(self) -> str:
        return self.path.relative_to(self.root).as_posix()

    @cached_property
    def text(self) -> str:
        return self.path.read_text()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def module(self) -> str:
        return self.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def app(self) -> str:
        return app_of(self.module)

    @property
    def room(self) -> str:
        return room_of(self.module)

    def imports(self) -> Iterator[tuple[ast.Import | ast.ImportFrom, str]]:
        """Every import with the dotted name it reaches; `from a import b` reaches a.b, which may be a name in a."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node, f"{node.module or ''}.{alias.name}") for alias in node.names)


def app_of(module: str) -> str:
    return next((app for app in (*MAP, *SCAFFOLDING) if module == app or module.startswith(f"{app}.")), "")


def room_of(module: str) -> str:
    """The part after the app: `cases.services.opening` → services; empty for wiring and the kernel's ground."""
    rest = module.removeprefix(app_of(module)).lstrip(".").split(".")[0]
    return rest if rest in RANK else ""


def sources(root: Path) -> list[Source]:
    tops = sorted({app.split(".")[0] for app in (*MAP, *SCAFFOLDING)})
    paths = (path for top in tops for path in sorted((root / top).rglob("*.py")))
    return [Source(root, path) for path in paths if "/migrations/" not in path.as_posix()]


def crossing(root: Path) -> list[str]:
    """Who may call whom, and only by the faces."""
    complaints = []
    for source in sources(root):
        for _, target in source.imports():
            other = app_of(target)
            if not other or other == source.app or source.app in SCAFFOLDING or not source.app:
                continue
            if other not in MAP.get(source.app, set()):
                complaints.append(f"{source.name} must not know {other} ({target})")
            elif not _is_face(target, other):
                complaints.append(f"{source.name} reaches past the face of {other} ({target})")
    return complaints


def _is_face(target: str, other: str) -> bool:
    room = target.removeprefix(f"{other}.").split(".")[0]
    if other != "hopecare.kernel":
        return room in FACES
    return room not in {"ui", "management", "tasks", "apps"} or target.startswith("hopecare.kernel.ui.problems")


def rooms(root: Path) -> list[str]:
    """Each room imports only lower rooms of its own app."""
    complaints = []
    for source in sources(root):
        for _, target in source.imports():
            room = room_of(target) if app_of(target) == source.app else ""
            if source.room and room and RANK[room] > RANK[source.room]:
                complaints.append(f"{source.name} ({source.room}) climbs up to {target}")
            plain = source.room in {"states", "facts", "rules", "matching"} and target.startswith("django.")
            if plain and not target.startswith("django.utils."):
                complaints.append(f"{source.name} ({source.room}) must not know Django ({target})")
    return complaints


def doors(root: Path) -> list[str]:
    return [
        f"{source.name} opens the door of {library} ({target})"
        for source in sources(root)
        for _, target in source.imports()
        for library, places in DOORS.items()
        if target.split(".")[0] == library and not source.name.startswith(places)
    ]


def imports_in_place(root: Path) -> list[str]:
    """No relative import, none inside a function (two loaders of heavy libraries aside)."""
    complaints = []
    for source in sources(root):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.ImportFrom) and node.level:
                complaints.append(f"{source.name}:{node.lineno} relative import")
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not source.name.startswith(LAZY_LOADERS):
                inner = [child for child in ast.walk(node) if isinstance(child, ast.Import | ast.ImportFrom)]
                complaints += [f"{source.name}:{child.lineno} import inside {node.name}()" for child in inner]
    return complaints


def lengths(root: Path) -> list[str]:
    complaints = []
    for source in sources(root):
        lines = source.text.count("\n")
        if lines > LONGEST_FILE:
            complaints.append(f"{source.name} has {lines} lines")
        for node in ast.walk(source.tree):
            length = _body_length(node) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else 0
            if length > LONGEST_FUNCTION and source.app != "hopecare.demo":  # its rows of made-up data aside
                complaints.append(f"{source.name}:{node.lineno} a function has {length} lines")
    for path in sorted((root / "templates").rglob("*.html")):
        lines = path.read_text().count("\n")
        if lines > LONGEST_TEMPLATE:
            complaints.append(f"{path.relative_to(root)} has {lines} lines")
    return complaints


def _body_length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of what is done: keyword lists and docstrings may be as long as they are useful."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return (node.end_lineno or 0) - body[0].lineno + 1 if body else 0


def clocks(root: Path) -> list[str]:
    """Time is asked of kernel.clock alone."""
    complaints = []
    for source in sources(root):
        if source.module in {"hopecare.kernel.clock"} or source.app == "hopecare.runtime":
            continue
        for node in ast.walk(source.tree):
            if (
                isinstance(node, ast.Attribute)
                and (getattr(node.value, "id", getattr(node.value, "attr", "")), node.attr) in CLOCKS
            ):
                complaints.append(f"{source.name}:{node.lineno} reads another clock than kernel.clock")
    return complaints


def pages_without_queries(root: Path) -> list[str]:
    """The ui asks selectors and calls services; it names no manager and filters or writes no rows."""
    complaints = []
    for source in sources(root):
        if source.room != "ui":
            continue
        empty = {
            id(node.value) for node in ast.walk(source.tree) if isinstance(node, ast.Attribute) and node.attr == "none"
        }
        for node in ast.walk(source.tree):
            manager = isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}
            of_rows = manager and getattr(getattr(node, "value", None), "id", "") not in REFERENCE
            if of_rows and id(node) not in empty:  # a form's `.objects.none()` is filled from a selector
                complaints.append(f"{source.name}:{node.lineno} asks the database itself")
            called = node.func if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
            if called is not None and called.attr in {"filter", "exclude", "save", "delete"}:
                complaints.append(f"{source.name}:{called.lineno} .{called.attr}( in the ui")
    return complaints


def tables_together(root: Path) -> list[str]:
    """A migration of several tables makes them in one step: each further one costs a fresh database 0.4 s."""
    paths = (path for app in MAP for path in sorted((root / app.replace(".", "/")).glob("migrations/0*.py")))
    return [
        f"{path.relative_to(root)} should be a together.Migration"
        for path in paths
        if "(migrations.Migration)" in (text := path.read_text()) and len(TABLE_STEPS.findall(text)) > 1
    ]


def loose_ends(root: Path) -> list[str]:
    complaints = []
    for source in sources(root):
        for number, line in enumerate(source.text.splitlines(), 1):
            if re.search(r"#\s*type:\s*ignore(?!\[)", line):
                complaints.append(f"{source.name}:{number} type: ignore without a code")
            if UNFINISHED.search(line):
                complaints.append(f"{source.name}:{number} unfinished: {line.strip()[:80]}")
    return complaints


RULES = (crossing, rooms, doors, imports_in_place, lengths, clocks, pages_without_queries, tables_together, loose_ends)
