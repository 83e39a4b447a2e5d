"""A frozen content as an accessible PDF (PDF/UA-1), without anything of the machine: the same bytes everywhere."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import qrcode
import typst
from qrcode.image.svg import SvgPathImage

from prescriptions.documents.content import fingerprint, grouped, short_code

PAPERS = Path(__file__).parent / "paper"
#: Tagged for screen readers (UA-1) and self-contained for the archives (A-2a: fonts embedded, no outside reference).
STANDARDS = ["ua-1", "a-2a"]


@cache
def _fonts() -> typst.Fonts:
    """The fonts inside the wheel only: a machine without any, or with others, renders the same."""
    return typst.Fonts(include_system_fonts=False)


def pdf(content: Mapping[str, Any], verify_url: str, document_url: str, notice: str = "") -> bytes:
    """The document on the paper of its template.

    verify_url: the page where its number and code are typed; document_url: the address in the QR code, which verifies
    it at once. notice: « Annulée le… », written across the top; empty while the document holds. Takes about 10 ms.
    """
    digits = fingerprint(content)
    paper = PAPERS / f"attestation-{content['template']}.typ"
    return typst.compile(
        paper.read_bytes(),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        pdf_standards=STANDARDS,
        timestamp=datetime.fromisoformat(content["issued"]["at"]),
        sys_inputs={
            "content": json.dumps(content),
            "notice": notice,
            "qr": _qr(document_url),
            "fingerprint": grouped(digits),
            "short_code": short_code(digits),
            "verify_url": verify_url,
            "verify_url_shown": verify_url.split("://", 1)[-1],
        },
    )


def _qr(address: str) -> str:
    code = qrcode.QRCode(border=0, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(address)
    drawn = io.BytesIO()
    code.make_image(image_factory=SvgPathImage).save(drawn)
    return drawn.getvalue().decode()
