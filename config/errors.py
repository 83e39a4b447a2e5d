"""Root of the errors that a user may read."""


class JalonsError(Exception):
    """A refusal that explains itself: a stable code, a French sentence, what to do next, where.

    `code` is for programs and tests; `message`, `next_step` and `link` are shown to people.
    """

    def __init__(self, message: str, *, code: str, next_step: str = "", link: str | None = None):
        super().__init__(message)
        self.code = code
        self.message = message
        self.next_step = next_step
        self.link = link
