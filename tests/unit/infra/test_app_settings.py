import json

import pytest

from infra.checks.snapshots import read_kinds
from local.host.host_json import load_host_options
from sync_core.http.session import POOL_SIZE
from sync_core.settings import SECRET_SETTINGS, Settings
from tests.unit.infra.template import (
    KINDS,
    REPOSITORY,
    app_settings,
    parameters,
    resource,
    resources,
    setting_names,
    settings,
    snapshot,
    variables,
)

QUEUES = "AzureFunctionsJobHost__extensions__queues__"
ALIASES = {str(field.alias) for field in Settings.model_fields.values()}

# Settings of the app that Azure must not have, and why.
NOT_IN_AZURE = {
    "AzureWebJobsStorage": "the host would prefer it to the identity, even when it is empty (host#11796)",
    "AzureWebJobsStorage__queueServiceUri": "__accountName is enough; the URIs race at the start (host#11787)",
    "AzureWebJobsStorage__tableServiceUri": "as above",
    "WEBSITE_HOSTNAME": "App Service sets it itself",
}
# What the template sets besides the app's own settings, and who reads it.
OF_THE_PLATFORM = {
    "AzureFunctionsJobHost__extensions__queues__batchSize": "the host: before host.json",
    "AzureFunctionsJobHost__extensions__queues__newBatchThreshold": "the host: before host.json",
    "AZURE_CLIENT_ID": "azure-identity: which identity the app signs in with",
    "APPLICATIONINSIGHTS_CONNECTION_STRING": "the host: where logs go to; it opens nothing, local auth is off",
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING": "the host: send logs as the identity",
    "PYTHON_THREADPOOL_THREAD_COUNT": "the Python worker",
    "AzureFunctionsJobHost__telemetryMode": "the host: before host.json, with OPEN_TELEMETRY only",
    "PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY": "the Python worker: sets up Azure Monitor, with OPEN_TELEMETRY only",
    "OTEL_TRACES_SAMPLER": "Azure Monitor: whole traces, with OPEN_TELEMETRY only",
    "OTEL_TRACES_SAMPLER_ARG": "as above",
    "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "Azure Monitor: what it must not tell of, with OPEN_TELEMETRY only",
}
# Source: learn.microsoft.com "Flex Consumption plan deprecations".
NEVER_ON_FLEX = {
    "ENABLE_ORYX_BUILD",
    "FUNCTIONS_EXTENSION_VERSION",
    "FUNCTIONS_WORKER_DYNAMIC_CONCURRENCY_ENABLED",
    "FUNCTIONS_WORKER_PROCESS_COUNT",
    "FUNCTIONS_WORKER_RUNTIME",
    "SCM_DO_BUILD_DURING_DEPLOYMENT",
    "TZ",
    "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING",
    "WEBSITE_CONTENTOVERVNET",
    "WEBSITE_CONTENTSHARE",
    "WEBSITE_RUN_FROM_PACKAGE",
    "WEBSITE_TIME_ZONE",
}
NEVER_IN_SITE_CONFIG = {"alwaysOn", "ftpsState", "functionAppScaleLimit", "linuxFxVersion", "use32BitWorkerProcess"}
NEVER_IN_SITE_CONFIG |= {"vnetRouteAllEnabled", "connectionStrings", "numberOfWorkers", "windowsFxVersion"}


# By the secrets of the vault that they refer to.
SECRET_OF = {
    "CLUEDIN_ACCESS_TOKEN": "cluedin-access-token",
    "CLUEDIN_PASSWORD": "cluedin-password",
    "NOTIFY_URLS": "notify-urls",
    "WEBHOOK_SECRETS": "webhook-secrets",
}


def test_the_template_sets_the_settings_of_the_app_and_what_the_platform_needs() -> None:
    assert setting_names() == ALIASES - NOT_IN_AZURE.keys() | OF_THE_PLATFORM.keys()


def test_settings_that_flex_consumption_refuses_are_absent() -> None:
    assert setting_names() & NEVER_ON_FLEX == set()
    for kind in KINDS:
        site = settings("Microsoft.Web/sites", kind)
        assert site["siteConfig"].keys() & NEVER_IN_SITE_CONFIG == set()
        assert site.keys() & NEVER_IN_SITE_CONFIG == set()


@pytest.mark.parametrize("kind", KINDS)
def test_a_secret_setting_is_a_reference_to_a_secret_that_the_vault_can_get(kind: str) -> None:
    assert SECRET_OF.keys() == SECRET_SETTINGS - NOT_IN_AZURE.keys()
    vault = resource("Microsoft.KeyVault/vaults", kind)
    uri = f"reference('{vault['id']}', '{vault['apiVersion']}').vaultUri"
    given = {name: value for name, value in app_settings(kind).items() if name in SECRET_OF}
    assert given == {
        name: f"[format('@Microsoft.KeyVault(SecretUri={{0}}secrets/{{1}})', {uri}, '{SECRET_OF[name]}')]"
        for name in given
    }


def test_each_secret_goes_into_the_vault_under_its_own_name() -> None:
    stored = {
        each["name"].rpartition("/")[2]: each["properties"]["value"]
        for each in resources("Microsoft.KeyVault/vaults/secrets")
    }
    of_variable = {name: parameter for parameter, (name, _) in variables().items()}
    assert stored == {entry: f"[parameters('{of_variable[name]}')]" for name, entry in SECRET_OF.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_the_operator_is_asked_for_the_secrets_that_the_settings_refer_to_and_no_others(kind: str) -> None:
    asked = snapshot(kind)["outputs"]["VAULT_ENTRIES"].split(" ")
    assert sorted(asked) == sorted(SECRET_OF[name] for name in app_settings(kind) if name in SECRET_OF)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("default", {"CLUEDIN_USERNAME", "CLUEDIN_PASSWORD"}),
        ("access-token", {"CLUEDIN_ACCESS_TOKEN"}),
        ("everything", {"CLUEDIN_USERNAME", "CLUEDIN_PASSWORD"}),
    ],
)
def test_the_password_or_the_token_is_set_never_both_and_never_none(kind: str, expected: set[str]) -> None:
    credentials = {"CLUEDIN_USERNAME", "CLUEDIN_PASSWORD", "CLUEDIN_ACCESS_TOKEN"}
    assert app_settings(kind).keys() & credentials == expected


def test_a_setting_from_the_vault_is_there_when_it_is_asked_for() -> None:
    asked_for = {"WEBHOOK_SECRETS", "NOTIFY_URLS"}
    assert app_settings("default").keys() & asked_for == set()
    assert app_settings("everything").keys() & asked_for == asked_for


def test_each_setting_gets_the_value_of_the_variable_of_its_name() -> None:
    given = read_kinds()["everything"]
    own = {name: value for name, value in app_settings("everything").items() if name in given.keys() - SECRET_OF.keys()}
    assert len(own) > 5
    # Bicep writes a truth as a word with a capital; the app reads both.
    assert own == {name: given[name].capitalize() if given[name] in {"false", "true"} else given[name] for name in own}


def test_open_telemetry_is_a_switch_that_is_off_and_leaves_out_what_would_tell_urls() -> None:
    names = {name for name in OF_THE_PLATFORM if "telemetry" in name.lower() or name.startswith("OTEL_")}
    assert len(names) == 5
    assert [kind for kind in KINDS if app_settings(kind).keys() & names] == ["everything"]
    given = app_settings("everything")
    assert given["AzureFunctionsJobHost__telemetryMode"] == "OpenTelemetry"
    assert given["PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY"] == "true"
    assert (given["OTEL_TRACES_SAMPLER"], given["OTEL_TRACES_SAMPLER_ARG"]) == ("microsoft.fixed_percentage", "1")
    assert {"azure_sdk", "requests", "urllib3"} <= set(given["OTEL_PYTHON_DISABLED_INSTRUMENTATIONS"].split(","))
    assert "telemetryMode" not in json.loads((REPOSITORY / "host.json").read_text(encoding="utf-8"))


def test_the_batch_size_overrides_host_json() -> None:
    for kind in KINDS:
        given = {name: value for name, value in app_settings(kind).items() if name.startswith(QUEUES)}
        assert given == host_settings(int(read_kinds()[kind].get("QUEUE_BATCH_SIZE", _default("queueBatchSize"))))
    assert {app_settings(kind)[f"{QUEUES}newBatchThreshold"] for kind in KINDS} == {"0", "8"}


def host_settings(batch_size: int) -> dict[str, str]:
    """Return the settings by which the template overrides host.json, for a batch size."""
    return {
        f"{QUEUES}batchSize": str(batch_size),
        f"{QUEUES}newBatchThreshold": str(0 if batch_size == 1 else batch_size),
    }


def messages_at_once(batch_size: int) -> int:
    """Return how many messages one instance of the deployed app has in flight at most."""
    return load_host_options(REPOSITORY, host_settings(batch_size)).queues.parallel


def test_the_batch_size_of_the_template_is_that_of_host_json_until_it_is_changed() -> None:
    assert load_host_options(REPOSITORY, host_settings(_default("queueBatchSize"))) == load_host_options(REPOSITORY, {})


def test_a_batch_of_one_is_one_message_at_a_time() -> None:
    assert messages_at_once(1) == 1


def test_a_webhook_waits_for_no_thread_whatever_else_its_instance_does() -> None:
    threads = int(app_settings("default")["PYTHON_THREADPOOL_THREAD_COUNT"])
    messages = _count_triggers("queue") * messages_at_once(parameters()["queueBatchSize"]["maxValue"])
    triggers = settings("Microsoft.Web/sites")["functionAppConfig"]["scaleAndConcurrency"]["triggers"]
    assert threads >= messages + _count_triggers("timer") + triggers["http"]["perInstanceConcurrency"]


def _count_triggers(kind: str) -> int:
    return (REPOSITORY / "function_app.py").read_text(encoding="utf-8").count(f"@app.{kind}_trigger")


def test_each_thread_has_a_connection() -> None:
    assert int(app_settings("default")["PYTHON_THREADPOOL_THREAD_COUNT"]) == POOL_SIZE


def test_the_plan_is_flex_consumption_with_the_size_that_was_asked_for() -> None:
    for kind, given in read_kinds().items():
        assert resource("Microsoft.Web/serverfarms", kind)["sku"] == {"name": "FC1", "tier": "FlexConsumption"}
        app = settings("Microsoft.Web/sites", kind)["functionAppConfig"]
        size = app["scaleAndConcurrency"]
        assert app["runtime"] == {"name": "python", "version": given.get("PYTHON_VERSION", "3.13")}
        assert size["instanceMemoryMB"] == int(given.get("INSTANCE_MEMORY_MB", "2048"))
        assert size["maximumInstanceCount"] == int(given.get("MAXIMUM_INSTANCE_COUNT", "2"))
        ready = int(given.get("ALWAYS_READY_HTTP_INSTANCES", "0"))
        assert size["alwaysReady"] == ([{"name": "http", "instanceCount": ready}] if ready else [])


def test_logs_and_the_vault_are_kept_as_long_as_was_asked_for() -> None:
    for kind, given in read_kinds().items():
        logs = settings("Microsoft.OperationalInsights/workspaces", kind)
        assert logs["retentionInDays"] == int(given.get("LOG_RETENTION_DAYS", "30"))
        assert logs["workspaceCapping"] == {"dailyQuotaGb": int(given.get("LOG_LIMIT_GB_PER_DAY", "-1"))}
        is_protected = given.get("PROTECT_VAULT_FROM_PURGE") == "true"
        # Azure refuses false, also where it was never true.
        assert settings("Microsoft.KeyVault/vaults", kind)["enablePurgeProtection"] is (True if is_protected else None)


def test_the_parameters_file_gives_every_setting_under_its_own_name() -> None:
    read = {name for name, _ in variables().values()}
    of_the_host = {name for name in ALIASES if name.startswith(("AzureWebJobsStorage", "WEBSITE_"))}
    assert ALIASES - read == of_the_host


def test_the_parameters_file_names_every_parameter_with_its_default() -> None:
    assert variables().keys() == parameters().keys() - {"location", "tags"}
    for name, (_, default) in variables().items():
        if name != "environmentName":
            known = parameters()[name].get("defaultValue")
            assert default == (json.dumps(known) if isinstance(known, bool | int) else known), name


def test_the_sample_of_local_settings_is_enough_to_start() -> None:
    sample = json.loads((REPOSITORY / "local.settings.sample.json").read_text(encoding="utf-8"))["Values"]
    assert sample.keys() - ALIASES == {"FUNCTIONS_WORKER_RUNTIME"}
    assert {name for name in SECRET_SETTINGS & sample.keys() if sample[name]} == {"AzureWebJobsStorage"}
    required = {str(field.alias) for field in Settings.model_fields.values() if field.is_required()}
    assert required <= sample.keys()
    Settings.model_validate({**sample, "CLUEDIN_PASSWORD": "given by hand"})


def _default(parameter: str) -> int:
    return int(parameters()[parameter]["defaultValue"])
