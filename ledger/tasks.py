"""The worker's part of the ledger, once a second."""

from ledger.settling import Machinery
from portal.celery import app


@app.task(name="ledger.tasks.sequence_and_publish", ignore_result=True)
def sequence_and_publish() -> None:
    """Gives committed leaves their places, and publishes what the signer has signed meanwhile."""
    Machinery.installed().tick()
