"""The settings of the service, each with a default and a sentence of help; they are read from DATELINE_ variables."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from indexer.environment import PREFIX, check_environment


class Settings(BaseModel):
    """What a running service needs to know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: Path = Field(Path("index"), description="Folder of the index.")
    encoder: str = Field("", description="Encoder that the index must have been built with. Empty: any.")
    device: str = Field("", description="cpu, cuda, cuda:1, mps. Empty: the best there is.")
    reranker: str = Field("", description="Cross encoder that reranks the best passages. Empty: none.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from environment variables such as ``DATELINE_INDEX``.

    Raises:
        SettingsError: The value of a variable is impossible, or its name is mistyped.
    """
    environment = os.environ if environment is None else environment
    check_environment(environment)
    values = {name: environment.get(f"{PREFIX}{name.upper()}") for name in Settings.model_fields}
    return Settings.model_validate({name: value for name, value in values.items() if value})
