"""Side by side with django-helpdesk's `get_email`: the same mailbox, cold, start-up included, in turn.

By hand, with the other program in an environment of its own, outside this project:

    python3 -m venv /some/where && /some/where/bin/pip install "django-helpdesk==2.6.1" "Django==5.2.*"
    python -m tests.benchmarks.bench_helpdesk /some/where/bin/python [MESSAGES] [--rounds N] [--workers N]

Each round has a fresh server, mailbox and database for both. Seconds by the clock, and of processors, children
included; on a busy machine the second says more.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.benchmarks.bench_memory import family
from tests.dovecot import PASSWORD, Dovecot
from tests.load import load

_SETTINGS = """
SECRET_KEY = "benchmark"
USE_TZ = True
SITE_ID = 1
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}
MEDIA_ROOT = "media"
STATIC_URL = "/static/"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
HELPDESK_TEAMS_MODE_ENABLED = False
ROOT_URLCONF = "hd_urls"
INSTALLED_APPS = ["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
    "django.contrib.sessions", "django.contrib.messages", "django.contrib.staticfiles", "django.contrib.sites",
    "django.contrib.humanize", "rest_framework", "helpdesk"]
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
    "OPTIONS": {"context_processors": ["django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth", "django.contrib.messages.context_processors.messages"]}}]
"""
_ASCII = "correct horse"
_URLS = """
from django.contrib import admin
from django.urls import include, path
urlpatterns = [path("admin/", admin.site.urls), path("", include("helpdesk.urls", namespace="helpdesk"))]
"""
_QUEUE = """
from helpdesk.models import Queue
Queue.objects.create(title="S", slug="s", email_address="support@shop.example", allow_email_submission=True,
    email_box_type="imap", email_box_host="127.0.0.1", email_box_port={port}, email_box_ssl=False,
    email_box_user="support", email_box_pass={password!r}, email_box_imap_folder="INBOX", email_box_interval=0,
    logging_type="none")
"""


def measured(command: list[str], folder: Path, environ: dict[str, str]) -> tuple[float, float]:
    """Seconds by the clock and of processors, those of all descendants included, waited for or not."""
    begun, used = time.perf_counter(), dict[int, float]()
    process = subprocess.Popen(command, cwd=folder, env=os.environ | environ, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        used |= {pid: seconds for pid in family(process.pid) if (seconds := processor_s(pid))}
        time.sleep(0.1)
    took = time.perf_counter() - begun
    if process.returncode:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}")
    return took, sum(used.values())


def processor_s(pid: int) -> float:
    """Seconds of processor that a process has had; 0 where it is gone."""
    try:
        values = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(values[11]) + int(values[12])) / os.sysconf("SC_CLK_TCK")


def count(database: Path, query: str) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute(query).fetchone()[0])


def theirs(python: str, server: Dovecot, folder: Path, messages: int) -> tuple[float, float]:
    users = server.dir / "passwd"  # their client cannot log in with a password that is not ASCII
    users.write_text(users.read_text().replace(PASSWORD, _ASCII))
    (folder / "hd_settings.py").write_text(_SETTINGS)
    (folder / "hd_urls.py").write_text(_URLS)
    environ = {"DJANGO_SETTINGS_MODULE": "hd_settings", "PYTHONPATH": str(folder)}
    manage = [python, "-m", "django"]
    for args in (
        ["migrate", "-v", "0"],
        ["loaddata", "emailtemplate", "-v", "0"],
        ["shell", "-c", _QUEUE.format(port=server.port, password=_ASCII)],
    ):
        measured([*manage, *args], folder, environ)
    found = measured([*manage, "get_email", "--quiet"], folder, environ)
    stored = count(folder / "db.sqlite3", "SELECT count(*) FROM helpdesk_followup")
    if stored < messages:
        raise RuntimeError(f"they stored {stored} of {messages}")
    return found


def ours(workers: int, server: Dovecot, folder: Path, messages: int) -> tuple[float, float]:
    config = folder / "intake.toml"
    config.write_text(
        f'state_dir = "state"\n[work]\nworkers = {workers}\n[mailbox.support]\nhost = "{server.host}"\n'
        f'port = {server.port}\ntls = "none"\nusername = "support"\npassword_env = "BENCH_PASSWORD"\n'
        'policy = "eofferix"\nstart_from = "all"\nflood_limit = 0\n'
    )
    command = [sys.executable, "-m", "intake", "-q", "-c", str(config), "poll", "--once", "--json"]
    found = measured(command, folder, {"BENCH_PASSWORD": PASSWORD, "PYTHONPATH": str(Path.cwd())})
    if (stored := count(folder / "state" / "intake.db", "SELECT count(*) FROM message")) != messages:
        raise RuntimeError(f"we stored {stored} of {messages}")
    return found


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    ap.add_argument("python")
    ap.add_argument("messages", type=int, nargs="?", default=2000)
    ap.add_argument("--rounds", type=int, default=2)
    ap.add_argument("--workers", type=int, default=1)
    options = ap.parse_args()
    runs: dict[str, Callable[[Dovecot, Path], tuple[float, float]]] = {
        "django-helpdesk": lambda server, folder: theirs(options.python, server, folder, options.messages),
        "ours": lambda server, folder: ours(options.workers, server, folder, options.messages),
    }
    for _ in range(options.rounds):
        rates = {}
        for name, run in runs.items():
            with Dovecot() as server, tempfile.TemporaryDirectory() as folder:
                server.deliver(*load(options.messages))
                took, used = run(server, Path(folder))
            rates[name] = took, used
            print(
                f"{name}: {options.messages / took:.1f}/s, {used * 1000 / options.messages:.1f} ms of processor"
            )
        (wall, used), (our_wall, our_used) = rates.values()
        print(
            f"  ours is {wall / our_wall:.1f}x by the clock, {used / our_used:.1f}x by processor", flush=True
        )


if __name__ == "__main__":
    main()
