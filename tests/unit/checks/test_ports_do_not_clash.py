from dataclasses import replace

from support import sample

from platformctl.checks.ports_do_not_clash import ports_do_not_clash


def test_the_sample_platform_is_right() -> None:
    assert list(ports_do_not_clash(sample.PLATFORM)) == []


def test_a_port_that_two_components_want_is_found() -> None:
    second = sample.component("till", 8000)
    platform = replace(sample.PLATFORM, components=(*sample.PLATFORM.components, second))
    (problem,) = ports_do_not_clash(platform)
    assert problem.what == "till:http and shop:http both want the port 8000"
