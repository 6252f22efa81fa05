-- All districts together: the exact total if every count is shown, otherwise bounds. Reads `cell`.
select
    measure,
    kind,
    case when suppressed_n = 0 then at_least_n end as total_n,
    at_least_n,
    at_least_n + ({cell_min} - 1) * suppressed_n as at_most_n,
    suppressed_n,
    suppressed_n > 0 as is_suppressed
from (
    select
        measure,
        kind,
        coalesce(cast(sum(n) filter (where n >= {cell_min}) as bigint), 0) as at_least_n,
        count(*) filter (where n < {cell_min}) as suppressed_n
    from cell
    group by measure, kind
)
