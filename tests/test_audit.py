"""The audit of dependencies is content only where every one of them was really looked up."""

import functools
import json
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from audit import REPOSITORY, main, read_pins

CLEAN: dict[str, object] = {"vulnerabilities": []}
BAD = {"vulnerabilities": [
    {"id": "PYSEC-2026-1", "aliases": ["CVE-2026-1"], "fixed_in": ["1.0.1", "0.9.9"], "withdrawn": None},
    {"id": "PYSEC-2026-2", "withdrawn": "2026-01-01"},
]}  # fmt: skip


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def index(tmp_path: Path) -> Iterator[str]:
    """The address of an index that serves the files below ``tmp_path``."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=tmp_path)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def _audit(folder: Path, address: str, **releases: object) -> int:
    pins = folder / "constraints.txt"
    pins.write_text("# pinned\n" + "".join(f"{name}==1.0 # why\n" for name in releases))
    for name, known in releases.items():
        if known is not None:
            (folder / name / "1.0").mkdir(parents=True)
            (folder / name / "1.0" / "json").write_text(known if isinstance(known, str) else json.dumps(known))
    return main(["--pins", str(pins), "--address", address])


def test_all_looked_up_and_clean(tmp_path: Path, index: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _audit(tmp_path, index, ferry=CLEAN, harbour=CLEAN) == 0
    assert capsys.readouterr().out == "2 of 2 looked up, 0 with known vulnerabilities\n"


def test_a_vulnerability_is_named_with_what_mends_it(
    tmp_path: Path, index: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _audit(tmp_path, index, ferry=BAD, harbour=CLEAN) == 1
    assert capsys.readouterr().out == (
        "ferry 1.0: PYSEC-2026-1 CVE-2026-1, mended in 1.0.1, 0.9.9\n2 of 2 looked up, 1 with known vulnerabilities\n"
    )


@pytest.mark.parametrize("answer", [None, "", "[]", "{}", '{"vulnerabilities": [{}]}', '{"vulnerabilities": null}'])
def test_what_could_not_be_looked_up_is_never_content(
    tmp_path: Path, index: str, answer: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _audit(tmp_path, index, ferry=CLEAN, harbour=answer) == 2
    printed = capsys.readouterr().out
    assert "not looked up" in printed
    assert "1 of 2 looked up" in printed


def test_no_answer_at_all_and_no_pins_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _audit(tmp_path, "http://127.0.0.1:9", ferry=CLEAN) == 2
    assert _audit(tmp_path, "http://127.0.0.1:9") == 2
    assert capsys.readouterr().out.count("not audited") == 2


def test_every_pin_of_the_project_is_read() -> None:
    text = (REPOSITORY / "constraints.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert [f"{name}=={version}" for name, version in read_pins(text)] == lines
