"""What a test suite in Python does: the helper for the controls, and boto3 for what the application does."""

import os
import sys
import threading

import boto3

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, ".."))
sys.path.insert(0, os.path.join(here, "../../../clients/python"))
from penstock_testing import ExpectationFailed, PenstockRefusal, PenstockTesting  # noqa: E402
from tap import case, run  # noqa: E402

sqs = boto3.client("sqs", endpoint_url=os.environ["ENDPOINT"])
penstock = PenstockTesting()


def make(name, **attributes):
    return sqs.create_queue(QueueName=name, Attributes={k: str(v) for k, v in attributes.items()})["QueueUrl"]


def receive(url, **more):
    answer = sqs.receive_message(QueueUrl=url, AttributeNames=["All"], MaxNumberOfMessages=10, **more)
    return answer.get("Messages", [])


@case("a consumer with 12 hours, 14 days and 5 minutes is tested in moments")
def _():
    penstock.reset()
    work = make("work", VisibilityTimeout=43200, MessageRetentionPeriod=1209600)
    sqs.send_message(QueueUrl=work, MessageBody="job")
    assert receive(work)[0]["Attributes"]["ApproximateReceiveCount"] == "1"
    again = []
    waiting = threading.Thread(target=lambda: again.extend(receive(work, WaitTimeSeconds=20)))
    waiting.start()
    penstock.advance(hours=12)
    waiting.join()
    # The long poll may have come after the leap: then it got the message at once.
    assert [message["Attributes"]["ApproximateReceiveCount"] for message in again] == ["2"], again
    penstock.advance(days=14)
    assert receive(work) == []
    penstock.expect("work", Empty=True)

    orders = make("orders.fifo", FifoQueue="true")
    order = {"QueueUrl": orders, "MessageBody": "x", "MessageGroupId": "g", "MessageDeduplicationId": "1"}
    first = sqs.send_message(**order)["MessageId"]
    penstock.advance(minutes=4)
    assert sqs.send_message(**order)["MessageId"] == first
    penstock.advance(minutes=1)
    assert sqs.send_message(**order)["MessageId"] != first


@case("an expectation comes true, or says how the queue stood")
def _():
    penstock.reset()
    mail = make("mail")
    sqs.send_message(QueueUrl=mail, MessageBody="one")
    try:
        penstock.expect(mail, timeout_seconds=0, Empty=True)
        raise AssertionError("it held")
    except ExpectationFailed as failed:
        assert failed.standing["Visible"] == 1
    standing = []
    waiting = threading.Thread(target=lambda: standing.append(penstock.expect("mail", Empty=True, Deleted=1)))
    waiting.start()
    for message in receive(mail):
        sqs.delete_message(QueueUrl=mail, ReceiptHandle=message["ReceiptHandle"])
    waiting.join()
    assert standing[0]["Held"] and standing[0]["Deleted"] == 1, standing


@case("faults befall requests, are listed and end")
def _():
    penstock.reset()
    mail = make("mail")
    penstock.add_fault(Action="SendMessage", Queue="mail", Error="throttling", Count=2)
    sqs.send_message(QueueUrl=mail, MessageBody="patient")
    assert [(fault["Met"], fault["Fired"]) for fault in penstock.faults()] == [(3, 2)]
    penstock.clear_faults()
    assert penstock.faults() == []


@case("messages are looked at without receiving them")
def _():
    penstock.reset()
    mail = make("mail")
    for number in range(250):
        sqs.send_message(QueueUrl=mail, MessageBody=f"message {number}")
    assert [seen["Body"] for seen in penstock.peek("mail")] == [f"message {number}" for number in range(250)]
    assert [seen["Body"] for seen in penstock.peek(mail, Text="message 24", State="visible")] == [
        "message 24"] + [f"message 24{digit}" for digit in range(10)]
    penstock.expect("mail", Visible=250, Received=0)


@case("what the daemon refuses is raised, with what to do")
def _():
    try:
        penstock.expect("nobody", Empty=True)
        raise AssertionError("it held")
    except PenstockRefusal as refusal:
        assert refusal.status == 404 and "does not exist" in str(refusal), refusal


run()
