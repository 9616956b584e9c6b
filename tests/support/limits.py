"""The thresholds of stage filter, for a page that is made in a test."""

from curation.pages.filters import Limits

LIMITS = Limits(adult_from=18, overrule_from=0.85, pediatric_from=0.9)
