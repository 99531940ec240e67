"""Invented names: of staff and of the people on a register. Nobody in particular."""

from __future__ import annotations

import random
from collections.abc import Iterator

# 曾 单 解 are read in two ways, 㛃 and 䶮 are missing from many fonts, the last four are longer than any form's box:
# what a county meets every year should be met in the demonstration too.
SURNAMES = "李王张刘陈杨黄周吴罗谭彭胡曾邓肖唐蒋何郭龙欧阳向田石莫文易贺谢夏熊钟汤单解符姚段龚卢尹盛丁詹薛"
GIVEN_FIRST = "国建志新德正光明春秋冬兰菊桂秀玉淑爱美翠金银福寿安平和顺立仁义长望来友云满贵三社培学"
GIVEN_LAST = "华平生林军清良辉秋英莲香珍梅芳兰娥芝连珠凤云霞玲辉民云山田初安富元祥保宝松柏"
UNUSUAL = ("向䶮", "田㛃", "单于冬梅", "买合木提江·阿布都热合曼")


def surnames() -> list[str]:
    return [*SURNAMES.replace("欧阳", ""), "欧阳"]


def invented_names(rng: random.Random) -> Iterator[str]:
    """Names without end, no one twice."""
    families = surnames()
    given: set[str] = set()
    while True:
        last = rng.choice(GIVEN_LAST)
        name = rng.choice(families) + (rng.choice(GIVEN_FIRST) if rng.random() < 0.8 else "") + last
        if name not in given:
            given.add(name)
            yield name
