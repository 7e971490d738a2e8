"""Controls for tests of applications on Penstock: reset, expectations, virtual time, faults, and looking at
messages without receiving them. No dependencies; Python 3.8 or later.

    from penstock_testing import PenstockTesting
    penstock = PenstockTesting("http://127.0.0.1:4567")
    penstock.reset()
    ...  # the application sends, receives, works
    penstock.advance(hours=12)
    penstock.expect("orders", Empty=True)

The daemon must have been started with --test-controls; peeking alone works without. A queue is named by its
name, by its URL, or by a dict of Queue, Account and Region. What the daemon refuses is raised as PenstockRefusal.
"""

import json
import os
import urllib.error
import urllib.parse
import urllib.request
from datetime import timedelta

_LEAP_MAX = timedelta(days=15)  # what the daemon takes at once


class PenstockRefusal(Exception):
    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


class ExpectationFailed(AssertionError):
    def __init__(self, expected, standing):
        super().__init__(f"expected {expected}, but the queue stood at {standing}")
        self.standing = standing


def _named(queue):
    if not isinstance(queue, str):
        return dict(queue)
    return {"QueueUrl": queue} if "/" in queue else {"Queue": queue}


class PenstockTesting:
    def __init__(self, url=None, token=None):
        """`token`: the admin token, if the daemon has one."""
        url = url or os.environ.get("PENSTOCK_ADMIN_URL", "http://127.0.0.1:4567")
        self._url = url.rstrip("/")
        self._token = token or os.environ.get("PENSTOCK_ADMIN_TOKEN")
        # Not through a proxy that the environment names: the daemon is near.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def reset(self, account=None, region=None):
        """Everything goes away, or what one account (and region) has."""
        scope = {"Account": account, "Region": region}
        return self._ask("POST", "/reset", {name: value for name, value in scope.items() if value})

    def expect(self, queue, timeout_seconds=10, **expected):
        """Waits until all of it holds: Empty=True, or some of Visible, InFlight and Delayed (exactly) and Sent,
        Received and Deleted (at least, since the queue was created). Gives how the queue stood then."""
        asked = {**_named(queue), **expected, "TimeoutSeconds": timeout_seconds}
        standing = self._ask("POST", "/expect", asked, timeout=timeout_seconds + 30)
        if not standing["Held"]:
            raise ExpectationFailed(expected, standing)
        return standing

    def clock(self):
        return self._ask("GET", "/clock")

    def advance(self, **by):
        """Time leaps forward; by what datetime.timedelta takes: seconds, minutes, hours, days."""
        left = timedelta(**by)
        while True:
            leap = min(left, _LEAP_MAX)
            clock = self._ask("POST", "/clock/advance", {"Milliseconds": leap // timedelta(milliseconds=1)})
            left -= leap
            if left <= timedelta(0):
                return clock

    def add_fault(self, **rule):
        """Action, Queue or Topic, Error ("throttling", "internal", "unavailable") or Drop ("before", "after"),
        LatencyMilliseconds, Share, Count, Seed. Gives the rule's id."""
        return self._ask("POST", "/faults", rule)["Id"]

    def faults(self):
        return self._ask("GET", "/faults")["Faults"]

    def clear_faults(self, fault_id=None):
        return self._ask("DELETE", "/faults" if fault_id is None else f"/faults?Id={fault_id}")

    def peek(self, queue, **look):
        """The messages of a queue, one after the other, without receiving them. What to look for: State, Text,
        Attribute, Value, Unwrap."""
        asked = {**_named(queue), **{name: str(value) for name, value in look.items()}}
        while True:
            page = self._ask("GET", "/messages?" + urllib.parse.urlencode(asked))
            yield from page["Messages"]
            if "NextToken" not in page:
                return
            asked["NextToken"] = page["NextToken"]

    def _ask(self, method, path, body=None, timeout=60):
        headers = {"X-Penstock-Admin": "testing"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if self._token:
            headers["Authorization"] = "Bearer " + self._token
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data=data, headers=headers, method=method)
        try:
            with self._opener.open(request, timeout=timeout) as response:
                return json.load(response)
        except urllib.error.HTTPError as refusal:
            with refusal:
                raise PenstockRefusal(refusal.code, json.load(refusal)["error"]) from None
