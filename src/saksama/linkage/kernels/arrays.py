"""Names of the array types that kernels take. The dtype is said in the name and, where it matters, in the docstring."""

from typing import Any

import numpy.typing as npt

Bytes = npt.NDArray[Any]  # uint8: letters, levels, marks
Words = npt.NDArray[Any]  # uint64: hashes, 0 is blank; packed pairs
Ints = npt.NDArray[Any]  # int32 or int64
Floats = npt.NDArray[Any]  # float32 or float64
