"""Settings come from DATELINE_ variables once, and slips of the pen are caught."""

import re
from dataclasses import asdict, fields
from pathlib import Path

import pytest

from indexer.errors import SettingsError
from search_api.service.settings import Settings, read_settings


def test_without_variables_the_defaults_hold() -> None:
    assert asdict(read_settings({})) == {
        "index": Path("index"),
        "encoder": "",
        "device": "",
        "reranker": "",
        "depth": 2000,
        "host": "127.0.0.1",
        "port": 8000,
        "root_path": "",
        "allowed_hosts": "",
        "proxies": "127.0.0.1,::1",
        "keys": "",
        "without_keys": False,
        "rate_limit": 600,
        "searches": 0,
        "workers": 0,
        "queue": 32,
        "timeout_ms": 10_000,
        "connections": 512,
        "log_format": "text",
        "log_queries": False,
    }


def test_every_setting_has_a_sentence_of_help() -> None:
    assert [each.name for each in fields(Settings) if not each.metadata["help"].endswith(".")] == []


def test_every_setting_is_read_from_its_variable() -> None:
    environment = {
        "DATELINE_INDEX": "/srv/news",
        "DATELINE_ENCODER": "embedded",
        "DATELINE_DEVICE": "cpu",
        "DATELINE_RERANKER": "/srv/reranker",
        "DATELINE_DEPTH": "400",
        "DATELINE_HOST": "0.0.0.0",
        "DATELINE_PORT": "0",
        "DATELINE_ROOT_PATH": "/news",
        "DATELINE_ALLOWED_HOSTS": "News.example.org, [::2],",
        "DATELINE_PROXIES": "10.0.0.1",
        "DATELINE_KEYS": "/etc/dateline/keys.json",
        "DATELINE_WITHOUT_KEYS": "yes",
        "DATELINE_RATE_LIMIT": "0",
        "DATELINE_SEARCHES": "4",
        "DATELINE_QUEUE": "0",
        "DATELINE_TIMEOUT_MS": "500",
        "DATELINE_CONNECTIONS": "64",
        "DATELINE_LOG_FORMAT": "json",
        "DATELINE_LOG_QUERIES": "1",
        "PATH": "/usr/bin",
    }
    settings = read_settings(environment)
    assert settings == Settings(
        index=Path("/srv/news"),
        encoder="embedded",
        device="cpu",
        reranker="/srv/reranker",
        depth=400,
        host="0.0.0.0",
        port=0,
        root_path="/news",
        allowed_hosts="News.example.org, [::2],",
        proxies="10.0.0.1",
        keys="/etc/dateline/keys.json",
        without_keys=True,
        rate_limit=0,
        searches=4,
        queue=0,
        timeout_ms=500,
        connections=64,
        log_format="json",
        log_queries=True,
    )
    assert settings.names == {"news.example.org", "::2"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"DATELINE_LOG_QUERIES": "perhaps"}, "DATELINE_LOG_QUERIES is 'perhaps', wanted 1 or 0"),
        ({"DATELINE_QUEUE": "-1"}, "DATELINE_QUEUE is '-1', wanted a whole number from 0 to 10000"),
        ({"DATELINE_LOG_FORMAT": "xml"}, "the format of the log is 'xml'"),
        ({"DATELINE_ROOT_PATH": "news"}, "the root path 'news' begins with no slash"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(given: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError, match=f"^{re.escape(message)}$"):
        read_settings(given)


def test_a_number_out_of_range_is_refused_however_it_comes() -> None:
    with pytest.raises(SettingsError, match=r"^timeout_ms is 0, wanted a number from 1 to 600000$"):
        Settings(timeout_ms=0)


def test_the_environment_of_the_process_is_read_when_no_other_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_INDEX", "/srv/news")
    assert read_settings().index == Path("/srv/news")


def test_an_empty_variable_is_as_good_as_none() -> None:
    assert read_settings({"DATELINE_INDEX": "", "DATELINE_PORT": "", "DATELINE_INDX": ""}) == Settings()


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("DATELINE_INDX", "DATELINE_INDEX"),
        ("DATELINE_INDEX_DIR", "DATELINE_INDEX"),
        ("DATELINE_ENCODR", "DATELINE_ENCODER"),
        ("DATELINE_PROT", "DATELINE_PORT"),
        ("DATELINE_THREDS", "DATELINE_THREADS"),
    ],
)
def test_a_slip_of_the_pen_is_refused_with_the_right_name(slip: str, meant: str) -> None:
    with pytest.raises(SettingsError, match=rf"^the environment variable {slip} is no setting of Dateline$") as caught:
        read_settings({slip: "7", "DATELINE_PORT": "9000"})
    assert caught.value.hint == f"{meant}=..."


@pytest.mark.parametrize("name", ["DATELINE_USER", "DATELINE_MAILBOX", "DATELINE_BACKUP_BUCKET", "DATELINES_INDEX"])
def test_names_of_other_software_are_ignored(name: str) -> None:
    assert read_settings({name: "x"}) == Settings()


@pytest.mark.parametrize("port", ["http", "70000", "-1", "80.5"])
def test_an_impossible_port_is_refused_with_the_name_of_the_variable(port: str) -> None:
    with pytest.raises(SettingsError, match=rf"^DATELINE_PORT is '{port}', wanted a whole number from 0 to 65535$"):
        read_settings({"DATELINE_PORT": port})


def test_the_service_refuses_a_wrong_number_of_threads_too() -> None:
    with pytest.raises(SettingsError, match=r"^DATELINE_THREADS is 'four', wanted a whole number from 1 to 4096$"):
        read_settings({"DATELINE_THREADS": "four"})
