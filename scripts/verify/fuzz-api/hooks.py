"""What schemathesis has to be taught to speak with this api."""

import gzip
import json

import schemathesis


@schemathesis.serializer("application/json")
def json_as_announced(ctx, value):
    """Compresses the body where the generated headers say that it is compressed."""
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    headers = {name.lower(): header for name, header in (ctx.case.headers or {}).items()}
    return gzip.compress(body, mtime=0) if headers.get("content-encoding") == "gzip" else body


@schemathesis.serializer("application/x-ndjson")
def lines_of_events(ctx, value):
    """The schema says no more than `string`: makes an event of it, and leaves it as a line too."""
    if not isinstance(value, str):
        return value if isinstance(value, bytes) else json.dumps(value).encode()
    if '"user_id"' in value:
        return value.encode()
    event = {"account_id": "lines", "user_id": value[:255] or "u", "type": "t"}
    line = json.dumps({**event, "metadata": {"text": value}})
    return f"{line}\n{value}\n".encode("utf-8", "replace")
