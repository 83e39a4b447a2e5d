import io

import pytest
from django.core.files.uploadhandler import MemoryFileUploadHandler, TemporaryFileUploadHandler
from django.http import HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.test import RequestFactory

from pathways.nir_upload import NirScrubbingUploadHandler, scrubbed_uploads

FLUX = b"<Racine>\n<NIR>NIR-INTERDIT</NIR>\n" + b"<A>x</A>\n" * 20_000 + b"</Racine>"
CLEAN = FLUX.replace(b"NIR-INTERDIT", b"")


def post(content: bytes, **fields):
    upload = io.BytesIO(content)
    upload.name = "flux.xml"
    return RequestFactory().post("/", {"file": upload, "note": "x"} | fields)


@pytest.fixture
def upload_folder(tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    return tmp_path


@pytest.mark.parametrize("following", [[], [MemoryFileUploadHandler, TemporaryFileUploadHandler]])
@pytest.mark.parametrize("content", [FLUX, FLUX[:60]])
def test_what_reaches_the_disk_has_lost_its_nir(upload_folder, following, content):
    request = post(content)
    request.upload_handlers = [handler(request) for handler in (NirScrubbingUploadHandler, *following)]
    received = request.FILES["file"]
    assert request.POST["note"] == "x"
    stored = [path.read_bytes() for path in upload_folder.iterdir()]
    expected = content.replace(b"NIR-INTERDIT", b"")
    assert stored == [expected]
    assert (received.read(), received.size) == (expected, len(expected))
    received.close()


def test_a_tail_held_back_is_written_at_the_end(upload_folder):
    content = b"nom;NIR\nA;NIR-INTERDIT\nB;C"
    request = post(content)
    request.upload_handlers = [NirScrubbingUploadHandler(request)]
    received = request.FILES["file"]
    assert received.read() == b"nom;NIR\nA;\nB;"
    received.close()


def test_a_refused_file_arrives_empty_with_the_reason(upload_folder):
    request = post("nom;prénom\nA;B\n".encode("utf-16") * 5000)
    request.upload_handlers = [NirScrubbingUploadHandler(request)]
    received = request.FILES["file"]
    assert (received.size, received.read()) == (0, b"")
    assert request.nir_refusal.code == "unreadable_file"
    assert [path.stat().st_size for path in upload_folder.iterdir()] == [0]
    received.close()


TOKEN = "a" * 32


def view(request):
    received = request.FILES["file"]
    return HttpResponse(received.read(), headers={"X-Refusal": str(request.nir_refusal)})


def refuse(request, reason=""):
    return HttpResponse(status=403)


def through_csrf_middleware(request):
    """Answer as the project would: its middleware reads the body of the views that it protects."""
    middleware = CsrfViewMiddleware(view)
    middleware.process_request(request)
    decorated = scrubbed_uploads(view)
    response = middleware.process_view(request, decorated, (), {}) or decorated(request)
    request.close()
    return response


def test_the_decorated_view_receives_scrubbed_files(upload_folder):
    request = post(FLUX, csrfmiddlewaretoken=TOKEN)
    request.COOKIES["csrftoken"] = TOKEN
    response = through_csrf_middleware(request)
    assert (response.content, response.headers["X-Refusal"]) == (CLEAN, "None")


def test_the_decorated_view_still_demands_a_csrf_token(upload_folder, settings):
    settings.CSRF_FAILURE_VIEW = f"{__name__}.refuse"
    assert through_csrf_middleware(post(FLUX)).status_code == 403
