import json
import re

from local.host.host_json import load_host_options
from sync_core.settings import SECRET_SETTINGS, Settings
from tests.unit.infra.bicep.tree import properties, text, walk
from tests.unit.infra.template import INFRA, REPOSITORY, app_settings, main, module, objects_in

ALIASES = {str(field.alias) for field in Settings.model_fields.values()}

# Settings of the app that Azure must not have, and why.
NOT_IN_AZURE = {
    "AzureWebJobsStorage": "the host would prefer it to the identity, even when it is empty (host#11796)",
    "AzureWebJobsStorage__queueServiceUri": "__accountName is enough; the URIs race at the start (host#11787)",
    "AzureWebJobsStorage__tableServiceUri": "as above",
}
# What the template sets besides the app's own settings, and who reads it.
OF_THE_PLATFORM = {
    "AzureFunctionsJobHost__extensions__queues__batchSize": "the host: before host.json",
    "AzureFunctionsJobHost__extensions__queues__newBatchThreshold": "the host: before host.json",
    "AZURE_CLIENT_ID": "azure-identity: which identity the app signs in with",
    "APPLICATIONINSIGHTS_CONNECTION_STRING": "the host: where logs go to; it opens nothing, local auth is off",
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING": "the host: send logs as the identity",
    "PYTHON_THREADPOOL_THREAD_COUNT": "the Python worker",
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


def test_the_template_sets_the_settings_of_the_app_and_what_the_platform_needs() -> None:
    assert set(app_settings()) == ALIASES - NOT_IN_AZURE.keys() | OF_THE_PLATFORM.keys()


def test_settings_that_flex_consumption_refuses_are_absent() -> None:
    assert set(app_settings()) & NEVER_ON_FLEX == set()
    site = properties(properties(module("function-app").of_kind("resource")["app"].body)["properties"])
    assert properties(site["siteConfig"]).keys() & NEVER_IN_SITE_CONFIG == set()
    assert site.keys() & NEVER_IN_SITE_CONFIG == set()


def test_a_secret_setting_is_a_reference_to_a_secret_that_the_vault_can_get() -> None:
    reference = re.compile(
        r"'@Microsoft\.KeyVault\(SecretUri=\$\{vault\.outputs\.uri\}secrets/\$\{entryNames\.(\w+)\}\)'"
    )
    references = {name: reference.fullmatch(app_settings()[name]) for name in SECRET_SETTINGS - NOT_IN_AZURE.keys()}
    assert {name: found[1] if found else app_settings()[name] for name, found in references.items()} == {
        "CLUEDIN_ACCESS_TOKEN": "cluedInAccessToken",
        "CLUEDIN_PASSWORD": "cluedInPassword",
        "NOTIFY_URLS": "notifyUrls",
        "WEBHOOK_SECRETS": "webhookSecrets",
    }


def test_each_secret_goes_into_the_vault_under_its_own_name() -> None:
    secrets = [each for each in module("key-vault").of_kind("resource").values() if "/secrets@" in each.reference]
    stored = {
        text(properties(secret.body)["name"]): text(properties(properties(secret.body)["properties"])["value"])
        for secret in secrets
    }
    entries = properties(main().of_kind("variable")["entryNames"].value)
    assert stored == {f"entryNames.{name}": name for name in entries}


def test_each_secret_that_a_setting_refers_to_is_among_the_ones_that_the_operator_is_asked_for() -> None:
    asked = set(re.findall(r"entryNames\.(\w+)", text(main().of_kind("variable")["neededEntries"].node)))
    assert asked == set(properties(main().of_kind("variable")["entryNames"].value))
    needed = " ".join(text(main().of_kind("variable")["neededEntries"].value).split())
    assert needed == (
        "concat( [usesPassword ? entryNames.cluedInPassword : entryNames.cluedInAccessToken], "
        "requireWebhookSignature ? [entryNames.webhookSecrets] : [], "
        "sendNotifications ? [entryNames.notifyUrls] : [] )"
    )
    assert text(main().of_kind("output")["VAULT_ENTRIES"].value) == "join(neededEntries, ' ')"


def test_the_password_or_the_token_is_set_never_both_and_never_none() -> None:
    credentials = main().of_kind("variable")["cluedInCredentials"].value
    with_password, with_token = objects_in(credentials)
    assert with_password.keys() == {"CLUEDIN_USERNAME", "CLUEDIN_PASSWORD"}
    assert with_token.keys() == {"CLUEDIN_ACCESS_TOKEN"}
    assert text(credentials.named_children[0]) == "usesPassword"
    assert text(main().of_kind("variable")["usesPassword"].value) == "!empty(cluedInUsername)"


def test_a_setting_from_the_vault_is_there_when_it_is_asked_for() -> None:
    for name, switch in (("webhookSettings", "requireWebhookSignature"), ("notificationSettings", "sendNotifications")):
        setting = main().of_kind("variable")[name].value
        assert text(setting).startswith(f"{switch}\n  ? {{"), name
        assert text(setting).endswith(": {}"), name


def test_all_settings_reach_the_app() -> None:
    app = module("function-app")
    site = properties(properties(app.of_kind("resource")["app"].body)["properties"])
    assert text(properties(site["siteConfig"])["appSettings"]) == "concat(ownSettings, platformSettings)"
    assert "for setting in items(appSettings)" in text(app.of_kind("variable")["ownSettings"].node)


def host_settings(batch_size: int) -> dict[str, str]:
    """Return the settings by which the template overrides host.json, for a batch size."""
    prefix = "AzureFunctionsJobHost__extensions__queues__"
    assert app_settings()[f"{prefix}batchSize"] == "string(queueBatchSize)"
    assert app_settings()[f"{prefix}newBatchThreshold"] == "string(queueBatchSize / 2)"
    return {f"{prefix}batchSize": str(batch_size), f"{prefix}newBatchThreshold": str(batch_size // 2)}


def messages_at_once(batch_size: int) -> int:
    """Return how many messages one instance of the deployed app has in flight at most."""
    return load_host_options(REPOSITORY, host_settings(batch_size)).queues.parallel


def test_the_batch_size_of_the_template_is_that_of_host_json_until_it_is_changed() -> None:
    default = int(text(main().of_kind("parameter")["queueBatchSize"].value))
    assert load_host_options(REPOSITORY, host_settings(default)) == load_host_options(REPOSITORY, {})


def test_a_batch_of_one_is_one_message_at_a_time() -> None:
    assert messages_at_once(1) == 1


def test_a_worker_has_a_thread_for_each_message_and_each_request_of_its_instance() -> None:
    threads = int(app_settings()["PYTHON_THREADPOOL_THREAD_COUNT"].strip("'"))
    limit = main().of_kind("parameter")["queueBatchSize"].decorators["maxValue"]
    [largest] = [int(text(node)) for node in walk(limit) if node.type == "number"]
    assert threads >= messages_at_once(largest)
    [requests] = re.findall(r"perInstanceConcurrency: (\d+)", module("function-app").source.decode())
    assert threads >= int(requests)


def test_the_messages_in_flight_stay_under_one_purview_capacity_unit() -> None:
    # Assumed: a call takes a second. So each message in flight, and each timer, is at most one operation a second.
    operations_per_s = 25
    instances = int(text(main().of_kind("parameter")["maximumInstanceCount"].value))
    batch_size = int(text(main().of_kind("parameter")["queueBatchSize"].value))
    timers = (REPOSITORY / "function_app.py").read_text(encoding="utf-8").count("@app.timer_trigger")
    assert instances * messages_at_once(batch_size) + timers <= operations_per_s


def test_the_parameters_file_gives_every_setting_under_its_own_name() -> None:
    read = dict(re.findall(r"readEnvironmentVariable\('(\w+)'(?:, ('[^']*'))?\)", _parameters_source()))
    assert ALIASES - read.keys() == {name for name in ALIASES if name.startswith("AzureWebJobsStorage")}


def test_the_parameters_file_names_every_parameter_with_its_default() -> None:
    given = dict(re.findall(r"^param (\w+) = (.+)$", _parameters_source(), re.MULTILINE))
    parameters = main().of_kind("parameter")
    not_asked = {"location", "tags"}
    assert given.keys() == parameters.keys() - not_asked
    for name, expression in given.items():
        [default] = re.findall(r"'\w+'(?:, '([^']*)')?\)", expression)
        has_default = f", '{default}'" in expression
        if name == "environmentName":
            continue
        assert has_default == parameters[name].has_value, name
        if has_default:
            assert default == text(parameters[name].value).strip("'"), name


def test_the_sample_of_local_settings_is_enough_to_start() -> None:
    sample = json.loads((REPOSITORY / "local.settings.sample.json").read_text(encoding="utf-8"))["Values"]
    assert sample.keys() - ALIASES == {"FUNCTIONS_WORKER_RUNTIME"}
    assert {name for name in SECRET_SETTINGS & sample.keys() if sample[name]} == {"AzureWebJobsStorage"}
    required = {str(field.alias) for field in Settings.model_fields.values() if field.is_required()}
    assert required <= sample.keys()
    Settings.model_validate({**sample, "CLUEDIN_PASSWORD": "given by hand"})


def _parameters_source() -> str:
    return (INFRA / "main.bicepparam").read_text(encoding="utf-8")
