select
    register,
    edition,
    status,
    completeness,
    rows_in as "in",
    rows_loaded as loaded,
    rows_rejected as rejected,
    rows_ignored as ignored
from v_edition
order by register, edition, status
