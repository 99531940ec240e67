"""What 122 counties call the same field: the two tables that come in, described by meaning.

Within `says` the tiers go from the plainest word to the one that is only right when nothing better stands there
(证件号码 is the identity number only in a table without 身份证号). Account and holder have one tier each: of a
社保卡号 and a 银行账号 side by side nobody can know which is to be paid, so that is an error to be asked about.
"""

from typing import Final

from casework.sheets.columns import Column

# The person the line is about, from the surest word to the vaguest.
_PATIENT: Final = "患者 病人 病员 住院人 住院人员 住院患者 住院对象 住院者 被护理人 被护理人员 被护理对象 被照护人 护理对象 就诊人"
_BENEFICIARY: Final = (
    "本人 对象 补贴对象 特扶对象 特扶人员 特别扶助对象 扶助对象 扶助人员 特殊家庭成员 特殊家庭人员 计生特殊家庭成员 "
    "救助对象 受助人 受助对象 受益人 受益对象 享受人 享受对象 享受人员 享受补贴对象 享受补贴人员 服务对象 失能人员 "
    "参保人 家庭成员 成员 人员 个人 护理补贴对象 补助对象 补助人员 特殊对象 被扶助人 被保险人"
)
_APPLICANT: Final = "申请人 申请人员 申请对象 申报人 申报对象 申请者"

# Other people in the line. 被护理人 and 护理对象 are the one cared for; 护理补贴对象 is the beneficiary.
_CARER: Final = r"(?<!被)(护理|陪护|照护|照料|看护|照顾)(?!对象|补贴|补助|津贴|等级|级别|程度|依赖|需求)"
_OFFICIAL: Final = r"经办|负责|审核|审批|填表|填报人|制表|医生|医师|联络|帮扶|包户|双岗|干部|村干|专干|信息员|工作人员|核实人|入户人|调查人|校长"
_RELATIVE: Final = (
    r"监护|代办|代理|代领|代申请|受托|委托|(子女|孩子|小孩)(?!父母)|独生女|独生子(?!女)|儿子|女儿|配偶|爱人"
    r"|父亲|母亲|丈夫|妻子|家属|亲属|近亲|继承|死者|担保"
)
_SOMEONE_ELSE: Final = (_CARER, _OFFICIAL, _RELATIVE, r"联系人")


def _each(people: str, *words: str) -> str:
    """Every person with every word: 患者姓名 病人姓名 …"""
    return " ".join(person + word for person in people.split() for word in words)


_IDENTITY_WORDS: Final = ("身份证号码", "身份证号", "身份证", "公民身份号码", "身份号码", "身份证件号码")

SEQUENCE: Final = Column(
    name="sequence",
    label="序号",
    says=("编号 行号 序列 序列号 顺序号 顺号 项次 序 号 no 流水号 排序",),
)

_NAME: Final = Column(
    name="name",
    label="姓名",
    required=True,
    kind="name",
    says=(
        "姓名全称 真实姓名",
        _each(_PATIENT, "姓名", "名字"),
        _each(_BENEFICIARY, "姓名", "名字"),
        _each(_APPLICANT, "姓名", "名字"),
        f"名字 名称 姓 {_PATIENT}",
        _BENEFICIARY,
        _APPLICANT,
        "户主姓名 户主",
    ),
    hints=(r"姓名", r"名字"),
    never=(
        r"曾用|银行|账|帐|卡|户名|开户|收款|领款|医院|机构|单位|是否|签字|签名|项目|村|乡镇|街道|疾病|病种|药",
    ),
    never_of=_SOMEONE_ELSE,
)

_IDENTITY: Final = Column(
    name="identity_number",
    label="公民身份号码",
    required=True,
    kind="identity",
    says=(
        "身份证号码 身份证号 身份证 身份号码 公民身份证号码 公民身份证号 公民身份证 公民身份号 居民身份证号码 居民身份证号 "
        "居民身份证 居民身份号码 身份证编号 身份证件号 身份证件号码 公民身份证件号码 二代身份证号 二代身份证号码 二代身份证 "
        "第二代身份证号 身份证id 身份id 身份证明号码 身份证件编号",
        _each(_PATIENT, *_IDENTITY_WORDS),
        _each(_BENEFICIARY, *_IDENTITY_WORDS),
        _each(_APPLICANT, *_IDENTITY_WORDS),
        "有效身份证件号码 有效身份证件号 有效身份证件 身份证件",
        "社会保障号码 社会保障号 公民社会保障号码",
        "证件号码 证件号 有效证件号码 有效证件号 证件编号 id号 id",
        "户主身份证号码 户主身份证号 户主身份证 户主公民身份号码",
    ),
    hints=(r"身份证(件)?(号码|号|编号)?", r"公民身份(证)?(号码|号)?", r"身份号码?", r"证件号码?"),
    never=(
        r"是否|复印|有效期|到期|地址|住址|照片|附件|签发|机关|类型|类别|特扶|扶助证|特殊家庭证|残疾|证书|低保|结婚|户口[本簿]"
        r"|执业|账号|帐号|卡号|电话",
    ),
    never_of=_SOMEONE_ELSE,
)

_PHONE: Final = Column(
    name="phone",
    label="联系电话",
    kind="phone",
    says=(
        "电话 手机 手机号 手机号码 电话号码 联系方式 联系号码 联系手机 联系手机号 联系手机号码 手机电话 移动电话 本人电话 "
        "本人联系电话 本人手机号 本人手机号码 联系电话号码 电话手机 联系电话手机 固定电话 家庭电话 家庭联系电话 tel",
        _each(
            f"{_PATIENT} {_BENEFICIARY} {_APPLICANT}", "电话", "联系电话", "手机号", "手机号码", "联系方式"
        ),
        "联系人电话 联系人手机 联系人手机号 联系人联系电话 联系人联系方式",
        "户主电话 户主联系电话",
    ),
    hints=(r"(联系)?电话(号码)?", r"手机(号码|号)?", r"联系方式"),
    never=(r"医院|村|乡镇|街道|单位|机构|银行|监督|是否",),
    never_of=(_CARER, _OFFICIAL, _RELATIVE),
)

_ACCOUNT_KINDS: Final = (
    "社会保障卡 社保卡 银行 银行卡 银行存折 存折 一卡通 一折通 一本通 惠农一卡通 惠民一卡通 惠民惠农一卡通 财政一卡通 财政惠农一卡通 "
    "惠农补贴一卡通 惠农卡 收款 收款人 收款银行 收款方 打卡 打款 转账 发放 补贴发放 资金发放 代发 领款 领款人 开户 开户行 "
    "开户银行 个人 个人银行 本人银行 本人 本人银行卡 结算 个人结算 金融 社会保障卡银行 社保卡银行 社会保障卡金融 社保卡金融 补贴 资金 "
    "农商行 信用社 邮政储蓄 邮储"
)

_ACCOUNT: Final = Column(
    name="account_number",
    label="社会保障卡号",
    kind="account",
    says=(
        "账号 帐号 账户 帐户 卡号 账户号 账户号码 帐户号码 账号卡号 卡号账号 卡账号 卡帐号 账卡号 账号或卡号 卡号或账号 "
        "社会保障卡 社会保障卡号码 社保卡 社保卡号码 社保卡卡号 社会保障卡卡号 一卡通 一卡通号 一卡通号码 一折通 银行卡 银行卡号码 "
        "存折号 存折号码 存折 打卡号 银行卡号存折号 银行卡账号存折号 银行卡或存折号 银行卡或存折账号 卡折号 银行账号卡号 银行卡折号 "
        + _each(
            _ACCOUNT_KINDS,
            "账号",
            "帐号",
            "卡号",
            "账户",
            "帐户",
            "账户号",
            "卡账号",
            "卡帐号",
            "账卡号",
            "账号卡号",
        ),
    ),
    hints=(
        r"(账|帐|卡)(户)?(号码|号)",
        r"(社保|社会保障|银行|一卡通|一折通|存折|收款|打款|领款|开户|金融|财政|惠农).{0,8}(账户|帐户|号码|账|帐|卡)",
        r"一卡通|一折通|账户|帐户|存折",
    ),
    never=(
        r"户名|姓名|名称|开户(银)?行$|银行$|行号|联行|户主|持卡人$|类型|类别|状态|是否|复印|医保|医疗保险|身份证号|病案|住院号|就诊卡"
        r"|联系|电话|[账帐]户人|所有人|金额|余额|日期|时间|原因|特扶|扶助卡|残疾|[账帐]户名|有误|变更",
    ),
    never_of=(_CARER, _OFFICIAL),
)

_HOLDER: Final = Column(
    name="account_holder",
    label="户名",
    kind="name",
    says=(
        "开户名 开户名称 开户姓名 开户人 开户人姓名 开户户名 账户名 帐户名 账户名称 帐户名称 账户姓名 帐户姓名 账户户名 帐户户名 "
        "账户人 账户人姓名 账户所有人 账户持有人 帐户所有人 账号户名 帐号户名 账号姓名 账号名称 持卡人 持卡人姓名 持卡者 持卡姓名 卡主 "
        "卡主姓名 卡户名 银行户名 银行账户名 银行账户名称 银行账户户名 银行卡户名 银行卡户主 银行卡持卡人 银行卡持有人 银行卡姓名 "
        "社保卡户名 社会保障卡户名 社保卡持卡人 社会保障卡持卡人 社保卡姓名 社会保障卡姓名 社保卡持有人 存折户名 存折姓名 一卡通户名 "
        "一卡通姓名 一卡通持卡人 一折通户名 一折通姓名 收款人 收款人姓名 收款人户名 收款人名称 收款户名 收款姓名 收款账户名 "
        "收款账户名称 收款账户户名 收款方户名 领款人 领款人姓名 领取人 领取人姓名 领款人户名 户头 户头名 户名姓名 打卡姓名 打款户名 "
        "开户行户名 开户银行户名 卡折户名 发放户名",
    ),
    hints=(r"户名", r"(持卡|开户|收款|领款|卡主|账户|帐户|账号|帐号|存折|一卡通).{0,4}(人|者|姓名|名称|名)"),
    never=(r"号$|号码$|[账帐]号及|行$|银行名称|开户行名|关系|身份|证件|电话|签字|签名|签章|是否|地址",),
    never_of=(_CARER, _OFFICIAL),
)

_BANK: Final = Column(
    name="bank",
    label="开户行",
    says=(
        "开户银行 银行 银行名称 开户行名称 开户银行名称 开户行全称 开户银行全称 开户网点 开户银行网点 开户行网点 开户机构 开户支行 "
        "开户行支行 发卡行 发卡银行 发卡银行名称 所属银行 代发银行 收款银行 收款行 收款银行名称 收款人开户行 收款人开户银行 金融机构 "
        "金融机构名称 银行网点 社保卡开户行 社会保障卡开户行 社保卡开户银行 社会保障卡开户银行 社保卡银行 社会保障卡银行 社保卡发卡行 "
        "存折开户行 一卡通开户行 一卡通银行 账户开户行 账户银行 打卡银行 卡所属银行 银行类别 银行别 开卡行 开卡银行",
    ),
    hints=(r"(开户|开卡|发卡).{0,2}(银行|行|网点|机构|支行)(名称|全称)?", r"银行(名称|网点|全称)?"),
    never=(r"号|户名|人$|姓名|卡$|账户$|帐户$|存折$|是否|回单|盖章|签",),
    never_of=(_CARER,),
)

_VILLAGE: Final = Column(
    name="village",
    label="村（社区）",
    says=(
        "社区 村社区 社区村 村居 村名 村名称 村委会 村居委会 村委会社区 居委会 居村委会 村民委员会 行政村 行政村社区 所在村 所在村社区 "
        "所在村居 所在社区 所属村 所属村社区 所属社区 居住村 居住村社区 户籍村 户籍村社区 户籍所在村 村级 村级名称 村居名称 村社 村组 "
        "村或社区 村及社区 村街 村别 社区村居",
    ),
    hints=(r"(所在|所属|户籍|居住)?(行政)?(村|社区)(社区|居|委会|组|名称|名)?"),
    never=(
        r"干|主任|支书|书记|意见|核实|签|代码|编码|编号|电话|联系|负责|是否|日期|时间|审|公示|账|卡|姓名|人$",
    ),
)

_TOWNSHIP: Final = Column(
    name="township",
    label="乡镇（街道）",
    says=(
        "乡 镇 街道 乡镇街道 街道乡镇 镇街 镇乡 乡街 乡镇街 乡镇办 镇办 乡镇街办 街道办 街道办事处 乡镇名称 乡镇街道名称 所在乡镇 "
        "所在乡镇街道 所属乡镇 所属乡镇街道 所在街道 户籍乡镇 户籍所在乡镇 乡镇别 乡镇场 乡镇街道场 镇街道 乡镇政府",
    ),
    hints=(r"乡镇(街道)?(名称)?", r"街道(名称)?"),
    never=(r"意见|审|核|电话|联系|负责|代码|编码|编号|签|盖章|日期|时间|干|村",),
)

_REMARK: Final = Column(
    name="remark",
    label="备注",
    says=("备注说明 备注栏 备考 附注 说明", "其他 其它 其他说明 情况说明 其他情况 补充说明", "注"),
    hints=(r"备注", r"附注"),
)
