"""Coming in and going out."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from casework.desk import throttle
from casework.origin import address_of

REQUIRED = {"required": gettext_lazy("请填写这一项")}


class LoginForm(forms.Form):
    username = forms.CharField(
        label=gettext_lazy("账号"),
        max_length=60,
        error_messages=REQUIRED,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=gettext_lazy("密码"),
        max_length=200,
        strip=False,
        error_messages=REQUIRED,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """One answer for a wrong password, an account there is not and one that is closed."""
    onward = _onward(request)
    if request.user.is_authenticated:
        return redirect(onward)
    form = LoginForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = _try(request, form) if form.is_valid() else 422
        if status == 200:
            return redirect(onward)
    return render(request, "desk/login.html", {"form": _focused(form), "next": onward}, status=status)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
    messages.success(request, _("您已退出。离开座位前请关上浏览器。"))
    return redirect("desk:login")


def _try(request: HttpRequest, form: LoginForm) -> int:
    """Log in, or put the sentence on the form; answers with the status of the page."""
    username, password = form.cleaned_data["username"], form.cleaned_data["password"]
    address = address_of(request)
    if wait := throttle.seconds_to_wait(username, address):
        minutes = -(-wait // 60)
        form.add_error(
            None, _("错的次数多了，请等%(minutes)d分钟再试。忘了密码请找系统管理员重设。") % {"minutes": minutes}
        )
        return 429
    staff = auth.authenticate(request, username=username, password=password)
    if staff is None:
        throttle.note_failure(username, address)
        form.add_error(None, _("账号或密码不对。请看看大小写和输入法；忘了密码请找系统管理员重设。"))
        return 422
    throttle.note_success(username, address)
    auth.login(request, staff)
    return 200


def _onward(request: HttpRequest) -> str:
    """Where to go after: a page of this site, never one that a link from elsewhere names."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if own else resolve_url(settings.LOGIN_REDIRECT_URL)


def _focused(form: LoginForm) -> LoginForm:
    """The cursor stands where something is to be typed: in the first empty box, or the password after a failure."""
    typed = form.data.get("username", "") if form.is_bound else ""
    form.fields["password" if typed else "username"].widget.attrs["autofocus"] = True
    return form
