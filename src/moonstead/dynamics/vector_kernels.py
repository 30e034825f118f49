"""Eight float64 numbers that one instruction handles together, for kernels that must be written lane by lane.

LLVM does not vectorise the recurrences of spherical harmonics by itself (their rows may overlap for all it knows).
`load_lanes` gives a value with `+`, `-` and `*`; it lives in registers. With ``NUMBA_DISABLE_JIT=1`` the same
source runs on plain numpy arrays of eight.
"""

import operator

import numpy as np
from numba import config, types
from numba.core.datamodel import models
from numba.extending import intrinsic, lower_builtin, register_model, type_callable

LANES = 8


class Lanes(types.Type):
    """The type of eight float64 numbers in a vector register."""

    def __init__(self):
        super().__init__(name="Lanes")


lanes_type = Lanes()


if config.DISABLE_JIT:

    def load_lanes(array, offset):
        """Eight numbers from a flat array, from `offset` on."""
        return array.reshape(-1)[offset : offset + LANES].copy()

    def spread(value):
        """Eight times the same number."""
        return np.full(LANES, value)

    def sum_lanes(lanes):
        """Sum of the eight numbers."""
        return float(np.sum(lanes))

else:
    from llvmlite import ir

    VECTOR = ir.VectorType(ir.DoubleType(), LANES)
    INDEX = ir.IntType(32)
    CONTRACT = ("contract", "reassoc", "nsz")

    @register_model(Lanes)
    class _LanesModel(models.PrimitiveModel):
        def __init__(self, manager, numba_type):
            super().__init__(manager, numba_type, VECTOR)

    def _spread(builder, value):
        undefined = ir.Constant(VECTOR, ir.Undefined)
        first = builder.insert_element(undefined, value, ir.Constant(INDEX, 0))
        return builder.shuffle_vector(first, undefined, ir.Constant(ir.VectorType(INDEX, LANES), [0] * LANES))

    @intrinsic
    def load_lanes(typing_context, array, offset):
        """Eight numbers from a flat array, from `offset` on."""
        del typing_context

        def generate(context, builder, signature, arguments):
            data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
            pointer = builder.bitcast(builder.gep(data, [arguments[1]]), VECTOR.as_pointer())
            return builder.load(pointer, align=8)

        return lanes_type(array, types.intp), generate

    @intrinsic
    def spread(typing_context, value):
        """Eight times the same number."""
        del typing_context, value

        def generate(context, builder, signature, arguments):
            del context, signature
            return _spread(builder, arguments[0])

        return lanes_type(types.float64), generate

    @intrinsic
    def sum_lanes(typing_context, lanes):
        """Sum of the eight numbers."""
        del typing_context

        def generate(context, builder, signature, arguments):
            del context, signature
            numbers = [builder.extract_element(arguments[0], ir.Constant(INDEX, k)) for k in range(LANES)]
            while len(numbers) > 1:
                numbers = [builder.fadd(a, b) for a, b in zip(numbers[::2], numbers[1::2], strict=True)]
            return numbers[0]

        return types.float64(lanes), generate

    def _register(operation, instruction):
        @type_callable(operation)
        def type_of(context):
            del context

            def resolve(left, right):
                pair = (left, right)
                if any(isinstance(kind, Lanes) for kind in pair) and all(
                    isinstance(kind, (Lanes, types.Float)) for kind in pair
                ):
                    return lanes_type
                return None

            return resolve

        def lower(left, right):
            @lower_builtin(operation, left, right)
            def generate(context, builder, signature, arguments):
                del context
                vectors = [
                    value if isinstance(kind, Lanes) else _spread(builder, value)
                    for kind, value in zip(signature.args, arguments, strict=True)
                ]
                return getattr(builder, instruction)(*vectors, flags=CONTRACT)

        lower(Lanes, Lanes)
        lower(Lanes, types.Float)
        lower(types.Float, Lanes)

    for _operation, _instruction in (
        (operator.add, "fadd"),
        (operator.iadd, "fadd"),
        (operator.sub, "fsub"),
        (operator.mul, "fmul"),
    ):
        _register(_operation, _instruction)
