"""The DATELINE_ variables: their names, and a guard against slips of the pen."""

import difflib
from collections.abc import Mapping

from indexer.errors import SettingsError

PREFIX = "DATELINE_"
NAMES = ("INDEX", "ENCODER", "DEVICE", "RERANKER", "HOST", "PORT", "CACHE_MB", "MEMORY", "THREADS", "PROCESSES")


def check_names(environment: Mapping[str, str]) -> None:
    """Refuse a variable whose name is nearly one of ours: it would be ignored in silence.

    Raises:
        SettingsError: With the name that was probably meant.
    """
    ours = {name.removeprefix(PREFIX) for name, value in environment.items() if name.startswith(PREFIX) and value}
    for name in sorted(ours - set(NAMES)):
        close = difflib.get_close_matches(name, NAMES, n=1)
        if close:
            raise SettingsError(
                f"the environment variable {PREFIX}{name} is no setting of Dateline", f"{PREFIX}{close[0]}=..."
            )
