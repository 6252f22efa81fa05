-- Claims in the form of the mart `resolution`.
create or replace temp table claim_row as
select
    case when p.method = 'record' then coalesce(p.linked_id, i.party_id) else p.org_id end as party_id,
    c.register,
    c.edition,
    c.record,
    c.statement_id,
    case when p.method = 'record' then coalesce(p.linked_method, p.method) else p.method end as method,
    case when p.method = 'record' then coalesce(p.linked_score, 0.0) else p.similarity end as score,
    case
        when p.method = 'record' and not p.is_nobodys and p.org_id is distinct from p.linked_id
            then p.org_id
    end as candidate_id
from claim_placed p
join claim_record c using (row_no)
left join claim_party i using (anchor_no)
