"""Everything that the daemon offers, by boto3's client and by its resources."""

import hashlib
import json
import os
import struct
import sys
import threading
import time

import boto3
import botocore.config
from botocore.exceptions import ClientError

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from tap import case, run  # noqa: E402

ENDPOINT = os.environ["ENDPOINT"]
# No retries: what fails must be seen.
SETTINGS = botocore.config.Config(retries={"total_max_attempts": 1}, max_pool_connections=20)
sqs = boto3.client("sqs", endpoint_url=ENDPOINT, config=SETTINGS)
sns = boto3.client("sns", endpoint_url=ENDPOINT, config=SETTINGS)


def make(name, **attributes):
    return sqs.create_queue(QueueName=name, Attributes={k: str(v) for k, v in attributes.items()})["QueueUrl"]


def send(url, body, **more):
    return sqs.send_message(QueueUrl=url, MessageBody=body, **more)


def receive(url, **more):
    wanted = {"AttributeNames": ["All"], "MessageAttributeNames": ["All"], **more}
    return sqs.receive_message(QueueUrl=url, **wanted).get("Messages", [])


def counts(url):
    got = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return [int(got["ApproximateNumberOfMessages" + kind]) for kind in ("", "NotVisible", "Delayed")]


def same(got, wanted):
    assert got == wanted, f"{got!r} is not {wanted!r}"


def refused(exception, code, function, *words, **more):
    """By its class where boto3 has one, and by its code always."""
    try:
        function(*words, **more)
    except exception as error:
        same(error.response["Error"]["Code"], code)
        assert 400 <= error.response["ResponseMetadata"]["HTTPStatusCode"] < 500
        return error
    raise AssertionError(f"not refused as {code}")


def md5(data):
    return hashlib.md5(data).hexdigest()


def attributes_md5(attributes):
    """As the developer guide describes it; this boto3 does not verify it by itself."""
    def sized(data):
        return struct.pack(">I", len(data)) + data

    parts = b""
    for name in sorted(attributes):
        one = attributes[name]
        binary = "BinaryValue" in one
        value = one["BinaryValue"] if binary else one["StringValue"].encode()
        parts += sized(name.encode()) + sized(one["DataType"].encode()) + (b"\2" if binary else b"\1") + sized(value)
    return md5(parts)


ATTRIBUTES = {
    "kind": {"DataType": "String", "StringValue": "deposit, große"},
    "amount": {"DataType": "Number", "StringValue": "-12.50"},
    "labelled.one": {"DataType": "String.customer", "StringValue": "<Ada> & \"co\""},
    "numbered": {"DataType": "Number.int", "StringValue": "7"},
    "bytes": {"DataType": "Binary", "BinaryValue": bytes(range(256))},
    "picture": {"DataType": "Binary.png", "BinaryValue": b"\x89PNG"},
}
TRACE = {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-5759e988-bd862e3fe1be46a994272793"}}


@case("a queue is created with attributes and tags, found by its name and described")
def _():
    set_to = {"DelaySeconds": "0", "VisibilityTimeout": "41", "MaximumMessageSize": "2048",
              "MessageRetentionPeriod": "86400", "ReceiveMessageWaitTimeSeconds": "1"}
    url = sqs.create_queue(QueueName="created", Attributes=set_to, tags={"team": "ledger", "größe": "1 = eins"})["QueueUrl"]
    same(url, f"{ENDPOINT}/000000000000/created")
    same(sqs.get_queue_url(QueueName="created")["QueueUrl"], url)
    same(sqs.get_queue_url(QueueName="created", QueueOwnerAWSAccountId="000000000000")["QueueUrl"], url)
    got = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    for name, value in set_to.items():
        same(got[name], value)
    same(got["QueueArn"], "arn:aws:sqs:us-east-1:000000000000:created")
    same(sqs.list_queue_tags(QueueUrl=url)["Tags"], {"team": "ledger", "größe": "1 = eins"})
    same(sqs.create_queue(QueueName="created", Attributes=set_to)["QueueUrl"], url)


@case("attributes are changed, and only those that are named are given")
def _():
    url = make("changed")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "77", "DelaySeconds": "3"})
    got = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout", "DelaySeconds"])["Attributes"]
    same(got, {"VisibilityTimeout": "77", "DelaySeconds": "3"})


@case("tags are added, replaced and taken away")
def _():
    url = make("tagged")
    assert "Tags" not in sqs.list_queue_tags(QueueUrl=url)
    sqs.tag_queue(QueueUrl=url, Tags={"a": "1", "b": "2", "c": "3"})
    sqs.tag_queue(QueueUrl=url, Tags={"b": "two"})
    sqs.untag_queue(QueueUrl=url, TagKeys=["a", "never there"])
    same(sqs.list_queue_tags(QueueUrl=url)["Tags"], {"b": "two", "c": "3"})


@case("queues are listed by prefix, and page by page")
def _():
    wanted = sorted(make(f"page-{number:02}") for number in range(23))
    same(sorted(sqs.list_queues(QueueNamePrefix="page-")["QueueUrls"]), wanted)
    pages = list(sqs.get_paginator("list_queues").paginate(QueueNamePrefix="page-", PaginationConfig={"PageSize": 10}))
    same([len(page["QueueUrls"]) for page in pages], [10, 10, 3])
    same(sorted(url for page in pages for url in page["QueueUrls"]), wanted)
    assert "QueueUrls" not in sqs.list_queues(QueueNamePrefix="nothing begins like this")


@case("a message comes back as it was sent, with the digests of all its parts")
def _():
    url = make("whole")
    for body in ["hello", "Grüße, 你好, 🚰", " \t\r\n ", "<a>&\"'</a>", "]]>", "a+b%20c=d&e", "x" * (1 << 20)]:
        sent = send(url, body)
        same(sent["MD5OfMessageBody"], md5(body.encode()))
        (message,) = receive(url)
        assert message["Body"] == body, message["Body"][:80]
        same(message["MD5OfBody"], md5(body.encode()))
        same(message["MessageId"], sent["MessageId"])
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    same(counts(url), [0, 0, 0])


@case("message attributes of every type and the trace header come back with AWS's digests")
def _():
    url = make("attributes", VisibilityTimeout=0)
    sent = send(url, "hello", MessageAttributes=ATTRIBUTES, MessageSystemAttributes=TRACE)
    same(sent["MD5OfMessageAttributes"], attributes_md5(ATTRIBUTES))
    same(sent["MD5OfMessageSystemAttributes"], attributes_md5(TRACE))
    (message,) = receive(url)
    same(message["MessageAttributes"], ATTRIBUTES)
    same(message["MD5OfMessageAttributes"], attributes_md5(ATTRIBUTES))
    same(message["Attributes"]["AWSTraceHeader"], TRACE["AWSTraceHeader"]["StringValue"])
    same(message["Attributes"]["ApproximateReceiveCount"], "1")
    same(message["Attributes"]["SenderId"], receive(url, AttributeNames=["SenderId"])[0]["Attributes"]["SenderId"])
    (some,) = receive(url, MessageAttributeNames=["amount", "labelled.*"])
    same(sorted(some["MessageAttributes"]), ["amount", "labelled.one"])
    chosen = {name: ATTRIBUTES[name] for name in some["MessageAttributes"]}
    same(some["MD5OfMessageAttributes"], attributes_md5(chosen))
    (none,) = receive(url, MessageAttributeNames=[])
    assert "MessageAttributes" not in none and "MD5OfMessageAttributes" not in none


@case("a long poll wakes when a message arrives, and one for nothing waits its time")
def _():
    url = make("polled")
    began = time.monotonic()
    same(receive(url, WaitTimeSeconds=1), [])
    assert time.monotonic() - began >= 0.9
    later = threading.Timer(0.3, lambda: send(url, "at last"))
    later.start()
    began = time.monotonic()
    (message,) = receive(url, WaitTimeSeconds=20)
    same(message["Body"], "at last")
    assert time.monotonic() - began < 15
    later.join()


@case("visibility is changed: to nothing it comes back at once, deleted it does not come back")
def _():
    url = make("hidden")
    send(url, "hello")
    (first,) = receive(url)
    same(receive(url), [])
    same(counts(url), [0, 1, 0])
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"], VisibilityTimeout=0)
    (second,) = receive(url)
    same(second["Attributes"]["ApproximateReceiveCount"], "2")
    sqs.delete_message(QueueUrl=url, ReceiptHandle=second["ReceiptHandle"])
    same(counts(url), [0, 0, 0])


@case("batches of each kind do each entry by itself, and say which failed and why")
def _():
    url = make("batched")
    entries = [{"Id": f"e{i}", "MessageBody": f"body {i}", "MessageAttributes": ATTRIBUTES} for i in range(9)]
    entries.append({"Id": "later", "MessageBody": "delayed", "DelaySeconds": 900})
    got = sqs.send_message_batch(QueueUrl=url, Entries=entries)
    same(sorted(one["Id"] for one in got["Successful"]), sorted(one["Id"] for one in entries))
    for one in got["Successful"]:
        body = next(entry["MessageBody"] for entry in entries if entry["Id"] == one["Id"])
        same(one["MD5OfMessageBody"], md5(body.encode()))
    same(counts(url), [9, 0, 1])
    messages = receive(url, MaxNumberOfMessages=10)
    same(sorted(one["Body"] for one in messages), [f"body {i}" for i in range(9)])
    handles = [{"Id": str(i), "ReceiptHandle": one["ReceiptHandle"]} for i, one in enumerate(messages)]
    wrong = [{"Id": "wrong", "ReceiptHandle": "no handle at all"}]
    changed = sqs.change_message_visibility_batch(
        QueueUrl=url, Entries=[{**one, "VisibilityTimeout": 600} for one in handles + wrong])
    same(len(changed["Successful"]), 9)
    same([(one["Id"], one["Code"], one["SenderFault"]) for one in changed["Failed"]],
         [("wrong", "ReceiptHandleIsInvalid", True)])
    deleted = sqs.delete_message_batch(QueueUrl=url, Entries=handles + wrong)
    same(sorted(one["Id"] for one in deleted["Successful"]), [str(i) for i in range(9)])
    same([(one["Id"], one["Code"]) for one in deleted["Failed"]], [("wrong", "ReceiptHandleIsInvalid")])
    same(counts(url), [0, 0, 1])


@case("a batch that is wrong as a whole is refused as a whole")
def _():
    url = make("refused-batches")
    errors = sqs.exceptions
    prefix = "AWS.SimpleQueueService."
    entry = {"Id": "a", "MessageBody": "x"}
    for exception, code, entries in [
        (errors.EmptyBatchRequest, "EmptyBatchRequest", []),
        (errors.BatchEntryIdsNotDistinct, "BatchEntryIdsNotDistinct", [entry, entry]),
        (errors.TooManyEntriesInBatchRequest, "TooManyEntriesInBatchRequest",
         [{"Id": str(i), "MessageBody": "x"} for i in range(11)]),
        (errors.InvalidBatchEntryId, "InvalidBatchEntryId", [{"Id": "not an id!", "MessageBody": "x"}]),
        (errors.BatchRequestTooLong, "BatchRequestTooLong",
         [{"Id": str(i), "MessageBody": "x" * 600_000} for i in range(2)]),
    ]:
        refused(exception, prefix + code, sqs.send_message_batch, QueueUrl=url, Entries=entries)
    same(counts(url), [0, 0, 0])


@case("errors have the classes and the codes that applications catch")
def _():
    errors = sqs.exceptions
    gone = "AWS.SimpleQueueService.NonExistentQueue"
    missing = f"{ENDPOINT}/000000000000/missing"
    refused(errors.QueueDoesNotExist, gone, sqs.get_queue_url, QueueName="missing")
    for call, more in [(sqs.send_message, {"MessageBody": "x"}), (sqs.receive_message, {}), (sqs.purge_queue, {}),
                       (sqs.delete_queue, {}), (sqs.list_queue_tags, {}),
                       (sqs.delete_message, {"ReceiptHandle": "x"}),
                       (sqs.get_queue_attributes, {"AttributeNames": ["All"]})]:
        refused(errors.QueueDoesNotExist, gone, call, QueueUrl=missing, **more)
    url = make("errors", VisibilityTimeout=7)
    refused(errors.QueueNameExists, "QueueAlreadyExists", make, "errors", VisibilityTimeout=8)
    refused(errors.ReceiptHandleIsInvalid, "ReceiptHandleIsInvalid", sqs.delete_message, QueueUrl=url,
            ReceiptHandle="nonsense")
    refused(errors.InvalidMessageContents, "InvalidMessageContents", send, url, "a\ufffe")
    refused(errors.InvalidAttributeName, "InvalidAttributeName", make, "errors-2", Colour="red")
    refused(ClientError, "InvalidAttributeValue", make, "errors-3", VisibilityTimeout=43201)
    refused(ClientError, "InvalidParameterValue", send, url, "x", DelaySeconds=901)
    refused(ClientError, "InvalidParameterValue", send, url, "x" * ((1 << 20) + 1))
    refused(ClientError, "InvalidParameterValue", make, "not a name")


@case("a purge empties, a second within a minute is refused; a deleted queue is gone and its name not yet free")
def _():
    url = make("purged")
    for number in range(3):
        send(url, f"{number}", DelaySeconds=number)
    receive(url)
    sqs.purge_queue(QueueUrl=url)
    same(counts(url), [0, 0, 0])
    refused(sqs.exceptions.PurgeQueueInProgress, "AWS.SimpleQueueService.PurgeQueueInProgress", sqs.purge_queue,
            QueueUrl=url)
    sqs.delete_queue(QueueUrl=url)
    refused(sqs.exceptions.QueueDoesNotExist, "AWS.SimpleQueueService.NonExistentQueue", receive, url)
    refused(sqs.exceptions.QueueDeletedRecently, "AWS.SimpleQueueService.QueueDeletedRecently", make, "purged")


@case("a FIFO queue keeps the order within each group, a group at a time, with growing sequence numbers")
def _():
    url = make("ordered.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    sequence = []
    for number in range(6):
        sent = send(url, f"a{number}", MessageGroupId="a")
        sequence.append(int(sent["SequenceNumber"]))
    assert sequence == sorted(set(sequence)), sequence
    batch = sqs.send_message_batch(QueueUrl=url, Entries=[
        {"Id": str(i), "MessageBody": f"b{i}", "MessageGroupId": "b", "MessageDeduplicationId": f"b-{i}"}
        for i in range(4)])
    same(len(batch["Successful"]), 4)
    first = receive(url, MaxNumberOfMessages=3)
    same([one["Body"] for one in first], ["a0", "a1", "a2"])
    same(first[0]["Attributes"]["MessageGroupId"], "a")
    same(first[0]["Attributes"]["SequenceNumber"], str(sequence[0]))
    same(first[0]["Attributes"]["MessageDeduplicationId"], hashlib.sha256(b"a0").hexdigest())
    second = receive(url, MaxNumberOfMessages=10)
    same([one["Body"] for one in second], ["b0", "b1", "b2", "b3"])  # a is locked
    for one in first + second:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
    third = receive(url, MaxNumberOfMessages=10)
    same([one["Body"] for one in third], ["a3", "a4", "a5"])
    done = sqs.delete_message_batch(QueueUrl=url, Entries=[
        {"Id": str(i), "ReceiptHandle": one["ReceiptHandle"]} for i, one in enumerate(third)])
    same(len(done["Successful"]), 3)
    same(counts(url), [0, 0, 0])


@case("a FIFO queue takes the same deduplication id once, and repeats an attempt to receive")
def _():
    url = make("once.fifo", FifoQueue="true")
    one = send(url, "first", MessageGroupId="g", MessageDeduplicationId="d")
    two = send(url, "second", MessageGroupId="g", MessageDeduplicationId="d")
    same((one["MessageId"], one["SequenceNumber"]), (two["MessageId"], two["SequenceNumber"]))
    same(counts(url), [1, 0, 0])
    got = receive(url, ReceiveRequestAttemptId="attempt")
    again = receive(url, ReceiveRequestAttemptId="attempt")
    same([(m["Body"], m["ReceiptHandle"]) for m in got], [(m["Body"], m["ReceiptHandle"]) for m in again])
    same(got[0]["Body"], "first")
    refused(ClientError, "MissingParameter", send, url, "no group")
    refused(ClientError, "InvalidParameterValue", send, url, "no id", MessageGroupId="g")
    refused(ClientError, "InvalidParameterValue", make, "no-suffix", FifoQueue="true")


@case("permissions are added and taken away, and a policy is read back")
def _():
    url = make("permitted")
    sqs.add_permission(QueueUrl=url, Label="partner", AWSAccountIds=["111111111111"], Actions=["SendMessage", "ReceiveMessage"])
    policy = json.loads(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"])
    (statement,) = policy["Statement"]
    same(statement["Principal"], {"AWS": "arn:aws:iam::111111111111:root"})
    same(statement["Action"], ["SQS:SendMessage", "SQS:ReceiveMessage"])
    same(statement["Sid"], "partner")
    sqs.remove_permission(QueueUrl=url, Label="partner")
    refused(ClientError, "InvalidParameterValue", sqs.remove_permission, QueueUrl=url, Label="partner")


def arn_of(url):
    return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


@case("what is received too often is a dead letter, whose queue knows its sources")
def _():
    dead = make("dead")
    redrive = {"deadLetterTargetArn": arn_of(dead), "maxReceiveCount": 1}
    url = make("alive", VisibilityTimeout=0, RedrivePolicy=json.dumps(redrive))
    same(json.loads(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]["RedrivePolicy"]), redrive)
    same(sqs.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"], [url])
    pages = sqs.get_paginator("list_dead_letter_source_queues").paginate(QueueUrl=dead, PaginationConfig={"PageSize": 1})
    same([one for page in pages for one in page["queueUrls"]], [url])
    send(url, "poison", MessageAttributes=ATTRIBUTES)
    same(len(receive(url)), 1)
    same(receive(url), [])
    (letter,) = receive(dead)
    same(letter["Body"], "poison")
    same(letter["MessageAttributes"], ATTRIBUTES)
    same(letter["Attributes"]["DeadLetterQueueSourceArn"], arn_of(url))
    sqs.set_queue_attributes(QueueUrl=dead, Attributes={"RedriveAllowPolicy": json.dumps({"redrivePermission": "denyAll"})})
    refused(ClientError, "InvalidParameterValue", make, "denied", RedrivePolicy=json.dumps(redrive))
    same([one.url for one in boto3.resource("sqs", endpoint_url=ENDPOINT, config=SETTINGS).Queue(dead).dead_letter_source_queues.all()], [url])
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": ""})


def subscriber(name, **attributes):
    """A queue that takes what any topic sends: its URL and its ARN."""
    url = make(name, **attributes)
    arn = arn_of(url)
    policy = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn}]}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    return url, arn


def subscribe(topic, arn, **attributes):
    return sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=attributes,
                         ReturnSubscriptionArn=True)["SubscriptionArn"]


@case("a publication reaches each subscribed queue whose filter lets it, in an envelope or raw")
def _():
    topic = sns.create_topic(Name="news")["TopicArn"]
    (everything, everything_arn), (some, some_arn) = subscriber("news-all"), subscriber("news-some")
    subscribe(topic, everything_arn)
    subscribe(topic, some_arn, RawMessageDelivery="true", FilterPolicy=json.dumps({"amount": [{"numeric": ["<", 0]}]}))
    sent = sns.publish(TopicArn=topic, Subject="größe", Message="<a> & 你好", MessageAttributes=ATTRIBUTES)
    (enveloped,) = receive(everything, WaitTimeSeconds=5)
    body = json.loads(enveloped["Body"])
    same([body[name] for name in ("Type", "MessageId", "TopicArn", "Subject", "Message")],
         ["Notification", sent["MessageId"], topic, "größe", "<a> & 你好"])
    (raw,) = receive(some, WaitTimeSeconds=5)
    same(raw["Body"], "<a> & 你好")
    same(raw["MessageAttributes"], ATTRIBUTES)
    sqs.delete_message(QueueUrl=some, ReceiptHandle=raw["ReceiptHandle"])

    def amount(value):
        return {"amount": {"DataType": "Number", "StringValue": value}}

    batch = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[
        {"Id": "a", "Message": "more", "MessageAttributes": amount("5")},
        {"Id": "b", "Message": "less", "MessageAttributes": amount("-5")}])
    same([one["Id"] for one in batch["Successful"]], ["a", "b"])
    same(batch["Failed"], [])
    same([one["Body"] for one in receive(some, WaitTimeSeconds=5)], ["less"])


@case("topics and subscriptions are described, changed, tagged, permitted, listed page by page and deleted")
def _():
    tags = [{"Key": "team", "Value": "ledger"}]
    topic = sns.create_topic(Name="kept", Attributes={"DisplayName": "Kept"}, Tags=tags)["TopicArn"]
    same(sns.create_topic(Name="kept", Attributes={"DisplayName": "Kept"}, Tags=tags)["TopicArn"], topic)
    _, arn = subscriber("keeper")
    subscription = subscribe(topic, arn)

    def described():
        return sns.get_topic_attributes(TopicArn=topic)["Attributes"]

    same([described()["DisplayName"], described()["SubscriptionsConfirmed"]], ["Kept", "1"])
    sns.set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue="größe")
    same(described()["DisplayName"], "größe")
    _, dead = subscriber("keeper-dead")
    wanted = {"RawMessageDelivery": "true", "FilterPolicyScope": "MessageBody", "FilterPolicy": '{"kind":["deposit"]}',
              "RedrivePolicy": json.dumps({"deadLetterTargetArn": dead})}
    for name, value in wanted.items():
        sns.set_subscription_attributes(SubscriptionArn=subscription, AttributeName=name, AttributeValue=value)
    got = sns.get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]
    same({name: got[name] for name in wanted}, wanted)
    sns.tag_resource(ResourceArn=topic, Tags=[{"Key": "stage", "Value": "test"}])
    sns.untag_resource(ResourceArn=topic, TagKeys=["team"])
    same(sns.list_tags_for_resource(ResourceArn=topic)["Tags"], [{"Key": "stage", "Value": "test"}])
    sns.add_permission(TopicArn=topic, Label="partner", AWSAccountId=["111111111111"], ActionName=["Publish"])
    same([one["Sid"] for one in json.loads(described()["Policy"])["Statement"]][-1], "partner")
    sns.remove_permission(TopicArn=topic, Label="partner")
    assert "partner" not in described()["Policy"]
    many = sorted(sns.create_topic(Name=f"many-{i}")["TopicArn"] for i in range(101))
    listed = [one["TopicArn"] for page in sns.get_paginator("list_topics").paginate() for one in page["Topics"]]
    same(sorted(one for one in listed if ":many-" in one), many)
    same([one["Endpoint"] for one in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]], [arn])
    assert subscription in [one["SubscriptionArn"] for one in sns.list_subscriptions()["Subscriptions"]]
    sns.unsubscribe(SubscriptionArn=subscription)
    refused(sns.exceptions.NotFoundException, "NotFound", sns.get_subscription_attributes, SubscriptionArn=subscription)
    sns.delete_topic(TopicArn=topic)
    sns.delete_topic(TopicArn=topic)
    refused(sns.exceptions.NotFoundException, "NotFound", sns.publish, TopicArn=topic, Message="x")
    refused(sns.exceptions.InvalidParameterException, "InvalidParameter", sns.create_topic, Name="not a name")


@case("a FIFO topic keeps the order within each group and takes each message once")
def _():
    topic = sns.create_topic(Name="pay.fifo", Attributes={"FifoTopic": "true", "ContentBasedDeduplication": "true"})["TopicArn"]
    url, arn = subscriber("pay.fifo", FifoQueue="true")
    subscribe(topic, arn, RawMessageDelivery="true")
    numbers = [int(sns.publish(TopicArn=topic, Message=body, MessageGroupId="g")["SequenceNumber"])
               for body in ("one", "two", "three")]
    assert numbers[0] < numbers[1] < numbers[2], numbers
    sns.publish(TopicArn=topic, Message="one", MessageGroupId="g")
    same([one["Body"] for one in receive(url, MaxNumberOfMessages=10, WaitTimeSeconds=5)], ["one", "two", "three"])
    refused(ClientError, "InvalidParameter", sns.publish, TopicArn=topic, Message="no group")


@case("boto3's resource of topics works as its client does")
def _():
    resource = boto3.resource("sns", endpoint_url=ENDPOINT, config=SETTINGS)
    topic = resource.create_topic(Name="resource")
    url, arn = subscriber("by-resource")
    subscription = topic.subscribe(Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True)
    topic.set_attributes(AttributeName="DisplayName", AttributeValue="Resource")
    topic.reload()
    same(topic.attributes["DisplayName"], "Resource")
    subscription.set_attributes(AttributeName="RawMessageDelivery", AttributeValue="true")
    same([one.arn for one in topic.subscriptions.all()], [subscription.arn])
    topic.publish(Message="hello")
    same([one["Body"] for one in receive(url, WaitTimeSeconds=5)], ["hello"])
    subscription.delete()
    topic.delete()


@case("a signature by another key, and an unknown key, are refused")
def _():
    for key, secret, code in [(os.environ["AWS_ACCESS_KEY_ID"], "another", "SignatureDoesNotMatch"),
                              ("AKIAUNKNOWNUNKNOWN12", "another", "InvalidClientTokenId")]:
        other = boto3.client("sqs", endpoint_url=ENDPOINT, config=SETTINGS, aws_access_key_id=key,
                             aws_secret_access_key=secret)
        refused(ClientError, code, other.list_queues)


@case("boto3's resources work as its client does")
def _():
    resource = boto3.resource("sqs", endpoint_url=ENDPOINT, config=SETTINGS)
    queue = resource.create_queue(QueueName="resource", Attributes={"VisibilityTimeout": "30"})
    same(resource.get_queue_by_name(QueueName="resource").url, queue.url)
    same([one.url for one in resource.queues.filter(QueueNamePrefix="resource")], [queue.url])
    same(queue.attributes["VisibilityTimeout"], "30")
    queue.set_attributes(Attributes={"VisibilityTimeout": "50"})
    queue.reload()
    same(queue.attributes["VisibilityTimeout"], "50")
    queue.send_message(MessageBody="one", MessageAttributes=ATTRIBUTES)
    queue.send_messages(Entries=[{"Id": "2", "MessageBody": "two"}, {"Id": "3", "MessageBody": "three"}])
    left = {"one", "two", "three"}
    while left:
        for message in queue.receive_messages(MaxNumberOfMessages=10, WaitTimeSeconds=5, MessageAttributeNames=["All"]):
            left.remove(message.body)
            if message.body == "one":
                same(message.message_attributes, ATTRIBUTES)
                message.change_visibility(VisibilityTimeout=600)
            message.delete()
    same(counts(queue.url), [0, 0, 0])
    queue.delete()


@case("twenty threads send and receive at once, and each message is handled once")
def _():
    url = make("threads")
    seen, lock = [], threading.Lock()

    def work(number):
        for i in range(20):
            send(url, f"{number}-{i}")
        while True:
            got = receive(url, MaxNumberOfMessages=10)
            if not got:
                return
            for one in got:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
            with lock:
                seen.extend(one["Body"] for one in got)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    same(sorted(seen), sorted(f"{number}-{i}" for number in range(20) for i in range(20)))
    same(counts(url), [0, 0, 0])


# What Terraform's provider for AWS asks for when it makes, reads, changes and removes an aws_sqs_queue. It
# compares what it reads with what it set, text by text, and polls until they are equal.
TERRAFORM = {
    "standard": {
        "name": "plan",
        "policy": {"Version": "2012-10-17", "Statement": [{
            "Sid": "reader", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"},
            "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:000000000000:plan"}]},
        "create": {"DelaySeconds": "90", "MaximumMessageSize": "2048", "MessageRetentionPeriod": "86400",
                   "ReceiveMessageWaitTimeSeconds": "10", "VisibilityTimeout": "30", "SqsManagedSseEnabled": "true"},
        "change": [{"DelaySeconds": "0"}, {"VisibilityTimeout": "0", "ReceiveMessageWaitTimeSeconds": "0"},
                   {"KmsMasterKeyId": "alias/aws/sqs", "KmsDataKeyReusePeriodSeconds": "300"}],
        "unset": {"KmsMasterKeyId": "", "Policy": ""},
    },
    "FIFO": {
        "name": "plan.fifo",
        "create": {"FifoQueue": "true", "ContentBasedDeduplication": "true", "DeduplicationScope": "messageGroup",
                   "FifoThroughputLimit": "perMessageGroupId", "VisibilityTimeout": "45"},
        "change": [{"ContentBasedDeduplication": "false"},
                   {"DeduplicationScope": "queue", "FifoThroughputLimit": "perQueue"}],
        "unset": {},
    },
}


def terraform(plan):
    tags = {"Name": plan["name"], "empty": ""}
    url = sqs.create_queue(QueueName=plan["name"], Attributes=plan["create"], tags=tags)["QueueUrl"]
    same(url, f"{ENDPOINT}/000000000000/{plan['name']}")

    def read():
        return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]

    wanted = dict(plan["create"])
    same({name: read().get(name) for name in wanted}, wanted)
    same(sqs.list_queue_tags(QueueUrl=url)["Tags"], tags)
    for change in plan["change"]:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=change)
        wanted.update(change)
        if "KmsMasterKeyId" in change:  # the one kind of encryption ends the other
            wanted["SqsManagedSseEnabled"] = "false"
        same({name: read().get(name) for name in wanted}, wanted)
    if "policy" in plan:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(plan["policy"])})
        same(json.loads(read()["Policy"]), plan["policy"])
    for name, value in plan["unset"].items():
        sqs.set_queue_attributes(QueueUrl=url, Attributes={name: value})
        assert name not in read(), read()
    sqs.untag_queue(QueueUrl=url, TagKeys=["empty"])
    sqs.tag_queue(QueueUrl=url, Tags={"Name": "other"})
    same(sqs.list_queue_tags(QueueUrl=url)["Tags"], {"Name": "other"})
    sqs.delete_queue(QueueUrl=url)
    refused(sqs.exceptions.QueueDoesNotExist, "AWS.SimpleQueueService.NonExistentQueue", read)


@case("what Terraform sets on a standard queue it reads back to the letter, changes and unsets")
def _():
    terraform(TERRAFORM["standard"])


@case("what Terraform sets on a FIFO queue it reads back to the letter and changes")
def _():
    terraform(TERRAFORM["FIFO"])


# Likewise for an aws_sns_topic and an aws_sns_topic_subscription: made bare, then attribute by attribute; what is
# taken out of the plan is set to an empty text.
TOPIC_ATTRIBUTES = {
    "DisplayName": "A plan",
    "DeliveryPolicy": json.dumps({"http": {
        "defaultHealthyRetryPolicy": {"minDelayTarget": 20, "maxDelayTarget": 20, "numRetries": 3,
                                      "numMaxDelayRetries": 0, "numNoDelayRetries": 0, "numMinDelayRetries": 0,
                                      "backoffFunction": "linear"},
        "disableSubscriptionOverrides": False}}),
    "KmsMasterKeyId": "alias/aws/sns",
    "SQSSuccessFeedbackRoleArn": "arn:aws:iam::000000000000:role/feedback",
    "SQSSuccessFeedbackSampleRate": "50",
    "SignatureVersion": "2",
    "TracingConfig": "Active",
}


@case("what Terraform sets on a topic it reads back, changes and unsets")
def _():
    arn = sns.create_topic(Name="plan", Tags=[{"Key": "Name", "Value": "plan"}])["TopicArn"]
    policy = {"Version": "2012-10-17", "Statement": [{"Sid": "all", "Effect": "Allow", "Principal": "*",
                                                     "Action": "SNS:Publish", "Resource": arn}]}

    def read():
        return sns.get_topic_attributes(TopicArn=arn)["Attributes"]

    for name, value in {**TOPIC_ATTRIBUTES, "Policy": json.dumps(policy)}.items():
        sns.set_topic_attributes(TopicArn=arn, AttributeName=name, AttributeValue=value)
    got = read()
    for name, value in TOPIC_ATTRIBUTES.items():
        if name == "DeliveryPolicy":
            same(json.loads(got[name]), json.loads(value))
        else:
            same(got[name], value)
    same(json.loads(got["Policy"]), policy)
    same(sns.list_tags_for_resource(ResourceArn=arn)["Tags"], [{"Key": "Name", "Value": "plan"}])
    for name in ("DisplayName", "DeliveryPolicy", "KmsMasterKeyId", "SQSSuccessFeedbackRoleArn"):
        sns.set_topic_attributes(TopicArn=arn, AttributeName=name, AttributeValue="")
        assert not read().get(name), read()
    sns.tag_resource(ResourceArn=arn, Tags=[{"Key": "Name", "Value": "other"}])
    same(sns.list_tags_for_resource(ResourceArn=arn)["Tags"], [{"Key": "Name", "Value": "other"}])
    sns.untag_resource(ResourceArn=arn, TagKeys=["Name"])
    same(sns.list_tags_for_resource(ResourceArn=arn)["Tags"], [])
    sns.delete_topic(TopicArn=arn)
    refused(sns.exceptions.NotFoundException, "NotFound", read)


@case("what Terraform sets on a subscription it reads back, changes and unsets")
def _():
    topic = sns.create_topic(Name="subscribed")["TopicArn"]
    make("subscriber"), make("undelivered")
    queue = "arn:aws:sqs:us-east-1:000000000000:subscriber"
    redrive = json.dumps({"deadLetterTargetArn": "arn:aws:sqs:us-east-1:000000000000:undelivered"})
    arn = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue, ReturnSubscriptionArn=True, Attributes={
        "RawMessageDelivery": "true", "FilterPolicy": '{"kind":["made"]}', "RedrivePolicy": redrive})["SubscriptionArn"]

    def read():
        return sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]

    got = read()
    same([got["TopicArn"], got["Protocol"], got["Endpoint"], got["PendingConfirmation"], got["Owner"]],
         [topic, "sqs", queue, "false", "000000000000"])
    same([got["RawMessageDelivery"], json.loads(got["FilterPolicy"]), json.loads(got["RedrivePolicy"])],
         ["true", {"kind": ["made"]}, json.loads(redrive)])
    for name, value in {"FilterPolicyScope": "MessageBody", "FilterPolicy": '{"a":{"b":[1]}}',
                        "RawMessageDelivery": "false"}.items():
        sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName=name, AttributeValue=value)
        same(read()[name], value)
    for name, value in {"RedrivePolicy": "", "FilterPolicy": "{}"}.items():
        sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName=name, AttributeValue=value)
        assert name not in read(), read()
    sns.unsubscribe(SubscriptionArn=arn)
    refused(sns.exceptions.NotFoundException, "NotFound", read)
    sns.delete_topic(TopicArn=topic)


@case("Terraform learns whose account it is")
def _():
    sts = boto3.client("sts", endpoint_url=ENDPOINT, config=SETTINGS)
    same(sts.get_caller_identity()["Account"], "000000000000")


run()
