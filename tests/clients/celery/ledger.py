"""A Celery application on its SQS transport, as its documentation sets it up."""

import os
import pathlib
from urllib.parse import quote, urlsplit

from celery import Celery

endpoint = urlsplit(os.environ["ENDPOINT"])
keys = [quote(os.environ[name], safe="") for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")]
app = Celery("ledger", broker=f"sqs://{keys[0]}:{keys[1]}@{endpoint.hostname}:{endpoint.port}//")
app.conf.update(
    broker_transport_options={
        "region": "us-east-1",
        "is_secure": False,
        "visibility_timeout": 15,
        "wait_time_seconds": 5,
        "polling_interval": 0.1,
    },
    task_default_queue=os.environ["QUEUE"],
    task_acks_late=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=4,
    worker_redirect_stdouts=False,
    worker_enable_remote_control=False,
)


def fails_now(number):
    """Every seventh fails, the first time that it is tried."""
    if number % 7 != 3:
        return False
    try:
        (pathlib.Path(os.environ["HOME"]) / f"failed-{number}").touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


@app.task(bind=True, max_retries=3)
def book(self, number):
    if fails_now(number):
        print(f"failed {number}", flush=True)
        raise self.retry(countdown=1)
    print(f"handled {number}", flush=True)
