"""Errors that concern a whole LHEO file: nothing of it may be imported."""

from config.errors import JalonsError


class OfferFileError(JalonsError):
    """The file cannot be read as an LHEO offer. ``line`` and ``column`` count from 1, None when meaningless.

    Codes: lheo-empty-file, lheo-not-xml, lheo-encoding, lheo-dtd, lheo-malformed, lheo-truncated,
    lheo-unknown-namespace, lheo-unexpected-root, lheo-structure, lheo-no-formation, lheo-too-large.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        next_step: str,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        if line is not None:
            where = f"ligne {line}" if column is None else f"ligne {line}, colonne {column}"
            message = f"{message} ({where})"
        super().__init__(f"{message}.", code=code, next_step=next_step)
        self.line = line
        self.column = column
