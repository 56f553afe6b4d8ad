"""How is a value written as compact JSON? One way for all texts that are kept in the org. Pure."""

import json
from typing import Any

from pydantic_core import PydanticSerializationError, to_json


def json_text(value: Any) -> str:
    """Without blanks, all letters as they are. Raises TypeError for what has no form in JSON."""
    try:
        return to_json(value).decode()
    except PydanticSerializationError:
        # Half of a surrogate pair, as broken senders leave them; anything else fails here, too.
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
