"""Entry of the command: options that all verbs share, and one place that turns errors into exit codes."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
import traceback
import warnings
from collections.abc import Sequence
from types import ModuleType
from typing import Annotated, Any, NoReturn

import typer

import moonstead
from moonstead.cli import (
    asteroid,
    check,
    data,
    ephemeris,
    gnss,
    monitor,
    orbit,
    propagate,
    report,
    run,
    schema,
    station,
    surface,
    transfer,
    warmup,
)
from moonstead.cli.fault import BAD_INPUT, BROKEN_PIPE, Fault, fault_of, tell

_USAGE_ERROR: type[Exception] = next(
    base for base in reversed(typer.BadParameter.__mro__) if hasattr(base, "format_message")
)

app = typer.Typer(
    name="moonstead",
    help="Plan, simulate and operate a lunar research station and everything it depends on.",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)
for module in (check, run, report, propagate, ephemeris, data, schema, warmup):
    app.command(name=module.NAME)(module.command)


_groups: dict[str, tuple[typer.Typer, ModuleType]] = {}


def _add_group(package: ModuleType, name: str, summary: str) -> None:
    """Add a folder of verbs as one group; the verbs themselves are read when a line names their group."""
    group = typer.Typer(name=name, help=summary, no_args_is_help=True)
    _groups[name] = group, package
    app.add_typer(group)


def _read_verbs(arguments: Sequence[str]) -> None:
    """Fill the groups that are named: each module of the folder with a `NAME` and a `command` is a verb."""
    for name in set(arguments) & set(_groups):
        group, package = _groups[name]
        if group.registered_commands:
            continue
        for found in pkgutil.iter_modules(package.__path__):
            verb = importlib.import_module(f"{package.__name__}.{found.name}")
            if hasattr(verb, "NAME"):
                group.command(name=verb.NAME)(verb.command)


_add_group(surface, "surface", "Horizon, light, heat and ways on the ground of the Moon.")
_add_group(station, "station", "Power, stores and sizes of a scenario's station.")
_add_group(orbit, "orbit", "Families of orbits, their way into the full model, their life and upkeep.")
_add_group(transfer, "transfer", "Ways from the Earth to the Moon, back, down, up and on to the planets.")
_add_group(
    asteroid, "asteroid", "Orbits of asteroids and comets from observations; danger for Earth, Moon and station."
)
_add_group(gnss, "gnss", "Messages, positions, orbits and clocks of navigation systems, on Earth and at the Moon.")
_add_group(monitor, "monitor", "Catalogue, close approaches, orbits from tracking, decay, and who sees what.")


def _print_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"moonstead {moonstead.__version__}\n")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error; may stand anywhere.")] = False,
) -> None:
    """Plan, simulate and operate a lunar research station and everything it depends on."""


def main() -> NoReturn:
    """Run the command with the arguments of the process."""
    sys.exit(execute(sys.argv[1:]))


def execute(arguments: Sequence[str]) -> int:
    """Run the command and tell any error in one panel, or in JSON where ``--json`` was asked.

    Parameters
    ----------
    arguments : sequence of str
        As after the name of the command.

    Returns
    -------
    int
        Exit code: 0 good, 2 bad input, 3 missing data, 4 numerical failure, 130 interrupted, 1 anything else.
    """
    _open_closed_streams()
    asked = [word for word in arguments if word != "--debug"]
    debug, as_json = len(asked) < len(arguments), "--json" in asked
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("default", category=UserWarning)
            warnings.showwarning = _show_warning
            _invoke(asked)
            sys.stdout.flush()
        return 0
    except typer.Exit as end:
        return int(end.exit_code)
    except BrokenPipeError:
        # Nobody reads any more; what Python flushes at exit must go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except (Exception, KeyboardInterrupt) as error:
        if debug:
            traceback.print_exc()
        fault = _usage_fault(error) if isinstance(error, _USAGE_ERROR) else fault_of(error)
        if asked:  # without arguments the help has been shown instead
            tell(fault, as_json=as_json)
        return fault.code


def _open_closed_streams() -> None:
    """Give what is written to nowhere where the caller has closed the stream, as `command >&-` does."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - for the rest of the process


def _invoke(arguments: list[str]) -> None:
    """Run the verb; typer's own main would turn Ctrl-C and closed pipes into exit codes before we see them."""
    _read_verbs(arguments)
    verbs = typer.main.get_command(app)
    with verbs.make_context("moonstead", list(arguments)) as context:
        verbs.invoke(context)


def _usage_fault(error: Any) -> Fault:
    context = getattr(error, "ctx", None)
    hint = f"\nSee `{context.command_path} --help`." if context is not None else ""
    return Fault("Wrong usage", f"{error.format_message()}{hint}", BAD_INPUT, "UsageError")


def _show_warning(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
    sys.stderr.write(f"Warning: {message}\n")
