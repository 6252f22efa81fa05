with wrong as (
    select distinct subject_id, basis, kind
    from graph_contradiction
    where kind in ('over', 'impossible')
),
-- For a sum, all interests in it; for an impossible share, only that share.
summed as (
    select w.subject_id, i.basis, i.interest_id, i.statement_id
    from wrong w
    join interest i on i.subject_id = w.subject_id and i.basis = w.basis and i.is_open
    where i.share_fault is null
        and (w.kind = 'over' or i.share_min < 0 or i.share_max > 100 or i.share_min > i.share_max)
    group by w.subject_id, i.basis, i.interest_id, i.statement_id
),
faulty as (
    select i.subject_id, i.basis, i.interest_id, i.statement_id
    from interest i
    join entity e on e.entity_id = i.subject_id
    where i.is_open and i.share_fault is not null and i.basis in ('shares', 'votes', 'surplus_assets')
),
reversed as (
    select i.subject_id, i.basis, i.interest_id, i.statement_id
    from interest i
    join entity e on e.entity_id = i.subject_id
    where i.valid_to < i.valid_from
)
select
    subject_id, concat_ws(' ', 'minimum,', basis) as role, interest_id as statement_id,
    'interest_statement.share_min' as field
from summed
union all
select subject_id, concat_ws(' ', 'maximum,', basis), interest_id, 'interest_statement.share_max'
from summed
union all
select subject_id, concat_ws(' ', 'code,', basis), interest_id, 'interest_statement.native_code'
from summed
union all
select
    subject_id, concat_ws(' ', 'holds since,', basis), statement_id,
    'relationship_statement.valid_from'
from summed
union all
select
    subject_id, concat_ws(' ', 'share as stated,', basis), interest_id,
    'interest_statement.share_native'
from faulty
union all
select
    subject_id, concat_ws(' ', 'not used because,', basis), interest_id,
    'interest_statement.share_fault'
from faulty
union all
select subject_id, concat_ws(' ', 'code,', basis), interest_id, 'interest_statement.native_code'
from faulty
union all
select subject_id, concat_ws(' ', 'begins,', basis), statement_id, 'relationship_statement.valid_from'
from reversed
union all
select subject_id, concat_ws(' ', 'ends,', basis), statement_id, 'relationship_statement.valid_to'
from reversed
