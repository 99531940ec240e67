"""Setting a connection up: who may, and what is refused with a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from casework.models import Event, Office, Post, Role
from tests.factories import OfficeFactory, StaffFactory
from tests.workflows.insurance_exchange.story import KEY, connected, connection
from tests.workflows.programmes.insurance_claim.stories import insurer
from tests.world import COUNTY, World
from workflows.insurance_exchange.connections import key_of, set_up
from workflows.refusals import NotAllowed, NotYourPost


def test_its_secret_is_sealed_and_in_no_trail(world: World) -> None:
    connected(world, insurer(), base_url="https://claims.example.cn")
    assert KEY.secret not in str(connection().secret) and key_of(connection()) == KEY
    event = Event.objects.get(action="insurer_connected")
    assert KEY.secret not in str(event.details) and event.details["secret_changed"] is True


def test_set_again_it_keeps_its_clerk_and_without_a_new_secret_its_old_one(world: World) -> None:
    office = insurer()
    first = connected(world, office)
    again = set_up(office, by=world.by(Role.ADMINISTRATOR), key_id="TJ-2027")
    assert (again.pk, again.clerk_id, key_of(connection_of(office)).secret) == (first.pk, first.clerk_id, KEY.secret)
    assert Post.objects.filter(staff=first.clerk, role=Role.INSURER_CLERK, office=office).count() == 1


def connection_of(office: Office) -> Any:
    return type(office).objects.get(pk=office.pk).connection


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"secret": "short"}, "至少32个字符"),
        ({"secret": ""}, "请填密钥"),
        ({"key_id": "两个字"}, "密钥编号"),
        ({"base_url": "http://claims.example.cn"}, "https"),
        ({"enabled": True}, "接口地址"),
    ],
)
def test_what_would_not_work_is_refused(world: World, given: dict[str, Any], said: str) -> None:
    columns = {"key_id": KEY.id, "secret": KEY.secret, **given}
    with pytest.raises(NotAllowed, match=said):
        set_up(insurer(), by=world.by(Role.ADMINISTRATOR), **columns)
    assert not Event.objects.filter(action="insurer_connected").exists()


def test_a_key_is_one_insurers(world: World) -> None:
    connected(world, insurer())
    with pytest.raises(NotAllowed, match="已用在另一家"):
        connected(world, insurer("平安桃江支公司"))


def test_an_association_is_no_insurer(world: World) -> None:
    with pytest.raises(NotAllowed, match="不是保险公司"):
        connected(world, OfficeFactory(division_id=COUNTY, name="桃江县计生协会二"))


@pytest.mark.parametrize(
    ("role", "why"),
    [
        (Role.INTAKE_CLERK, "the clerk who sends claims"),
        (Role.COUNTY_APPROVER, "who approves"),
        (Role.AUDITOR, "the auditor"),
    ],
)
def test_only_the_countys_administrator_sets_it_up(world: World, role: str, why: str) -> None:
    with pytest.raises(NotYourPost):
        set_up(insurer(), by=world.by(role), key_id=KEY.id, secret=KEY.secret)


def test_an_administrator_in_the_insurers_own_office_is_none(world: World) -> None:
    office = insurer()
    theirs = StaffFactory()
    Post.objects.create(staff=theirs, office=office, role=Role.ADMINISTRATOR, valid_from="2020-01-01")
    with pytest.raises(NotYourPost):
        set_up(office, by=theirs, key_id=KEY.id, secret=KEY.secret)
