"""No gateway: trackers are connected by admins and imports only."""

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from typing import NoReturn

import attrs

from fittrack_domain.tracking.errors import GatewayNotConfigured
from fittrack_domain.tracking.model import Provider


@attrs.frozen
class NoGateway:
    """`TrackerGateway` for an installation without Terra: every method raises `GatewayNotConfigured`."""

    def is_on_phone(self, _provider: Provider) -> NoReturn:
        raise GatewayNotConfigured

    def sign_in(self, _provider: Provider, _reference: str, _state: str) -> NoReturn:
        raise GatewayNotConfigured

    def user(self, _key: str) -> NoReturn:
        raise GatewayNotConfigured

    def ask(self, _key: str, _first: date, _last: date) -> NoReturn:
        raise GatewayNotConfigured

    def revoke(self, _key: str) -> NoReturn:
        raise GatewayNotConfigured

    def opened(self, _body: bytes, _headers: Mapping[str, str], _now: datetime) -> NoReturn:
        raise GatewayNotConfigured

    def read(self, _body: bytes, _source_order: int, _local: tzinfo) -> NoReturn:
        raise GatewayNotConfigured
