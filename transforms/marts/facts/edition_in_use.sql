select register, dataset, edition, file_sha256, edition_date, status, completeness, stale_since
from edition
where status in ('in_force', 'history')
