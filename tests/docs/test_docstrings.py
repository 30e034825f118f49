"""Every public docstring says what one gets, in which units, what is raised and where a model comes from."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "moonstead"
FILES = sorted(PACKAGE.rglob("*.py"))

COMMANDS = "cli/"  # the docstring of a command is its help text: usage, not units
MODELS = (
    "foundation/time",
    "foundation/frames",
    "foundation/ephemeris",
    "foundation/gravity",
    "dynamics",
    "orbits",
    "estimation",
    "monitoring",
    "navigation",
    "smallbodies",
    "surface",
    "links",
    "station",
)
# numbers go through these, but nothing of the field is computed: there is nothing to cite
PLUMBING = {
    "texts of times in messages": {"foundation/ephemeris/calendar.py": {"calendar_text", "span_text"}},
    "words of a file, their bytes and counts": {
        "foundation/ephemeris/segment_data.py": {"native", "count_at", "require_words"},
        "foundation/ephemeris/chebyshev.py": {"record_index"},
        "foundation/gravity/field.py": {"cut_square"},
    },
    "intervals joined, checked or looked up": {
        "foundation/ephemeris/selection.py": {"joined_span"},
        "dynamics/burns.py": {"require_burns_within"},
        "dynamics/propagate.py": {"state_at"},
    },
    "matrices copied or multiplied": {"foundation/frames/turns.py": {"fixed", "turned"}},
    "forces laid out for kernels, which name their sources": {"dynamics/forces_tables.py": {"force_tables"}},
}

FINDINGS = ("Condition", "Windows")  # results that say when something holds

UNIT_SYMBOL = (
    "(1|m|km|s|h|d|century|rad|deg|arcsec|cycles|sr|sfu|kg|N|Pa|W|J|V|ohm|K|Hz|bit|byte|pixel|Earth radius|%|SI|mixed"
    r"|dB|dBi|dBW|dBHz|dB Hz|dBm)(\^?-?\d)?"
)
UNIT = re.compile(rf"any unit|as in the file|{UNIT_SYMBOL}([ /]{UNIT_SYMBOL})*( (past|TDB|TAI|TT|UTC|GPST|of) .*)?")
BRACKETS = re.compile(r"\[([^\[\]]+)\]")
NUMERIC = re.compile(r"\bfloat\b|\bfloat64\b|\bArrayLike\b")
SECTION = re.compile(r"^(\w+)\n-{3,}$", re.MULTILINE)


def units_in(text: str) -> list[str]:
    """Square brackets that hold nothing but units, as in [m, m/s]."""
    return [
        found
        for found in BRACKETS.findall(text)
        if all(UNIT.fullmatch(part.strip()) for part in re.split(r", | or ", " ".join(found.split())))
    ]


def numeric_aliases() -> frozenset[str]:
    """Names that modules give to types of measured numbers, such as `Array`."""
    files = [path for path in FILES if path.parent.name != "scenario"]  # its keys carry their units as types
    assigned = [node for path in files for node in ast.parse(path.read_text()).body if isinstance(node, ast.Assign)]
    return frozenset(
        node.targets[0].id
        for node in assigned
        if isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Subscript)
        and is_number(ast.unparse(node.value))
    )


def is_number(annotation: str) -> bool:
    return bool(NUMERIC.search(annotation)) and "Callable" not in annotation


ALIASES = numeric_aliases()


def is_numeric(annotation: ast.expr | None) -> bool:
    """Whether a parameter or result is a measured number, or many."""
    text = "" if annotation is None else ast.unparse(annotation)
    return is_number(text) or ("Callable" not in text and not ALIASES.isdisjoint(re.findall(r"\w+", text)))


def sections_of(docstring: str) -> dict[str, str]:
    parts = SECTION.split(docstring)
    return dict(zip(["", *parts[1::2]], parts[0::2], strict=True))


def entries_of(section: str) -> dict[str, str]:
    """Names at the left margin, alone or as `a, b : type`, each with its line and all that is indented below it."""
    entries: dict[str, str] = {}
    for block in re.split(r"\n(?=\S)", section.strip("\n")):
        names = block.split("\n")[0].split(" : ")[0]
        entries.update({name.strip().lstrip("*"): block for name in names.split(",") if name.strip()})
    return entries


def moonstead_errors() -> frozenset[str]:
    tree = ast.parse((PACKAGE / "foundation" / "errors.py").read_text())
    return frozenset(
        node.name for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.endswith("Warning")
    )


ERRORS = moonstead_errors()


@dataclass(frozen=True)
class Public:
    """A public name of the code and what is written on it."""

    file: str
    name: str
    node: ast.FunctionDef | ast.ClassDef

    @property
    def docstring(self) -> str:
        return ast.get_docstring(self.node) or ""

    @property
    def sections(self) -> dict[str, str]:
        return sections_of(self.docstring)

    @property
    def is_method(self) -> bool:
        return "." in self.name

    def decorated(self, *names: str) -> bool:
        return any(re.search(rf"\b({'|'.join(names)})\b", ast.unparse(part)) for part in self.node.decorator_list)

    @property
    def parameters(self) -> list[ast.arg]:
        call: ast.FunctionDef | None = None
        if isinstance(self.node, ast.FunctionDef):
            call = self.node
        else:
            call = next((n for n in self.node.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"), None)
        if call is None:
            return []
        given = [*call.args.posonlyargs, *call.args.args, *call.args.kwonlyargs]
        return [arg for arg in given if arg.arg not in ("self", "cls", "data") and not arg.arg.startswith("_")]

    @property
    def fields(self) -> list[ast.AnnAssign]:
        return [
            part
            for part in self.node.body
            if isinstance(part, ast.AnnAssign)
            and isinstance(part.target, ast.Name)
            and not part.target.id.startswith("_")
            and "ClassVar" not in ast.unparse(part.annotation)
        ]

    @property
    def raised(self) -> set[str]:
        """Errors of ours that the body itself raises, not those of functions it calls or defines."""
        names, pending = set(), list(self.node.body) if isinstance(self.node, ast.FunctionDef) else []
        while pending:
            node = pending.pop()
            if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda):
                continue
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
                names.add(node.exc.func.id)
            pending.extend(ast.iter_child_nodes(node))
        return names & ERRORS


def bases(node: ast.ClassDef) -> set[str]:
    return {ast.unparse(base).split(".")[-1].split("[")[0] for base in node.bases}


def signature(each: Public) -> set[str]:
    """Every name that a call may use, the starred ones too; fields of a dataclass."""
    calls = [n for n in (each.node, *each.node.body) if isinstance(n, ast.FunctionDef)]
    calls = [n for n in calls if n is each.node or n.name == "__init__"]
    names = {arg.arg for call in calls for arg in ast.walk(call.args) if isinstance(arg, ast.arg)}
    return names | {field.target.id for field in each.fields}


def is_public(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")


def public_names() -> Iterator[Public]:
    for path in FILES:
        file = path.relative_to(PACKAGE).as_posix()
        for node in ast.parse(path.read_text()).body:
            if not is_public(node):
                continue
            yield Public(file, node.name, node)
            if isinstance(node, ast.ClassDef):
                for part in node.body:
                    if is_public(part):
                        yield Public(file, f"{node.name}.{part.name}", part)


ALL = list(public_names())


def model_classes() -> frozenset[str]:
    """Names of the classes that pydantic fills: the scenario's vocabulary."""
    known = {"BaseModel"}
    classes = [each for each in ALL if isinstance(each.node, ast.ClassDef)]
    while True:
        more = {each.name for each in classes if bases(each.node) & known} - known
        if not more:
            return frozenset(known)
        known |= more


VOCABULARY = model_classes()


def is_vocabulary(each: Public) -> bool:
    return each.file.startswith("scenario/") and each.name.split(".")[0] in VOCABULARY


def is_described(value: ast.expr | None) -> bool:
    """Whether a key of the scenario is declared with words: `described(text)`, `optional(default, text)`."""
    if not (isinstance(value, ast.Call) and isinstance(value.func, ast.Name)):
        return False
    texts = {"described": value.args[:1], "optional": value.args[1:2]}.get(value.func.id, [])
    texts += [keyword.value for keyword in value.keywords if keyword.arg == "description"]
    return any(not isinstance(text, ast.Constant) or len(str(text.value).split()) > 1 for text in texts)


def is_kernel(each: Public) -> bool:
    return each.file.endswith("_kernels.py")


def is_task(each: Public) -> bool:
    return each.file.startswith("run/tasks/") and [ast.unparse(p.annotation or p) for p in each.parameters] == [
        "TaskInputs"
    ]


def is_model(each: Public) -> bool:
    """Whether a function computes something of the field, so that it needs sections and a source."""
    if each.is_method or not each.file.startswith(MODELS):
        return False
    if any(each.name in files.get(each.file, ()) for files in PLUMBING.values()):
        return False
    found = ast.unparse(each.node.returns) if each.node.returns else ""
    return any(map(is_measured, each.parameters)) or is_numeric(each.node.returns) or found in FINDINGS


def is_measured(parameter: ast.arg) -> bool:
    return is_numeric(parameter.annotation)


def is_said_in_a_sentence(each: Public) -> bool:
    """Whether the opening paragraph alone gives the unit of all that goes in and comes out.

    Enough where there are one or two parameters: for methods, most of which answer for a protocol that has the long
    form, and for functions that no number goes through.
    """
    if not isinstance(each.node, ast.FunctionDef) or is_model(each) or len(each.parameters) > 2:
        return False
    numbers = sum(map(is_measured, each.parameters)) + is_numeric(each.node.returns)
    if numbers and not each.is_method:
        return False
    return len(units_in(each.docstring.split("\n\n")[0])) >= numbers


def of_library() -> list[Public]:
    return [each for each in ALL if not each.file.startswith(COMMANDS)]


def functions() -> list[Public]:
    return [
        each
        for each in of_library()
        if isinstance(each.node, ast.FunctionDef) and not (is_kernel(each) or is_vocabulary(each) or is_task(each))
    ]


def report(faults: list[str]) -> None:
    assert not faults, f"{len(faults)} docstrings:\n" + "\n".join(faults)


def test_every_public_name_says_what_one_gets():
    faults = []
    for each in ALL:
        first = each.docstring.split("\n")[0]
        if len(first.split()) < 2 or not first.rstrip().endswith((".", "?", ":")):
            faults.append(f"{each.file}: {each.name}: {first!r} is no sentence")
    report(faults)


def test_every_parameter_is_named_with_its_unit():
    faults = []
    for each in functions() + [each for each in of_library() if isinstance(each.node, ast.ClassDef)]:
        if is_vocabulary(each) or is_said_in_a_sentence(each):
            continue
        entries = entries_of(each.sections.get("Parameters", ""))
        for parameter in each.parameters:
            name = parameter.arg
            if name not in entries:
                faults.append(f"{each.file}: {each.name}: no {name} among its Parameters")
            elif is_measured(parameter) and not units_in(entries[name]):
                faults.append(f"{each.file}: {each.name}: no unit of {name}")
    report(faults)


def test_no_parameter_is_described_that_is_not_there():
    faults = []
    for each in of_library():
        described = entries_of(each.sections.get("Parameters", ""))
        faults += [f"{each.file}: {each.name}: has no {name}" for name in described if name not in signature(each)]
    report(faults)


def test_every_result_has_a_unit_or_a_type():
    faults = []
    for each in functions():
        node = each.node
        if node.returns is None or ast.unparse(node.returns) in ("None", "NoReturn") or is_said_in_a_sentence(each):
            continue
        where = each.sections.get("Returns", "") if each.parameters else each.docstring
        if not where.strip():
            faults.append(f"{each.file}: {each.name}: no Returns")
        elif is_numeric(node.returns) and not units_in(where):
            faults.append(f"{each.file}: {each.name}: no unit of its result")
    report(faults)


def test_every_error_that_is_raised_is_announced():
    faults = []
    for each in functions():
        announced = entries_of(each.sections.get("Raises", ""))
        faults += [
            f"{each.file}: {each.name}: raises {error} unannounced" for error in sorted(each.raised - set(announced))
        ]
    report(faults)


def test_every_field_of_a_result_has_a_unit():
    faults = []
    for each in of_library():
        if not isinstance(each.node, ast.ClassDef) or not each.decorated("dataclass"):
            continue
        entries = entries_of(each.sections.get("Attributes", ""))
        for field in each.fields:
            name = field.target.id
            if name not in entries:
                faults.append(f"{each.file}: {each.name}: no {name} among its Attributes")
            elif is_numeric(field.annotation) and not units_in(entries[name]):
                faults.append(f"{each.file}: {each.name}: no unit of {name}")
    report(faults)


def test_every_model_names_its_source():
    models = [each for each in functions() if is_model(each)]
    report([f"{each.file}: {each.name}: no Source" for each in models if not each.sections.get("Source", "").strip()])


def test_the_list_of_plumbing_is_not_stale():
    known = {(each.file, each.name) for each in functions()}
    listed = {(file, name) for files in PLUMBING.values() for file, names in files.items() for name in names}
    assert not listed - known


def test_every_kernel_says_its_units():
    faults = [
        f"{each.file}: {each.name}: no unit"
        for each in ALL
        if is_kernel(each) and isinstance(each.node, ast.FunctionDef) and not units_in(each.docstring)
    ]
    report(faults)


def test_every_key_of_a_scenario_is_described():
    faults = []
    for each in ALL:
        if isinstance(each.node, ast.ClassDef) and is_vocabulary(each):
            faults += [
                f"{each.file}: {each.name}.{field.target.id}: no description"
                for field in each.fields
                if not is_described(field.value)
            ]
    report(faults)


POOR = '''
def lift(density: float, speed: Array, model: Wing) -> Array:
    """Lift of a wing.

    Parameters
    ----------
    density : float
        Of the air, in [0, 1].
    speed : (N,) [m/s]
        Through the air.
    area : float [m2]
        Of the wing.

    Returns
    -------
    (N,)
        Upwards.
    """
    if density < 0.0:
        raise InvalidInput("density")
    return 0.5 * density * speed**2
'''


def test_a_poor_docstring_is_seen_through(monkeypatch):
    node = ast.parse(POOR).body[0]
    assert isinstance(node, ast.FunctionDef)
    monkeypatch.setitem(globals(), "ALL", [Public("dynamics/wing.py", "lift", node)])
    for test, found in {
        test_every_parameter_is_named_with_its_unit: ["no unit of density", "no model among"],
        test_no_parameter_is_described_that_is_not_there: ["has no area"],
        test_every_result_has_a_unit_or_a_type: ["no unit of its result"],
        test_every_error_that_is_raised_is_announced: ["raises InvalidInput"],
        test_every_model_names_its_source: ["no Source"],
    }.items():
        with pytest.raises(AssertionError) as caught:
            test()
        assert str(caught.value).startswith(f"{len(found)} docstrings")
        assert all(fault in str(caught.value) for fault in found)


@pytest.mark.parametrize("text", ["[m]", "[m/s^2]", "[m, m/s]", "[m or rad]", "[s TDB past J2000]", "[1/Earth radius]"])
def test_a_unit_is_told_from_an_interval(text):
    assert units_in(text)
    assert not units_in("between [0, 1] and [start, stop], see [2]")
