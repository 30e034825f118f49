"""Eight float64 numbers that one instruction handles together, for kernels that must be written lane by lane.

LLVM does not vectorise the recurrences of spherical harmonics by itself (their rows may overlap for all it knows).
`load_lanes` and `spread` give a value with ``+``, ``-``, ``*`` and ``/`` that lives in registers. Three ways to run the
same source:

- vectors of the processor, where it has them;
- ``MOONSTEAD_SIMD=0`` in the environment, or a processor without them: eight numbers, one instruction each;
- ``NUMBA_DISABLE_JIT=1``: plain numpy arrays of eight.
"""

import operator
import os

import numpy as np
from numba import config, types
from numba.core.datamodel import models
from numba.extending import intrinsic, lower_builtin, register_model, type_callable

LANES = 8
VARIABLE = "MOONSTEAD_SIMD"
FEATURES = ("avx2", "avx512f", "neon")  # of a processor whose vectors pay


class Lanes(types.Type):
    """The type of eight float64 numbers in a vector register."""

    def __init__(self):
        super().__init__(name="Lanes")


lanes_type = Lanes()


def _uses_vectors():
    """Whether lanes are vectors of the processor: as MOONSTEAD_SIMD says, else where the processor has them."""
    wish = os.environ.get(VARIABLE, "")
    if wish:
        return wish != "0"
    from llvmlite.binding import get_host_cpu_features

    features = get_host_cpu_features()
    return any(features.get(name, False) for name in FEATURES)


if config.DISABLE_JIT:

    def load_lanes(array, offset):
        """Eight numbers from a flat array, from `offset` on."""
        return array.reshape(-1)[offset : offset + LANES].copy()

    def store_lanes(array, offset, lanes):
        """Write eight numbers to a flat array, from `offset` on."""
        array.reshape(-1)[offset : offset + LANES] = lanes

    def spread(value):
        """Eight times the same number."""
        return np.full(LANES, value)

    def spread_from(array, offset):
        """Eight times the number of a flat array at `offset`, which must not be negative."""
        return np.full(LANES, array.reshape(-1)[offset])

    def sum_lanes(lanes):
        """Sum of the eight numbers."""
        return float(np.sum(lanes))

    def sqrt_lanes(lanes):
        """Square roots."""
        return np.sqrt(lanes)

    def rough_inverse_sqrt(lanes):
        """1 / sqrt in single precision, of positive numbers within 1e-37 to 1e37."""
        return (np.float32(1.0) / np.sqrt(lanes.astype(np.float32))).astype(np.float64)

    def lesser(left, right):
        """The lesser of two numbers in each lane; the right one where one is NaN."""
        return np.where(left < right, left, right)

    def greater(left, right):
        """The greater of two numbers in each lane; the right one where one is NaN."""
        return np.where(left > right, left, right)

    def where_less(left, right, then, otherwise):
        """In each lane `then` where left < right, else `otherwise`."""
        return np.where(left < right, then, otherwise)

    def any_less(left, right):
        """Whether left < right in any lane."""
        return bool(np.any(left < right))

else:
    from llvmlite import ir
    from numba.core import cgutils

    NUMBER = ir.DoubleType()
    INDEX = ir.IntType(32)
    VECTORS = _uses_vectors()
    STORED = ir.VectorType(NUMBER, LANES) if VECTORS else ir.ArrayType(NUMBER, LANES)
    CONTRACT = ("contract", "nsz")

    @register_model(Lanes)
    class _LanesModel(models.PrimitiveModel):
        def __init__(self, manager, numba_type):
            super().__init__(manager, numba_type, STORED)

    def _numbers(builder, value):
        """The eight numbers as scalars."""
        if VECTORS:
            return [builder.extract_element(value, ir.Constant(INDEX, k)) for k in range(LANES)]
        return [builder.extract_value(value, k) for k in range(LANES)]

    def _each(builder, compute, *values):
        """Lanes by an instruction on whole vectors, or on each of their numbers."""
        if VECTORS:
            return compute(*values)
        result = ir.Constant(STORED, ir.Undefined)
        parts = [_numbers(builder, value) for value in values]
        for k, numbers in enumerate(zip(*parts, strict=True)):
            result = builder.insert_value(result, compute(*numbers), k)
        return result

    def _spread(builder, value):
        undefined = ir.Constant(STORED, ir.Undefined)
        if VECTORS:
            first = builder.insert_element(undefined, value, ir.Constant(INDEX, 0))
            return builder.shuffle_vector(first, undefined, ir.Constant(ir.VectorType(INDEX, LANES), [0] * LANES))
        result = undefined
        for k in range(LANES):
            result = builder.insert_value(result, value, k)
        return result

    def _place(context, builder, signature, arguments):
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        return builder.bitcast(builder.gep(data, [arguments[1]]), STORED.as_pointer())

    @intrinsic
    def load_lanes(typing_context, array, offset):
        """Eight numbers from a flat array, from `offset` on."""
        del typing_context, offset

        def generate(context, builder, signature, arguments):
            return builder.load(_place(context, builder, signature, arguments), align=8)

        return lanes_type(array, types.intp), generate

    @intrinsic
    def store_lanes(typing_context, array, offset, lanes):
        """Write eight numbers to a flat array, from `offset` on."""
        del typing_context, offset

        def generate(context, builder, signature, arguments):
            builder.store(arguments[2], _place(context, builder, signature, arguments), align=8)
            return context.get_dummy_value()

        return types.void(array, types.intp, lanes), generate

    @intrinsic
    def spread(typing_context, value):
        """Eight times the same number."""
        del typing_context, value

        def generate(context, builder, signature, arguments):
            del context, signature
            return _spread(builder, arguments[0])

        return lanes_type(types.float64), generate

    @intrinsic
    def spread_from(typing_context, array, offset):
        """Eight times the number of a flat array at `offset`, which must not be negative."""
        del typing_context, offset

        def generate(context, builder, signature, arguments):
            data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
            return _spread(builder, builder.load(builder.gep(data, [arguments[1]])))

        return lanes_type(array, types.intp), generate

    @intrinsic
    def sum_lanes(typing_context, lanes):
        """Sum of the eight numbers."""
        del typing_context

        def generate(context, builder, signature, arguments):
            del context, signature
            numbers = _numbers(builder, arguments[0])
            while len(numbers) > 1:
                numbers = [builder.fadd(a, b) for a, b in zip(numbers[::2], numbers[1::2], strict=True)]
            return numbers[0]

        return types.float64(lanes), generate

    @intrinsic
    def sqrt_lanes(typing_context, lanes):
        """Square roots."""
        del typing_context

        def generate(context, builder, signature, arguments):
            del context, signature
            kind, suffix = (STORED, f"v{LANES}f64") if VECTORS else (NUMBER, "f64")
            root = cgutils.get_or_insert_function(builder.module, ir.FunctionType(kind, [kind]), f"llvm.sqrt.{suffix}")
            return _each(builder, lambda value: builder.call(root, [value]), arguments[0])

        return lanes_type(lanes), generate

    @intrinsic
    def rough_inverse_sqrt(typing_context, lanes):
        """1 / sqrt in single precision, of positive numbers within 1e-37 to 1e37."""
        del typing_context

        def generate(context, builder, signature, arguments):
            del context, signature
            short, long, suffix = ir.FloatType(), NUMBER, "f32"
            if VECTORS:
                short, long, suffix = ir.VectorType(short, LANES), STORED, f"v{LANES}f32"
            root = cgutils.get_or_insert_function(
                builder.module, ir.FunctionType(short, [short]), f"llvm.sqrt.{suffix}"
            )
            one = ir.Constant(short, [1.0] * LANES if VECTORS else 1.0)

            def compute(value):
                return builder.fpext(builder.fdiv(one, builder.call(root, [builder.fptrunc(value, short)])), long)

            return _each(builder, compute, arguments[0])

        return lanes_type(lanes), generate

    def _choose(relation):
        def pick(builder, left, right, then, otherwise):
            def one(a, b, c, d):
                return builder.select(builder.fcmp_ordered(relation, a, b), c, d)

            return _each(builder, one, left, right, then, otherwise)

        return pick

    _pick_less = _choose("<")
    _pick_greater = _choose(">")

    @intrinsic
    def lesser(typing_context, left, right):
        """The lesser of two numbers in each lane; the right one where one is NaN."""
        del typing_context

        def generate(context, builder, signature, arguments):
            del context, signature
            return _pick_less(builder, *arguments, *arguments)

        return lanes_type(left, right), generate

    @intrinsic
    def greater(typing_context, left, right):
        """The greater of two numbers in each lane; the right one where one is NaN."""
        del typing_context

        def generate(context, builder, signature, arguments):
            del context, signature
            return _pick_greater(builder, *arguments, *arguments)

        return lanes_type(left, right), generate

    @intrinsic
    def where_less(typing_context, left, right, then, otherwise):
        """In each lane `then` where left < right, else `otherwise`."""
        del typing_context

        def generate(context, builder, signature, arguments):
            del context, signature
            return _pick_less(builder, *arguments)

        return lanes_type(left, right, then, otherwise), generate

    @intrinsic
    def any_less(typing_context, left, right):
        """Whether left < right in any lane."""
        del typing_context

        def generate(context, builder, signature, arguments):
            del context, signature
            if VECTORS:
                bits = builder.bitcast(builder.fcmp_ordered("<", *arguments), ir.IntType(LANES))
                return builder.icmp_unsigned("!=", bits, ir.Constant(ir.IntType(LANES), 0))
            found = ir.Constant(ir.IntType(1), 0)
            for a, b in zip(*(_numbers(builder, value) for value in arguments), strict=True):
                found = builder.or_(found, builder.fcmp_ordered("<", a, b))
            return found

        return types.boolean(left, right), generate

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
                lanes = [
                    value if isinstance(kind, Lanes) else _spread(builder, value)
                    for kind, value in zip(signature.args, arguments, strict=True)
                ]
                return _each(builder, lambda a, b: getattr(builder, instruction)(a, b, flags=CONTRACT), *lanes)

        lower(Lanes, Lanes)
        lower(Lanes, types.Float)
        lower(types.Float, Lanes)

    for _operation, _instruction in (
        (operator.add, "fadd"),
        (operator.iadd, "fadd"),
        (operator.sub, "fsub"),
        (operator.isub, "fsub"),
        (operator.mul, "fmul"),
        (operator.imul, "fmul"),
        (operator.truediv, "fdiv"),
        (operator.itruediv, "fdiv"),
    ):
        _register(_operation, _instruction)

    @type_callable(operator.neg)
    def _type_of_negative(context):
        del context
        return lambda lanes: lanes_type if isinstance(lanes, Lanes) else None

    @lower_builtin(operator.neg, Lanes)
    def _negative(context, builder, signature, arguments):
        del context, signature
        return _each(builder, lambda value: builder.fneg(value), arguments[0])
