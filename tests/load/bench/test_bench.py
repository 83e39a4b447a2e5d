"""The bench itself runs, small: a change of the engine that breaks it shows here, not on the day it is needed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ASKED = {"apply_vs_raw_pair", "apply_vs_django_fsm", "apply_many_vs_raw_set", "replay_40_events_ms"}


@pytest.mark.slow
def test_a_small_bench_runs_and_reports(tmp_path):
    """Every contestant checks what it wrote; only then is there a report."""
    tmp_path.chmod(0o755)
    bench = subprocess.run(
        [sys.executable, "-m", "tests.load.bench"],
        cwd=ROOT,
        env={**os.environ, "BENCH_N": "3", "BENCH_BULK": "7", "BENCH_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert bench.returncode == 0, bench.stderr
    report = json.loads((tmp_path / "bench.json").read_text())
    assert report.keys() >= {*ASKED, "rebuild_events_per_s", "medians_ms", "sizes"}
    assert report["sizes"]["BENCH_N"] == 3
    assert not (tmp_path / "bench").exists(), "the cluster is left behind"
