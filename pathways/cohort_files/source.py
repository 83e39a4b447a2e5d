"""Access to the bytes of a cohort file: scrubbed of the NIR before anything else looks at them."""

import os
from collections.abc import Generator, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO

from pathways.cohort_files.errors import CohortFileError
from pathways.nir import MAX_PENDING, NirScrubError, scrub_chunks

CHUNK_SIZE = 64 * 1024
HEAD_SIZE = 4096

Source = str | os.PathLike | BinaryIO


class ScrubbedStream:
    """A readable of scrubbed bytes, with a look ahead. Closes only what it opened itself."""

    def __init__(self, source: Source):
        self._raw = _read_chunks(source)
        self._chunks = scrub_chunks(self._raw)
        self._buffer = b""
        self.tail = b""  # last bytes handed over, to tell a truncated file
        self.is_exhausted = False

    def peek(self, size: int) -> bytes:
        """Return up to `size` of the next bytes, fewer at the end of the file, without consuming them."""
        while len(self._buffer) < size and not self.is_exhausted:
            self._buffer += self._next_chunk()
        return self._buffer[:size]

    def head(self) -> bytes:
        """Return the first bytes, enough to see something else than blanks; empty when there is nothing."""
        size = HEAD_SIZE
        while not (seen := self.peek(size)).removeprefix(b"\xef\xbb\xbf").strip():
            if self.is_exhausted or size > MAX_PENDING:
                return b""
            size *= 2
        return seen

    def read(self, size: int = CHUNK_SIZE) -> bytes:
        data = self.peek(size)
        self._buffer = self._buffer[len(data) :]
        self.tail = (self.tail + data)[-64:]
        return data

    def lines(self) -> Iterator[bytes]:
        """Yield the lines, each with its line break."""
        while True:
            *whole, rest = self._buffer.split(b"\n")
            for line in whole:
                yield line + b"\n"
            self._buffer = rest
            if self.is_exhausted:
                break
            self._buffer += self._next_chunk()
        if self._buffer:
            yield self._buffer

    def close(self) -> None:
        self._raw.close()

    def _next_chunk(self) -> bytes:
        refusal = None
        try:
            chunk = next(self._chunks, None)
        except NirScrubError as error:
            refusal = CohortFileError(error.message, code=error.code, next_step=error.next_step)
        if refusal is not None:
            raise refusal
        if chunk is None:
            self.is_exhausted = True
            return b""
        return chunk


def _read_chunks(source: Source) -> Generator[bytes, None, None]:
    is_path = isinstance(source, str | os.PathLike)
    with Path(source).open("rb") if is_path else nullcontext(source) as stream:
        while chunk := stream.read(CHUNK_SIZE):
            yield chunk
