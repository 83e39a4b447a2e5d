"""What must be true of the bytes of an offer file before they are parsed: XML, UTF-8, no DTD."""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from prescriptions.lheo.errors import OfferFileError

CHUNK_SIZE = 64 * 1024  # bytes

_SIGNATURES = (
    (b"PK\x03\x04", "une archive ZIP ou un classeur"),
    (b"\x1f\x8b", "une archive GZIP"),
    (b"%PDF", "un document PDF"),
    (b"7z\xbc\xaf", "une archive 7-Zip"),
    (b"\xd0\xcf\x11\xe0", "un document Office"),
)
_UTF16_OR_32 = (
    codecs.BOM_UTF16_LE,
    codecs.BOM_UTF16_BE,
    b"<\x00",
    b"\x00<",
    b"\x00\x00",
)
_HTML = re.compile(rb"<(!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_ASK_AGAIN = "Demandez au Carif-Oref l'export XML LHEO complet, puis déposez ce fichier-là."
_UTF8_REMEDY = (
    "La norme LHEO impose UTF-8 : demandez un export en UTF-8, ou réenregistrez le fichier en UTF-8 "
    'avec la déclaration encoding="UTF-8".'
)


def checked_chunks(source: BinaryIO) -> Iterator[bytes]:
    """Blocks of the file, each proved to be UTF-8 text. Raises ``OfferFileError`` at the first bad byte."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    lines_before, is_first = 0, True
    while chunk := source.read(CHUNK_SIZE):
        if is_first:
            refuse_other_formats(chunk)
            is_first = False
        _check_utf8(decoder, chunk, lines_before)
        lines_before += chunk.count(b"\n")
        yield chunk
    if is_first:
        raise OfferFileError("Le fichier est vide", code="lheo-empty-file", next_step=_ASK_AGAIN)


def _check_utf8(decoder: codecs.IncrementalDecoder, chunk: bytes, lines_before: int) -> None:
    pending = decoder.getstate()[0]
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError as error:
        # The error counts from the bytes kept from the previous block.
        start = max(error.start - len(pending), 0)
        before = chunk[:start]
        line = lines_before + before.count(b"\n") + 1
        column = start - before.rfind(b"\n")
        raise OfferFileError(
            f"Le fichier n'est pas en UTF-8 : octet 0x{error.object[error.start]:02X} illisible",
            code="lheo-encoding",
            next_step=_UTF8_REMEDY,
            line=line,
            column=column,
        ) from None


def refuse_other_formats(first_chunk: bytes) -> None:
    """Name the usual mistakes (archive, PDF, web page, UTF-16) instead of a parser's message."""
    for signature, name in _SIGNATURES:
        if first_chunk.startswith(signature):
            raise OfferFileError(
                f"Le fichier n'est pas du XML mais {name}",
                code="lheo-not-xml",
                next_step=f"S'il s'agit d'une archive, extrayez le fichier XML. {_ASK_AGAIN}",
            )
    if first_chunk.startswith(_UTF16_OR_32):
        raise OfferFileError(
            "Le fichier est codé en UTF-16 ou UTF-32",
            code="lheo-encoding",
            next_step=_UTF8_REMEDY,
        )
    text = first_chunk.removeprefix(codecs.BOM_UTF8).lstrip()
    if not text:
        raise OfferFileError(
            "Le fichier ne contient que des espaces",
            code="lheo-empty-file",
            next_step=_ASK_AGAIN,
        )
    if not text.startswith(b"<"):
        raise OfferFileError("Le fichier n'est pas du XML", code="lheo-not-xml", next_step=_ASK_AGAIN)
    if _HTML.match(text):
        raise OfferFileError(
            "Le fichier est une page web (HTML), pas un export XML",
            code="lheo-not-xml",
            next_step=f"Le téléchargement a sans doute rendu une page d'erreur. {_ASK_AGAIN}",
        )


def refuse_declared_encoding(encoding: str | None) -> None:
    """UTF-8 is the only encoding of the norm; US-ASCII is a part of it."""
    if encoding and encoding.lower() not in {"utf-8", "utf8", "us-ascii", "ascii"}:
        raise OfferFileError(
            f"Le fichier se déclare en {encoding[:40]}",
            code="lheo-encoding",
            next_step=_UTF8_REMEDY,
            line=1,
        )
