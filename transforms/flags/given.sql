-- The result of a states query, with null for every missing column. Python fills in the query.
select
    cast(null as varchar) as state,
    cast(null as varchar) as reason,
    cast(null as varchar) as subtype,
    cast(null as varchar) as lane,
    cast(null as double) as value,
    cast(null as varchar) as unit,
    cast(null as double) as threshold,
    cast(null as bigint) as peer_n
where false
union all by name
from ({states})
