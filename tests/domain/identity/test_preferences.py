"""How members like to be addressed, and what of theirs is theirs alone."""

from datetime import date
from typing import Any

import attrs
import pytest

from fittrack_adapters.store.identity import AccountRows
from fittrack_domain.identity.admission import NewMember
from fittrack_domain.identity.errors import EmailTaken
from fittrack_domain.identity.model import Account
from fittrack_domain.identity.service import Identity
from fittrack_domain.shared.errors import InvalidInput, StaleVersion


def test_who_never_said_has_the_usual_preferences(everywhere: Identity, pat: Account) -> None:
    found = everywhere.preferences(pat.id)
    assert (True, "en", "America/New_York", 0) == (
        found.email_notices,
        found.language,
        found.time_zone,
        found.version,
    )


def test_preferences_are_kept_and_changed_by_whoever_saw_them_last(everywhere: Identity, pat: Account) -> None:
    unsaid = everywhere.preferences(pat.id)
    said = everywhere.prefer(attrs.evolve(unsaid, language="fr-CA"))
    assert said == everywhere.preferences(pat.id)
    with pytest.raises(StaleVersion):
        everywhere.prefer(attrs.evolve(unsaid, language="es"))
    again = everywhere.prefer(attrs.evolve(said, time_zone="Europe/Paris"))
    with pytest.raises(StaleVersion):
        everywhere.prefer(said)
    assert again == everywhere.preferences(pat.id)


@pytest.mark.parametrize(
    ("stated", "pointers"),
    [
        ({"language": "english"}, ["/language"]),
        ({"time_zone": "Mars/Olympus"}, ["/timeZone"]),
        ({"time_zone": "../../etc/passwd"}, ["/timeZone"]),
        ({"time_zone": "America"}, ["/timeZone"]),
        ({"language": "", "time_zone": ""}, ["/language", "/timeZone"]),
    ],
)
def test_every_fault_of_preferences_is_told(
    everywhere: Identity, pat: Account, stated: dict[str, Any], pointers: list[str]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        everywhere.prefer(attrs.evolve(everywhere.preferences(pat.id), **stated))
    assert pointers == [fault.pointer for fault in refused.value.faults]


def test_an_email_that_was_taken_at_the_same_moment_is_taken(
    everywhere: Identity, pat: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AccountRows, "by_email_key", lambda *_: None)  # looked at a moment too early
    with pytest.raises(EmailTaken):
        everywhere.create_member(None, NewMember(pat.email, date(1990, 3, 2), "CA"))
