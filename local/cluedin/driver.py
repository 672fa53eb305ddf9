"""Drives a simulated organization over HTTP, as its people do: sign in, ask, load and process data sets."""

from __future__ import annotations

from typing import Any

import requests

from local.cluedin.seed import ORGANIZATION, SERVICE_ACCOUNT

TIMEOUT_S = 30


class RefusedError(Exception):
    """The organization answered with `errors`, or an admin route with 400."""


class Driver:
    """A session with the organization at `base_url`; it signs in as the service account when it is first needed."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._access_token: str | None = None

    def post_form(self, path: str, **form: str) -> requests.Response:
        """POST a form, such as that of the token endpoint."""
        return requests.post(f"{self.base_url}{path}", data=form, timeout=TIMEOUT_S)

    def sign_in(
        self,
        username: str = SERVICE_ACCOUNT.username,
        password: str = SERVICE_ACCOUNT.password,
        organization: str = ORGANIZATION.client_id,
    ) -> dict[str, Any]:
        """Get tokens by password and use them from now on; returns the token endpoint's answer.

        Raises:
            RefusedError: for wrong credentials.
        """
        form = {"grant_type": "password", "username": username, "password": password, "client_id": organization}
        answer = self.post_form("/auth/connect/token", **form)
        if not answer.ok:
            raise RefusedError(answer.text)
        tokens: dict[str, Any] = answer.json()
        self._access_token = tokens["access_token"]
        return tokens

    @property
    def access_token(self) -> str:
        """The token in use."""
        if self._access_token is None:
            self.sign_in()
        return str(self._access_token)

    def post(self, path: str, body: Any) -> requests.Response:
        """POST JSON with the access token."""
        headers = {"Authorization": f"Bearer {self.access_token}"}
        return requests.post(f"{self.base_url}{path}", json=body, headers=headers, timeout=TIMEOUT_S)

    def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """Execute a GraphQL document; returns its `data`.

        Raises:
            RefusedError: when the answer has `errors`.
        """
        answer = self.post("/graphql", {"query": document, "variables": variables}).json()
        if answer.get("errors"):
            raise RefusedError(answer["errors"])
        data: dict[str, Any] = answer["data"]
        return data

    def act(self, path: str, **body: Any) -> dict[str, Any]:
        """POST to an admin route, such as `act("/data-sets/load", source="..", name="..", ...)`.

        Raises:
            RefusedError: when it is refused.
        """
        answer = requests.post(f"{self.base_url}/_simulator{path}", json=body, timeout=TIMEOUT_S)
        if not answer.ok:
            raise RefusedError(answer.text)
        result: dict[str, Any] = answer.json() if answer.content else {}
        return result

    def set_webhook(self, **target: Any) -> None:
        """Say where and how the webhook is called; the members are those of `WebhookTarget`."""
        answer = requests.put(f"{self.base_url}/_simulator/webhook", json=target, timeout=TIMEOUT_S)
        if not answer.ok:
            raise RefusedError(answer.text)

    def operations(self) -> list[str | None]:
        """Name what was asked of the organization, in order, such as "inbound.createDataSourceSet"."""
        answer = requests.get(f"{self.base_url}/_simulator/requests", timeout=TIMEOUT_S)
        return [record["operation"] for record in answer.json()["requests"]]

    def wait_for_deliveries(self, timeout_s: float = 10) -> list[dict[str, Any]]:
        """Wait until no webhook call is under way; returns the delivery log.

        Raises:
            RefusedError: when some are still under way.
        """
        answer = self.act("/deliveries/wait", timeout_s=timeout_s)
        if not answer["idle"]:
            raise RefusedError(f"webhook calls are still under way after {timeout_s} s")
        deliveries: list[dict[str, Any]] = answer["deliveries"]
        return deliveries
