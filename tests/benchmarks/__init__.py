"""Benchmarks: ``make bench`` runs all, ``make bench-NAME`` one. They print and record; they assert nothing about time."""
