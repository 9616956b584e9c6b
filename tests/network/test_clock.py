import subprocess
import sys
from itertools import pairwise
from pathlib import Path

from curation.network.clock import HostClock

PROCESS = """
import sys, time
from pathlib import Path
from curation.network.clock import HostClock
clock = HostClock(Path(sys.argv[1]), 5.0)
for _ in range(5):
    clock.wait("example.org", 0.1)
    print(time.monotonic())
"""


def test_processes_share_one_pace(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROCESS, str(tmp_path)]
    root = Path(__file__).parents[2]
    running = [subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) for _ in range(3)]
    moments = sorted(float(line) for one in running for line in one.communicate()[0].split())
    assert len(moments) == 15
    gaps = [later - sooner for sooner, later in pairwise(moments)]
    # A process may be held up between its turn and its print, never let through early for long.
    assert sum(gap < 0.08 for gap in gaps) <= 1
    assert moments[-1] - moments[0] >= 14 * 0.1 - 0.05


def test_a_clock_from_before_a_boot_does_not_hold_us_up(tmp_path: Path) -> None:
    (tmp_path / "example.org.next").write_text("99999999999")
    HostClock(tmp_path, 0.01).wait("example.org", 0.01)


def test_a_damaged_clock_is_wound_up_again(tmp_path: Path) -> None:
    (tmp_path / "example.org.next").write_text("noon")
    HostClock(tmp_path, 0.01).wait("example.org", 0.01)
    assert float((tmp_path / "example.org.next").read_text()) > 0
