"""Forget this machine's data: `python -m config.reset` (make reset). Only what lies in the data folder."""

import os
import shutil
import sys
from pathlib import Path

from config.embedded_postgres.cluster import Cluster

PARTS = ("broker", "files", "mail", "test")


def reset(data_dir: Path) -> bool:
    """Stop the embedded server and delete its data. Returns False when a running product uses it."""
    cluster = Cluster(data_dir / "postgres")
    if not cluster.destroy():
        return False
    for part in PARTS:
        shutil.rmtree(data_dir / part, ignore_errors=True)
    for file in data_dir.glob("beat-schedule*"):
        file.unlink()
    return True


def main() -> int:
    root = Path(__file__).resolve().parent.parent
    data_dir = Path(os.environ.get("DATA_DIR") or root / ".data").expanduser().resolve()
    if os.environ.get("DATABASE_URL"):
        print("DATABASE_URL nomme un serveur : videz cette base vous-même.", file=sys.stderr)
        return 1
    if not data_dir.exists():
        print("Rien à effacer.")
        return 0
    if not reset(data_dir):
        print(f"Un produit tourne sur {data_dir} : arrêtez-le (Ctrl-C), puis relancez.", file=sys.stderr)
        return 1
    print(f"Données de {data_dir} effacées.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
