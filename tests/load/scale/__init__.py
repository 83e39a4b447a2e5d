"""What Jalons costs at the size of a country: `make bench-scale` (docs/operations.md, docs/decisions)."""
