"""`make bench-plan`: a fresh cluster, a Département, the comparison, its table; the cluster is gone at the end.

BENCH_SESSIONS (500) and BENCH_PEOPLE (20,000) are the sizes, BENCH_DIR where bench-plan.json goes (var).
"""

import os
import shutil
import sys
import time


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.load.plan.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from config.embedded_postgres.base import cluster_of
    from config.embedded_postgres.cluster import Cluster
    from tests.load.plan import bench, country

    if not Cluster(settings.BENCH_CLUSTER).destroy():
        sys.exit(f"Another bench is running in {settings.BENCH_CLUSTER}.")
    sizes = bench.Sizes.of_environment()
    try:
        started = time.perf_counter()
        call_command("migrate", verbosity=0, interactive=False)
        with country.day():
            country.build(sizes.sessions, sizes.people, sizes.weeks)
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")
            print(f"built in {time.perf_counter() - started:.0f} s", file=sys.stderr)
            everybody, _ = bench.compare(sizes.weeks)
            few, _ = bench.compare(sizes.weeks, every=bench.FEW)
            list_seconds = bench.time_a_list()
    finally:
        connection.close()
        cluster_of(connection.settings_dict).release()
        shutil.rmtree(settings.BENCH_CLUSTER.parent, ignore_errors=True)
    path = settings.BENCH_DIR / "bench-plan.json"
    bench.write(everybody, few, path)
    told = [
        *bench.lines(everybody),
        "",
        f"the same seats, one person out of {bench.FEW}:",
        *bench.lines(few),
        "",
    ]
    print("\n".join([*told, *bench.aims(everybody, list_seconds)]))
    print(f"\nwritten to {path}")


if __name__ == "__main__":
    main()
