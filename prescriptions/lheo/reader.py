"""Streaming reading of an LHEO file: one formation in memory at a time.

Expat rather than a tree builder: it refuses a DTD at its first byte, before any entity is declared, and its
line numbers stay exact beyond line 65,535, where libxml2 stops counting.
"""

from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

from prescriptions.lheo.errors import OfferFileError
from prescriptions.lheo.grammar import VERSIONS
from prescriptions.lheo.guard import checked_chunks, refuse_declared_encoding
from prescriptions.lheo.nodes import XML_SPACE, Node

# A formation weighs 10 to 30 KB and nests about 10 deep: beyond these, the file is an attack or a mistake.
MAX_FORMATION_BYTES = 16 * 1024 * 1024
MAX_FORMATION_NODES = 300_000
MAX_DEPTH = 100

_SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance "
_HARMLESS = {
    f"{_SCHEMA_INSTANCE}schemaLocation",
    f"{_SCHEMA_INSTANCE}noNamespaceSchemaLocation",
}
_TRUNCATED = {
    expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
    expat.errors.codes[expat.errors.XML_ERROR_PARTIAL_CHAR],
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
}
_ASK_FULL_FILE = "Demandez au Carif-Oref un nouvel export LHEO complet ; rien n'a été importé."


def structure_error(detail: str, line: int) -> OfferFileError:
    """The file around its formations departs from the norm: no item can be blamed for it."""
    return OfferFileError(
        f"La structure du fichier ne suit pas la norme : {detail}",
        code="lheo-structure",
        next_step=_ASK_FULL_FILE,
        line=line,
    )


class OfferReader:
    """Iterate over the ``formation`` nodes of a file; ``version`` is known from the first one on.

    ``root`` keeps the file's own structure (``lheo``, ``offres`` and their ``extras``, formations left out),
    complete once the iteration is over.
    """

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._stack: list[Node] = []
        self._ready: list[Node] = []
        self._unit_start = 0
        self._unit_nodes = 0
        self._prefix = ""
        self.version = ""
        self.root: Node | None = None
        self.formations = 0

    def __iter__(self) -> Iterator[Node]:
        """Raises ``OfferFileError`` as soon as the file proves unreadable, possibly after formations."""
        parser = self._parser = expat.ParserCreate("utf-8", namespace_separator=" ")
        parser.buffer_text = True
        parser.buffer_size = 256 * 1024
        parser.XmlDeclHandler = lambda version, encoding, standalone: refuse_declared_encoding(encoding)
        parser.StartDoctypeDeclHandler = self._refuse_dtd
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        received = progress = 0
        for chunk in checked_chunks(self._source):
            received += len(chunk)
            self._parse(chunk, is_last=False)
            # A single endless tag or attribute never reaches a handler.
            progress = max(progress, parser.CurrentByteIndex)
            if received - progress > MAX_FORMATION_BYTES:
                raise self._too_large("Une balise")
            yield from self._take_ready()
        self._parse(b"", is_last=True)
        yield from self._take_ready()
        if not self.formations:
            raise OfferFileError(
                "Le fichier ne contient aucune formation",
                code="lheo-no-formation",
                next_step="Vérifiez l'étendue de l'export (dates, département) auprès du Carif-Oref.",
            )

    def _take_ready(self) -> Iterator[Node]:
        ready, self._ready = self._ready, []
        yield from ready

    def _parse(self, data: bytes, *, is_last: bool) -> None:
        try:
            self._parser.Parse(data, is_last)
        except expat.ExpatError as error:
            raise self._file_error(error, is_last) from None

    def _file_error(self, error: expat.ExpatError, is_last: bool) -> OfferFileError:
        where = {"line": error.lineno, "column": error.offset + 1}
        if is_last and error.code in _TRUNCATED:
            return OfferFileError(
                "Le fichier est tronqué : il s'arrête avant la balise </lheo>",
                code="lheo-truncated",
                next_step=f"Le transfert s'est sans doute interrompu. {_ASK_FULL_FILE}",
                **where,
            )
        remedy = _ASK_FULL_FILE
        if error.code == expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]:
            remedy = f"Une entité (comme &nbsp;) n'est pas définie en XML. {_ASK_FULL_FILE}"
        return OfferFileError(
            f"Le fichier n'est pas un XML bien formé : {expat.ErrorString(error.code)}",
            code="lheo-malformed",
            next_step=remedy,
            **where,
        )

    def _refuse_dtd(self, *_declaration: object) -> None:
        raise OfferFileError(
            "Le fichier contient une déclaration DOCTYPE, que la norme LHEO interdit",
            code="lheo-dtd",
            next_step=f"Elle peut servir à une attaque (entités). {_ASK_FULL_FILE}",
            line=self._parser.CurrentLineNumber,
        )

    def _too_large(self, subject: str) -> OfferFileError:
        return OfferFileError(
            f"{subject} dépasse la taille admise ({MAX_FORMATION_BYTES // 1024**2} Mo)",
            code="lheo-too-large",
            next_step=f"Une balise n'est sans doute pas fermée. {_ASK_FULL_FILE}",
            line=self._parser.CurrentLineNumber,
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        line = self._parser.CurrentLineNumber
        if not self._stack:
            self._open_root(name, line)
        for known in _HARMLESS.intersection(attributes):
            del attributes[known]
        tag = self._local(name)
        if not self._stack:
            self.root = node = Node(tag, attributes, f"/{tag}", line)
        else:
            parent = self._stack[-1]
            node = Node(tag, attributes, parent.next_path(tag), line)
            if not self._is_formation_of(parent, tag):
                parent.children.append(node)
            elif parent.children:
                raise structure_error("une formation suit les « extras » de « offres »", line)
        self._count(line)
        self._stack.append(node)

    def _local(self, name: str) -> str:
        if name.startswith(self._prefix):
            return name.removeprefix(self._prefix)
        return "{" + name.replace(" ", "}") if " " in name else "{}" + name

    def _count(self, line: int) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise OfferFileError(
                f"Plus de {MAX_DEPTH} balises imbriquées",
                code="lheo-too-large",
                next_step=_ASK_FULL_FILE,
                line=line,
            )
        if len(self._stack) <= 2 and self._is_new_unit():
            self._unit_start, self._unit_nodes = self._parser.CurrentByteIndex, 0
        self._unit_nodes += 1
        if self._unit_nodes > MAX_FORMATION_NODES:
            raise self._too_large("Une formation")

    def _is_new_unit(self) -> bool:
        """The children kept in the skeleton share one allowance, else a million of them would fill memory."""
        return len(self._stack) < 2 or not self._stack[-1].children

    def _is_formation_of(self, parent: Node, tag: str) -> bool:
        return tag == "formation" and parent.path == "/lheo/offres"

    def _open_root(self, name: str, line: int) -> None:
        namespace, _, local = name.rpartition(" ")
        if namespace not in VERSIONS:
            known = " ou ".join(VERSIONS)
            raise OfferFileError(
                f"Espace de noms inconnu : « {namespace[:80] or 'aucun'} » sur la balise « {local[:40]} »",
                code="lheo-unknown-namespace",
                next_step=f"Seules les versions 2.2 et 2.3 de LHEO sont lues ({known}).",
                line=line,
            )
        if local != "lheo":
            raise OfferFileError(
                f"La racine est « {local[:40]} » au lieu de « lheo »",
                code="lheo-unexpected-root",
                next_step="Un index ou un résumé ne décrit pas les sessions : demandez la forme complète.",
                line=line,
            )
        self.version = VERSIONS[namespace]
        self._prefix = f"{namespace} "

    def _end(self, _name: str) -> None:
        node = self._stack.pop()
        depth = len(self._stack)
        if depth >= 2 and self._parser.CurrentByteIndex - self._unit_start > MAX_FORMATION_BYTES:
            raise self._too_large(f"L'élément « {node.tag[:40]} »")
        if depth == 2 and self._is_formation_of(self._stack[-1], node.tag):
            self.formations += 1
            self._ready.append(node)

    def _text(self, data: str) -> None:
        if not self._stack:
            return
        node = self._stack[-1]
        if node.children and not data.strip(XML_SPACE):
            return  # Indentation between children.
        node.text += data
        if self._parser.CurrentByteIndex - self._unit_start > MAX_FORMATION_BYTES and len(self._stack) > 2:
            raise self._too_large(f"L'élément « {node.tag[:40]} »")
