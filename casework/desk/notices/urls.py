"""The addresses of the notices' pages."""

from __future__ import annotations

from django.urls import path

from casework.desk.notices import boards, one

urlpatterns = [
    path("notices/", boards.boards, name="notices"),
    path("notices/post/", boards.post, name="notice_post"),
    path("notices/<str:number>/", one.notice, name="notice"),
    path("notices/<str:number>/sheet/", one.sheet, name="notice_sheet"),
    path("notices/<str:number>/pdf/", one.pdf, name="notice_pdf"),
    path("notices/<str:number>/photographs/", one.photograph, name="notice_photographs"),
    path("notices/<str:number>/photographs/<int:pk>/<str:size>/", one.photograph_file, name="notice_photograph"),
    path("notices/<str:number>/close/", one.close, name="notice_close"),
    path("notices/<str:number>/withdraw/", one.withdraw, name="notice_withdraw"),
    path("notices/<str:number>/objection/", one.objection, name="notice_objection"),
    path("notices/<str:number>/take-in/", one.take, name="notice_take_in"),
]
