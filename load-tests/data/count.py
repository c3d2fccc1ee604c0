#!/usr/bin/env python3
"""Counts a file of events the slow and obvious way, to be held against what the platform stored.

    python3 load-tests/data/count.py FILE.ndjson.gz > FILE-expected.json

Shares no code with the platform. An event is one (account_id, event_id); its first line counts.
"""

import gzip
import json
import sys
from collections import Counter

TOP = 10


def by_count(counter):
    """Largest first, then by the bytes of the name."""
    return sorted(counter.items(), key=lambda item: (-item[1], item[0].encode()))


def main(path):
    seen = set()
    lines = 0
    types = {}
    users = {}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            event = json.loads(line)
            lines += 1
            key = (event["account_id"], event["event_id"])
            if key in seen:
                continue
            seen.add(key)
            types.setdefault(key[0], Counter())[event["type"]] += 1
            users.setdefault(key[0], Counter())[event["user_id"]] += 1
    accounts = {
        account: {
            "total": sum(types[account].values()),
            "by_type": dict(sorted(types[account].items())),
            "top_users": [
                {"user_id": user, "count": count} for user, count in by_count(users[account])[:TOP]
            ],
        }
        for account in sorted(types)
    }
    json.dump({"lines": lines, "distinct": len(seen), "accounts": accounts}, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} FILE.ndjson.gz")
    main(sys.argv[1])
