"""The file for the bank: the locked lines, nothing else, and each export an act in the trail."""

from __future__ import annotations

import io
from hashlib import sha256

import openpyxl
import pytest

from casework.models import Event, Role
from tests.factories import StaffFactory
from tests.workflows.payments.story import checked, checked_and_locked, drawn, fresh, line, locked
from tests.world import World
from workflows import registry
from workflows.payments.bank_files import HEADINGS, TEXT_GB18030, TEXT_UTF8, XLSX, export_batch
from workflows.payments.lines import account_of, lines_of
from workflows.payments.refusals import BatchRefusal, DigestBroken, NotInThisState
from workflows.refusals import NotYourPost


def test_the_text_file_holds_every_line_in_full_and_ends_with_count_sum_and_digest(world: World) -> None:
    batch = locked(world)
    made = export_batch(batch, by=world.by(Role.PAYMENT_OFFICER), form=TEXT_UTF8)
    assert made.name == f"{batch.number}.txt"
    head, first, second, foot, rest = made.data.decode("utf-8").split("\r\n")
    assert head == "序号|户名|账号|开户行|金额|摘要|案号"
    found = line(batch, 1)
    account = account_of(found)
    assert first == f"1|{found.holder_name}|{account}|邮储银行|3380.00|护理补贴|{found.case.number}"
    assert second.startswith("2|")
    assert foot == f"合计|批次{batch.number}|2笔||6760.00||{batch.digest}"
    assert rest == ""


def test_gb18030_says_the_same_rare_characters_included(world: World) -> None:
    batch = drawn(world, 1)
    person = line(batch, 1).case.applicant
    person.name = "䶮㛃𫚉"
    person.save()
    batch.lines.update(holder_name=person.name)
    batch = checked_and_locked(world, batch)
    officer = world.by(Role.PAYMENT_OFFICER)
    utf = export_batch(batch, by=officer, form=TEXT_UTF8).data
    gb = export_batch(batch, by=officer, form=TEXT_GB18030).data
    assert gb != utf and gb.decode("gb18030") == utf.decode("utf-8")
    assert "䶮㛃𫚉" in gb.decode("gb18030")


def test_the_workbook_holds_the_same_cells_all_of_them_text(world: World) -> None:
    batch = locked(world)
    officer = world.by(Role.PAYMENT_OFFICER)
    text = export_batch(batch, by=officer, form=TEXT_UTF8).data.decode("utf-8")
    made = export_batch(batch, by=officer, form=XLSX)
    sheet = openpyxl.load_workbook(io.BytesIO(made.data)).active
    assert sheet is not None
    rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert rows == [written.split("|") for written in text.splitlines()]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}


@pytest.mark.parametrize("form", [XLSX, TEXT_UTF8, TEXT_GB18030])
def test_exported_again_it_is_the_very_same_file_and_a_second_act(world: World, form: str) -> None:
    batch, officer = locked(world), world.by(Role.PAYMENT_OFFICER)
    first = export_batch(batch, by=officer, form=form)
    assert fresh(batch).state == "exported"
    assert export_batch(batch, by=officer, form=form) == first
    events = list(Event.objects.filter(chain=f"batch:{batch.number}", action="batch_exported"))
    assert len(events) == 2
    assert events[0].details == {
        "form": form,
        "count": 2,
        "total": "6760.00",
        "digest": batch.digest,
        "file": sha256(first.data).hexdigest(),
    }


def test_no_account_number_gets_into_the_trail(world: World) -> None:
    batch = locked(world)
    export_batch(batch, by=world.by(Role.PAYMENT_OFFICER), form=XLSX)
    numbers = [account_of(found) for found in lines_of(batch)]
    written = " ".join(str(event.details) for event in Event.objects.all())
    assert all(number and number not in written for number in numbers)


def test_only_the_countys_payment_officer_exports(world: World) -> None:
    batch = locked(world)
    outsiders = (world.by(Role.PAYMENT_CHECKER), StaffFactory(post=(Role.PAYMENT_OFFICER, "430102")))
    for outsider in outsiders:
        with pytest.raises(NotYourPost):
            export_batch(batch, by=outsider, form=TEXT_UTF8)
    assert fresh(batch).state == "locked"


def test_nothing_is_exported_before_it_is_locked(world: World) -> None:
    officer = world.by(Role.PAYMENT_OFFICER)
    with pytest.raises(NotInThisState, match="待复核"):
        export_batch(drawn(world), by=officer, form=TEXT_UTF8)
    with pytest.raises(NotInThisState, match="已复核"):
        export_batch(checked(world), by=officer, form=TEXT_UTF8)


def test_an_account_swapped_under_its_hash_is_not_sent(world: World) -> None:
    batch = locked(world)
    found = line(batch, 1)
    found.account_number = "6299000000000000000"
    found.save()
    with pytest.raises(DigestBroken):
        export_batch(batch, by=world.by(Role.PAYMENT_OFFICER), form=TEXT_UTF8)
    assert fresh(batch).state == "locked"


def test_a_form_there_is_not_is_refused(world: World) -> None:
    with pytest.raises(BatchRefusal, match="没有“pdf”"):
        export_batch(locked(world), by=world.by(Role.PAYMENT_OFFICER), form="pdf")


def test_a_field_never_breaks_its_line(world: World) -> None:
    batch = drawn(world, 1)
    batch.lines.update(bank="邮储|银行\r\n桃江")
    batch = checked_and_locked(world, batch)
    made = export_batch(batch, by=world.by(Role.PAYMENT_OFFICER), form=TEXT_UTF8)
    first = made.data.decode("utf-8").split("\r\n")[1].split("|")
    assert len(first) == len(HEADINGS) and first[3] == "邮储｜银行 桃江"


def test_every_programmes_bank_memo_fits_the_banks_four_characters() -> None:
    assert {
        slug: len(known.bank_memo) for slug, known in registry.programmes().items() if len(known.bank_memo) > 4
    } == {}
