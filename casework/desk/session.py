"""Who sits at the desk; the rule is the house's, for every page of staff (`casework.session`)."""

from casework.session import access, staff_page

__all__ = ["access", "staff_page"]
