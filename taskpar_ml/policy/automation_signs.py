"""What gives automation away: names of services, first words of titles.

All expressions are matched from the beginning of a title or name and bounded, so that none is slow
on any text.
"""

from __future__ import annotations

import re
from typing import Final


def _words(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(parts), re.IGNORECASE)


PREFIX: Final = re.compile(
    r"(?:\[[^\[\]]{0,40}\]|[\w./*+-]{1,30}(?:\([^()]{0,40}\))?!?:(?!:))\s*|[^\w\s\[\"'`(]{1,3}\s+"
)
"""``chore(deps):``, ``[CI]``, ``docs:``, an emoji: says where or what kind, not what is done."""

VERSION: Final = r"v?\d+(?:\.(?:\d+|x)){1,4}[\w.+-]{0,30}"
"""``2.0``, ``v1.4.0-rc.1``, ``3.x``."""

AGENTS: Final = _words(
    "copilot", "claude", "cursor", "codex", "devin-ai", "google-labs-jules", "gemini", "sweep",
    "openhands", "amazon-q", "opencode", "aider",
)  # fmt: skip
"""Coding agents: what they do is work, though their accounts end in ``[bot]``."""

SERVICE: Final = re.compile(
    r"\[bot\]$|^(?:k8s-ci-robot|imgbot\w{0,3}|allcontributors|github-actions|travis ci"
    r"|openstack (?:jenkins|proposal bot|release bot)|semantic-release-bot|web-flow)$",
    re.IGNORECASE,
)
"""Accounts of services."""

DEPENDENCY_SERVICE: Final = _words(
    "dependabot", "renovate", "pyup", "greenkeeper", "snyk-bot", "depfu", "scala-steward",
    "requires?-?io", "mend-bolt", "whitesource-bolt", "fossabot",
)  # fmt: skip
"""Services that raise the versions of dependencies."""

TRANSLATION_SERVICE: Final = _words(
    "weblate", "hosted weblate", "transifex", "crowdin", "pontoon", "localization bot", "l10n",
    "translatewiki", "lokalise",
)  # fmt: skip
"""Services that bring in translations."""

MAINLINE: Final = r"(?:master|main|trunk|mainline|develop(?:ment)?|devel|dev|next|default|head)"
STABLE: Final = (
    r"(?:(?:stable|releases?|lts)(?:/[\w./-]{1,60})?"
    r"|(?:stable|releases?|maint\w{0,8}|support|lts|rel|dev|backports?)[/_-]v?\d[\w./-]{0,40}"
    r"|(?!fix|bug|hotfix|issue|feat|add|update|upgrade|support|drop|test|use)(?:[a-z]{1,20}-){0,2}"
    r"v?\d{1,4}(?:\.(?:\d{1,5}|x)){1,3}(?:[.-]?(?:x|dev|stable|maint\w{0,8}|rc|alpha|beta)"
    r"[.\d]{0,6})?|v?\d{1,3}(?:[.-](?:x|stable|dev))?|release\d{1,4}-maint)"
)
"""Branches that are not one task: main lines, and stable or release branches."""

_NAMED: Final = rf"(?:(?:origin|upstream)/)?(?:{MAINLINE}|{STABLE})"
_QUOTE: Final = r"['`]?"
MERGE_OF_BRANCH: Final = re.compile(
    r"(?:git \w+ origin \w+)?Merg(?:e|ed|ing) (?:changes (?:from|of) |fixes from |back |of )?"
    r"(?:the )?(?:remote(?:-tracking)? )?(?:(?:branch(?:es)?|tags?|release) )?"
    rf"{_QUOTE}(?:{_NAMED}|release \S+|(?:origin|upstream)){_QUOTE}"
    r"(?= into| in | to | of \S{0,200}[:/.]| back| forward| branch| and |,|\s*\(|$)",
    re.IGNORECASE,
)
"""Subjects of merges of a main line or a stable branch."""

MERGE_OF_TAG: Final = re.compile(r"Merge tag ", re.IGNORECASE)
MERGE_FORWARD: Final = re.compile(
    rf"(?:merg(?:e|ing)|sync|pull|forward[ -]?port|backport)\b.{{0,60}}?\b(?:{VERSION}|release\S*)"
    rf".{{0,40}}? (?:forward |back |in)?(?:in)?to {_QUOTE}{MAINLINE}\b",
    re.IGNORECASE,
)
"""``Merge release-2.17 forward into main`` in all its forms."""

PULLED_STABLE: Final = re.compile(
    r"Merge pull request #\d{1,9} from [\w.-]{1,60}/"
    r"(?:release[-/_]v?\d[\w.]{0,20}|v?\d+\.(?:\d+|x)(?:\.(?:\d+|x))?|stable[-/][\w.-]{1,40}"
    r"|merge-(?:release-)?v?\d[\w.-]{0,60}|(?:patchback/)?backports?/\S{1,200})$",
    re.IGNORECASE,
)
"""Merged pull requests whose source is a release branch."""

BACKPORT: Final = re.compile(
    r"(?:\[[^\[\]]{0,60}\]\s*)*\[[^\[\]]{0,60}\bback-?port[^\[\]]{0,60}\]"
    rf"|(?:manual )?back-?port(?:s|ed|ing)?:? (?:pr |pull request )?(?:#\d|{VERSION}|release)"
    r"|back-?port of |cherry[- ]?pick(?:s|ed|ing)?(?: of| from)?:? (?:#?\d|[0-9a-f]{7,40}\b)",
    re.IGNORECASE,
)
BACKPORT_NOTE: Final = re.compile(r"\(backport(?:ed)? (?:of |from |to )?[#\w][\w.#-]{0,40}\)", re.I)
PICKED: Final = "(cherry picked from commit "
"""Note of ``git cherry-pick -x``."""

DEPENDENCY_TITLE: Final = _words(
    r"update dependency \S", r"lock ?file maintenance", r"pre-commit auto-?update",
    r"auto-?update pre-commit", r"pre-commit: auto[- ]?update",
    r"(?:scheduled|automatic|automated|weekly|monthly|daily) .{0,20}dependency update",
    r"updated? (?:from )?global requirements", r"bump the \S+ group",
    r"update all (?:non-major |major |minor |patch )*(?:dependencies|deps)\b", r"pin dependencies$",
    r"\[?security\]? bump \S+ from ", r"updat\w+ requirements to latest",
)  # fmt: skip
"""Titles that services give, whoever's name they go under."""

DEPENDENCY_SCOPE: Final = re.compile(r"(?:[\w-]{1,20}\()?deps(?:-dev)?\)?!?:", re.IGNORECASE)
"""``chore(deps):`` in the form of conventional commits, and ``deps:``."""

DEPENDENCY_VERB: Final = re.compile(
    r"(?:(?:minor|major|auto|weekly|also) )?"
    r"(?:bump|updat|upgrad|pin|unpin|lock|re-?vendor|refresh|rais|requir)\w*\b",
    re.IGNORECASE,
)
DEPENDENCY_WORD: Final = re.compile(
    r"(?:\b(?:to|from)(?: [\w./@-]{1,40})? [`'\"]?v?|[=<>~^]{1,2} ?v?|\bv)\d"
    r"|\bdep(?:s|endenc\w*)?\b|\brequirements?\b|\block ?files?\b|\bversions?\b"
    r"|\bdigest\b|\blatest\b|\bor (?:higher|newer)\b",
    re.IGNORECASE,
)

TRANSLATION_TITLE: Final = _words(
    r"imported translations\b", r"translated using weblate", r"new crowdin (?:transl|updat)",
    r"(?:auto\w{0,10} )?(?:updat\w+|sync\w*|pull\w*|import\w*) (?:the |latest |all )*"
    r"(?:translations?|locali[sz]ations?|l10n|crowdin|transifex|weblate|\.?po\b)",
    r"translations? (?:updat|sync|import)\w*",
)  # fmt: skip

_PREPARE: Final = r"prepar(?:e|es|ed|ing|ation)s?"
_RAISE: Final = r"(?:bump|increas|increment|updat|set|chang|adjust|rais)\w{0,4}"
RELEASE_TITLE: Final = _words(
    rf"(?:version |release )?{VERSION}(?: release)?\W{{0,3}}$",
    rf"re-?leas(?:e|es|ed|ing)(?! notes?)(?: [\w@/.-]{{1,40}}){{0,4}} {VERSION}",
    r"(?:re-?)?release\W{0,3}$",
    rf"(?:cut|tag|publish|ship)(?:s|ting|ging|ing)?(?: [\w@/.-]{{1,40}}){{0,4}} {VERSION}",
    rf"{_PREPARE}(?: [\w()@/.:-]{{1,40}}){{0,6}} {VERSION}(?: \w+){{0,2}}\W{{0,3}}$",
    rf"{_PREPARE}(?: (?:for|an?|the|to|next|new|patch|minor|major)){{0,4}} release",
    rf"(?:(?:auto\w{{0,8}}|post|pre)[- ]?)?{_RAISE}"
    r"(?: (?:the|up|package|crate|project|library|minor|major|patch|dev|docs?|next)){0,3}"
    r" versions?(?: (?:numbers?|strings?|info|files?|references?))?"
    rf"(?: (?:to|for|from|in|of|after|on)\b|:| *\(| ->| {VERSION}|\W{{0,3}}$)",
    rf"bump\w{{0,3}}(?: up)?(?: to)? {VERSION}",
    r"(?:post[- ]release )?version bump",
    r"(?:back to|start|begin|open|post|after|switch to)\w{0,4} (?:[\w.]{1,20} ){0,3}"
    r"(?:develop\w*|dev|iteration|snapshot|release|cycle)\b",
    r"(?:re-?set|restore|switch)\w{0,4}(?: back)?(?: to)? (?:the )?docs?\b.{0,20}version",
    r"\[(?:maven-release-plugin|gradle release plugin)\]",
    r"(?:updat|add|finali[sz]|generat|writ|edit)\w* (?:the )?(?:changelog|changes|change log"
    rf"|news|history|release notes?|release date)\b.{{0,30}}(?:{VERSION}|release)",
    rf"(?:changelog|release notes?) (?:for|of) {VERSION}",
)
"""Titles of releases; some file that can hold a version must have changed besides."""

GENERATED_TITLE: Final = _words(
    r"(?:\(?auto\w{0,10}\)? )?(?:updat|regenerat|re-generat|refresh|sync)\w* (?:the )?"
    r"(?:plugins?[ -]list|list of plugins|(?:list of )?contributors?(?:[ -]list| file| image)?"
    r"|(?:list of )?(?:authors|backers|sponsors)(?:[ -]list| file)?|\.?mailmap)"
    r"(?:\.md|\.txt|\.rst)?\W{0,3}$",
    r"(?:updat|bump|chang)\w* (?:the )?(?:copyright|license) (?:years?|dates?|to \d{4})",
    r"(?:updat|synchroni[sz]e|sync)\w* (?:the )?common \w+ files",
    r"autofix|apply automatic changes|auto[- ]?format$|\[?imgbot\]?",
)  # fmt: skip
