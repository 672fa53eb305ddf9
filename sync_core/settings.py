"""The settings of the app, read from the environment in one place and checked all at once."""

import re
from base64 import b64decode
from collections.abc import Mapping
from enum import StrEnum
from ipaddress import ip_address
from os import environ
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from sync_core.errors import ConfigError
from sync_core.webhook_secrets import split_secrets

# A reference that App Service could not resolve is handed to the app as its own text.
UNRESOLVED_KEY_VAULT_REFERENCE = "@microsoft.keyvault("
HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")
PLAIN_URL = re.compile(r"[!-\[\]-~]+")  # visible ASCII but for the backslash
PUBLIC_CATALOG = "https://api.purview-service.microsoft.com"
WHY_HTTPS = "(plain http only for this machine itself: a token would travel readable)"


class SettingsSource(StrEnum):
    """Where the toggle and the keywords are kept."""

    APP = "app"
    CLUEDIN = "cluedin"


class WebSignIn(StrEnum):
    """Who may open `status`, `dashboard` and `actions`: who has a function key, or who is signed in."""

    KEY = "key"
    ENTRA = "entra"


class TermStore(StrEnum):
    """Where terms are looked for: in the Data Map's glossaries, in the Unified Catalog, or in both."""

    AUTO = "auto"
    CLASSIC = "classic"
    UNIFIED = "unified"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself, so that plain http cannot carry a token away."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _service_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        is_complete = (
            parts.scheme in {"https", "http"} and bool(HOST.fullmatch(parts.hostname or "")) and parts.port != 0
        )
    except ValueError:
        is_complete = False
    # What two parsers could read in two ways must not decide where a token goes.
    if not is_complete or not PLAIN_URL.fullmatch(value):
        raise ValueError("expected a full URL such as https://host.example.com")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("expected a URL without credentials, query or fragment")
    if _is_readable_on_its_way(value):
        raise ValueError(f"expected https {WHY_HTTPS}")
    return value.rstrip("/")


def _is_readable_on_its_way(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" and not is_loopback(parts.hostname or "")


def _token(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("expected an access token, which has no spaces, line breaks or letters beyond ASCII")
    return value


def _connection_string(value: SecretStr) -> SecretStr:
    pairs = [part.partition("=") for part in value.get_secret_value().rstrip("; ").split(";")]
    parts = {name.strip().lower(): text for name, _, text in pairs}
    has_address = bool(parts.get("accountname")) or {"queueendpoint", "tableendpoint"} <= parts.keys()
    has_credential = "sharedaccesssignature" in parts or _is_base64(parts.get("accountkey", ""))
    is_emulator = parts.get("usedevelopmentstorage", "").lower() == "true"
    is_complete = (has_address and has_credential) or is_emulator
    if not is_complete or not all(name and equals for name, equals, _ in pairs):
        raise ValueError(
            "expected a connection string, such as DefaultEndpointsProtocol=https;AccountName=..;AccountKey=.."
        )
    endpoints = [parts.get(f"{service}endpoint", "") for service in ("queue", "table")]
    is_http = parts.get("defaultendpointsprotocol", "").lower() == "http" and not all(endpoints)
    if is_http or any(_is_readable_on_its_way(endpoint) for endpoint in endpoints):
        raise ValueError(f"expected a connection string with https {WHY_HTTPS}")
    return value


def _account_name(value: str) -> str:
    # It becomes part of the address to which the app's token goes: nothing in it may end the host's name.
    if value and not re.fullmatch("[a-z0-9-]+", value):
        raise ValueError("expected a storage account's name: lower-case letters and digits")
    return value


def _is_base64(text: str) -> bool:
    try:
        return bool(b64decode(text, validate=True))
    except ValueError:
        return False


def _split_semicolons(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    parts = [part.strip() for part in value.split(";") if part.strip()]
    if not parts:  # taken for "none", it would leave the webhook open
        raise ValueError("expected at least one value, several separated by ';'")
    return parts


def _notify_url(value: SecretStr) -> SecretStr:
    if _is_readable_on_its_way(value.get_secret_value()):
        raise ValueError("expected https for a URL that is told by POST (plain http only for this machine itself)")
    return value


def _split_secrets(value: Any) -> Any:
    return split_secrets(value) if isinstance(value, str) else value


ServiceUrl = Annotated[str, AfterValidator(_service_url)]
AccessToken = Annotated[SecretStr, AfterValidator(_token)]
ConnectionString = Annotated[SecretStr, AfterValidator(_connection_string)]
NotifyUrls = Annotated[
    tuple[Annotated[SecretStr, AfterValidator(_notify_url)], ...], BeforeValidator(_split_semicolons)
]
WebhookSecrets = Annotated[tuple[SecretStr, ...], BeforeValidator(_split_secrets)]
AccountName = Annotated[str, AfterValidator(_account_name)]


class Settings(BaseModel):
    """All settings of the app; each alias is the name in the environment. `docs/configuration.md` explains them."""

    model_config = ConfigDict(frozen=True, validate_default=True)

    purview_endpoint: ServiceUrl = Field(
        alias="PURVIEW_ENDPOINT", description="the Purview account's full URL, https://{account}.purview.azure.com"
    )
    purview_collection: str = Field(
        alias="PURVIEW_COLLECTION", description="a collection's 6-letter name or its friendly path Root/Sub"
    )
    purview_catalog_endpoint: ServiceUrl = Field(default=PUBLIC_CATALOG, alias="PURVIEW_CATALOG_ENDPOINT")

    cluedin_url: ServiceUrl = Field(
        alias="CLUEDIN_URL", description="the CluedIn organization's URL, https://{organization}.{domain}"
    )
    cluedin_organization: str = Field(default="", alias="CLUEDIN_ORGANIZATION")
    cluedin_access_token: AccessToken | None = Field(default=None, alias="CLUEDIN_ACCESS_TOKEN")
    cluedin_username: str = Field(default="", alias="CLUEDIN_USERNAME", validate_default=True)
    cluedin_password: SecretStr | None = Field(default=None, alias="CLUEDIN_PASSWORD", validate_default=True)

    sync_enabled: bool = Field(default=True, alias="SYNC_ENABLED")
    sync_settings_source: SettingsSource = Field(default=SettingsSource.APP, alias="SYNC_SETTINGS_SOURCE")
    sync_term_store: TermStore = Field(default=TermStore.AUTO, alias="SYNC_TERM_STORE")
    sync_term: str = Field(default="", alias="SYNC_TERM", validate_default=True)
    web_sign_in: WebSignIn = Field(default=WebSignIn.KEY, alias="WEB_SIGN_IN")
    lineage_enabled: bool = Field(default=True, alias="LINEAGE_ENABLED")

    purview_write_status: bool = Field(default=False, alias="PURVIEW_WRITE_STATUS")

    webhook_secrets: WebhookSecrets = Field(default=(), alias="WEBHOOK_SECRETS")
    notify_urls: NotifyUrls = Field(default=(), alias="NOTIFY_URLS")

    website_hostname: str = Field(default="", alias="WEBSITE_HOSTNAME")

    storage_account_name: AccountName = Field(default="", alias="AzureWebJobsStorage__accountName")
    storage_queue_service_uri: ServiceUrl | None = Field(default=None, alias="AzureWebJobsStorage__queueServiceUri")
    storage_table_service_uri: ServiceUrl | None = Field(default=None, alias="AzureWebJobsStorage__tableServiceUri")
    storage_credential: str = Field(default="", alias="AzureWebJobsStorage__credential")
    storage_client_id: str = Field(default="", alias="AzureWebJobsStorage__clientId")
    storage_connection_string: ConnectionString | None = Field(
        default=None, alias="AzureWebJobsStorage", validate_default=True
    )

    @model_validator(mode="before")
    @classmethod
    def _empty_is_missing(cls, values: dict[str, Any]) -> dict[str, Any]:
        stripped = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
        return {name: value for name, value in stripped.items() if value != ""}

    @field_validator("*", mode="before")
    @classmethod
    def _reference_is_resolved(cls, value: Any) -> Any:
        if isinstance(value, str) and value.lower().startswith(UNRESOLVED_KEY_VAULT_REFERENCE):
            raise ValueError(
                "expected the secret's value, but the Key Vault reference was not resolved: check that the secret "
                "exists and that the app's identity has the role Key Vault Secrets User"
            )
        return value

    @field_validator("cluedin_username", "cluedin_password")
    @classmethod
    def _cluedin_credentials_are_complete(cls, value: Any, info: ValidationInfo) -> Any:
        if not value and info.data.get("cluedin_access_token", "bad") is None:
            raise ValueError(
                "expected a service account's CLUEDIN_USERNAME and CLUEDIN_PASSWORD, or CLUEDIN_ACCESS_TOKEN"
            )
        return value

    @field_validator("sync_term")
    @classmethod
    def _term_is_given(cls, value: str, info: ValidationInfo) -> str:
        if not value.strip(" ;") and info.data.get("sync_settings_source") is not SettingsSource.CLUEDIN:
            raise ValueError(
                "expected a glossary term (Term, Term@Glossary or Term@Governance domain) or a data product "
                "(product:Name), several separated by ';', or *"
            )
        return value

    @field_validator("sync_term")
    @classmethod
    def _products_have_a_store(cls, value: str, info: ValidationInfo) -> str:
        """Data products are in the Unified Catalog only."""
        is_product = any(part.strip(' "').lower().startswith("product:") for part in value.split(";"))
        if is_product and info.data.get("sync_term_store") is TermStore.CLASSIC:
            raise ValueError("expected no product: with SYNC_TERM_STORE=classic, which has no data products")
        return value

    @field_validator("storage_connection_string")
    @classmethod
    def _storage_is_given(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        # A URI that failed its own check is missing from `data`; its own message is enough.
        uris = [info.data.get(f"storage_{service}_service_uri", "bad") for service in ("queue", "table")]
        if not value and not info.data.get("storage_account_name") and not all(uris):
            raise ValueError(
                "expected a connection string, or instead AzureWebJobsStorage__accountName, or both "
                "AzureWebJobsStorage__queueServiceUri and AzureWebJobsStorage__tableServiceUri"
            )
        return value

    @property
    def organization(self) -> str:
        """The CluedIn organization: the setting, or else the first label of the URL's host."""
        return self.cluedin_organization or (urlsplit(self.cluedin_url).hostname or "").split(".")[0]

    @property
    def dashboard_url(self) -> str:
        """The address of the app's own page; empty where the platform does not tell its host."""
        host, _, port = self.website_hostname.partition(":")
        if not HOST.fullmatch(host.lower()) or (port and not port.isdecimal()):
            return ""
        return f"{'http' if is_loopback(host) else 'https'}://{self.website_hostname}/api/dashboard"


SECRET_SETTINGS = frozenset(
    {"CLUEDIN_ACCESS_TOKEN", "CLUEDIN_PASSWORD", "WEBHOOK_SECRETS", "NOTIFY_URLS", "AzureWebJobsStorage"}
)

_DESCRIPTIONS = {str(field.alias): field.description for field in Settings.model_fields.values()}


def load_settings() -> Settings:
    """Read and check all settings.

    Raises:
        ConfigError: one error for all problems; each line names the setting, what was found (secrets masked) and what
            was expected.
    """
    try:
        return Settings.model_validate(_named(environ))
    except ValidationError as error:
        problems = [_format_problem(detail) for detail in error.errors(include_url=False)]
    # Raised outside the handler: pydantic's own error would carry the values, secrets too, into the traceback.
    raise ConfigError("Settings are missing or wrong:", problems)


def _named(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the settings of an environment by their aliases, in whatever case they are written there."""
    by_lower_case = {name.lower(): value for name, value in environment.items()}
    return {alias: by_lower_case[alias.lower()] for alias in _DESCRIPTIONS if alias.lower() in by_lower_case}


def _format_problem(detail: ErrorDetails) -> str:
    name = _setting_name(str(detail["loc"][0]))
    if detail["type"] == "missing":
        return f"{name}: is not set; expected {_DESCRIPTIONS[name]}"
    expected = detail["msg"].removeprefix("Value error, ").replace("Input should be", "expected")
    return f"{name}: found {_shown(name, detail['input'])}; {expected}"


def _setting_name(location: str) -> str:
    """Pydantic names a field that has its default by the attribute, any other by the alias."""
    field = Settings.model_fields.get(location)
    return str(field.alias) if field else location


def _shown(name: str, value: Any) -> str:
    if value is None or value == "":
        return "nothing"
    if name not in SECRET_SETTINGS and not set("@?") & set(str(value)):
        return repr(value)
    return "a value (hidden)"
