"""Sends as many tasks as its word says; every tenth is to be done a second later."""

import sys

from ledger import book

for number in range(int(sys.argv[1])):
    book.apply_async((number,), countdown=1 if number % 10 == 0 else None)
