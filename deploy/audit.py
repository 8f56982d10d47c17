"""Look up every pinned dependency for known vulnerabilities, as PyPI lists them: make audit

Exit code 0 says that each one was looked up and that none has a known vulnerability, 1 that some have, and 2 that some
could not be looked up, so that nothing can be said of them.
"""

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import urllib3

REPOSITORY = Path(__file__).resolve().parent.parent
PYPI = "https://pypi.org/pypi"
_PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)==(\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class LookUp:
    """What was found of one release."""

    name: str
    version: str
    vulnerabilities: tuple[str, ...] = ()
    """Each with its ids and the releases that mend it."""
    failure: str = ""
    """Why it could not be looked up; empty if it was."""


def read_pins(text: str) -> list[tuple[str, str]]:
    """Return the names and versions that a file of constraints pins."""
    return _PIN.findall(text)


def look_up(http: urllib3.PoolManager, address: str, name: str, version: str) -> LookUp:
    """Ask an index for the vulnerabilities of a release."""
    try:
        response = http.request("GET", f"{address}/{name}/{version}/json", timeout=20, retries=False)
        if response.status != 200:
            return LookUp(name, version, failure=f"{address} answers {response.status}")
        listed = response.json()["vulnerabilities"]
        known = tuple(_described(each) for each in listed if not each.get("withdrawn"))
    except (urllib3.exceptions.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
        return LookUp(name, version, failure=f"{type(error).__name__}: {error}"[:120])
    return LookUp(name, version, known)


def _described(vulnerability: dict[str, object]) -> str:
    ids = [vulnerability["id"], *_strings(vulnerability.get("aliases"))]
    fixed = ", ".join(_strings(vulnerability.get("fixed_in"))) or "no release"
    return f"{' '.join(map(str, ids))}, mended in {fixed}"


def _strings(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def say(found: Iterable[LookUp]) -> int:
    """Print what was found, and return the exit code."""
    found = list(found)
    failed = [each for each in found if each.failure]
    bad = [each for each in found if each.vulnerabilities]
    for each in bad:
        for vulnerability in each.vulnerabilities:
            print(f"{each.name} {each.version}: {vulnerability}")
    for reason in sorted({each.failure for each in failed}):
        names = [each.name for each in failed if each.failure == reason]
        print(f"not looked up, {reason}: {', '.join(names[:5])}{f' and {len(names) - 5} more' if names[5:] else ''}")
    print(f"{len(found) - len(failed)} of {len(found)} looked up, {len(bad)} with known vulnerabilities")
    if not found or failed:
        print("not audited: of what was not looked up nothing is known")
        return 2
    return 1 if bad else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Look up the pins, print what is known, and return the exit code."""
    parser = argparse.ArgumentParser(description="Look up every pinned dependency for known vulnerabilities.")
    parser.add_argument("--pins", type=Path, default=REPOSITORY / "constraints.txt", help="file of NAME==VERSION")
    parser.add_argument("--address", default=PYPI, help=f"what answers as {PYPI} does")
    asked = parser.parse_args(arguments)
    pins = read_pins(asked.pins.read_text(encoding="utf-8"))
    http = urllib3.PoolManager(maxsize=8)
    with ThreadPoolExecutor(8) as threads:
        return say(threads.map(lambda pin: look_up(http, asked.address, *pin), pins))


if __name__ == "__main__":
    sys.exit(main())
