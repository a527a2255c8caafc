"""Settings from the environment."""

from pathlib import Path

import pytest

from fittrack_adapters.mail.addresses import Encryption, Sender, SmtpServer
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
            "FITTRACK_SMTP_URL": "smtps://ann:hidden@mail.example.com",
            "FITTRACK_MAIL_FROM": "FitTrack <no-reply@example.com>",
            "FITTRACK_APP_URL": "https://app.example.com/fit/",
            "FITTRACK_TERRA_DEV_ID": "a-developer",
            "FITTRACK_TERRA_API_KEY": "hidden-api-key",
            "FITTRACK_TERRA_SIGNING_SECRETS": "hidden-secret, hidden-too",
            "FITTRACK_TERRA_URL": "http://127.0.0.1:9/v2",
            "FITTRACK_LOG_LEVEL": "debug",
        }
    )
    assert not settings.development
    assert settings.database_path is None
    assert ("https://a.example", "https://b.example") == settings.cors_origins
    assert BeaconKind.DRAND is settings.beacon
    assert b"\xab" * 32 == settings.master_key
    assert "redis://:hidden@127.0.0.1:9/1" == settings.redis_url
    assert SmtpServer("mail.example.com", 465, Encryption.FROM_THE_START, "ann", "hidden") == settings.smtp_url
    assert Sender("no-reply@example.com", "FitTrack") == settings.mail_from
    assert "https://app.example.com/fit" == settings.app_url
    assert ("a-developer", "hidden-api-key") == (settings.terra_dev_id, settings.terra_api_key)
    assert ("hidden-secret", "hidden-too") == settings.terra_signing_secrets
    assert "http://127.0.0.1:9/v2" == settings.terra_url
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
                "FITTRACK_SMTP_URL": "smtp://ann:secret@mail/x",
                "FITTRACK_APP_URL": "https://app.example.com?key=secret",
                "FITTRACK_TERRA_SIGNING_SECRETS": "one-secret,two,three",
                "FITTRACK_TERRA_URL": "terra.example",
            }
        )
    assert [
        "FITTRACK_APP_URL",
        "FITTRACK_BEACON",
        "FITTRACK_CORS_ORIGINS",
        "FITTRACK_DATABASE_URL",
        "FITTRACK_ENVIRONMENT",
        "FITTRACK_LOG_LEVEL",
        "FITTRACK_MAIL_FROM",
        "FITTRACK_MASTER_KEY",
        "FITTRACK_PORT",
        "FITTRACK_PROT",
        "FITTRACK_REDIS_URL",
        "FITTRACK_SMTP_URL",
        "FITTRACK_TERRA_API_KEY",
        "FITTRACK_TERRA_DEV_ID",
        "FITTRACK_TERRA_SIGNING_SECRETS",
        "FITTRACK_TERRA_URL",
    ] == [fault.pointer for fault in refused.value.faults]
    assert "secret" not in str(refused.value).replace("kept secret", "")


def test_production_needs_a_master_key() -> None:
    with pytest.raises(BadSettings, match="FITTRACK_MASTER_KEY: is needed in production"):
        Settings.load({"FITTRACK_ENVIRONMENT": "production"})


def test_production_needs_a_mail_server_and_a_mail_server_a_sender() -> None:
    with pytest.raises(BadSettings, match="FITTRACK_SMTP_URL: is needed in production"):
        Settings.load({"FITTRACK_ENVIRONMENT": "production", "FITTRACK_MASTER_KEY": "ab" * 32})
    with pytest.raises(BadSettings, match="FITTRACK_MAIL_FROM: is needed with FITTRACK_SMTP_URL"):
        Settings.load({"FITTRACK_SMTP_URL": "smtp://localhost:1025"})


@pytest.mark.parametrize(
    "url", ["app.example.com", "ftp://a.b", "https://", "https://a.b/#x", "https://ann@a.b", "https://a b"]
)
def test_what_is_no_address_of_a_client_is_refused(url: str) -> None:
    with pytest.raises(BadSettings, match="FITTRACK_APP_URL: must be an address"):
        Settings.load({"FITTRACK_APP_URL": url})


def test_terra_needs_all_of_its_credentials() -> None:
    with pytest.raises(BadSettings) as refused:
        Settings.load({"FITTRACK_TERRA_DEV_ID": "a-developer"})
    assert ["FITTRACK_TERRA_API_KEY", "FITTRACK_TERRA_SIGNING_SECRETS"] == [
        fault.pointer for fault in refused.value.faults
    ]


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


@pytest.mark.parametrize("text", ["short", "x" * 201, "with a blank in it", "not-ascii-\u00e9-at-all"])
def test_a_token_for_metrics_is_long_and_visible(text: str) -> None:
    with pytest.raises(BadSettings, match="FITTRACK_METRICS_TOKEN: must be 16 to 200 visible characters") as refused:
        Settings.load({"FITTRACK_METRICS_TOKEN": text})
    assert text not in str(refused.value)
    settings = Settings.load({"FITTRACK_METRICS_TOKEN": "a-token-for-metrics"})
    assert "a-token-for-metrics" == settings.metrics_token
    assert "a-token-for-metrics" not in repr(settings)
