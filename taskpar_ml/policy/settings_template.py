"""The commented ``taskpar.toml`` that ``taskpar init`` writes: every line shows a default."""

from __future__ import annotations

from typing import Final

SETTINGS_TEMPLATE: Final = """\
# Settings of taskpar. Every commented line shows the default; uncomment what you change.
# Environment variables win over this file: TASKPAR_PLAN__WORKERS=8 sets [plan] workers.

[plan]
# Most tasks that run at the same time.
#workers = 4
# Risk from which on two tasks do not run together, nor does one start whose risks beside those that
# run come to as much; "auto" is 0.2 for the learned model, whose risk
# is a probability, and 0.3 for fixed weights, whose risk is a score.
#threshold = "auto"
# Hits that are expected of a plan at most: how often a task meets another one and its work is lost.
# "none" sets no limit: what hits cost is weighed against what they save.
#budget = "none"
# How whoever runs the tasks watches them: "never", "trial-merges" (running tasks are merged on
# trial, and of two that collide one is parked), "checkpoints" (and they take over what lands),
# "at-once". The better they are watched, the less a collision costs, and the more start.
#watch = "never"
# Who estimates the risk: "learned", "fixed-weights", "always" (one at a time) or "never" (rules
# alone).
#estimator = "learned"

[rules]
# Keep tasks apart whose declared paths overlap.
#declared = true
# Follow orders that the texts suggest (one task creates what another uses).
#suggested = true
# Keep tasks apart that are both this likely to write one item, whatever their score.
#meeting = 0.5
# Let contexts follow imports, too: a first plan then reads every source (`taskpar inspect`).
#contexts_by_imports = false

[rules.never]
# A never-rule beats every estimate. Scopes: "same-category" (no two such tasks together),
# "same-context" (no two in one part of the system), "alone" (with nobody), "off".
# A rule written down here is no default any more: `parallel_safe: true` does not lift it.
# Every category may have one, `dependencies` or `tests` for instance.
#schema = "same-category"
#core-architecture = "same-category"
#api-contract = "same-category"
#security = "same-category"

[rules.safe]
# Safe patterns speak for pairs of which nothing else is known. They beat no conflict.
#documentation = true
#tests = true
#different-layers = true
#different-contexts = true
#no-shared-code = true
#marked-parallel = true

[automation]
# Which landings of the past are automation and no tasks. A task changes at most so many files.
#large = 60
# Further authors (names or addresses) and titles of automation; * stands for anything.
#authors = []
#titles = []

[automation.rules]
# Rules to be switched off: docs/history.md says what each looks at.
#configured = true
#branch-merge = true
#backport = true
#translations = true
#dependencies = true
#release = true
#generated = true
#bot = true
#vendored = true
#no-change = true
#large-change = true

[labels]
# What makes a pair of past tasks a conflict: docs/history.md says what each kind is.
#counted = ["textual", "resource", "logical"]
# Further files of which a conflict is settled without thinking.
#trivial_paths = ["docs/contributors.md"]

[labels.trivial]
# Files whose conflicts do not count; switch one off to count them.
#changelogs = true
#lock-files = true
#versions = true

# What gives a category away: documentation, tests, frontend, backend, infrastructure, schema,
# core-architecture, api-contract, security, dependencies, refactoring (docs/categories.md).
# A table replaces the shipped signs of that category whole.
#[categories.security]
#labels = ["security", "auth"]
#prefixes = ["auth"]                    # auth: fix(auth): [auth] at the start of the title
#words = ["login", "password*"]         # whole words of the title, * for any ending
#phrases = ["access control"]           # anywhere in the text
#unless = ["file permission*"]          # where words and phrases do not count
#paths = ["src/auth/**"]

# Parts of the system, where directories do not tell.
#[contexts]
#billing = ["src/billing/**", "src/invoices/**"]

# What only one task at a time may hold.
#[[locks]]
#name = "staging database"
#paths = ["db/staging/**"]
#resources = ["port 5432"]
#labels = ["staging"]
"""
