"""graphgrad against its peers, in one run: `python -m benchmarks`. How it measures is told in README.md."""
