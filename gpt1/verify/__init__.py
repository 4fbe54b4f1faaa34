"""Is it GPT-1? `verify` puts known weights into any model and names what differs."""

from gpt1.verify.report import Finding, Report
from gpt1.verify.verifying import verify

__all__ = ["Finding", "Report", "verify"]
