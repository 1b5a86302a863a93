"""The worker's part of the ledger, once a second."""

from ledger import nightly
from ledger.settling import Machinery, database_now
from portal.celery import app


@app.task(name="ledger.tasks.sequence_and_publish", ignore_result=True)
def sequence_and_publish() -> None:
    """Gives committed leaves their places, and publishes what the signer has signed meanwhile."""
    Machinery.installed().tick()


@app.task(name="ledger.tasks.inspect", ignore_result=True)
def inspect() -> None:
    """The nightly inspection; problems are an alarm."""
    nightly.inspect(Machinery.installed())


@app.task(name="ledger.tasks.close_series", ignore_result=True)
def close_series() -> None:
    """On 1 January; a second run changes nothing."""
    nightly.close_series(database_now())
