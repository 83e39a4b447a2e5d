"""Why a whole file is refused."""

from config.errors import JalonsError


class CohortFileError(JalonsError):
    """The file cannot be read to its end: nothing of it may be kept."""
