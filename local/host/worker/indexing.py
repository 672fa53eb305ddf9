"""Finds the functions of an app the way the worker does: import the script, take its one FunctionApp, check each."""

import importlib
import inspect
import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from azure.functions import FunctionRegister

from local.host.worker.messages import IndexingError
from local.host.worker.signature import Signature, read_signature

SCRIPT_SETTING = "PYTHON_SCRIPT_FILE_NAME"
DEFAULT_SCRIPT = "function_app.py"


@dataclass(frozen=True)
class IndexedFunction:
    """A function that can be run."""

    name: str
    call: Callable[..., Any]
    is_async: bool
    signature: Signature
    bindings: tuple[Mapping[str, Any], ...]

    @property
    def trigger(self) -> Mapping[str, Any]:
        """The trigger binding, as in function.json."""
        return self.signature.trigger


def index_app(app_dir: Path) -> list[IndexedFunction]:
    """Import the app's script and index it; all functions or none.

    Raises:
        IndexingError: the worker would leave this app without functions; the message says why.
    """
    module = _import_script(app_dir, os.environ.get(SCRIPT_SETTING, DEFAULT_SCRIPT))
    app = _find_app(module)
    try:
        functions = app.get_functions()
    except (ValueError, TypeError) as error:
        raise IndexingError(str(error)) from error
    return [_index(function) for function in functions]


def _import_script(app_dir: Path, script: str) -> ModuleType:
    path = app_dir / script
    if not path.is_file():
        raise IndexingError(f"there is no {path}")
    if str(app_dir) not in sys.path:
        sys.path.append(str(app_dir))  # at the end, as the worker does: installed packages win
    try:
        module = importlib.import_module(path.stem)
    except Exception as error:
        raise IndexingError(f"importing {script} failed: {type(error).__name__}: {error}") from error
    if Path(inspect.getfile(module)).resolve() != path.resolve():
        raise IndexingError(f"the name {path.stem} belongs to {inspect.getfile(module)}, so {path} is never imported")
    return module


def _find_app(module: ModuleType) -> Any:
    apps = [name for name, value in vars(module).items() if isinstance(value, FunctionRegister)]
    if len(apps) != 1:
        found = f"there are {len(apps)} ({', '.join(apps)}), an alias counts too" if apps else "there is none"
        raise IndexingError(f"{module.__name__} must define exactly one top-level FunctionApp, {found}")
    return getattr(module, apps[0])


def _index(function: Any) -> IndexedFunction:
    call = function.get_user_function()
    bindings = [json.loads(raw) for raw in function.get_raw_bindings()]
    return IndexedFunction(
        name=function.get_function_name(),
        call=call,
        is_async=inspect.iscoroutinefunction(call),
        signature=read_signature(function.get_function_name(), call, bindings),
        bindings=tuple(bindings),
    )
