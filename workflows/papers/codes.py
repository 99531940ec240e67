"""Why a line of a sheet is sent back: the codes, what each says, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence

from workflows.line_codes import NONE, LineCode, Own

CODES = {
    line.code: line
    for line in (
        LineCode("id_checksum", "公民身份号码不对（位数或校验码）", "对照身份证重新填写18位号码"),
        LineCode(
            "id_precision_lost",
            "号码被表格软件改成了数字，后几位已经丢失",
            "把该列设为“文本”，对照证件或银行卡重新填写",
        ),
        LineCode("date_invalid", "日期不存在或看不明白", "按“2026-09-05”的样子重新填写"),
        LineCode("missing_field", "有必填项没有填", "补填后重新报送"),
        LineCode("unknown_value", "填的内容不在可选范围内", "按表下说明的写法更正"),
        LineCode("discharge_before_admission", "出院日期早于入院日期", "对照出院小结更正日期"),
        LineCode("future_date", "入院或出院日期晚于申报日期", "出院后再申报，或更正日期"),
        LineCode("not_in_register", "本县对象名册里没有这个人", "核对姓名和号码；确属对象的先办名册登记"),
        LineCode("category_not_covered", "家庭类别不在补贴范围内", "只补失独、伤残家庭；类别有误的先更正名册"),
        LineCode("register_not_valid", "入院当天名册登记不在有效期内", "先办年审或续期，再申报"),
        LineCode("deceased", "出院前已去世", "核对死亡日期；有误的先更正名册"),
        LineCode("hospital_level_too_low", "医院等级低于二级", "只补二级以上定点医院"),
        LineCode("hospital_not_designated", "入院当天不是定点医院", "核对医院名称和入院日期"),
        LineCode("late_application", "超过出院后的申请期限", "逾期不补；有特殊情况的书面说明"),
        LineCode("account_holder_mismatch", "户名不是申请人本人", "改用申请人本人的社会保障卡"),
        LineCode(
            "account_of_another_name",
            "这个账号以前登记的是另一个户名",
            "核对账号和户名；本人改了姓名的，先在名册里更正姓名和账号",
        ),
        LineCode("duplicate_row", "同一次住院已经申报过", "删去重复的一行"),
        LineCode("stay_overlap", "与已受理的另一次住院时间重叠", "核对两次住院的起止日期"),
        LineCode("benefit_held_elsewhere", "同一待遇已在别的项目享受", "两项只能享受一项，请核对"),
        LineCode("annual_cap_reached", "本年度可补天数不够，已按上限减少", "无需处理"),
        LineCode("no_terms_in_force", "入院当天还没有施行的方案", "核对入院日期"),
        LineCode("recusal", "申请人与经办人有亲属关系，应当回避", "请同岗位的另一人导入或录入这一行"),
        LineCode("no_round", "本县没有正在提名的慰问轮次，或写的轮次不对", "核对轮次名称和提名截止日期"),
        LineCode("no_household", "名册里没有写户编号，不能按户慰问", "先在名册里补上户编号"),
        LineCode("household_nominated", "这一户在本轮已经提名", "一户一轮只慰问一次，删去这一行"),
        LineCode("outside_target", "家庭类别不在本轮对象范围内，又没有写理由", "在备注里写明困难情况，或删去这一行"),
        LineCode("not_living", "名册里登记已去世", "核对死亡日期；有误的先更正名册"),
        LineCode("no_account", "没有登记过本人的收款账户", "补填本人的社会保障卡号和户名"),
        LineCode(
            "unknown_place",
            "户籍地不在本县的行政区划里",
            "写村（社区）的名称，同名的连乡镇一起写，如“桃花江镇川门湾村”；或写12位区划代码",
        ),
    )
}

STANDING_ALONE = ("id_checksum", "id_precision_lost", "date_invalid", "missing_field", "unknown_value")
"""One of these stands alone: a line that cannot be read cannot be judged. The first of this order is given."""


class LineRefused(Exception):
    """A line that cannot be read: one code, and where and what in the applicant's own terms."""

    def __init__(self, code: str, details: Sequence[str] = ()) -> None:
        self.code = code
        self.details = tuple(details)
        super().__init__(code)


def first_of(found: Sequence[tuple[str, str]]) -> LineRefused:
    """Of (code, detail) problems the one that stands alone, with every detail of that code."""
    code = min((code for code, _detail in found), key=STANDING_ALONE.index)
    return LineRefused(code, [detail for other, detail in found if other == code])


def line_code(code: str, own: Own = NONE) -> LineCode:
    """What a code says in a programme; one that no longer stands anywhere says itself."""
    return own.get(code) or CODES.get(code) or LineCode(code, code, "请与县协会核对")


def sentences(codes: Sequence[str], details: Sequence[str] = (), own: Own = NONE) -> list[str]:
    """Each code's sentence; details, when given, follow the first."""
    said = [line_code(code, own).sentence for code in codes]
    if details and said:
        said[0] = f"{said[0]}：{'；'.join(details)}"
    return said


def remedies(codes: Sequence[str], own: Own = NONE) -> list[str]:
    return [line_code(code, own).remedy for code in codes]
