"""Looks at a PDF in a process of its own: a hostile file can end nothing else: bytes in, verdict and picture out.

Run as a file, without the project: `python -I pdf_look.py MOST_PAGES PAGE < paper.pdf`. Out comes one line,
`ok <pages>` or a reason in one word, and after `ok` that page as PNG (1 is the first).
"""

import io
import re
import resource
import sys

import pypdfium2  # type: ignore[import-untyped]

_MEMORY, _SECONDS, _SIDE = 1_500_000_000, 15, 1600
#: What does something by itself, or carries another file along. A scan or a printed paper needs none of it.
_ACTIVE = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/XFA")
_BODY = re.compile(rb"stream\r?\n.*?endstream", re.DOTALL)  # packed bytes hold any three signs by chance


def verdict(content: bytes, most_pages: int, number: int) -> tuple[str, bytes]:
    """(`ok <pages>`, picture) or (reason, nothing): broken, locked, pages, active."""
    try:
        paper = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        return ("locked" if "password" in str(error).lower() else "broken"), b""
    if pypdfium2.raw.FPDF_GetSecurityHandlerRevision(paper) != -1:
        return "locked", b""
    if not 1 <= len(paper) <= most_pages:
        return "pages" if len(paper) else "broken", b""
    if paper.count_attachments() or pypdfium2.raw.FPDFDoc_GetJavaScriptActionCount(paper) > 0:
        return "active", b""
    if any(mark in _BODY.sub(b"", content) for mark in _ACTIVE):
        return "active", b""
    if not 1 <= number <= len(paper):
        return "broken", b""
    page = paper[number - 1]
    scale = min(2.0, _SIDE / max(page.get_width(), page.get_height(), 1))
    target = io.BytesIO()
    page.render(scale=scale).to_pil().convert("RGB").save(target, "PNG")
    return f"ok {len(paper)}", target.getvalue()


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    said, picture = verdict(sys.stdin.buffer.read(), int(sys.argv[1]), int(sys.argv[2]))
    sys.stdout.buffer.write(said.encode() + b"\n" + picture)


if __name__ == "__main__":
    main()
