"""The organization itself: its users, tokens and notifications."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class Organization:
    """The tenant; `client_id` is its sub-domain and the OAuth client id."""

    id: str
    client_id: str
    organization_name: str


@dataclass(frozen=True)
class User:
    """An account of the organization; single-sign-on users cannot use the password grant."""

    id: str
    username: str
    password: str
    roles: tuple[str, ...] = ("OrganizationAdmin",)
    is_sso: bool = False


@dataclass(frozen=True)
class ApiToken:
    """A long-lived token made under Administration > API Tokens."""

    id: str
    name: str
    access_token: str
    expiry_date: datetime


@dataclass(frozen=True)
class UserNotification:
    """A line under the bell of the user interface."""

    id: str
    title: str
    description: str
    created: datetime
    icon: str = "Integration"
    source: str = "Integrations - User"
    alert_type: str = "Info"
    is_new: bool = True
