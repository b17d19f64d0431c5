"""Arrow's compute functions, typed as the stubs of pyarrow do not."""

from typing import Any, cast

import pyarrow.compute

pc = cast("Any", pyarrow.compute)
