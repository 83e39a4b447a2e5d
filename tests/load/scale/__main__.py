"""`python -m tests.load.scale`: build three sizes of country, measure every page, search, figure and detector on each.

SCALE: pathways of the largest (1,000,000). EVENTS: facts of each (20). SCALE_DIR: where the cluster lives (var/scale).
SCALE_SIZES: percentages, « 1,10,100 ». SCALE_KEEP=1 keeps the databases, which a next run then measures again.
"""

import os
import sys


def main() -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.load.scale.settings"
    import django

    django.setup()
    from tests.load.scale.bench import bench

    return bench(
        pathways=int(os.environ.get("SCALE", "1000000")),
        events=int(os.environ.get("EVENTS", "20")),
        sizes=[int(size) for size in os.environ.get("SCALE_SIZES", "1,10,100").split(",")],
        keep=os.environ.get("SCALE_KEEP") == "1",
    )


if __name__ == "__main__":
    sys.exit(main())
