"""Names of the array types that kernels take."""

from typing import Any

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]  # 64-bit hashes; 0 is blank
Ints = npt.NDArray[Any]  # int32 or int64
Floats = npt.NDArray[Any]  # float32 or float64
