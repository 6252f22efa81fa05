-- Every open interest of the network with both ends in $parties (null: all). If the register names a holder
-- but no interest, the columns of the interest are null.
select
    e.party_id, e.subject_id,
    i.interest_id, coalesce(i.statement_id, e.statement_id) as statement_id,
    i.interest_type, i.basis, i.reach, i.joint_group,
    cast(i.share_min as double) as share_min, cast(i.share_max as double) as share_max,
    coalesce(i.share_min_exclusive, false) as share_min_exclusive,
    coalesce(i.share_max_exclusive, false) as share_max_exclusive,
    r.valid_from, r.valid_to, r.is_left_censored,
    c.verdict as control_verdict, c.kind as control_kind
from v_closure_edge e
left join v_interest i on i.party_id = e.party_id and i.subject_id = e.subject_id and i.is_open
left join v_relationship r on r.statement_id = coalesce(i.statement_id, e.statement_id)
left join v_control c on c.party_id = e.party_id and c.subject_id = e.subject_id
where
    $parties is null
    or (e.party_id in (select unnest($parties)) and e.subject_id in (select unnest($parties)))
order by e.party_id, e.subject_id, i.interest_id
