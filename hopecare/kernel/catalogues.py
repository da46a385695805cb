"""Translations without GNU gettext: find the msgids of an app, keep its catalogue in step, say what is missing.

Catalogues lie in `locale/<app>/<language>/LC_MESSAGES/django.po`. English msgids are the source, so English needs none;
another language is another folder. `templates/<app>/**`, `hopecare/<app>/**` and `<app>/**` belong to <app>; templates
of the roof (frames, components, errors) and the modules directly in `hopecare/` belong to `front`.
"""

import ast
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from django.utils.translation.template import templatize

ROOF = "front"
#: function → positions of (context, msgid, plural); -1 = none
CALLS = {
    "gettext": (-1, 0, -1),
    "gettext_lazy": (-1, 0, -1),
    "gettext_noop": (-1, 0, -1),
    "ngettext": (-1, 0, 1),
    "ngettext_lazy": (-1, 0, 1),
    "pgettext": (0, 1, -1),
    "pgettext_lazy": (0, 1, -1),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
_STRING = r"u?(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")"
_TEMPLATE_CALL = re.compile(rf"(?<!\w)(gettext|ngettext|pgettext|npgettext|_)\(((?:\s*{_STRING}\s*,?)+)")
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sdrif]|%[sdrif]|\{(\w*)\}")
_SKIPPED = {"migrations", "__pycache__", "node_modules"}


@dataclass(frozen=True)
class Message:
    """One msgid as it stands in the code; `file` is relative to the project."""

    msgid: str
    plural: str = ""
    context: str = ""
    file: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.context, self.msgid


@dataclass(frozen=True)
class Complaint:
    catalogue: str
    kind: str
    msgid: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.catalogue}: {self.kind}: {self.msgid!r}{f' — {self.detail}' if self.detail else ''}"


def apps(root: Path) -> list[str]:
    """The roof and every folder with an apps.py, in the project or in hopecare/."""
    found = {path.parent.name for pattern in ("*/apps.py", "hopecare/*/apps.py") for path in root.glob(pattern)}
    return [ROOF, *sorted(found)]


def app_of(file: Path, root: Path) -> str:
    """Which catalogue a source file belongs to."""
    parts = file.relative_to(root).parts
    known = apps(root)
    candidate = parts[1] if parts[0] in {"templates", "hopecare"} and len(parts) > 2 else parts[0]
    return candidate if candidate in known else ROOF


def sources(root: Path) -> Iterator[Path]:
    """Every template and module that may hold a msgid, in a fixed order."""
    folders = {root / "templates", root / "hopecare", *(path.parent for path in root.glob("*/apps.py"))}
    for folder in sorted(folders):
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".html", ".txt", ".py"} and not _SKIPPED & set(path.parts):
                yield path


def messages(root: Path) -> dict[str, list[Message]]:
    """app → its messages, by file and place, each msgid once. Raises SyntaxError with the file's name."""
    found: dict[str, dict[tuple[str, str], Message]] = {app: {} for app in apps(root)}
    for path in sources(root):
        read = _in_python if path.suffix == ".py" else _in_template
        for message in read(path.read_text(encoding="utf-8"), str(path.relative_to(root))):
            known = found[app_of(path, root)]
            if message.key not in known or (message.plural and not known[message.key].plural):
                known[message.key] = message
    return {app: list(by_key.values()) for app, by_key in found.items()}


def _in_template(text: str, file: str) -> Iterator[Message]:
    for match in _TEMPLATE_CALL.finditer(templatize(text, origin=file)):
        name = "gettext" if match[1] == "_" else match[1]
        words = [ast.literal_eval(string) for string in re.findall(_STRING, match[2])]
        yield _message(name, words, file)


def _in_python(text: str, file: str) -> Iterator[Message]:
    if "gettext" not in text:
        return
    tree = ast.parse(text, filename=file)
    names = _translation_names(tree)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for node in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        function = names.get(called, called if isinstance(node.func, ast.Attribute) and called in CALLS else "")
        if function:
            words = [argument.value if isinstance(argument, ast.Constant) else None for argument in node.args]
            wanted = [position for position in CALLS[function] if position >= 0]
            if all(position < len(words) and isinstance(words[position], str) for position in wanted):
                yield _message(function, [str(word) for word in words], file)


def _translation_names(tree: ast.AST) -> dict[str, str]:
    """Local name → gettext function, as imported from django.utils.translation."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names.update({alias.asname or alias.name: alias.name for alias in node.names if alias.name in CALLS})
    return names


def _message(function: str, words: list[str], file: str) -> Message:
    context, msgid, plural = CALLS[function]
    return Message(
        msgid=words[msgid],
        plural=words[plural] if plural >= 0 else "",
        context=words[context] if context >= 0 else "",
        file=file,
    )


def languages(root: Path, app: str) -> list[str]:
    """Languages with a folder in this app's catalogue; Korean always."""
    return sorted({"ko", *(path.name for path in (root / "locale" / app).glob("*") if path.is_dir())})


def catalogue(root: Path, app: str, language: str) -> Path:
    return root / "locale" / app / language / "LC_MESSAGES" / "django.po"


def update(root: Path, app: str, wanted: list[Message], language: str) -> tuple[int, int, int]:
    """Bring one catalogue in step with the code: (added, removed, still empty). Words already translated are kept."""
    path = catalogue(root, app, language)
    before = {_key(entry): entry for entry in polib.pofile(str(path))} if path.exists() else {}
    after = polib.POFile(wrapwidth=0)
    after.metadata = _metadata(language)
    for message in wanted:
        after.append(_entry(message, before.get(message.key), language))
    kept = {message.key for message in wanted}
    if wanted or path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, f"{after}\n".encode())
    empty = sum(1 for entry in after if not entry.translated())
    return sum(1 for key in kept if key not in before), sum(1 for key in before if key not in kept), empty


def _key(entry: polib.POEntry) -> tuple[str, str]:
    return entry.msgctxt or "", entry.msgid


def _entry(message: Message, old: polib.POEntry | None, language: str) -> polib.POEntry:
    entry = polib.POEntry(msgid=message.msgid, msgctxt=message.context or None, occurrences=[(message.file, "")])
    if message.plural:
        entry.msgid_plural = message.plural
        forms = old.msgstr_plural if old and old.msgstr_plural else {0: old.msgstr if old else ""}
        entry.msgstr_plural = {int(number): words for number, words in forms.items()}
        for number in range(plural_forms(language)):
            entry.msgstr_plural.setdefault(number, "")
    elif old:
        entry.msgstr = old.msgstr or old.msgstr_plural.get(0, "")
    if old:
        entry.flags, entry.tcomment = list(old.flags), old.tcomment
    return entry


def plural_forms(language: str) -> int:
    return 1 if language.split("-")[0] in {"ko", "ja", "zh", "vi", "th", "id"} else 2


def _metadata(language: str) -> dict[str, str]:
    one = plural_forms(language) == 1
    return {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;" if one else "nplurals=2; plural=(n != 1);",
    }


def compile_all(root: Path, *, force: bool = False) -> int:
    """Write every .mo older than its .po; returns how many. Atomic: a reader sees the old file or the new one."""
    written = 0
    for path in sorted((root / "locale").glob("*/*/LC_MESSAGES/*.po")):
        target = path.with_suffix(".mo")
        if force or not target.exists() or target.stat().st_mtime < path.stat().st_mtime:
            _write(target, polib.pofile(str(path)).to_binary())
            written += 1
    return written


def _write(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).chmod(0o644)
    Path(name).replace(path)


def complaints(root: Path) -> list[Complaint]:
    """Everything a reader of another language would stumble over: missing, empty, fuzzy, obsolete, wrong placeholders,
    and one msgid with two translations (the catalogues share one domain, so one of them would silently win)."""
    found: list[Complaint] = []
    chosen: dict[tuple[str, str, str], tuple[str, str]] = {}
    for app, wanted in messages(root).items():
        for language in languages(root, app) if wanted or (root / "locale" / app).exists() else []:
            path = catalogue(root, app, language)
            entries = {_key(entry): entry for entry in polib.pofile(str(path))} if path.exists() else {}
            found += _compare(f"locale/{app}/{language}", wanted, entries)
            for key, entry in entries.items():
                words = entry.msgstr or entry.msgstr_plural.get(0, "")
                first = chosen.setdefault((language, *key), (app, words))
                if words and first[1] and first[1] != words:
                    found.append(
                        Complaint(
                            f"locale/{app}/{language}", "differs from " + first[0], key[1], f"{first[1]!r} / {words!r}"
                        )
                    )
    return found


def _compare(name: str, wanted: list[Message], entries: dict[tuple[str, str], polib.POEntry]) -> Iterator[Complaint]:
    known = {message.key: message for message in wanted}
    for message in wanted:
        entry = entries.get(message.key)
        if entry is None:
            yield Complaint(name, "missing", message.msgid, message.file)
        else:
            yield from _faults(name, message, entry)
    for key, entry in entries.items():
        if key not in known or entry.obsolete:
            yield Complaint(name, "obsolete", entry.msgid)


def _faults(name: str, message: Message, entry: polib.POEntry) -> Iterator[Complaint]:
    if entry.fuzzy:
        yield Complaint(name, "fuzzy", message.msgid, message.file)
    forms = list(entry.msgstr_plural.values()) if message.plural else [entry.msgstr]
    if not forms or not all(form.strip() for form in forms):
        yield Complaint(name, "empty", message.msgid, message.file)
        return
    wanted = placeholders(message.plural or message.msgid)
    for form in forms:
        if placeholders(form) != wanted:
            detail = f"needs {sorted(wanted)}, has {sorted(placeholders(form))}"
            yield Complaint(name, "placeholders differ", message.msgid, detail)


def placeholders(words: str) -> set[str]:
    """Named and numbered holes of a sentence: "%(count)s of {total}" → {"count", "total"}."""
    return {match[1] or match[2] or match[0] for match in _PLACEHOLDER.finditer(words.replace("%%", ""))}
