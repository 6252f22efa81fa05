"""The static site of a release, around the night report: an index of all cases, subject pages, indicator
pages, figures with a map, and the registers.

One module a kind of page, its template in `transforms/reports/site_<kind>.html.j2`. Pages work from a file
without a server. They take their style sheet, and the index its script, from files beside them, and their
policy allows nothing inline. May import what `flows.pages` may.
"""

from flows.pages.site.build import write_site, write_subjects

__all__ = ["write_site", "write_subjects"]
