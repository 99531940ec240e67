"""Rights protection, the days a case must not miss, and the triggers that keep what was written."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import casework.models.fields

ACT_COLUMNS = (
    "case_id, seq, kind, done_on, addressee, answer_due, channel_before, channel, staff_id, staff_name, office_name, at"
)
MONEY_COLUMNS = 'case_id, seq, what, channel, amount, "on", performance_id'
KEPT = {"casework_rightsact": ("rights act", ACT_COLUMNS), "casework_moneyline": ("money line", MONEY_COLUMNS)}
"""Table -> what a row is, and the columns that never change. The others are sealed: a new key seals them anew."""

SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb}{of} ON {table}
BEGIN SELECT RAISE(ABORT, 'a {what} is never changed or deleted'); END
"""
POSTGRES = """
CREATE TRIGGER {table}_no_change BEFORE UPDATE OF {columns} ON {table}
FOR EACH ROW EXECUTE FUNCTION casework_refuse_change();
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION casework_refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION casework_refuse_change();
"""


def forbid(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table, (what, columns) in KEPT.items():
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(POSTGRES.format(table=table, columns=columns), params=None)
            continue
        for verb, of in (("UPDATE", f" OF {columns}"), ("DELETE", "")):
            schema_editor.execute(SQLITE.format(table=table, verb=verb, of=of, what=what))


def allow(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_postgres = schema_editor.connection.vendor == "postgresql"
    for table in KEPT:
        for name in ("change", "delete", "truncate") if is_postgres else ("UPDATE", "DELETE"):
            schema_editor.execute(f"DROP TRIGGER {table}_no_{name}" + (f" ON {table}" if is_postgres else ""))


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0013_public_notices"),
    ]

    operations = [
        migrations.CreateModel(
            name="Performance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="期次")),
                ("due_on", models.DateField(verbose_name="履行期限")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, null=True, verbose_name="金额")),
                ("deed", casework.models.fields.EncryptedTextField(blank=True, default="", verbose_name="要做的事")),
                (
                    "state",
                    models.CharField(
                        choices=[("due", "待履行"), ("done", "已履行"), ("dropped", "不再要求")],
                        default="due",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("settled_on", models.DateField(null=True, verbose_name="履行日期")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="performances", to="casework.case"
                    ),
                ),
            ],
            options={
                "verbose_name": "履行事项",
                "ordering": ("due_on", "number"),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="MoneyLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveIntegerField(help_text="of its event in the case's trail")),
                (
                    "what",
                    models.CharField(
                        choices=[("claimed", "主张"), ("obtained", "争取到"), ("received", "实际收到")],
                        max_length=10,
                        verbose_name="性质",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("law_enforcement", "执法部门"),
                            ("self_governance", "群众自治调解"),
                            ("association", "协会协商"),
                            ("social_bodies", "法律援助和社会机构"),
                        ],
                        max_length=20,
                        verbose_name="渠道",
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="金额")),
                ("on", models.DateField(verbose_name="日期")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="money_lines", to="casework.case"
                    ),
                ),
                (
                    "performance",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="money_lines",
                        to="casework.performance",
                    ),
                ),
            ],
            options={
                "verbose_name": "维权金额",
                "ordering": ("on", "id"),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="RightsAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveIntegerField(help_text="of its event in the case's trail")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("evidence", "收集证据"),
                            ("referral", "转办"),
                            ("answer", "外单位答复"),
                            ("negotiation", "协商"),
                            ("mediation", "调解"),
                            ("agreement", "达成协议"),
                            ("confirmation", "司法确认"),
                            ("arbitration", "申请仲裁"),
                            ("award", "仲裁裁决"),
                            ("lawsuit", "提起诉讼"),
                            ("judgment", "判决"),
                            ("channel", "改换渠道"),
                            ("note", "记事"),
                        ],
                        max_length=20,
                        verbose_name="种类",
                    ),
                ),
                ("done_on", models.DateField(verbose_name="日期")),
                ("place", casework.models.fields.EncryptedTextField(blank=True, default="", verbose_name="地点")),
                (
                    "participants",
                    casework.models.fields.EncryptedTextField(blank=True, default="", verbose_name="参加人"),
                ),
                ("words", casework.models.fields.EncryptedTextField(blank=True, default="", verbose_name="内容")),
                ("addressee", models.CharField(blank=True, default="", max_length=120, verbose_name="转往单位")),
                ("answer_due", models.DateField(null=True, verbose_name="答复期限")),
                (
                    "channel_before",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("law_enforcement", "执法部门"),
                            ("self_governance", "群众自治调解"),
                            ("association", "协会协商"),
                            ("social_bodies", "法律援助和社会机构"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("law_enforcement", "执法部门"),
                            ("self_governance", "群众自治调解"),
                            ("association", "协会协商"),
                            ("social_bodies", "法律援助和社会机构"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="渠道",
                    ),
                ),
                ("staff_name", models.CharField(max_length=60, verbose_name="记录人")),
                ("office_name", models.CharField(max_length=120, verbose_name="办理单位")),
                ("at", models.DateTimeField(verbose_name="记录时间")),
                (
                    "key",
                    models.CharField(help_text="idempotency key of the attempt", max_length=64, null=True, unique=True),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rights_acts", to="casework.case"
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "维权办理记录",
                "ordering": ("id",),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Watch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("limitation", "时效届满"),
                            ("answer", "外单位答复到期"),
                            ("performance", "履行到期"),
                            ("confirmation", "申请司法确认到期"),
                        ],
                        max_length=20,
                        verbose_name="事项",
                    ),
                ),
                (
                    "ref",
                    models.PositiveIntegerField(
                        default=0, help_text="which of several: an act's or an instalment's number"
                    ),
                ),
                ("office", models.CharField(max_length=12, verbose_name="机构")),
                ("role", models.CharField(max_length=30, verbose_name="岗位")),
                ("due_on", models.DateField(verbose_name="日期")),
                ("warn_on", models.DateField(verbose_name="提醒日期")),
                ("clause", models.CharField(blank=True, default="", max_length=200, verbose_name="依据")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "关注中"), ("met", "已办"), ("dropped", "不再关注")],
                        default="open",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("alarm_on", models.DateField(null=True)),
                ("warned_at", models.DateTimeField(null=True, verbose_name="提醒时间")),
                ("passed_at", models.DateTimeField(null=True, verbose_name="逾期告知时间")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="watches", to="casework.case"
                    ),
                ),
            ],
            options={
                "verbose_name": "关注日期",
                "ordering": ("due_on", "id"),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="CoHandler",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="协办单位")),
                ("since", models.DateField(verbose_name="开始协办")),
                ("until", models.DateField(null=True, verbose_name="结束协办")),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="co_handlers", to="casework.case"
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="co_handled",
                        to="casework.office",
                    ),
                ),
            ],
            options={
                "verbose_name": "协办单位",
                "ordering": ("id",),
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("case", "name"),
                        name="co_handler_once_a_case",
                        violation_error_message="这个单位已经在协办这件案子",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"),
                        name="co_handler_dates_in_order",
                        violation_error_message="结束协办的日期不能早于开始协办的日期",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Demand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "dispute",
                    models.CharField(
                        choices=[
                            ("wages", "在职期间欠薪"),
                            ("labour", "劳动争议"),
                            ("work_injury", "工伤、工亡"),
                            ("insurance", "保险理赔"),
                            ("life_insurance", "人寿保险理赔"),
                            ("accident", "交通事故和人身损害"),
                            ("land", "土地和集体收益"),
                            ("family", "赡养、继承等家事"),
                            ("other", "其他"),
                        ],
                        max_length=20,
                        verbose_name="纠纷类型",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("law_enforcement", "执法部门"),
                            ("self_governance", "群众自治调解"),
                            ("association", "协会协商"),
                            ("social_bodies", "法律援助和社会机构"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="渠道",
                    ),
                ),
                (
                    "counterparty_kind",
                    models.CharField(
                        choices=[
                            ("employer", "用人单位"),
                            ("insurer", "保险公司"),
                            ("organisation", "其他单位"),
                            ("person", "个人"),
                        ],
                        max_length=20,
                        verbose_name="对方是",
                    ),
                ),
                ("counterparty", casework.models.fields.EncryptedTextField(verbose_name="对方名称")),
                ("told", casework.models.fields.EncryptedTextField(verbose_name="诉求")),
                ("place", casework.models.fields.EncryptedTextField(blank=True, default="", verbose_name="发生地点")),
                ("incident_on", models.DateField(verbose_name="发生日期")),
                ("claimed", models.DecimalField(decimal_places=2, max_digits=12, null=True, verbose_name="主张金额")),
                ("stake", casework.models.fields.EncryptedTextField(blank=True, default="", verbose_name="其他要求")),
                ("limitation_on", models.DateField(null=True, verbose_name="时效届满日")),
                (
                    "limitation_clause",
                    models.CharField(blank=True, default="", max_length=200, verbose_name="时效依据"),
                ),
                (
                    "limitation_reason",
                    casework.models.fields.EncryptedTextField(blank=True, default="", verbose_name="改定时效的理由"),
                ),
                (
                    "key",
                    models.CharField(
                        help_text="idempotency key of the taking in", max_length=64, null=True, unique=True
                    ),
                ),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="demand", to="casework.case"
                    ),
                ),
            ],
            options={
                "verbose_name": "诉求",
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("claimed__isnull", True), ("claimed__gte", 0), _connector="OR"),
                        name="demand_claimed_not_negative",
                        violation_error_message="主张金额不能为负",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("limitation_on__isnull", True),
                            ("limitation_on__gte", models.F("incident_on")),
                            _connector="OR",
                        ),
                        name="demand_limitation_after_incident",
                        violation_error_message="时效届满日不能早于发生日期",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="performance",
            constraint=models.UniqueConstraint(
                fields=("case", "number"),
                name="performance_number_once_a_case",
                violation_error_message="这一期已经登记过",
            ),
        ),
        migrations.AddConstraint(
            model_name="performance",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__isnull", True), ("amount__gt", 0), _connector="OR"),
                name="performance_amount_above_zero",
                violation_error_message="履行金额要大于零；不是付钱的，请写明要做的事",
            ),
        ),
        migrations.AddConstraint(
            model_name="performance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_on__isnull", True), ("state", "due")),
                    models.Q(models.Q(("state", "due"), _negated=True), ("settled_on__isnull", False)),
                    _connector="OR",
                ),
                name="performance_settled_on_a_day",
                violation_error_message="已履行的事项必须有履行日期",
            ),
        ),
        migrations.AddIndex(
            model_name="moneyline",
            index=models.Index(fields=["on", "what", "channel"], name="rights_money_by_day"),
        ),
        migrations.AddConstraint(
            model_name="moneyline",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount", 0), _negated=True),
                name="rights_money_is_some",
                violation_error_message="金额不能是零",
            ),
        ),
        migrations.AddConstraint(
            model_name="rightsact",
            constraint=models.UniqueConstraint(
                fields=("case", "seq"), name="rights_act_once_an_event", violation_error_message="这一条已经记过"
            ),
        ),
        migrations.AddIndex(
            model_name="watch",
            index=models.Index(
                condition=models.Q(("alarm_on__isnull", False)), fields=["alarm_on", "id"], name="watch_alarms"
            ),
        ),
        migrations.AddIndex(
            model_name="watch",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["office", "role", "due_on", "id"], name="watch_in_office"
            ),
        ),
        migrations.AddConstraint(
            model_name="watch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")),
                fields=("case", "kind", "ref"),
                name="watched_once",
                violation_error_message="这个日期已经在关注",
            ),
        ),
        migrations.AddConstraint(
            model_name="watch",
            constraint=models.CheckConstraint(
                condition=models.Q(("warn_on__lte", models.F("due_on"))),
                name="watch_warns_before",
                violation_error_message="提醒日期不能晚于到期日期",
            ),
        ),
        migrations.RunPython(forbid, allow),
    ]
