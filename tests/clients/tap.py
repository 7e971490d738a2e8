"""Cases in the order of their definition, told in TAP."""

import sys
import traceback

_cases = []


def case(sentence):
    def keep(function):
        _cases.append((sentence, function))
        return function

    return keep


def run():
    failed = 0
    for number, (sentence, function) in enumerate(_cases, 1):
        try:
            function()
            print(f"ok {number} - {sentence}", flush=True)
        except Exception:  # one that fails does not keep the others from being tried
            failed += 1
            print(f"not ok {number} - {sentence}")
            for line in traceback.format_exc().splitlines():
                print(f"# {line}", flush=True)
    print(f"1..{len(_cases)}", flush=True)
    sys.exit(1 if failed else 0)
