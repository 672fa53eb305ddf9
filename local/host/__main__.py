"""Run a function app: `python -m local.host --app-dir . --port 7071`."""

import argparse
import logging
import os
import signal
import sys
import threading
from pathlib import Path

from local.host.access import (
    DEFAULT_FUNCTION_KEY,
    DEFAULT_MASTER_KEY,
    FUNCTION_KEY_SETTING,
    MASTER_KEY_SETTING,
    Keys,
)
from local.host.app_settings import SettingError
from local.host.config import LOCK_S, HostConfig
from local.host.host import run_host
from local.host.host_json import HostJsonError
from local.host.log import configure_logging
from local.host.ncrontab import ScheduleError
from local.host.route import RouteError
from local.host.signature import IndexingError
from local.listening import announce

_log = logging.getLogger("host")


def main() -> int:
    """Run until SIGTERM or Ctrl-C; 1 when the app cannot be run."""
    arguments = _read_arguments()
    configure_logging(arguments.log_format)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    try:
        with run_host(_make_config(arguments)) as host:
            announce("functions host", host.url)
            stopped.wait()
            _log.info("Host is stopping")
    except IndexingError as error:
        _log.error("This app has NO functions, one mistake is enough: %s", error, exc_info=error.__cause__)
        return 1
    except (HostJsonError, ScheduleError, SettingError, RouteError, OSError) as error:
        _log.error("The host cannot run this app: %s", error)
        return 1
    return 0


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.host", description=__doc__)
    parser.add_argument("--app-dir", type=Path, default=Path.cwd(), help="the folder of function_app.py and host.json")
    parser.add_argument("--port", type=int, default=0, help="0 lets the system choose")
    parser.add_argument(
        "--timers", choices=["on", "off"], default="on", help="off: run them with POST /admin/functions"
    )
    parser.add_argument("--queues", choices=["on", "off"], default="on", help="off: messages stay in their queues")
    parser.add_argument("--lock-seconds", type=float, default=LOCK_S, help="how long a received message is invisible")
    parser.add_argument("--grace-seconds", type=float, default=10, help="how long a stop waits for what runs")
    parser.add_argument("--log-format", choices=["plain", "json"], default="plain")
    parser.add_argument("--function-key", default=os.environ.get(FUNCTION_KEY_SETTING, DEFAULT_FUNCTION_KEY))
    parser.add_argument("--master-key", default=os.environ.get(MASTER_KEY_SETTING, DEFAULT_MASTER_KEY))
    return parser.parse_args()


def _make_config(arguments: argparse.Namespace) -> HostConfig:
    return HostConfig(
        app_dir=arguments.app_dir.resolve(),
        port=arguments.port,
        timers=arguments.timers == "on",
        queues=arguments.queues == "on",
        keys=Keys(function=arguments.function_key, master=arguments.master_key),
        lock_s=arguments.lock_seconds,
        grace_s=arguments.grace_seconds,
    )


if __name__ == "__main__":
    code = main()
    logging.shutdown()
    sys.stdout.flush()
    # Threads of functions that were cut off must not keep the process: their messages come back by themselves.
    os._exit(code)
