"""`make bench`: a fresh cluster, the whole bench, its report, and the cluster is gone."""

import os
import shutil
import sys


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.load.bench.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    from config.embedded_postgres.base import cluster_of
    from config.embedded_postgres.cluster import Cluster
    from tests.load.bench.run import Sizes, run

    if not Cluster(settings.BENCH_CLUSTER).destroy():
        sys.exit(f"Another bench is running in {settings.BENCH_CLUSTER}.")
    try:
        report = run(Sizes.of_environment())
    finally:
        connection.close()
        cluster_of(connection.settings_dict).release()
        shutil.rmtree(settings.BENCH_CLUSTER.parent, ignore_errors=True)
    path = settings.BENCH_DIR / "bench.json"
    report.write(path)
    print("\n".join(report.lines()))
    print(f"\nwritten to {path}")


if __name__ == "__main__":
    main()
