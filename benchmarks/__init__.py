"""Benchmarks: connu beside the best tool we know, on the same data and the same machine."""
