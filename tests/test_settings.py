"""Settings come from DATELINE_ variables once, and slips of the pen are caught."""

from pathlib import Path

import pytest

from indexer.errors import SettingsError
from search_api.service.settings import Settings, read_settings


def test_without_variables_the_defaults_hold() -> None:
    assert read_settings({}).model_dump() == {
        "index": Path("index"),
        "encoder": "",
        "device": "",
        "reranker": "",
        "host": "127.0.0.1",
        "port": 8000,
    }


def test_every_setting_has_a_sentence_of_help() -> None:
    assert [name for name, field in Settings.model_fields.items() if not (field.description or "").endswith(".")] == []


def test_every_setting_is_read_from_its_variable() -> None:
    environment = {
        "DATELINE_INDEX": "/srv/news",
        "DATELINE_ENCODER": "embedded",
        "DATELINE_DEVICE": "cpu",
        "DATELINE_RERANKER": "/srv/reranker",
        "DATELINE_HOST": "0.0.0.0",
        "DATELINE_PORT": "0",
        "PATH": "/usr/bin",
    }
    assert read_settings(environment) == Settings(
        index=Path("/srv/news"), encoder="embedded", device="cpu", reranker="/srv/reranker", host="0.0.0.0", port=0
    )


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


@pytest.mark.parametrize("name", ["DATELINE_USER", "DATELINE_LOG_LEVEL", "DATELINE_BACKUP_BUCKET", "DATELINES_INDEX"])
def test_names_of_other_software_are_ignored(name: str) -> None:
    assert read_settings({name: "x"}) == Settings()


@pytest.mark.parametrize("port", ["http", "70000", "-1", "80.5"])
def test_an_impossible_port_is_refused_with_the_name_of_the_variable(port: str) -> None:
    with pytest.raises(SettingsError, match=rf"^DATELINE_PORT is '{port}', wanted a whole number from 0 to 65535$"):
        read_settings({"DATELINE_PORT": port})


def test_the_service_refuses_a_wrong_number_of_threads_too() -> None:
    with pytest.raises(SettingsError, match=r"^DATELINE_THREADS is 'four', wanted a whole number from 1 to 4096$"):
        read_settings({"DATELINE_THREADS": "four"})
