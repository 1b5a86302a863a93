import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.plan import registry


def seats(cluster, on, scope):
    return 7


def test_a_metric_is_found_by_its_code_and_an_unknown_code_is_none():
    metric = registry.register_metric(registry.Metric("toy.seats", "Seats", "places", seats))
    assert registry.metric("toy.seats") is metric
    assert registry.metric("toy.other") is None
    assert registry.metrics() == [metric]


def test_a_second_metric_of_one_code_stops_the_start():
    registry.register_metric(registry.Metric("toy.seats", "Seats", "places", seats))
    with pytest.raises(ImproperlyConfigured, match=r"toy\.seats"):
        registry.register_metric(registry.Metric("toy.seats", "Chairs", "places", seats))


def test_a_fact_nobody_offers_is_unknown_and_not_false():
    assert registry.fact("toy.is_tenant", organisation=1) is None


def test_a_fact_is_asked_by_name():
    registry.register_fact("toy.is_tenant", lambda organisation, on: {1: True, 2: False}.get(organisation))
    assert [registry.fact("toy.is_tenant", organisation=n, on=None) for n in (1, 2, 3)] == [True, False, None]


def test_a_second_fact_of_one_name_stops_the_start():
    registry.register_fact("toy.is_tenant", lambda: True)
    with pytest.raises(ImproperlyConfigured, match=r"toy\.is_tenant"):
        registry.register_fact("toy.is_tenant", lambda: True)
