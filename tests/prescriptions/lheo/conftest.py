"""Shortcuts to read a document held in memory."""

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest

from prescriptions.lheo import OfferItem, OfferReport, References, check_offer, read_offer

ON = date(2029, 11, 15)  # Within the registration window of the default session.


@pytest.fixture
def read() -> Callable[..., list[OfferItem]]:
    """Items of a document given as bytes."""

    def _read(
        document: bytes, on: date = ON, known: dict[str, frozenset[str]] | None = None
    ) -> list[OfferItem]:
        return list(read_offer(BytesIO(document), on=on, references=References(known or {})))

    return _read


@pytest.fixture
def check() -> Callable[..., OfferReport]:
    """Report on a document given as bytes."""

    def _check(document: bytes, on: date = ON) -> OfferReport:
        return check_offer(BytesIO(document), on=on)

    return _check
