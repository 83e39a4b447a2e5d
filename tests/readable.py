"""What a reader finds in an answer, whatever its format: a page, a workbook, a PDF, a ZIP of PDFs, JSON, a calendar."""

import io
import re
import zipfile
from html import unescape

from pypdf import PdfReader


def body_of(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def text_of(response) -> str:
    """The text of an answer; markup of a page included, since what it hides is told all the same."""
    return text_in(body_of(response))


def text_in(body: bytes) -> str:
    if body.startswith(b"%PDF"):
        return pdf_text(body)
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return "".join(f"{name}\n{text_in(archive.read(name))}\n" for name in archive.namelist())
    text = unescape(body.decode())
    # A calendar folds its long lines; JSON writes accents as escapes.
    text = re.sub(r"\r\n[ \t]", "", text)
    return text + (text.encode().decode("unicode_escape", "ignore") if "\\u" in text else "")


def pdf_text(body: bytes) -> str:
    """Words and metadata of a PDF, on lines that are not cut within a sentence."""
    reader = PdfReader(io.BytesIO(body))
    pages = " ".join(page.extract_text() for page in reader.pages)
    told = " ".join(str(value) for value in (reader.metadata or {}).values())
    return re.sub(r"\s+", " ", f"{pages} {told}")


def sheet_rows(response) -> list[list[str | float | None]]:
    """The cells of the first sheet of a workbook (`pathways.spreadsheet` writes texts inline)."""
    with zipfile.ZipFile(io.BytesIO(body_of(response))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    rows = []
    for row in re.findall(r"<row [^>]*>(.*?)</row>", sheet, re.DOTALL):
        cells = {}
        for column, kind, value in re.findall(r'<c r="([A-Z]+)\d+"([^>]*)>(.*?)</c>', row, re.DOTALL):
            text = unescape(re.sub(r"<[^>]+>", "", value))
            cells[column] = text if "inlineStr" in kind else float(text)
        width = max((ord(column) - 64 for column in cells), default=0)  # fewer than 27 columns
        rows.append([cells.get(chr(65 + place)) for place in range(width)])
    return rows
