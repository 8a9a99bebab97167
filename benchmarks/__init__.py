"""Benchmarks whose results are ratios to a floor measured in the same run: comparable between machines of unlike speed."""
