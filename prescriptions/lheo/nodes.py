"""One element of an LHEO file in memory, with the place where it was read."""

import re
from collections.abc import Iterator

from prescriptions.lheo.grammar import REPEATABLE

# The four characters that XML calls white space: str.split() would also drop the no-break space.
XML_SPACE = " \t\r\n"
_SPACES = re.compile(r"[ \t\r\n]+")


def collapse(text: str) -> str:
    """Text as XML Schema compares tokens and numbers: trimmed, inner white space reduced to one space."""
    return _SPACES.sub(" ", text).strip(" ")


class Node:
    """Element: local name (``{uri}name`` when foreign to LHEO), attributes, raw text, children, path and line.

    There is no link to the parent: without cycles a formation is freed as soon as it has been read.
    """

    __slots__ = ("_ranks", "attributes", "children", "line", "path", "tag", "text")

    def __init__(self, tag: str, attributes: dict[str, str], path: str, line: int) -> None:
        self.tag = tag
        self.attributes = attributes
        self.text = ""
        self.children: list[Node] = []
        self.path = path
        self.line = line
        self._ranks: dict[str, int] = {}

    def next_path(self, tag: str) -> str:
        """Path of the next child of that name: the rank is written where the name may repeat, or does."""
        rank = self._ranks[tag] = self._ranks.get(tag, 0) + 1
        suffix = f"[{rank}]" if rank > 1 or tag in REPEATABLE else ""
        return f"{self.path}/{tag}{suffix}"

    def find(self, path: str) -> "Node | None":
        """First descendant along ``a/b/c``, None when a step is missing."""
        return next(self.find_all(path), None)

    def find_all(self, path: str) -> Iterator["Node"]:
        """Every descendant along ``a/b/c``, in file order."""
        step, _, rest = path.partition("/")
        for child in self.children:
            if child.tag == step:
                if rest:
                    yield from child.find_all(rest)
                else:
                    yield child

    def value(self, path: str) -> str:
        """Trimmed text of the first descendant along ``path``, "" when absent."""
        found = self.find(path)
        return found.text.strip() if found is not None else ""

    def walk(self) -> Iterator["Node"]:
        """This element and all below, in file order."""
        yield self
        for child in self.children:
            yield from child.walk()
