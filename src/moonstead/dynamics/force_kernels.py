"""The forces as other kernels call them: compiled once, and called there by address.

Numba copies a kernel into every other kernel that calls it and compiles the copy anew; with all forces in each
integrator that was most of the time that compilation took. Here one C function, `_answer`, holds the kernels of
`force_model_kernels`; its address gets a name, and what other kernels contain is a call of that name.
"""

from llvmlite import binding, ir
from numba import cfunc, config, njit, types
from numba.core import cgutils, errors
from numba.extending import intrinsic
from numba.np.arrayobj import populate_array

from moonstead.dynamics import force_model_kernels as model
from moonstead.dynamics.ephemeris_kernels import work_size as work_size
from moonstead.dynamics.forces_tables import ForceTables

FORCES, LIGHT_PHASE, SUN_SHARE, HEIGHT, CENTRAL_PULL, DRAG_PULL, LIGHT_HERE = range(7)  # what is asked

if config.DISABLE_JIT:
    forces = model.forces
    light_phase = model.light_phase
    sun_share = model.sun_share
    light_here = model.light_here
    height = model.height
    central_pull = model.central_pull
    drag_pull = model.drag_pull

else:
    NUMBERS, INTEGERS = types.CPointer(types.float64), types.CPointer(types.int64)
    SYMBOL = "moonstead_forces"

    def _array_of(dimensions):
        @intrinsic
        def array(typing_context, pointer, rows):
            """The array of `rows` numbers, or rows of three, that stand at an address."""
            del typing_context, rows
            kind = types.Array(pointer.dtype, dimensions, "C")

            def generate(context, builder, signature, arguments):
                made = context.make_array(kind)(context, builder)
                size = context.get_constant(types.intp, 8)
                three = context.get_constant(types.intp, 3)
                line = context.get_constant(types.intp, 24)
                shape, strides = ([arguments[1]], [size]) if dimensions == 1 else ([arguments[1], three], [line, size])
                populate_array(made, arguments[0], shape, strides, size, None)
                return made._getvalue()

            return kind(pointer, types.int64), generate

        return array

    _vector, _matrix = _array_of(1), _array_of(2)

    @cfunc(
        types.float64(
            types.int64,
            types.float64,
            *(NUMBERS, NUMBERS),
            *(NUMBERS, INTEGERS, NUMBERS, NUMBERS, NUMBERS),
            *(NUMBERS, NUMBERS, NUMBERS, NUMBERS),
            *(types.int64, types.int64),
        ),
        cache=True,
        error_model="numpy",
        _nrt=False,
    )
    def _answer(
        what,
        t,
        position,
        velocity,
        numbers,
        integers,
        series,
        field,
        air,
        work,
        out,
        gradient,
        damping,
        choice,
        lit,
    ):
        """One of the kernels of `force_model_kernels`; sizes that none of them asks for are given as 1."""
        tables = ForceTables(
            _vector(numbers, 1), _vector(integers, 1), _vector(series, 1), _vector(field, 1), _vector(air, 1)
        )
        at = _vector(position, 3)
        speed = _vector(velocity, 3)
        scratch = _vector(work, 1)
        result = _vector(out, 3)
        by_position = _matrix(gradient, 3)
        by_velocity = _matrix(damping, 3)
        if what == FORCES:
            return float(
                model.forces(t, at, speed, tables, scratch, result, by_position, by_velocity, choice != 0, lit != 0)
            )
        if what == LIGHT_PHASE:
            return float(model.light_phase(t, at, tables, scratch))
        if what == SUN_SHARE:
            return model.sun_share(t, at, tables, scratch, result)
        if what == LIGHT_HERE:
            return model.light_here(t, at, tables, scratch, result)
        if what == HEIGHT:
            return model.height(t, at, choice, tables, scratch)
        if what == CENTRAL_PULL:
            model.central_pull(at, tables, scratch, result, by_position, choice != 0)
        else:
            model.drag_pull(t, at, speed, tables, scratch, result, by_position, by_velocity, choice != 0)
        return 0.0

    binding.add_symbol(SYMBOL, _answer.address)

    @intrinsic
    def _ask(typing_context, what, t, position, velocity, tables, work, out, gradient, damping, choice, lit):
        """Call `_answer`."""
        del typing_context
        given = (position, velocity, *tables.types, work, out, gradient, damping)
        if any(not isinstance(kind, types.Array) or kind.layout != "C" for kind in given):
            raise errors.TypingError(f"forces need contiguous arrays; got {given}")
        signature = types.float64(
            types.int64,
            types.float64,
            position,
            velocity,
            tables,
            work,
            out,
            gradient,
            damping,
            types.int64,
            types.int64,
        )

        def generate(context, builder, signature, arguments):
            def data(kind, value):
                return context.make_array(kind)(context, builder, value).data

            def pointer(place):
                return data(signature.args[place], arguments[place])

            kinds = signature.args[4].types
            parts = [builder.extract_value(arguments[4], k) for k in range(len(kinds))]
            values = [
                arguments[0],
                arguments[1],
                pointer(2),
                pointer(3),
                *(data(kind, part) for kind, part in zip(kinds, parts, strict=True)),
                *(pointer(place) for place in range(5, 9)),
                arguments[9],
                arguments[10],
            ]
            kind = ir.FunctionType(ir.DoubleType(), [value.type for value in values])
            return builder.call(cgutils.get_or_insert_function(builder.module, kind, SYMBOL), values)

        return signature, generate

    @njit(cache=True, error_model="numpy", _nrt=False)
    def forces(t, position, velocity, tables, work, out, gradient, damping, with_gradient, lit):
        """`force_model_kernels.forces`: write the acceleration (3,) [m/s^2], return the phase."""
        return int(
            _ask(FORCES, t, position, velocity, tables, work, out, gradient, damping, int(with_gradient), int(lit))
        )

    @njit(cache=True, error_model="numpy", _nrt=False)
    def light_phase(t, position, tables, work):
        """`force_model_kernels.light_phase`: the phase at a position (3,) [m]."""
        return int(_ask(LIGHT_PHASE, t, position, work, tables, work, work, work, work, 0, 0))

    @njit(cache=True, error_model="numpy", _nrt=False)
    def sun_share(t, position, tables, work, out):
        """`force_model_kernels.sun_share`: the visible share [1] of the Sun; writes its whole push."""
        return _ask(SUN_SHARE, t, position, work, tables, work, out, work, work, 0, 0)

    @njit(cache=True, error_model="numpy", _nrt=False)
    def light_here(t, position, tables, work, out):
        """`force_model_kernels.light_here`: phase and share of sunlight, bodies as last evaluated; its whole push."""
        return _ask(LIGHT_HERE, t, position, work, tables, work, out, work, work, 0, 0)

    @njit(cache=True, error_model="numpy", _nrt=False)
    def height(t, position, surface, tables, work):
        """`force_model_kernels.height`: height [m] above a surface that is watched."""
        return _ask(HEIGHT, t, position, work, tables, work, work, work, work, surface, 0)

    @njit(cache=True, error_model="numpy", _nrt=False)
    def central_pull(position, tables, work, out, gradient):
        """`force_model_kernels.central_pull`: the acceleration (3,) [m/s^2] by the centre alone."""
        _ask(CENTRAL_PULL, 0.0, position, work, tables, work, out, gradient, work, 0, 0)

    @njit(cache=True, error_model="numpy", _nrt=False)
    def drag_pull(t, position, velocity, tables, work, out, gradient, damping):
        """`force_model_kernels.drag_pull`: the acceleration (3,) [m/s^2] by drag alone."""
        _ask(DRAG_PULL, t, position, velocity, tables, work, out, gradient, damping, 0, 0)
