"""Settings from the environment."""

from pathlib import Path

import pytest

from fittrack_adapters.settings import BadSettings, BeaconKind, Settings, without_password


def test_without_any_setting_fittrack_runs_embedded() -> None:
    settings = Settings.load({"PATH": "/bin", "FITTRACK_PORT": ""})
    assert Settings() == settings
    assert settings.development
    assert Path("var/fittrack.db") == settings.database_path


def test_every_setting_can_be_given() -> None:
    settings = Settings.load(
        {
            "FITTRACK_ENVIRONMENT": "production",
            "FITTRACK_DATABASE_URL": "memory://",
            "FITTRACK_HOST": "0.0.0.0",
            "FITTRACK_PORT": "80",
            "FITTRACK_CORS_ORIGINS": "https://a.example, https://b.example/",
            "FITTRACK_MASTER_KEY": "ab" * 32,
            "FITTRACK_BEACON": "drand",
            "FITTRACK_BEACON_RELAYS": "http://127.0.0.1:9",
            "FITTRACK_REDIS_URL": "redis://:hidden@127.0.0.1:9/1",
            "FITTRACK_LOG_LEVEL": "debug",
        }
    )
    assert not settings.development
    assert settings.database_path is None
    assert ("https://a.example", "https://b.example") == settings.cors_origins
    assert BeaconKind.DRAND is settings.beacon
    assert b"\xab" * 32 == settings.master_key
    assert "redis://:hidden@127.0.0.1:9/1" == settings.redis_url
    assert "hidden" not in repr(settings)
    assert "abab" not in repr(settings)
    assert "\\xab" not in repr(settings)


def test_every_fault_is_named_at_once_and_no_value_is_repeated() -> None:
    with pytest.raises(BadSettings) as refused:
        Settings.load(
            {
                "FITTRACK_ENVIRONMENT": "staging",
                "FITTRACK_DATABASE_URL": "mysql://root:secret@db",
                "FITTRACK_PORT": "99999",
                "FITTRACK_CORS_ORIGINS": "example.com",
                "FITTRACK_MASTER_KEY": "secret",
                "FITTRACK_BEACON": "dice",
                "FITTRACK_LOG_LEVEL": "loud",
                "FITTRACK_PROT": "80",
                "FITTRACK_REDIS_URL": "http://secret@db",
            }
        )
    assert [
        "FITTRACK_BEACON",
        "FITTRACK_CORS_ORIGINS",
        "FITTRACK_DATABASE_URL",
        "FITTRACK_ENVIRONMENT",
        "FITTRACK_LOG_LEVEL",
        "FITTRACK_MASTER_KEY",
        "FITTRACK_PORT",
        "FITTRACK_PROT",
        "FITTRACK_REDIS_URL",
    ] == [fault.pointer for fault in refused.value.faults]
    assert "secret" not in str(refused.value).replace("kept secret", "")


def test_production_needs_a_master_key() -> None:
    with pytest.raises(BadSettings, match="FITTRACK_MASTER_KEY: is needed in production"):
        Settings.load({"FITTRACK_ENVIRONMENT": "production"})


def test_a_database_server_needs_a_master_key_that_all_processes_share() -> None:
    url = "postgresql://fittrack:hidden@db.example:5432/fittrack"
    with pytest.raises(BadSettings, match="FITTRACK_MASTER_KEY: is needed with a database server"):
        Settings.load({"FITTRACK_DATABASE_URL": url})
    settings = Settings.load({"FITTRACK_DATABASE_URL": url, "FITTRACK_MASTER_KEY": "ab" * 32})
    assert settings.database_path is None


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ann:s3cret@db:5432/fittrack", "postgresql://ann:***@db:5432/fittrack"),
        ("postgresql://db/fittrack?user=ann&password=s3cret", "postgresql://db/fittrack?user=ann&password=***"),
        ("postgresql://ann@db/fittrack", "postgresql://ann@db/fittrack"),
        ("sqlite:///./var/fittrack.db", "sqlite:///./var/fittrack.db"),
    ],
)
def test_a_password_is_never_shown(url: str, shown: str) -> None:
    assert shown == without_password(url)
    assert "s3cret" not in repr(Settings(database_url=url))


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("oracle://ann@db:1521/fittrack", "oracle://ann:s3cr%2Ft%40@db:1521/fittrack"),
        ("postgresql://ann@db/fittrack", "postgresql://ann:s3cr%2Ft%40@db/fittrack"),
        ("postgresql://ann:given@db/fittrack", "postgresql://ann:given@db/fittrack"),
        ("postgresql://db/fittrack", "postgresql://db/fittrack"),
        ("sqlite:///./var/fittrack.db", "sqlite:///./var/fittrack.db"),
    ],
)
def test_a_password_may_be_kept_apart_from_the_address(url: str, address: str) -> None:
    environ = {
        "FITTRACK_DATABASE_URL": url,
        "FITTRACK_DATABASE_PASSWORD": "s3cr/t@",
        "FITTRACK_MASTER_KEY": "ab" * 32,
    }
    settings = Settings.load(environ)
    assert address == settings.database_address
    assert "s3cr" not in repr(settings)
