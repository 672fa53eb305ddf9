import pytest

from sync_core.cluedin.missing_data_set import says_missing

ID = "925268ec-8908-44e2-8d0c-d83fe50937d0"


def failure(said: str, code: str = "an error") -> str:
    return f"CluedIn answered {code} to getDataSetById: {said}"


@pytest.mark.parametrize(
    "said",
    [
        f"Data set {ID} not found",
        f"DataSet {ID} could not be found.",
        f"Could not find data set {ID}",
        "No such data set",
        f"Cannot find DataSet with id '{ID}'",
        f"Can not find {ID}",
        f"Unknown data set {ID}",
        "The requested record could not be found",
        "DataSet does not exist",
        "There is no data set",
        "Not found.",
    ],
)
def test_a_missing_data_set_is_recognised_in_many_words(said: str) -> None:
    assert says_missing(failure(said))
    assert says_missing(failure(said, "INTERNAL_SERVER_ERROR"))


@pytest.mark.parametrize("code", ["NOT_FOUND", "DATASET_NOT_FOUND", "DATA_SET_NOT_FOUND"])
def test_a_code_says_it_whatever_the_words(code: str) -> None:
    assert says_missing(failure("Nothing here", code))


@pytest.mark.parametrize(
    "said",
    [
        "503: service not found",
        "500: data set not found",
        "The service of data sets could not be found",
        "Cannot find host elastic-master",
        "No such table: DataSet",
        "Unknown error",
        "Unknown column 'dataSetId'",
        "The connection to the data set's store does not exist",
        "data set: request timed out, answer not found",
        "Something is wrong",
    ],
)
def test_a_failure_behind_cluedin_is_no_missing_data_set(said: str) -> None:
    assert not says_missing(failure(said))


def test_a_code_of_a_service_that_is_missing_is_none_of_a_data_set() -> None:
    assert not says_missing(failure("Nothing here", "DOWNSTREAM_SERVICE_NOT_FOUND"))


def test_a_status_of_http_is_what_it_says() -> None:
    assert not says_missing("CluedIn answered 503 to getDataSetById: data set not found")
