"""The local secret key: drawn once, kept in the data folder, readable by its owner only."""

import os
import secrets
from pathlib import Path


def read_or_create(path: Path) -> str:
    """The key in `path`; drawn and written first when the file does not exist."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text("")
    draft.chmod(0o600)
    draft.write_text(secrets.token_urlsafe(64))
    try:
        # link() fails when another process was first: both then read the same key.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text().strip()
