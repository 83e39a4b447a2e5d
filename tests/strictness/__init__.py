"""What the test suite forbids, one subject per module; tests/config/test_strictness.py proves each rule."""
