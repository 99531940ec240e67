"""What the XML parser complains of, in words."""

from __future__ import annotations

from xml.parsers import expat

from django.utils.translation import gettext as _

INVALID_TOKEN = expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]
NO_XML = expat.errors.codes[expat.errors.XML_ERROR_SYNTAX]


def complaint(problem: expat.ExpatError, *, inside: bool, at_end: bool) -> str:
    """The sentence. `inside`: within the outermost element; `at_end`: there is no more of the file."""
    if at_end and inside:
        return _("文件到第%(line)d行就断了，后面的部分缺了。请重新下载或复制。") % {"line": problem.lineno}
    # Outside the outermost element the parser takes whatever it does not know for a wrong letter.
    code = problem.code if inside or problem.code != INVALID_TOKEN else NO_XML
    words = {"line": problem.lineno, "column": problem.offset + 1, "what": _words(code)}
    return _("第%(line)d行第%(column)d个字处：%(what)s。请向提供日志的一方要一份完好的。") % words


def _words(code: int) -> str:
    """The complaint of that number, in Chinese where it is a common one."""
    said = {
        expat.errors.XML_ERROR_SYNTAX: _("不是XML（CSV等表格要先转成XES）"),
        expat.errors.XML_ERROR_INVALID_TOKEN: _("有不合XML规则的字符（没有转写的 < 或 &，或编码不是写明的那种）"),
        expat.errors.XML_ERROR_TAG_MISMATCH: _("开始和结束的标签对不上"),
        expat.errors.XML_ERROR_DUPLICATE_ATTRIBUTE: _("同一个标签里一个属性写了两次"),
        expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: _("日志结束之后还有内容"),
        expat.errors.XML_ERROR_UNDEFINED_ENTITY: _("用了没有定义的实体"),
        expat.errors.XML_ERROR_UNKNOWN_ENCODING: _("编码不认识，请转成UTF-8"),
        expat.errors.XML_ERROR_INCORRECT_ENCODING: _("写明的编码与实际的不符，请转成UTF-8"),
        expat.errors.XML_ERROR_NO_ELEMENTS: _("是空的，或者不是XML"),
        expat.errors.XML_ERROR_MISPLACED_XML_PI: _("XML声明（<?xml …?>）不在文件最前面，请删去它前面的空行"),
    }
    message = expat.errors.messages.get(code, "")
    return said.get(message, _("不是完好的XML（%(message)s）") % {"message": message})
