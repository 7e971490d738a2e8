"""Performs calls by boto3 or by the AWS command line, a line of JSON each way.

tests/conformance/sdk_program.h says which lines. The command line is called in this process, as its own program calls
it; what it prints is what counts.
"""

import base64
import collections
import io
import json
import os
import re
import sys
import threading

ENDPOINT = os.environ["ENDPOINT"]
BYTES_IN = ("BinaryValue", "BinaryListValues")
SAYS = threading.Lock()


def tell(line):
    with SAYS:
        print(json.dumps(line), file=sys.__stdout__, flush=True)


def with_bytes(value, name=""):
    if isinstance(value, str):
        return base64.b64decode(value) if name in BYTES_IN else value
    if isinstance(value, list):
        return [with_bytes(inner, name) for inner in value]
    if isinstance(value, dict):
        return {key: with_bytes(inner, key) for key, inner in value.items()}
    return value


def without_bytes(value):
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, list):
        return [without_bytes(inner) for inner in value]
    if isinstance(value, dict):
        return {key: without_bytes(inner) for key, inner in value.items()}
    return value


def of_its_time(action, members):
    """This botocore knows the older name only, which means the same."""
    if action == "ReceiveMessage" and "AttributeNames" not in members and "MessageSystemAttributeNames" in members:
        members["AttributeNames"] = members.pop("MessageSystemAttributeNames")
    return members


class Boto3:
    """boto3 of Debian 12, which does not look at parameters here: what is wrong the daemon is to say."""

    def __init__(self):
        import boto3
        import botocore.config

        self.settings = botocore.config.Config(
            retries={"total_max_attempts": 1}, parameter_validation=False, max_pool_connections=20
        )
        self.make = boto3.client
        self.clients = {}
        self.lock = threading.Lock()

    def client(self, service, key, region):
        with self.lock:
            if (service, key, region) not in self.clients:
                self.clients[service, key, region] = self.make(
                    service,
                    endpoint_url=ENDPOINT,
                    region_name=region,
                    aws_access_key_id=key,
                    aws_secret_access_key="secret",
                    config=self.settings,
                )
            return self.clients[service, key, region]

    def call(self, service, action, members, key, region):
        from botocore.exceptions import ClientError

        client = self.client(service, key, region)
        function = {name: method for method, name in client.meta.method_to_api_mapping.items()}[action]
        try:
            answer = getattr(client, function)(**with_bytes(of_its_time(action, members)))
        except ClientError as error:
            said = error.response["Error"]
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            return {"status": status, "code": said.get("Code", ""), "text": said.get("Message", "")}
        answer.pop("ResponseMetadata", None)
        return {"members": without_bytes(answer)}


class Captured(io.TextIOBase):
    """An output whose every thread has its own text."""

    def __init__(self):
        self.texts = threading.local()

    def begin(self):
        self.texts.kept = io.StringIO()

    def write(self, text):
        return self.texts.kept.write(text)

    def text(self):
        return self.texts.kept.getvalue()


class CommandLine:
    """The AWS command line of Debian 12. It does not print the status of a refusal."""

    refusal = re.compile(
        r"An error occurred \((.*?)\) when calling the \S+ operation(?: \(reached max retries: 0\))?: (.*)", re.DOTALL
    )

    def __init__(self):
        from awscli.clidriver import create_clidriver

        self.make_driver = create_clidriver
        # By key, which a driver keeps; one does one call after the other, and not for ever, since it grows.
        self.idle = collections.defaultdict(list)
        sys.stdout, sys.stderr = Captured(), Captured()

    def call(self, service, action, members, key, region):
        os.environ["AWS_ACCESS_KEY_ID"] = key
        command = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", action).lower()
        words = [service, command, "--endpoint-url", ENDPOINT, "--region", region, "--output", "json", "--no-paginate"]
        members = of_its_time(action, members)
        if not isinstance(members.get("AttributeValue", ""), str):
            members["AttributeValue"] = json.dumps(members["AttributeValue"])
        sys.stdout.begin()
        sys.stderr.begin()
        driver, calls = self.idle[key].pop() if self.idle[key] else (self.make_driver(), 0)
        code = driver.main(words + ["--cli-input-json", json.dumps(members)])
        if calls < 200:
            self.idle[key].append((driver, calls + 1))
        if code == 0:
            return {"members": json.loads(sys.stdout.text() or "{}")}
        refused = self.refusal.search(sys.stderr.text())
        if not refused:
            return {"own": sys.stderr.text()}
        return {"code": refused[1], "text": refused[2].rstrip("\n")}


def perform(sdk, line):
    call = {key: line[key] for key in ("service", "action", "members", "key", "region")}
    try:
        tell({"id": line["id"], **sdk.call(**call)})
    except Exception as error:  # the SDK's own
        tell({"id": line["id"], "own": f"{type(error).__name__}: {error}"})


def main():
    os.environ["AWS_SECRET_ACCESS_KEY"] = "secret"
    os.environ["AWS_MAX_ATTEMPTS"] = "1"
    sdk = {"boto3": Boto3, "cli": CommandLine}[sys.argv[1]]()
    tell({"protocol": "query", "sns": True})
    while text := sys.stdin.readline():
        # A call may wait while others are made.
        threading.Thread(target=perform, args=(sdk, json.loads(text)), daemon=True).start()


main()
