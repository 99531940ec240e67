# Nuanxin. `make` alone lists what there is.

PYTHON ?= python3
PORT ?= 8000
COUNTY ?= 430922
ARGS ?=

VENV := .venv
PY := $(VENV)/bin/python
RUNTIME := $(VENV)/.runtime-is-current
TOOLS := $(VENV)/.tools-are-current

# Output is Chinese whatever the terminal's language is said to be.
export PYTHONUTF8 := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# pip of the environment; of the Python that made it where Debian's python3-venv (ensurepip) is missing.
PIP = $$($(PY) -m pip --version >/dev/null 2>&1 && echo "$(PY) -m pip" || echo "$(PYTHON) -m pip --python $(PY)")
INSTALL = install -qq --no-input --root-user-action=ignore --require-hashes

COMPILE = CUSTOM_COMPILE_COMMAND="make lock" $(VENV)-lock/bin/python -m piptools compile --quiet \
	--generate-hashes --strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-find-links

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help env run test check bench format messages lock clean

help: ## 列出全部命令 · list the commands
	@echo "暖心 Nuanxin —— make 命令 [变量=值]"
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo "  PORT=$(PORT)  COUNTY=$(COUNTY)  PYTHON=$(PYTHON)  ARGS=\"-k 词 …\""

env: $(RUNTIME) ## 准备运行环境 .venv，已是最新则不动 · make .venv; nothing to do when it is current

run: $(RUNTIME) ## 建示范县并启动网站与后台（PORT、COUNTY）· a demo county, the web and the background work
	@$(PY) manage.py demo --county $(COUNTY)
	@exec $(PY) manage.py serve --port $(PORT)

test: $(TOOLS) ## 跑全部测试（ARGS 传给 pytest）· every test; what finds no server here is skipped, with its reason
	@$(PY) -m tests $(ARGS)

check: $(TOOLS) ## 格式、规范、类型、楼层、迁移、流程证明 · format, lint, types, floors, migrations, proofs
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports --no-logo
	@$(PY) manage.py makemigrations --check --dry-run
	@$(PY) manage.py check
	@$(PY) manage.py prove_flows

bench: $(TOOLS) ## 量速度，写 bench.json · how fast, as ratios within one run
	@$(PY) -m bench

format: $(TOOLS) ## 整理代码格式 · format the code, mend what can be mended
	@$(PY) -m ruff check --fix-only --quiet .
	@$(PY) -m ruff format .

# Needs Debian's gettext (xgettext, msgmerge, msgfmt). What is new is left empty in the .po: translate it, run again.
messages: $(RUNTIME) ## 收集页面文字，编译英文翻译 · gather the sentences, compile their English
	@$(PY) manage.py makemessages -l en --no-obsolete --no-location -i $(VENV) -i tests -i var -v0
	@$(PY) manage.py compilemessages -l en -v0

lock: ## 按 pyproject.toml 重写锁文件 · write the lock files anew from pyproject.toml
	@$(PYTHON) -m venv $(VENV)-lock
	@$(VENV)-lock/bin/python -m pip install --quiet "pip-tools>=7.5,<8"
	@$(COMPILE) --output-file requirements.lock pyproject.toml
	@$(COMPILE) --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml
	@rm -rf $(VENV)-lock

clean: ## 删除环境和缓存，不动 var/ 里的数据 · remove the environment and caches; data in var/ stays
	@rm -rf $(VENV) $(VENV)-lock .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUNTIME): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "需要 Python 3.11 或更新版本：apt-get install python3，或 make PYTHON=python3.12 …" >&2; \
		echo "Python 3.11 or newer is needed (PYTHON=… names another one)." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || $(PYTHON) -m pip --version >/dev/null 2>&1 || { \
		echo "缺少 pip：请以管理员身份执行 apt-get install python3-venv python3-pip，然后重试。" >&2; \
		echo "Neither pip nor venv's own is here: apt-get install python3-venv python3-pip, then try again." >&2; \
		exit 1; }
	@if ! $(PY) -c '' 2>/dev/null; then \
		echo "正在准备运行环境 · making $(VENV) …"; \
		without=$$($(PYTHON) -c 'import ensurepip' 2>/dev/null || echo --without-pip); \
		$(PYTHON) -m venv --clear $$without $(VENV); \
	fi
	@echo "正在安装运行所需的包 · installing requirements.lock …"
	@$(PIP) $(INSTALL) -r requirements.lock
	@touch $@

$(TOOLS): requirements-dev.lock $(RUNTIME)
	@echo "正在安装测试与检查工具 · installing requirements-dev.lock …"
	@$(PIP) $(INSTALL) -r requirements-dev.lock
	@touch $@
