"""What the machine does in one instruction and the language has no word for.

Memory asked for before it is needed: records compared lie far apart, and waiting for each would cost most. And bits
counted.
"""

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic


@cast("Callable[[Callable[..., Any]], Callable[[Any, Any], None]]", intrinsic)  # numba adds its typing context
def prefetch(_typing: Any, array: Any, index: Any) -> Any:
    """Ask that `array[index]` be brought into cache; nothing is read, and no index is wrong.

    The `llvm.prefetch` intrinsic (LLVM Language Reference Manual): for reading, to be kept, data.
    """

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        at = context.cast(builder, arguments[1], signature.args[1], types.intp)
        # A column may be a view into rows, so that its values lie some way apart. (numba's cgutils has no types.)
        step = cgutils.unpack_tuple(builder, view.strides, 1)[0]  # type: ignore[no-untyped-call]
        place = cgutils.pointer_add(builder, view.data, builder.mul(at, step))  # type: ignore[no-untyped-call]
        pointer = builder.bitcast(place, cgutils.voidptr_t)
        whole = ir.IntType(32)
        function = cgutils.get_or_insert_function(  # type: ignore[no-untyped-call]
            builder.module,
            ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, whole, whole, whole]),
            "llvm.prefetch.p0i8",
        )
        builder.call(function, [pointer, whole(0), whole(3), whole(1)])
        return context.get_dummy_value()

    return types.void(array, index), codegen


@cast("Callable[[Callable[..., Any]], Callable[[Any], int]]", intrinsic)
def bits_set(_typing: Any, _value: Any) -> Any:
    """How many bits of a uint64 are set (the `llvm.ctpop` intrinsic)."""

    def codegen(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.int64(types.uint64), codegen
