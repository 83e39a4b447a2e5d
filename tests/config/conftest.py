import tempfile
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def new_folder():
    """Makes data folders outside pytest's own, which another session of the same user closes to everybody else:
    as root, the embedded server runs as another account."""
    with tempfile.TemporaryDirectory(prefix="jalons-", ignore_cleanup_errors=True) as root:
        yield lambda name: Path(tempfile.mkdtemp(prefix=f"{name}-", dir=root))
