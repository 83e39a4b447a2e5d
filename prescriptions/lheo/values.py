"""From the texts of the file to values: numbers, prices, coordinates, plain text. Unreadable gives None."""

import re
from decimal import Decimal, InvalidOperation
from html.parser import HTMLParser

MAX_HOURS = 99_999  # Range of the norm's documentation, which its schema does not enforce.

_BLOCKS = frozenset({"p", "br", "li", "ul", "ol", "div", "tr", "h1", "h2", "h3", "h4"})
_BLANKS = re.compile(r"[^\S\n]+")


def to_count(text: str, maximum: int | None = None) -> int | None:
    """Positive or null integer, at most ``maximum``."""
    try:
        number = int(text)
    except ValueError:
        return None
    return number if number >= 0 and (maximum is None or number <= maximum) else None


def to_price(text: str) -> Decimal | None:
    """Amount in euros, decimal comma or point, thin or ordinary spaces between thousands."""
    text = "".join(text.split()).removesuffix("€").replace(",", ".")
    if not re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII):
        return None
    return Decimal(text)


def to_degrees(text: str, limit: int) -> Decimal | None:
    """Decimal degrees within ± ``limit``, decimal comma accepted."""
    try:
        degrees = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return degrees if degrees.is_finite() and abs(degrees) <= limit else None


class _TextOnly(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._hidden += 1
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._hidden = max(self._hidden - 1, 0)
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def plain_text(text: str) -> str:
    """Text without the HTML that some bases escape into their fields; paragraphs become lines."""
    if "<" in text or "&" in text:
        parser = _TextOnly()
        parser.feed(text)
        parser.close()
        text = "".join(parser.parts)
    lines = (_BLANKS.sub(" ", line).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)
