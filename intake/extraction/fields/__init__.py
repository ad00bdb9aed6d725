"""The fields that stand in a customer's words, one module each; `read_fields` reads them all.

A part becomes a `Page` (tokens, sentences, cue words of `languages/<code>/fields.toml`); small grammars find days,
sums and numbers in it with their exact spans; each field judges them by the words that stand nearest.
"""

from intake.extraction.fields.account_email import default_account
from intake.extraction.fields.read import read_fields

__all__ = ["default_account", "read_fields"]
