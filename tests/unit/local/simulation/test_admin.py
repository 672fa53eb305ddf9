import requests


def admin(base_url: str, path: str) -> str:
    return f"{base_url}/_simulator/{path}"


def test_seed_fills_and_reset_empties_the_state(base_url: str) -> None:
    seeded = requests.post(admin(base_url, "seed"), json={"value": 7}, timeout=5)
    assert seeded.json() == {"value": 7}
    assert requests.get(admin(base_url, "state"), timeout=5).json() == {"value": 7}
    assert requests.post(admin(base_url, "reset"), timeout=5).status_code == 204
    assert requests.get(admin(base_url, "state"), timeout=5).json() == {"value": 0}


def test_a_seed_that_is_refused_says_why(base_url: str) -> None:
    answer = requests.post(admin(base_url, "seed"), json={}, timeout=5)
    assert (answer.status_code, answer.json()) == (400, {"error": "value is needed"})


def test_a_body_that_is_no_json_is_refused(base_url: str) -> None:
    answer = requests.post(admin(base_url, "seed"), data="{", timeout=5)
    assert answer.status_code == 400
    assert "not JSON" in answer.json()["error"]


def test_switches_are_changed_one_by_one_and_put_back_by_reset(base_url: str) -> None:
    changed = requests.patch(admin(base_url, "switches"), json={"step": 5}, timeout=5)
    assert changed.json() == {"answers_as": "itself", "record_bodies": False, "step": 5}
    assert requests.post(f"{base_url}/count", timeout=5).json()["value"] == 5
    requests.post(admin(base_url, "reset"), timeout=5)
    assert requests.get(admin(base_url, "switches"), timeout=5).json()["step"] == 1


def test_an_unknown_switch_is_named_in_the_refusal(base_url: str) -> None:
    answer = requests.patch(admin(base_url, "switches"), json={"stpe": 5}, timeout=5)
    assert answer.status_code == 400
    assert "stpe" in answer.json()["error"]


def test_the_clock_moves_forward_only(base_url: str) -> None:
    moved = requests.post(admin(base_url, "clock"), json={"advance_s": 600}, timeout=5)
    assert moved.json()["offset_s"] == 600
    assert requests.post(admin(base_url, "clock"), json={"advance_s": -1}, timeout=5).status_code == 400
    assert requests.post(admin(base_url, "clock"), json={}, timeout=5).status_code == 400
