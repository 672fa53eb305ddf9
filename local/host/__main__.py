"""Run a function app: `python -m local.host --app-dir . --port 7071`."""

import argparse
import logging
import os
import signal
import sys
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from local.host.broken import serve_broken_app
from local.host.config import LOCK_S, STORAGE_PATIENCE_S, TIMER_LOCK_S, HostConfig
from local.host.host import run_host
from local.host.host_json import HostJsonError
from local.host.http.access import (
    DEFAULT_FUNCTION_KEY,
    DEFAULT_MASTER_KEY,
    FUNCTION_KEY_SETTING,
    MASTER_KEY_SETTING,
    Keys,
)
from local.host.http.route import RouteError
from local.host.lifetime import Lifetime
from local.host.log import configure_logging
from local.host.worker.messages import IndexingError
from local.listening import announce

_NAME = "functions host"
_log = logging.getLogger("host")


def main() -> int:
    """Run until SIGTERM or Ctrl-C; 1 when the app cannot be run."""
    arguments = _read_arguments()
    configure_logging(arguments.log_format)
    lifetime = Lifetime()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: lifetime.stop())
    try:
        return _run(_make_config(arguments), lifetime)
    except IndexingError as error:
        _log.error("This app has NO functions, one mistake is enough: %s", error)
        is_host_down = False
    except (HostJsonError, RouteError) as error:
        _log.error("The host cannot run this app: %s", error)
        is_host_down = True
    except OSError as error:
        _log.error("The host cannot start: %s", error)
        return 1
    if arguments.broken_app == "exit":
        return 1
    with serve_broken_app(arguments.port, has_host=not is_host_down) as url:
        announce(_NAME, url)
        lifetime.wait()
    return 0


def _run(config: HostConfig, lifetime: Lifetime) -> int:
    with run_host(config, lifetime) as host:
        announce(_NAME, host.url)
        port, end = urlsplit(host.url).port, lifetime.wait()
        if end == "failed":
            host.dispatcher.close()
            _start_again(port)
        _log.info("Host is stopping")
        host.end()
    if end == "recycled":
        _start_again(port)
    return 0


def _start_again(port: int | None) -> NoReturn:
    """Become a new host at the same address, as a platform starts one in place of a host that ended by itself."""
    logging.shutdown()
    os.execv(sys.executable, [sys.executable, "-m", "local.host", *sys.argv[1:], "--port", str(port)])  # noqa: S606


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.host", description=__doc__)
    parser.add_argument("--app-dir", type=Path, default=Path.cwd(), help="the folder of function_app.py and host.json")
    parser.add_argument("--port", type=int, default=0, help="0 lets the system choose")
    parser.add_argument("--timers", choices=["on", "off"], default="on", help="off: they run by hand only")
    parser.add_argument("--queues", choices=["on", "off"], default="on", help="off: messages stay in their queues")
    parser.add_argument("--chunked-bodies", choices=["drop", "pass"], default="drop", help="drop: as host#7930 tells")
    parser.add_argument("--function-timeout", choices=["on", "off"], default="on", help="that of host.json")
    parser.add_argument("--broken-app", choices=["exit", "serve"], default="exit", help="serve: answer as Azure does")
    parser.add_argument("--lock-seconds", type=float, default=LOCK_S, help="how long a received message is invisible")
    parser.add_argument("--timer-lock-seconds", type=int, default=TIMER_LOCK_S, help="15 to 60: a dead host's timers")
    parser.add_argument("--storage-patience-seconds", type=float, default=STORAGE_PATIENCE_S, help="then the host ends")
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
        timer_lock_s=arguments.timer_lock_seconds,
        storage_patience_s=arguments.storage_patience_seconds,
        chunked_bodies=arguments.chunked_bodies,
        function_timeout=arguments.function_timeout == "on",
        grace_s=arguments.grace_seconds,
        log_format=arguments.log_format,
    )


if __name__ == "__main__":
    code = main()
    logging.shutdown()
    sys.stdout.flush()
    # Threads of what was cut off must not keep the process: its messages come back by themselves.
    os._exit(code)
