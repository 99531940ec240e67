"""Spreadsheets as townships send them, made for a test and never kept."""

from __future__ import annotations

import base64
import datetime
import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

from casework.identity import check_digit

HEADINGS = (
    "序号", "姓名", "公民身份号码", "住院医院", "入院日期", "出院日期", "失能等级", "护理人",
    "社会保障卡号", "户名", "联系电话", "备注",
)  # fmt: skip
REGISTER_HEADINGS = ("户编号", "姓名", "公民身份号码", "家庭类别", "认定日期")


def identity_of(number: int) -> str:
    """The identity number of the invented person of that order."""
    first17 = f"9909221950{number // 28 % 12 + 1:02d}{number % 28 + 1:02d}{number % 1000:03d}"
    return first17 + check_digit(first17)


def line(number: int, **changes: object) -> list[object]:
    """A complete application, with some cells changed by their heading."""
    cells: dict[str, object] = dict(
        zip(
            HEADINGS,
            (
                number, f"甲{number}", identity_of(number), "县人民医院", "2026-09-05", "2026年9月15日", "中度", "护工",
                f"6222000000000{number:06d}", f"甲{number}", "13800000000", "",
            ),
            strict=True,
        )
    )  # fmt: skip
    return list((cells | changes).values())


def lines(count: int) -> list[list[object]]:
    return [line(number) for number in range(1, count + 1)]


def xlsx(
    *rows: Sequence[object],
    merges: Sequence[tuple[int, int, int, int]] = (),
    at: tuple[int, int] = (0, 0),
    name: str = "申报表",
) -> bytes:
    """One sheet. `merges` are (top, left, bottom, right) counted from 0; `at` is where the first cell goes."""
    return workbook({name: rows}, merges={name: merges}, at=at)


def workbook(
    sheets: Mapping[str, Sequence[Sequence[object]]],
    *,
    merges: Mapping[str, Sequence[tuple[int, int, int, int]]] | None = None,
    at: tuple[int, int] = (0, 0),
    hidden: Sequence[str] = (),
) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            for top, left, bottom, right in (merges or {}).get(name, ()):
                sheet.merge_range(top, left, bottom, right, "")
            for index, row in enumerate(rows, at[0]):
                for column, cell in enumerate(row, at[1]):
                    _write(sheet, index, column, cell, day)
    return buffer.getvalue()


def _write(sheet: Any, row: int, column: int, cell: object, day: Any) -> None:
    if isinstance(cell, datetime.date):
        sheet.write_datetime(row, column, cell, day)
    elif isinstance(cell, int | float):
        sheet.write_number(row, column, cell)
    elif cell:
        sheet.write_string(row, column, str(cell))


def rewritten(source: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The same archive with one part's bytes changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as before, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as after:
        for info in before.infolist():
            content = before.read(info)
            if info.filename == part:
                assert old in content
                content = content.replace(old, new)
            after.writestr(info.filename, content)
    return buffer.getvalue()


def ods(*rows: Sequence[str]) -> bytes:
    """The least an OpenDocument sheet can be, all its cells text."""
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    blank = "<table:table-cell/>"
    body = "".join(
        f"<table:table-row>{''.join(cell.format(text) if text else blank for text in row)}</table:table-row>"
        for row in rows
    )
    return ods_of(f'<table:table table:name="申报表">{body}</table:table>')


def ods_of(table: str) -> bytes:
    names = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content'
        f' xmlns:office="{names}office:1.0" xmlns:table="{names}table:1.0" xmlns:text="{names}text:1.0"'
        f' office:version="1.2"><office:body><office:spreadsheet>{table}</office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    manifest = (
        f'<manifest:manifest xmlns:manifest="{names}manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/"'
        ' manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return buffer.getvalue()


def old_xls() -> bytes:
    """A register of two people in the format before 2007, which nothing installed here can write: its table begins
    in row 3 with a title, and the household's number is merged over both lines."""
    return zlib.decompress(base64.b85decode("".join(_OLD_XLS)))


# Written once with xlwt, from the same invented people as everything else here.
_OLD_XLS = (
    "c-rk)O-K}B7=FIlnca1B*IiRV0}~-De_(e_Y7e><l&3^ZC^IZ=mk9r2DaeYn%u8Abosuqs9U`*2SW!sbIs`@@f*{bsQ(c0>0(E=8",
    "cW1U;HE^K>W1iuAzxRK>neTVz&7@~~<Wb%XmY@n2EJo8{P0$G{X@=ki*`ra(8nvBD)Wo_%nw>h*s^OXQwN3V+?C%*Uc&NT43Vft;",
    "6sJ+s)fp~WL+s@?v<TUTN}>X{N#jB;w<?qA38ovFK48!1On0;9I@3z>ofbzh8LTPZrH|snN+H`^ka-_-%zM`Okd0Sz6!#2?n6HLC",
    "ky9=0>&%d^rehS;q1EBea74-(xB~~!O(^T=C<}$Akwu+7ito_^;F~e4Ulf@7wbcud{ztOj_6NP4I&rD~rlJD9h#u!j(ogI1kSZ;z",
    "_}SDl=xi9Qo2MujX`H-7i|)v^w(+L>&4$?mv9mR&XYL@yPc=FltPt&Wp7wh;7HZ}WigPN2^uBPhq@LK(f#Igv@aB{0z>acn!0#{f",
    "5_}ZuKkK8ZhCo1SeSr$ndi_MC&DZ!P!Y=-0F6CaYzk+P`hLHh>++TP-awn}vPM)XfL_^46-ovxiO^-8w_v_mOt+l~ptm)-FD7I5=",
    "kuL^OT$T|O>|&3YU87RWatYHboOKiPc}%m&hw7r*Y@ONP$39otT10uu8B@Wn3H&zV`#;w`$?yLZ+)n&h_00LKv3J1{6w=NaqIh}r",
    "p;VNL;ad_<gGMd%RqX@Q++{1AU2$`*A*yf38Cak>Ep;ANOz10`N552#v8)hd;TZXrVv_MjW0FFWB`#SwlOd@jX?kna6*8-w*{b`i",
    "oY@waWM+F@l9}as;*ugIm7c$ONa4)dlFSnnrRmQpV>Qm}h)Xi>hPafNS4+xk<FS$4VjJhB0gYMi0hR9r;^Z4qQKe*JT(Y#U{DuQ2",
    "OqeiX!h{JE>l1=cI^gr3s-KMI>CLA9*IA&lX#OVoZ&8mfy3Wu?<vw&$9YJ?W<0l82Fmj1i#u)z#B@WTuBWOb_x1%lP@k=Lmk@!5T",
    "4s`#$DU|B{7gK5HKfeDjh$09Y",
)
