"""The rules of XES (IEEE 1849-2016), held in code: those of its schema, and those that no schema can say.

Readers of logs are no judges: they take broken files in silence. This one takes nothing on trust and repairs nothing.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

NC_NAME = re.compile(r"[^\W\d][\w.\-]*")
NAME = re.compile(r"(?:[^\W\d]|:)[\w.:\-]*")
DATE = re.compile(
    r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}"
    + (r"(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)")
)
FLOAT = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|-?INF|NaN")
INT = re.compile(r"[+-]?\d+")
FORMS = {"date": DATE, "float": FLOAT, "int": INT, "boolean": re.compile("true|false|0|1")}
TAGS = {"string", "date", "int", "float", "boolean", "id", "list"}
URIS = {
    "concept": "http://www.xes-standard.org/concept.xesext",
    "time": "http://www.xes-standard.org/time.xesext",
    "lifecycle": "http://www.xes-standard.org/lifecycle.xesext",
    "org": "http://www.xes-standard.org/org.xesext",
}
STANDARD = {
    "concept:name": "string",
    "concept:instance": "string",
    "time:timestamp": "date",
    "lifecycle:model": "string",
    "lifecycle:transition": "string",
    "org:resource": "string",
    "org:role": "string",
    "org:group": "string",
}
TRANSITIONS = {
    *("schedule", "assign", "reassign", "start", "suspend", "resume", "complete", "withdraw", "unknown"),
    *("autoskip", "manualskip", "ate_abort", "pi_abort"),
}
ORDER = ("extension", "global", "classifier", "attribute", "trace", "event")


@dataclass
class Declared:
    """What the log has said of itself so far."""

    prefixes: set[str] = field(default_factory=set)
    promised: dict[str, dict[str, str]] = field(default_factory=dict)
    nested: bool = False
    standard_life: bool = False


def faults(data: bytes) -> list[str]:
    """Every rule that is broken, as `rule: where`; none for a sound log."""
    try:
        root = ET.fromstring(data)
    except ET.ParseError as problem:
        return [f"not xml: {problem}"]
    return list(_log(root))


def _log(root: ET.Element) -> Iterator[str]:
    if root.tag != "log":
        yield f"root: {root.tag}"
        return
    yield from _attributes_of_element(root, {"xes.version"}, {"xes.features"})
    if root.get("xes.version") != "1849.2016":
        yield f"version: {root.get('xes.version')}"
    features = (root.get("xes.features") or "").split()
    if set(features) - {"nested-attributes"}:
        yield f"features: {features}"
    said = Declared(nested="nested-attributes" in features)
    said.standard_life = any(
        child.get("value") == "standard" for child in root if child.get("key") == "lifecycle:model"
    )
    yield from _order(root, ORDER)
    for element in root:
        yield from _child_of_log(element, said)
    yield from _scope([child for child in root if child.tag in TAGS], said, "log")
    yield from _blank(root)


def _child_of_log(element: ET.Element, said: Declared) -> Iterator[str]:
    if element.tag == "extension":
        yield from _extension(element, said)
    elif element.tag == "global":
        yield from _global(element, said)
    elif element.tag == "classifier":
        yield from _classifier(element, said)
    elif element.tag == "trace":
        yield from _trace(element, said)
    elif element.tag == "event":
        yield from _event(element, said)
    elif element.tag not in TAGS:
        yield f"element: {element.tag}"


def _order(parent: ET.Element, order: tuple[str, ...]) -> Iterator[str]:
    places = [order.index("attribute" if child.tag in TAGS else child.tag) for child in parent if _known(child, order)]
    if places != sorted(places):
        yield f"order: in {parent.tag}"


def _known(child: ET.Element, order: tuple[str, ...]) -> bool:
    return child.tag in TAGS or child.tag in order


def _extension(element: ET.Element, said: Declared) -> Iterator[str]:
    yield from _attributes_of_element(element, {"name", "prefix", "uri"}, set())
    name, prefix = element.get("name", ""), element.get("prefix", "")
    if not NC_NAME.fullmatch(name) or not NC_NAME.fullmatch(prefix):
        yield f"extension name: {name} {prefix}"
    if prefix in said.prefixes:
        yield f"extension twice: {prefix}"
    if element.get("uri") != URIS.get(prefix, element.get("uri")) or not element.get("uri"):
        yield f"extension uri: {prefix}"
    said.prefixes.add(prefix)


def _global(element: ET.Element, said: Declared) -> Iterator[str]:
    yield from _attributes_of_element(element, {"scope"}, set())
    scope = element.get("scope", "")
    if scope not in ("trace", "event"):
        yield f"global scope: {scope}"
    if scope in said.promised:
        yield f"global twice: {scope}"
    said.promised[scope] = {child.get("key", ""): child.tag for child in element}
    yield from _scope(list(element), said, f"global {scope}")


def _classifier(element: ET.Element, said: Declared) -> Iterator[str]:
    yield from _attributes_of_element(element, {"name", "keys"}, {"scope"})
    if not NC_NAME.fullmatch(element.get("name", "")):
        yield f"classifier name: {element.get('name')}"
    keys = element.get("keys", "")
    if not keys or keys != " ".join(keys.split()):
        yield f"classifier keys: {keys!r}"
    promised = said.promised.get(element.get("scope", "event"), {})
    yield from (f"classifier key: {key}" for key in keys.split() if key not in promised)


def _trace(element: ET.Element, said: Declared) -> Iterator[str]:
    where = next((child.get("value", "") for child in element if child.get("key") == "concept:name"), "?")
    yield from _attributes_of_element(element, set(), set())
    yield from _order(element, ("attribute", "event"))
    yield from (f"element: {child.tag} in trace" for child in element if child.tag not in TAGS | {"event"})
    own = [child for child in element if child.tag in TAGS]
    yield from _scope(own, said, f"trace {where}")
    yield from _keeps(own, said.promised.get("trace", {}), f"trace {where}")
    for child in element.iterfind("event"):
        yield from _event(child, said)
    yield from _blank(element)


def _event(element: ET.Element, said: Declared) -> Iterator[str]:
    yield from _attributes_of_element(element, set(), set())
    yield from _scope(list(element), said, "event")
    yield from _keeps(list(element), said.promised.get("event", {}), "event")
    yield from _blank(element)


def _keeps(own: list[ET.Element], promised: Mapping[str, str], where: str) -> Iterator[str]:
    has = {child.get("key"): child.tag for child in own}
    yield from (f"global not kept: {key} in {where}" for key, tag in promised.items() if has.get(key) != tag)


def _scope(attributes: list[ET.Element], said: Declared, where: str) -> Iterator[str]:
    """Attributes side by side: each sound, and no key twice."""
    for key, times in Counter(child.get("key") for child in attributes).items():
        if times > 1:
            yield f"key twice: {key} in {where}"
    for child in attributes:
        yield from _attribute(child, said, where)


def _attribute(element: ET.Element, said: Declared, where: str) -> Iterator[str]:
    if element.tag not in TAGS:
        yield f"element: {element.tag} in {where}"
        return
    key, value = element.get("key", ""), element.get("value", "")
    yield from _attributes_of_element(element, {"key"} if element.tag == "list" else {"key", "value"}, set())
    yield from _key(key, element.tag, said, where)
    form = FORMS.get(element.tag)
    if form is not None and not form.fullmatch(value):
        yield f"value: {element.tag} {value!r} in {where}"
    if element.tag == "int" and INT.fullmatch(value) and not -(2**63) <= int(value) < 2**63:
        yield f"value: int {value} in {where}"
    if key == "lifecycle:transition" and said.standard_life and value not in TRANSITIONS:
        yield f"transition: {value} in {where}"
    yield from _blank(element)
    yield from _inside(element, said, where)


def _key(key: str, tag: str, said: Declared, where: str) -> Iterator[str]:
    if not NAME.fullmatch(key):
        yield f"key: {key!r} in {where}"
    prefix = key.partition(":")[0] if ":" in key else ""
    if prefix and prefix not in said.prefixes:
        yield f"prefix: {key} in {where}"
    if STANDARD.get(key, tag) != tag:
        yield f"type: {key} is {tag} in {where}"


def _inside(element: ET.Element, said: Declared, where: str) -> Iterator[str]:
    children = list(element)
    if element.tag == "list":
        if not children or children[-1].tag != "values":
            yield f"list: no values in {where}"
            return
        values = children.pop()
        if not NAME.fullmatch(values.get("key", "")):
            yield f"list: values without key in {where}"
        for child in values:
            yield from _attribute(child, said, where)
    if children and not said.nested:
        yield f"nested: {element.get('key')} in {where}"
    yield from _scope(children, said, f"{where}/{element.get('key')}")


def _attributes_of_element(element: ET.Element, must: set[str], may: set[str]) -> Iterator[str]:
    yield from (f"xml attribute missing: {name} in {element.tag}" for name in must - set(element.keys()))
    yield from (f"xml attribute: {name} in {element.tag}" for name in set(element.keys()) - must - may)


def _blank(element: ET.Element) -> Iterator[str]:
    texts = [element.text, *(child.tail for child in element)]
    if any(text and text.strip() for text in texts):
        yield f"text: in {element.tag}"
