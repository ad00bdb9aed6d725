"""`intake metrics`: the numbers that `/metrics` of the daemon gives, once."""

from __future__ import annotations

import typer

from intake.cli.examples import examples
from intake.cli.settings import config_of

EXAMPLES = examples("metrics > /var/lib/node_exporter/intake.prom")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(epilog=EXAMPLES)(metrics)


def metrics(ctx: typer.Context) -> None:
    """Print the metrics for Prometheus; the daemon has the same at the config's `metrics.listen`."""
    from intake.assembly import every_policy
    from intake.cli.database import open_store
    from intake.notify.metrics import exposition

    policies = every_policy(config_of(ctx))
    with open_store(ctx) as store:
        typer.echo(exposition(store, policies), nl=False)
