"""Who sent it, by the word of the receiving server alone (RFC 8601): others' Authentication-Results never count."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache
from types import SimpleNamespace

import authres.core

from intake.mail.redacted import AuthResult, SenderCheck

_NOT_CHECKED = SenderCheck()
_MAX_HEADER = 8_000  # characters; a real one has a few hundred

_BLANK = frozenset(" \t\r\n(")  # what blanks and comments begin with (RFC 5322 §3.2.2)
_DOMAINS = {  # what tells of the domain, by method: the first that is there
    "spf": (("smtp", "mailfrom"), ("smtp", "mail"), ("smtp", "helo")),
    "dkim": (("header", "d"), ("header", "i")),
    "dmarc": (("header", "from"),),
}
_pattern = cache(re.compile)  # of the library's own patterns: a score


class _Header(authres.core.AuthenticationResultsHeader):  # type: ignore[misc]  # the library ships no types
    """The library's parser, as it is but for its waste: it compiles and tries some hundred patterns for a header."""

    _parse_text: str

    def _parse_pattern(self, pattern: str) -> re.Match[str] | None:
        found = _pattern(pattern, re.IGNORECASE).match(self._parse_text)
        if found:
            self._parse_text = self._parse_text[found.end() :]
        return found

    def _parse_rfc5322_cfws(self) -> object:
        return super()._parse_rfc5322_cfws() if self._parse_text[:1] in _BLANK else None


_FEATURES = authres.FeatureContext(SimpleNamespace(AuthenticationResultsHeader=_Header))


def check_sender(headers: Sequence[str], from_address: str, authserv_ids: Collection[str]) -> SenderCheck:
    """The verdict of the configured server on the From domain.

    Only the topmost header with a configured authserv-id counts: a forger can add headers below it, none above
    it (RFC 8601 §5). Where that one cannot be parsed, or there is none, the sender is not checked.

    Args:
        headers: values of Authentication-Results, topmost first.
        from_address: the address in From; "" where there is none.
        authserv_ids: names of our receiving servers, lower case.
    """
    for value in headers:
        authserv_id = value.partition(";")[0].split("(")[0].split()
        if authserv_id and authserv_id[0].strip('"').lower() in authserv_ids:
            return _verdict(value, from_address.rpartition("@")[2].lower().rstrip("."))
    return _NOT_CHECKED


def _verdict(value: str, from_domain: str) -> SenderCheck:
    try:
        results = _FEATURES.parse(f"Authentication-Results: {value[:_MAX_HEADER]}").results
    except (authres.AuthResError, RecursionError):  # RecursionError: comments in comments in comments
        return _NOT_CHECKED
    found: dict[str, list[tuple[str, str]]] = {"spf": [], "dkim": [], "dmarc": []}
    for result in results:
        method = str(getattr(result, "method", "")).lower()
        if method in found:
            found[method].append((str(result.result or "").lower(), _domain(result, method)))
    dmarc = [(verdict, domain) for verdict, domain in found["dmarc"] if not domain or domain == from_domain]
    passed = any(verdict == "pass" for verdict, _ in dmarc)
    # no policy: SPF or DKIM of the From domain
    if not any(verdict in {"pass", "fail"} for verdict, _ in dmarc):
        passed = any(
            verdict == "pass" and _aligned(domain, from_domain)
            for verdict, domain in (*found["spf"], *found["dkim"])
        )
    return SenderCheck(
        spf=_overall(found["spf"]),
        dkim=_overall(found["dkim"]),
        dmarc=_overall(found["dmarc"]),
        from_domain_passed=passed and bool(from_domain),
    )


def _domain(result: object, method: str) -> str:
    """The domain that a result speaks of (RFC 8601 §2.7)."""
    properties = {(item.type, item.name): str(item.value or "") for item in getattr(result, "properties", ())}
    value = next((properties[key] for key in _DOMAINS[method] if key in properties), "")
    return value.rpartition("@")[2].strip("<>").lower().rstrip(".")


def _aligned(domain: str, from_domain: str) -> bool:
    """Relaxed alignment (RFC 7489 §3.1): the same domain, or one below the other."""
    if "." not in domain or "." not in from_domain:
        return False
    return domain == from_domain or domain.endswith(f".{from_domain}") or from_domain.endswith(f".{domain}")


def _overall(results: list[tuple[str, str]]) -> AuthResult:
    verdicts = {verdict for verdict, _ in results}
    if not verdicts:
        return AuthResult.NOT_CHECKED
    if "pass" in verdicts:
        return AuthResult.PASS
    return AuthResult.NONE if verdicts <= {"none", "neutral"} else AuthResult.FAIL
