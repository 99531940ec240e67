import errno
import signal
import socket
from pathlib import Path
from threading import Thread
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.servers.basehttp import get_internal_wsgi_application
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from waitress.server import create_server

from casework.demo.accounts import account_lines
from casework.management.numbers import whole_number
from notifications.wake import on_commit_wake
from notifications.worker import Worker
from workflows import missing
from workflows.jobs import CHORES, DAILY, HANDLERS

LOOPBACK = ("127.0.0.1", "localhost", "::1")
HIGHEST_PORT = 65535
THREADS = 8
# A batch of phone photographs or a large register; each upload has its own tighter limit.
MAX_BODY = 26 * 1024 * 1024


class Command(BaseCommand):
    help = "启动网站，并在没有消息中间件时一并处理后台工作。一台机器就够用；Ctrl+C 停止。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=whole_number, default=8000, help="端口（默认8000）")
        parser.add_argument("--host", default="127.0.0.1", help="监听地址（默认只供本机）")
        parser.add_argument("--accounts", metavar="COUNTY", default="", help="同时列出这个示范县的账号")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        if not 0 <= port <= HIGHEST_PORT:
            raise CommandError(f"没有端口{port}，端口是0到{HIGHEST_PORT}之间的数。")
        check_reach(host)
        check_migrated()
        # Whitenoise warns when it is missing; a run from here finds static files without it.
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
        server = listen(host, port)
        worker = None if settings.CELERY_BROKER_URL else Worker(HANDLERS, chores=CHORES, daily=DAILY)
        thread = Thread(target=worker.run, name="outbox") if worker else None
        try:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, _leave)
            self.announce(host, server_port(server), options["accounts"], embedded=worker is not None)
            if worker and thread:
                on_commit_wake(worker.wake)
                thread.start()
            # Returns when a signal has raised SystemExit in it; requests in hand are finished first.
            server.run()
        finally:
            server.close()
            if worker and thread and thread.is_alive():
                worker.stop()
                thread.join()
        self.stdout.write("已停止。")

    def announce(self, host: str, port: int, county: str, *, embedded: bool) -> None:
        shown = f"[{host}]" if ":" in host else host
        self.stdout.write(f"暖心已启动：http://{shown}:{port}/　（Ctrl+C 停止）")
        self.stdout.write("后台工作：由本进程处理" if embedded else "后台工作：由 Celery 处理（见 CELERY_BROKER_URL）")
        if county:
            for line in account_lines(county):
                self.stdout.write(line)
        self.stdout.flush()
        for line in missing.lines():
            self.stderr.write(self.style.ERROR(line))


def _leave(*_: object) -> NoReturn:
    raise SystemExit(0)


def check_reach(host: str) -> None:
    """A trial, with its public demonstration password, is for this machine alone."""
    if settings.TRIAL and host not in LOOPBACK and set(settings.ALLOWED_HOSTS) <= {*LOOPBACK, "[::1]", "testserver"}:
        raise CommandError(
            "试用状态只供本机使用，不能监听其他地址。要让别的机器访问，请设 NUANXIN_HOSTS；"
            "正式使用请设 NUANXIN_DEBUG=0，并按 deploy/ 里的样例部署。"
        )


def check_migrated() -> None:
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as problem:
        raise CommandError(f"数据库连不上：{type(problem).__name__}。请检查 DATABASE_URL 和数据库服务。") from problem
    if missing:
        raise CommandError(
            f"数据库还有{len(missing)}项更新没有执行。请先运行 manage.py migrate（示范县则运行 manage.py demo）。"
        )


def listen(host: str, port: int) -> Any:
    """A listening server. Raises `CommandError` in plain words when the port or address cannot be had."""
    application = get_internal_wsgi_application()
    try:
        return create_server(
            application, host=host, port=port, threads=THREADS, ident="", max_request_body_size=MAX_BODY
        )
    except OSError as problem:
        raise CommandError(why_not_listening(host, port, problem)) from problem
    except ValueError as problem:
        raise CommandError(f"监听地址不对：{host}:{port}。") from problem


def why_not_listening(host: str, port: int, problem: OSError) -> str:
    if problem.errno == errno.EADDRINUSE:
        return f"端口{port}已被别的程序占用。请先停掉它，或换一个端口，例如 make run PORT={port + 1}。"
    if problem.errno == errno.EACCES:
        return f"没有权限使用端口{port}。请换一个1024以上的端口，例如 make run PORT=8000。"
    if problem.errno == errno.EADDRNOTAVAIL or isinstance(problem, socket.gaierror):
        return f"本机没有“{host}”这个地址。只供本机使用时不必写 --host。"
    return f"不能监听 {host}:{port}：{problem.strerror}。"


def server_port(server: Any) -> int:
    """The port actually bound: with --port 0 the system chooses one."""
    if hasattr(server, "effective_listen"):
        return int(server.effective_listen[0][1])
    return int(server.effective_port)
