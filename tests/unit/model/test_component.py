"""Components refuse what could never run, while their author looks at the file."""

import pytest

from platformctl.errors import DefinitionError
from platformctl.model.component import Component, Container, HttpHealth, Image, Native, Port
from platformctl.model.site import Place, RuntimeName, Site


def component(*args: str, secrets: tuple[str, ...] = ()) -> Component:
    return Component(
        name="api",
        title="API",
        ports=(Port(name="http", number=8000),),
        health=HttpHealth(port="http", path="/ready"),
        native=Native(binaries=("api",), args=args),
        secrets=secrets,
    )


def site(**extra: Place) -> Site:
    place = Place(
        listen={"http": "127.0.0.1:8001"},
        reach={"http": "api:8000"},
        published={"http": "127.0.0.1:8001"},
        config="current",
        data="data/api",
        release="current",
    )
    return Site(
        runtime=RuntimeName.NATIVE, places={"api": place, **extra}, secrets_folder="secrets", python="/py"
    )


@pytest.mark.parametrize(
    "text", ["{nonsense}", "{listen}", "{listen:grpc}", "{secret:key}", "{address:redis}"]
)
def test_an_unknown_placeholder_is_refused_in_the_constructor(text: str) -> None:
    with pytest.raises(DefinitionError):
        component(text)


def test_placeholders_are_filled_from_the_site() -> None:
    text = "{config}/a {data} {listen:http} {port:http} {address:api:http} {secret:key} {python}"
    made = component(text, secrets=("key",))
    assert made.native is not None
    assert site().fill("api", made.native.args[0]) == (
        "current/a data/api 127.0.0.1:8001 8001 api:8000 secrets/key /py"
    )


def test_braces_that_are_no_placeholder_stay() -> None:
    assert site().fill("api", '{"a": 1} {}') == '{"a": 1} {}'


def test_an_address_of_a_component_that_does_not_run_here_is_an_error() -> None:
    with pytest.raises(DefinitionError, match="no component 'redis'"):
        site().fill("api", "{address:redis:redis}")


def test_a_component_that_can_run_nowhere_is_refused() -> None:
    with pytest.raises(DefinitionError, match="run nowhere"):
        Component(name="api", title="API", ports=(), health=HttpHealth(port="http", path="/"))


def test_an_image_without_a_version_is_refused() -> None:
    with pytest.raises(DefinitionError, match="not pinned"):
        Container(image=Image(repository="redis", tag="latest"))


@pytest.mark.parametrize("number", [0, 80, 1023, 65536])
def test_privileged_and_impossible_ports_are_refused(number: int) -> None:
    with pytest.raises(DefinitionError, match="1024-65535"):
        Port(name="http", number=number)


def test_the_data_of_another_is_read_only_where_that_is_declared() -> None:
    with pytest.raises(DefinitionError, match="reads the data of 'gateway' undeclared"):
        component("{data:gateway}/access.log")
    other = Place(listen={}, reach={}, published={}, config="", data="data/gateway", release="")
    assert site(gateway=other).fill("api", "{data:gateway}/access.log") == "data/gateway/access.log"
