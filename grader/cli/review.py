"""``grader review`` and ``grader serve``: the review in the browser, for one assistant or for several."""

from __future__ import annotations

import contextlib
import getpass
import socket
import webbrowser
from pathlib import Path

import click

from grader.cli import options
from grader.errors import ServeError
from grader.graded_folder import open_ledger
from grader.store import Ledger
from grader.store.review_desk import LINK_SECONDS

_FOLDER = click.Path(path_type=Path)
_port = click.option("--port", type=click.IntRange(0, 65_535), default=0, help="A free one by default.")


@click.command("review")
@click.argument("folder", metavar="DIR", type=_FOLDER)
@_port
@click.option(
    "--name",
    type=options.Words(),
    default=getpass.getuser,
    show_default="your user name",
    help="Under which you decide.",
)
@click.option("--no-browser", is_flag=True, help="Print the link, and open nothing.")
@options.database
@options.quiet
def review_command(folder: Path, port: int, name: str, no_browser: bool, database: str, quiet: bool) -> None:
    """Opens the review of the graded folder DIR in the browser: queue, decisions, comments, release.

    It answers on this computer only, to whoever has the link that is printed; the link opens once. Stop it with Ctrl-C.
    Exit status: 0, or 2 where DIR holds no ledger.
    """
    _serve(
        folder,
        "127.0.0.1",
        port,
        (name,),
        ("127.0.0.1", "localhost"),
        not no_browser,
        quiet,
        database=database,
    )


@click.command("serve")
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to answer on.")
@click.option(
    "--url", default="", help="The address that others reach it by, behind a proxy that speaks TLS."
)
@_port
@click.option(
    "--invite",
    "invited",
    multiple=True,
    type=options.Words(),
    metavar="NAME",
    help="Print a link for someone; no server is started.",
)
@click.option(
    "--revoke", type=options.Words(), multiple=True, metavar="NAME", help="End someone's links and sessions."
)
@options.database
@options.quiet
def serve_command(
    folder: Path,
    host: str,
    url: str,
    port: int,
    invited: tuple[str, ...],
    revoke: tuple[str, ...],
    database: str,
    quiet: bool,
) -> None:
    """Serves the review of the graded folder DIR to several assistants at once.

    `--invite NAME` prints a link for someone, which opens once; it works while the server runs or before it is started.
    `--revoke NAME` ends all that someone has. Put a proxy that speaks TLS before it, and name its address by --url.
    """
    if not invited and not revoke:
        names = tuple(dict.fromkeys(("127.0.0.1", "localhost", host, *([_host(url)] if url else ()))))
        _serve(folder, host, port, (getpass.getuser(),), names, False, quiet, url, database)
        return
    with open_ledger(folder, must_exist=True, database=database) as ledger:
        for name in revoke:
            click.echo(f"{name}: {ledger.desk.revoke(name)} links and sessions ended")
        for name in invited:
            click.echo(f"{name}: {_link(ledger, url or f'http://{host}:{port or 8000}', name, _LONG)}")


_LONG = 7 * 24 * 3600.0  # an invitation travels by mail


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].partition(":")[0]


def _link(ledger: Ledger, url: str, name: str, seconds: float = LINK_SECONDS) -> str:
    return f"{url.rstrip('/')}/enter?key={ledger.desk.make_key('link', name, seconds)}"


def _serve(
    folder: Path,
    host: str,
    port: int,
    names: tuple[str, ...],
    hosts: tuple[str, ...],
    browser: bool,
    quiet: bool,
    url: str = "",
    database: str = "",
) -> None:
    import uvicorn  # noqa: PLC0415 - only where something is served

    from grader.service.application import application  # noqa: PLC0415 - only where something is served

    with open_ledger(folder, must_exist=True, database=database) as ledger, socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
        except OSError as problem:
            raise ServeError(
                f"{host}:{port} cannot be used ({problem.strerror}): choose another --host or --port"
            ) from problem
        address = url or f"http://{host}:{listening.getsockname()[1]}"
        for name in names:
            link = _link(ledger, address, name)
            if not quiet:
                click.echo(
                    f"Open {link}\n(it opens once, and for a quarter of an hour; Ctrl-C stops the server)"
                )
            if browser:
                webbrowser.open(link)
        app = application(folder, ledger, hosts=hosts)
        config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
        with contextlib.suppress(KeyboardInterrupt):  # which is how it is stopped
            uvicorn.Server(config).run([listening])
