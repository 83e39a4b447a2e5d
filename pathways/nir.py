"""The social security number (NIR) never enters the product.

Décret-cadre 2019-341 gives us no right to hold it, yet the CAF flux carries one per person and users
paste it into spreadsheets. It is taken out of the byte stream, before parser and disk see it:

* the content of XML elements and attributes named NIR, and every XML comment;
* the cells of CSV columns named after it;
* anywhere else, 13 or 15 digits with the structure of a NIR, replaced by `MARKER`.

Line breaks are kept, so line numbers of messages stay those of the file that the user has.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from config.errors import JalonsError
from pathways.identity import normalise_name

MARKER = "NIR-RETIRE"

# No line, cell or tag of a cohort file comes near: beyond, something hides a boundary on purpose.
MAX_PENDING = 1024 * 1024

_SEPARATOR = rb"(?:[ .\-]|\xc2?\xa0|\xe2\x80\xaf)?"
# sex, year, month, département (2A and 2B in Corsica), commune, order, key
_SHAPE = re.compile(
    rb"(?<!\d)[1-478]" + (_SEPARATOR + rb"\d") * 5 + _SEPARATOR + rb"[\dABab]"
    + (_SEPARATOR + rb"\d") * 6 + rb"(?:" + (_SEPARATOR + rb"\d") * 2 + rb")?(?!\d)"
)  # fmt: skip
_STRUCTURE = re.compile(
    r"[1-478]\d\d(?:0[1-9]|1[0-2]|20|3\d|4[0-2]|[5-9]\d)"
    r"(?:0[1-9]|[1-9]\d|2[ABab])(?!000)\d{3}(?!000)\d{3}(?:\d\d)?"
)

_PREFIX = rb"(?:[^\s<>/:\"'=!?]+:)?"
_XML_STOP = re.compile(rb"<!--|<!\[CDATA\[|<\?|<" + _PREFIX + rb"nir(?=[\s/>])", re.IGNORECASE)
_XML_INSIDE = re.compile(
    rb"<!--|<!\[CDATA\[|</" + _PREFIX + rb"nir\s*>|<" + _PREFIX + rb"nir(?=[\s/>])", re.IGNORECASE
)
_XML_CLOSERS = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}
_XML_TAG_REST = re.compile(rb"[^\"'>]*(?:\"[^\"]*\"[^\"'>]*|'[^']*'[^\"'>]*)*>")
_XML_ATTRIBUTE = re.compile(rb"(\s" + _PREFIX + rb"nir\s*=\s*)(?:\"([^\"<]*)\"|'([^'<]*)')", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
# Encodings in which ASCII characters are single bytes: elsewhere a NIR could hide.
_TRANSPARENT = {"utf-8", "utf8", "us-ascii", "ascii", "windows-1252", "cp1252", "iso-8859-1", "iso-8859-15"}

_OPAQUE_STARTS = {
    b"\xff\xfe": "est encodé en UTF-16 ou UTF-32",
    b"\xfe\xff": "est encodé en UTF-16 ou UTF-32",
    b"\x00\x00\xfe\xff": "est encodé en UTF-16 ou UTF-32",
    b"+/v": "est encodé en UTF-7",
    b"\x4c\x6f\xa7\x94": "est encodé en EBCDIC",
    b"PK\x03\x04": "est un classeur de tableur ou une archive ZIP",
    b"\xd0\xcf\x11\xe0": "est un classeur de tableur (.xls)",
    b"\x1f\x8b": "est compressé (gzip)",
    b"BZh": "est compressé (bzip2)",
    b"7z\xbc\xaf": "est compressé (7z)",
    b"\xfd7zXZ": "est compressé (xz)",
    b"%PDF": "est un document PDF",
}
_NEXT_STEP = "Enregistrez-le en XML d'origine ou en CSV UTF-8 (séparateur point-virgule), puis redéposez-le."
_UTF8_BOM = b"\xef\xbb\xbf"


class NirScrubError(JalonsError):
    """The bytes cannot be scrubbed with certainty, hence are refused whole."""


def looks_like_nir(value: str) -> bool:
    """Tell whether the whole value is 13 or 15 characters with the structure of a NIR (key unchecked)."""
    compact = re.sub(r"[\s.\-]", "", unicodedata.normalize("NFKC", value))
    return compact.isascii() and _STRUCTURE.fullmatch(compact) is not None


def contains_nir(value: str) -> bool:
    """Tell whether a NIR, or the marker left in its place, stands anywhere in the value."""
    if MARKER in value:
        return True
    text = unicodedata.normalize("NFKC", value).encode("utf-8", "replace")
    return any(_is_nir(match) for match in _SHAPE.finditer(text))


def is_nir_column(header: str) -> bool:
    """Tell whether a CSV column of this name holds social security numbers."""
    words = normalise_name(header.replace(MARKER, "")).split()
    compact = "".join(words)
    return (
        bool({"NIR", "NIA", "NSS", "SECU"} & set(words))
        or any(name in compact for name in ("SECURITESOCIALE", "NUMSECU", "NUMEROSECU", "NOSECU", "NSECU"))
        or compact in {"NUMEROINSEE", "NUMINSEE", "NINSEE", "NUMEROSS", "NUMSS"}
    )


def detect_delimiter(header: str) -> str:
    """Return the commonest of `;`, `,`, tabulation and `|` outside quotes; `;` when there is none."""
    bare = re.sub(r'"[^"]*"', "", header)
    return max(";,\t|", key=lambda delimiter: (bare.count(delimiter), delimiter == ";"))


def scrub_chunks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same file without any NIR, whatever the cutting of the chunks.

    Raises NirScrubError on an encoding or a container in which a NIR could not be seen.
    """
    scrubber = NirScrubber()
    for chunk in chunks:
        if clean := scrubber.feed(chunk):
            yield clean
    if clean := scrubber.close():
        yield clean


class NirScrubber:
    """Incremental scrubber: `feed` returns what is certain to be clean, `close` the rest."""

    def __init__(self):
        self._pending = b""
        self._clean = None  # the cleaning of the detected format, once known
        self._depth = 0
        self._delimiter = b""
        self._field = None
        self._nir_columns = frozenset()

    def feed(self, chunk: bytes) -> bytes:
        return self._advance(self._pending + chunk, final=False)

    def close(self) -> bytes:
        return self._advance(self._pending, final=True)

    def _advance(self, buffer: bytes, *, final: bool) -> bytes:
        if b"\x00" in buffer:
            raise _refusal("contient des octets nuls : il est encodé en UTF-16, ou ce n'est pas du texte")
        if self._clean is None and not self._recognise(buffer, final):
            clean, self._pending = b"", buffer
        else:
            clean, self._pending = self._clean(buffer, final)
        if len(self._pending) > MAX_PENDING:
            raise _refusal("contient une ligne, une cellule ou une balise de plus d'un mégaoctet")
        return clean

    def _recognise(self, buffer: bytes, final: bool) -> bool:
        """Choose the cleaning from the first bytes; False while they are too few."""
        for start, what in _OPAQUE_STARTS.items():
            if buffer.startswith(start):
                raise _refusal(what)
        text = buffer.removeprefix(_UTF8_BOM).lstrip()
        if not final and (len(buffer) < 8 or len(text) < 5):
            return False
        if not text.startswith(b"<"):
            self._clean = self._clean_csv_header
            return True
        if text.startswith(b"<?xml"):
            if b"?>" not in text and not final and len(text) < MAX_PENDING:
                return False
            declared = _XML_ENCODING.match(text)
            if declared and declared[1].decode().lower() not in _TRANSPARENT:
                raise _refusal(f"déclare l'encodage « {declared[1].decode()} », qui n'est pas pris en charge")
        self._clean = self._clean_xml
        return True

    # XML: everything between two `<` is copied at once; only marked zones are walked through.

    def _clean_xml(self, buffer: bytes, final: bool) -> tuple[bytes, bytes]:
        pieces, position = [], 0
        while position < len(buffer):
            step = self._inside_nir if self._depth else self._outside_nir
            piece, end = step(buffer, position, final)
            if end == position:
                break
            pieces.append(piece)
            position = end
        if not final:
            return b"".join(pieces), buffer[position:]
        # What remains is a construct never closed: its opening stays, so that the parser sees the truncation.
        opening = None if self._depth else _XML_STOP.match(buffer, position)
        return b"".join([*pieces, opening[0] if opening else b"", _breaks(buffer[position:])]), b""

    def _outside_nir(self, buffer: bytes, position: int, final: bool) -> tuple[bytes, int]:
        stop = _XML_STOP.search(buffer, position)
        if stop is None:
            end = len(buffer) if final else max(buffer.rfind(b"<", position), position)
            return _mask_xml(buffer[position:end]), end
        if stop.start() > position:
            return _mask_xml(buffer[position : stop.start()]), stop.start()
        opener = stop[0].upper()
        if opener not in _XML_CLOSERS:
            return self._open_nir(buffer, stop)
        end = _end_of(buffer, opener, stop.end())
        if end < 0:
            return b"", position
        token = buffer[position:end]
        return (b"<!--" + _breaks(token) + b"-->" if opener == b"<!--" else _mask(token)), end

    def _inside_nir(self, buffer: bytes, position: int, final: bool) -> tuple[bytes, int]:
        stop = _XML_INSIDE.search(buffer, position)
        if stop is None:
            last = buffer.rfind(b"<", position)
            end = len(buffer) if final or last < 0 else last
            return _breaks(buffer[position:end]), end
        if stop.start() > position:
            return _breaks(buffer[position : stop.start()]), stop.start()
        opener = stop[0].upper()
        if opener.startswith(b"</"):
            self._depth -= 1
            return (_breaks(stop[0]) if self._depth else stop[0]), stop.end()
        if opener not in _XML_CLOSERS:
            tag, end = self._open_nir(buffer, stop)
            return _breaks(tag), end
        end = _end_of(buffer, opener, stop.end())
        return (b"", position) if end < 0 else (_breaks(buffer[position:end]), end)

    def _open_nir(self, buffer: bytes, name: re.Match) -> tuple[bytes, int]:
        rest = _XML_TAG_REST.match(buffer, name.end())
        if rest is None:
            return b"", name.start()
        is_empty = rest[0].endswith(b"/>")
        self._depth += not is_empty
        return name[0] + _breaks(rest[0]) + (b"/>" if is_empty else b">"), rest.end()

    # CSV: by whole lines, or by whole records when a column has to be emptied.

    def _clean_csv_header(self, buffer: bytes, final: bool) -> tuple[bytes, bytes]:
        line_end = buffer.find(b"\n") + 1
        if not line_end and not final:
            return b"", buffer
        line = buffer[: line_end or len(buffer)]
        text = _decode(line.removeprefix(_UTF8_BOM))
        if line_end and (not text.strip() or is_separator_hint(text)):
            clean, pending = self._clean_csv_header(buffer[line_end:], final)
            return _mask(line) + clean, pending
        delimiter = detect_delimiter(text)
        self._delimiter = delimiter.encode()
        cut = re.escape(self._delimiter)
        self._field = re.compile(rb"\"[^\"]*(?:\"\"[^\"]*)*\"(?!\")[^%b\r\n]*|(?!\")[^%b\r\n]*" % (cut, cut))
        bom = _UTF8_BOM if line.startswith(_UTF8_BOM) else b""
        fields, end = self._record(buffer, len(bom), final)
        if end < 0 and not final:
            return b"", buffer
        names = [_decode(field).strip().strip('"') for field in fields]
        self._nir_columns = frozenset(i for i, name in enumerate(names) if is_nir_column(name))
        self._clean = self._clean_csv_records if self._nir_columns else self._clean_csv_lines
        if end < 0:
            return _mask(buffer), b""
        clean, pending = self._clean(buffer[end:], final)
        return _mask(buffer[:end]) + clean, pending

    def _clean_csv_lines(self, buffer: bytes, final: bool) -> tuple[bytes, bytes]:
        end = len(buffer) if final else buffer.rfind(b"\n") + 1
        return _mask(buffer[:end]), buffer[end:]

    def _clean_csv_records(self, buffer: bytes, final: bool) -> tuple[bytes, bytes]:
        pieces, position = [], 0
        while position < len(buffer):
            fields, end = self._record(buffer, position, final)
            if end < 0:
                if not final:
                    break
                # A quote never closed: keep it, so that the reader refuses the file, and drop what follows.
                pieces.append(self._join(fields, _breaks(buffer[position:]), opened=True))
                return b"".join(pieces), b""
            tail = buffer[position + sum(map(len, fields)) + len(fields) - 1 : end]
            pieces.append(self._join(fields, tail))
            position = end
        return b"".join(pieces), buffer[position:]

    def _join(self, fields: list[bytes], tail: bytes, *, opened: bool = False) -> bytes:
        clean = [
            _empty_cell(field) if index in self._nir_columns else _mask(field)
            for index, field in enumerate(fields)
        ]
        return self._delimiter.join([*clean, b'"'] if opened else clean) + tail

    def _record(self, buffer: bytes, position: int, final: bool) -> tuple[list[bytes], int]:
        """Return the raw fields of the record at `position` and its end, -1 while it is incomplete."""
        fields = []
        while (match := self._field.match(buffer, position)) is not None:
            end = match.end()
            if end == len(buffer) and not final:
                break
            fields.append(match[0])
            if end == len(buffer):
                return fields, end
            if buffer[end : end + 1] != self._delimiter:
                if buffer[end:] == b"\r" and not final:
                    break
                return fields, end + (2 if buffer[end : end + 2] == b"\r\n" else 1)
            position = end + 1
        return fields, -1


def is_separator_hint(line: str) -> bool:
    """Tell whether the line is the « sep=; » that spreadsheets put before the header."""
    return re.fullmatch(r"sep=.\s*", line, re.IGNORECASE) is not None


def _refusal(what: str) -> NirScrubError:
    return NirScrubError(f"Ce fichier {what}.", code="unreadable_file", next_step=_NEXT_STEP)


def _is_nir(match: re.Match) -> bool:
    return looks_like_nir(match[0].decode("latin-1").replace("Â\xa0", "").replace("â\x80¯", ""))


def _mask(text: bytes) -> bytes:
    return _SHAPE.sub(lambda match: MARKER.encode() if _is_nir(match) else match[0], text)


def _mask_xml(text: bytes) -> bytes:
    return _mask(
        _XML_ATTRIBUTE.sub(lambda match: match[1] + b'"' + _breaks(match[2] or match[3] or b"") + b'"', text)
    )


def _breaks(text: bytes) -> bytes:
    return re.sub(rb"[^\r\n]+", b"", text)


def _end_of(buffer: bytes, opener: bytes, position: int) -> int:
    closer = _XML_CLOSERS[opener]
    found = buffer.find(closer, position)
    return found if found < 0 else found + len(closer)


def _empty_cell(field: bytes) -> bytes:
    breaks = _breaks(field)
    return b'"' + breaks + b'"' if breaks else b""


def _decode(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("cp1252", "replace")
