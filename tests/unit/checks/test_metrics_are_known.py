from dataclasses import replace

from support import sample

from platformctl.checks.metrics_are_known import metrics_are_known


def test_the_sample_platform_is_right() -> None:
    assert list(metrics_are_known(sample.PLATFORM)) == []


def test_a_misspelt_metric_is_found_with_the_nearest_name() -> None:
    misspelt = replace(sample.SHOP_DOWN, expr="rate(http_request_total[5m]) > 1")
    (problem,) = metrics_are_known(sample.with_alerts(misspelt))
    assert "unknown metric 'http_request_total'" in problem.what
    assert problem.fix == "did you mean 'http_requests_total'?"


def test_a_recorded_series_is_known_and_a_removed_one_is_not() -> None:
    assert list(metrics_are_known(sample.with_alerts(sample.SHOP_ERRORS))) == []
    (problem,) = metrics_are_known(
        replace(sample.with_alerts(sample.SHOP_ERRORS, recording_rules=()), dashboards=())
    )
    assert "job:http_errors:ratio_rate1m" in problem.what


def test_the_parts_of_a_histogram_are_known_and_its_bare_name_is_not() -> None:
    name = "http_request_duration_seconds"
    for suffix in ("_bucket", "_sum", "_count"):
        assert (
            list(metrics_are_known(sample.with_alerts(replace(sample.SHOP_DOWN, expr=name + suffix)))) == []
        )
    assert len(list(metrics_are_known(sample.with_alerts(replace(sample.SHOP_DOWN, expr=name))))) == 1


def test_a_selector_without_a_name_is_a_problem() -> None:
    (problem,) = metrics_are_known(sample.with_alerts(replace(sample.SHOP_DOWN, expr='{job="shop"} == 0')))
    assert "without naming a metric" in problem.what


def test_a_family_of_names_is_known_when_it_has_members() -> None:
    family = replace(sample.SHOP_DOWN, expr='sum({__name__=~"http_request.*"}) > 1')
    assert list(metrics_are_known(sample.with_alerts(family))) == []
    nobody = replace(sample.SHOP_DOWN, expr='sum({__name__=~"ftp_.*"}) > 1')
    (problem,) = metrics_are_known(sample.with_alerts(nobody))
    assert "unknown metric 'ftp_.*'" in problem.what
