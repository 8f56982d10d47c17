"""``dateline keys``: make, list and revoke API keys."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from indexer.errors import SettingsError
from indexer.terminal.shell import JsonOption, new_app, print_facts, print_json

if TYPE_CHECKING:
    from search_api.service.access.keys import ApiKey, KeyFile

keys = new_app("API keys: who may search, export, and read the metrics of a service.")
KeysOption = Annotated[
    str,
    typer.Option(
        "--keys", envvar="DATELINE_KEYS", help="File of the keys. [default: keys.json in the user's configuration]"
    ),
]
ScopeOption = Annotated[
    list[str] | None,
    typer.Option(help="What the key opens: search, export, admin; may be repeated. [default: search]"),
]
_DURATION = re.compile(r"([1-9][0-9]{0,4})([dhm])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


@keys.command()
def add(
    name: Annotated[str, typer.Argument(help="Who uses it, such as newsroom.")],
    scope: ScopeOption = None,
    expires: Annotated[str, typer.Option(help="A day or time in UTC, or after how long: 2027-01-31, 90d, 12h.")] = "",
    keys: KeysOption = "",
    as_json: JsonOption = False,
) -> None:
    """Make a key and print it, once: only its SHA-256 is kept."""
    file = _file(keys)
    made, key = file.add(name, scope or ["search"], _instant(expires))
    if as_json:
        print_json({**_described(made), "key": key})
        return
    print(key)
    print_facts({"file": str(file.path), **_facts(made)})


@keys.command("list")
def list_keys(keys: KeysOption = "", as_json: JsonOption = False) -> None:
    """List the keys without their secrets."""
    file = _file(keys)
    found = file.read()
    if as_json:
        print_json({"keys": [_described(key) for key in found]})
    elif not found:
        print(f"no keys in {file.path}")
    else:
        print_facts({key.id: f"{key.name}: {', '.join(key.scopes)}; {_state(key)}" for key in found})


@keys.command()
def revoke(
    id_: Annotated[str, typer.Argument(metavar="ID", help="The id of a key: dl_<id>_...")], keys: KeysOption = ""
) -> None:
    """Let a key open nothing any more; a running service refuses it from the next request on."""
    key = _file(keys).revoke(id_.removeprefix("dl_").partition("_")[0])
    print_facts({key.id: f"{key.name}: {_state(key)}"})


def _file(path: str) -> "KeyFile":
    from search_api.service.access.keys import KeyFile, default_path

    return KeyFile(Path(path) if path else default_path())


def _instant(given: str) -> str:
    """Return when a key expires, in UTC; empty: never."""
    if not given:
        return ""
    after = _DURATION.fullmatch(given.strip())
    now = datetime.now(UTC)
    try:
        when = now + timedelta(**{_UNITS[after[2]]: int(after[1])}) if after else datetime.fromisoformat(given.strip())
    except ValueError:
        raise SettingsError(f"--expires {given!r} is no time", "--expires 2027-01-31, or --expires 90d") from None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    if when <= now:
        raise SettingsError(f"--expires {given!r} has passed", "--expires 90d")
    return when.astimezone(UTC).isoformat(timespec="seconds")


def _state(key: "ApiKey") -> str:
    if key.revoked:
        return f"revoked {key.revoked}"
    if not key.expires:
        return "valid, never expires"
    return f"expired {key.expires}" if key.has_expired() else f"valid until {key.expires}"


def _facts(key: "ApiKey") -> dict[str, str]:
    return {"id": key.id, "name": key.name, "opens": ", ".join(key.scopes), "state": _state(key)}


def _described(key: "ApiKey") -> dict[str, Any]:
    times = {"created": key.created, "expires": key.expires or None, "revoked": key.revoked or None}
    return {"id": key.id, "name": key.name, "scopes": list(key.scopes), **times}
