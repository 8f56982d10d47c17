"""API keys, ``dl_<id>_<secret>``: who has which, what each opens, until when. Of a secret only its SHA-256 is kept.

The secret has 256 random bits, so that a plain hash is as good as a slow one. The file is written whole, under another
name first, and is read again as soon as it changes: a key that is revoked opens nothing from the next request on.
"""

import hashlib
import hmac
import json
import os
import re
import secrets
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from filelock import FileLock
from platformdirs import user_config_path

from indexer.errors import SettingsError, StorageError

_KEY = re.compile(r"dl_([0-9a-f]{8})_([A-Za-z0-9_-]{43})")
_NOBODY = "0" * 64


class Scope(StrEnum):
    """What a key opens. No scope contains another: what collects metrics need not be able to search."""

    SEARCH = "search"
    EXPORT = "export"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is kept of a key."""

    id: str
    name: str
    sha256: str
    """Of the secret, in hexadecimal digits."""
    scopes: tuple[str, ...]
    created: str
    """As ``expires`` and ``revoked`` an instant in UTC, such as 2026-03-01T12:00:00+00:00."""
    expires: str = ""
    """Empty: never."""
    revoked: str = ""
    """Empty: it is not."""

    def fits(self, secret: str) -> bool:
        """Return whether this is its secret, in a time that does not tell how much of it is right."""
        return hmac.compare_digest(_digest(secret), self.sha256)

    def has_expired(self) -> bool:
        return bool(self.expires) and datetime.fromisoformat(self.expires) <= datetime.now(UTC)


def default_path() -> Path:
    """Return where keys are kept unless a setting says where."""
    return user_config_path("dateline", appauthor=False) / "keys.json"


class KeyFile:
    """The keys in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> list[ApiKey]:
        """Return all keys, also those that have expired or are revoked; none where there is no file.

        Raises:
            SettingsError: The file cannot be read, or is no file of keys.
        """
        try:
            return [_key(each) for each in json.loads(self.path.read_bytes())["keys"]]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise SettingsError(
                f"the keys in {self.path} cannot be read: {error}", "put back a copy of the file, or name another"
            ) from error

    def add(self, name: str, scopes: Iterable[str], expires: str = "") -> tuple[ApiKey, str]:
        """Make a key, and return what is kept of it and the key itself, which nobody can tell again.

        Raises:
            SettingsError: A scope is none, or the file cannot be read.
            StorageError: The file cannot be written.
        """
        id_, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        key = ApiKey(id_, name, _digest(secret), _scopes(scopes), now, expires)
        with self._locked():
            self._write([*self.read(), key])
        return key, f"dl_{id_}_{secret}"

    def revoke(self, id_: str) -> ApiKey:
        """Let a key open nothing any more.

        Raises:
            SettingsError: There is no key of this id, or the file cannot be read.
            StorageError: The file cannot be written.
        """
        with self._locked():
            keys = {key.id: key for key in self.read()}
            if id_ not in keys:
                raise SettingsError(f"there is no key {id_!r}", "dateline keys list shows the ids")
            if not keys[id_].revoked:
                now = datetime.now(UTC).isoformat(timespec="seconds")
                keys[id_] = replace(keys[id_], revoked=now)
                self._write(list(keys.values()))
        return keys[id_]

    def _locked(self) -> FileLock:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unwritten(error) from error
        return FileLock(f"{self.path}.lock", mode=0o600)

    def _write(self, keys: list[ApiKey]) -> None:
        text = json.dumps({"keys": [asdict(key) for key in keys]}, indent=2) + "\n"
        name = ""
        try:
            number, name = tempfile.mkstemp(dir=self.path.parent, prefix=".keys-")  # of mode 0600
            with os.fdopen(number, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self.path)
        except OSError as error:
            if name:
                Path(name).unlink(missing_ok=True)
            raise self._unwritten(error) from error

    def _unwritten(self, error: OSError) -> StorageError:
        return StorageError(f"cannot write the keys to {self.path}: {error.strerror}", "name another file with --keys")


def parse_key(text: str) -> tuple[str, str] | None:
    """Return the id and the secret of a key, or None where a text has not the form of one."""
    parts = _KEY.fullmatch(text)
    return (parts[1], parts[2]) if parts else None


def find_key(keys: Iterable[ApiKey], id_: str, secret: str) -> ApiKey | None:
    """Return the key of this id and secret. It may have expired, or be revoked."""
    key = next((each for each in keys if each.id == id_), None)
    if key is None:
        hmac.compare_digest(_digest(secret), _NOBODY)  # takes as long as where there is such an id
        return None
    return key if key.fits(secret) else None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _scopes(given: Iterable[str]) -> tuple[str, ...]:
    scopes = tuple(dict.fromkeys(given))
    if wrong := set(scopes) - set(Scope):
        raise SettingsError(f"{min(wrong)!r} is no scope of a key", f"the scopes are {', '.join(Scope)}")
    return scopes


def _key(given: dict[str, object]) -> ApiKey:
    scopes = given["scopes"]
    if not isinstance(scopes, list):
        raise TypeError("scopes is no list")
    texts = {name: str(value) for name, value in given.items() if name != "scopes"}
    key = ApiKey(scopes=tuple(map(str, scopes)), **texts)
    key.has_expired()  # raises ValueError where the instant is none
    return key
