"""Names of the icons that the pages may use; `config.assets` puts exactly these in the sprite.

`icons.txt` holds names of the Tabler set (outline). A name that is missing there stops `make assets`.
"""

from pathlib import Path

ICONS: frozenset[str] = frozenset(Path(__file__).with_name("icons.txt").read_text().split())
