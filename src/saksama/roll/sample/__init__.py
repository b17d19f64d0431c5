"""SAMPLE: a synthetic roll with planted doubles and the truth about them, for demonstrations, tests and benchmarks."""

from saksama.roll.sample.writing import SampleSummary, write_sample

__all__ = ["SampleSummary", "write_sample"]
