"""Large files: flat memory, exact lines."""

import io
import tracemalloc
from datetime import date

from prescriptions.lheo import read_offer
from tests.prescriptions.lheo.builders import NAMESPACES, action, formation, session

ON = date(2029, 11, 15)


class GeneratedOffer(io.RawIOBase):
    """An offer of ``count`` formations that never exists whole, neither in memory nor on disk."""

    def __init__(self, count):
        self._parts = self._generate(count)
        self._pending = b""

    @staticmethod
    def _generate(count):
        yield f'<lheo xmlns="{NAMESPACES["2.2"]}">\n<offres>\n'.encode()
        content = "Pose de cloisons. " * 160
        for rank in range(count):
            xml = formation(f"F{rank}", actions=action(f"A{rank}", sessions=session(f"S{rank}")))
            yield xml.replace("Pose de cloisons", content).encode()
        yield b"</offres></lheo>"

    def read(self, size=-1):
        while len(self._pending) < size and (part := next(self._parts, None)):
            self._pending += part
        taken, self._pending = self._pending[:size], self._pending[size:]
        return taken


def peak_bytes(count):
    tracemalloc.start()
    try:
        read = sum(1 for item in read_offer(GeneratedOffer(count), on=ON) if item.formation)
        return read, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_follow_the_size_of_the_file():
    peak_bytes(10)
    read, small = peak_bytes(100)
    assert read == 100
    read, large = peak_bytes(800)  # About 6 MB.
    assert read == 800
    # What remains is the register of Carif numbers: three short strings a formation.
    assert large - small < 700 * 700
    assert large < 6_000_000


def test_lines_stay_exact_beyond_65535():
    xml = formation()
    head = f'<lheo xmlns="{NAMESPACES["2.2"]}">\n<offres>' + "\n" * 80_000
    (item,) = read_offer(io.BytesIO(f"{head}{xml}</offres></lheo>".encode()), on=ON)
    assert item.line == 80_002
