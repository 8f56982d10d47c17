"""Settings of the service: a name, a default and a sentence of help each, read once from DATELINE_ variables."""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from indexer.errors import SettingsError

PREFIX = "DATELINE_"
_ELSEWHERE = {"DATELINE_THREADS"}
"""Read where it is used: every command that computes obeys it."""


class Settings(BaseModel):
    """What a running service needs to know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: Path = Field(Path("index"), description="Folder of the index.")
    encoder: str = Field("", description="Encoder that the index must have been built with. Empty: any.")
    device: str = Field("", description="cpu, cuda, cuda:1, mps. Empty: the best there is.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from environment variables such as ``DATELINE_INDEX``.

    Raises:
        SettingsError: A variable has an impossible value, or its name is a slip of the pen.
    """
    environment = os.environ if environment is None else environment
    values = {name: value for name, value in environment.items() if name.startswith(PREFIX) and value}
    known = {f"{PREFIX}{name.upper()}": name for name in Settings.model_fields}
    names = [name.removeprefix(PREFIX) for name in known.keys() | _ELSEWHERE]
    for name in sorted(values.keys() - known.keys() - _ELSEWHERE):
        close = difflib.get_close_matches(name.removeprefix(PREFIX), names, n=1)
        if close:
            raise SettingsError(f"the environment variable {name} is no setting of Dateline", f"{PREFIX}{close[0]}=...")
    try:
        return Settings.model_validate({known[name]: value for name, value in values.items() if name in known})
    except ValidationError as error:
        first = error.errors()[0]
        name = f"{PREFIX}{str(first['loc'][0]).upper()}"
        raise SettingsError(f"{name} is {first['input']!r}: {first['msg']}") from error
