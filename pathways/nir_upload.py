"""Reception of cohort files: what reaches memory or disk has already lost its NIR."""

from collections.abc import Callable
from functools import wraps

from django.core.files.uploadhandler import StopFutureHandlers, TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from pathways.nir import NirScrubber, NirScrubError


class NirScrubbingUploadHandler(TemporaryFileUploadHandler):
    """Writes the scrubbed file itself; must be first, the handlers after it see nothing.

    Handing scrubbed chunks down the chain cannot work: the scrubber holds back an unfinished token, and
    Django computes the size of a file from the chunks that the parser delivered, before any handler.
    A file refused by the scrubber arrives empty; the reason is `refusal`, also set on the request as
    `nir_refusal`: look at it before the file.
    """

    refusal: NirScrubError | None = None

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self._scrubber = NirScrubber()
        self._refused = False
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._write(self._scrubber.feed, raw_data)

    def file_complete(self, file_size: int):
        """Return the scrubbed file with its real size, not the `file_size` of what was sent."""
        self._write(self._scrubber.close)
        return super().file_complete(self.file.tell())

    def _write(self, scrub: Callable[..., bytes], *data: bytes) -> None:
        if self._refused:
            return
        try:
            self.file.write(scrub(*data))
        except NirScrubError as error:
            self._refused = True
            self.refusal = error
            if self.request is not None:
                self.request.nir_refusal = error
            self.file.seek(0)
            self.file.truncate()


def scrubbed_uploads(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a function view whose uploads may hold a NIR.

    The CSRF middleware reads the body, hence fixes the handlers, before any view: its check is put off
    until ours is in place (Django documentation, « Modifying upload handlers on the fly »).
    """
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def receive(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        request.nir_refusal = None
        request.upload_handlers = [NirScrubbingUploadHandler(request)]
        return protected(request, *args, **kwargs)

    return receive
