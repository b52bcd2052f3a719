from dataclasses import replace

from support import sample

from platformctl.checks.component_needs_exist import component_needs_exist
from platformctl.model.component import Component, Native


def whats(*more: Component) -> list[str]:
    platform = replace(sample.PLATFORM, components=(*sample.PLATFORM.components, *more))
    return [problem.what for problem in component_needs_exist(platform)]


def test_the_sample_platform_is_right() -> None:
    assert whats() == []


def test_a_need_that_is_not_defined_is_found() -> None:
    assert whats(sample.component("till", 8001, needs=("safe",))) == [
        "till needs 'safe', which is not defined"
    ]


def test_an_address_that_nobody_has_is_found() -> None:
    native = Native(
        binaries=("till",), args=("{address:safe:http}", "{address:shop:door}", "{address:shop:http}")
    )
    assert whats(replace(sample.component("till", 8001), native=native)) == [
        "till asks for the address of 'safe', which is not defined",
        "till asks for the port 'door' of shop, which it does not have",
    ]


def test_a_circle_of_needs_is_found_on_each_of_its_members() -> None:
    circle = (sample.component("hen", 8001, needs=("egg",)), sample.component("egg", 8002, needs=("hen",)))
    assert whats(*circle) == [
        "hen needs itself, by way of the others",
        "egg needs itself, by way of the others",
    ]


def test_data_is_read_of_components_that_are_defined_and_needed() -> None:
    safe = sample.component("safe", 8002)
    assert whats(replace(sample.component("till", 8001), reads=("safe",))) == [
        "till reads the data of 'safe', which is not defined"
    ]
    named = Native(binaries=("till",), args=("--of", "{data:safe}"))
    till = replace(sample.component("till", 8001), reads=("safe",), native=named)
    assert whats(safe, till) == ["till reads the data of 'safe', but does not need it"]
    assert whats(safe, replace(till, needs=("safe",))) == []


def test_data_that_no_text_names_may_be_absent() -> None:
    assert (
        whats(sample.component("safe", 8002), replace(sample.component("till", 8001), reads=("safe",))) == []
    )
