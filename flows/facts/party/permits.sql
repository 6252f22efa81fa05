-- Permits and licences that a legal entity applied for, finances, lets or manages, including those refused.
with party as (
    select applicant_id as id, 'applicant' as part, permit_id from v_permit
    where applicant_id in (select unnest($ids))
    union all
    select financier_id, 'financier', permit_id from v_permit where financier_id in (select unnest($ids))
    union all
    select lessor_id, 'lessor', permit_id from v_permit where lessor_id in (select unnest($ids))
    union all
    select manager_id, 'manager', permit_id from v_permit where manager_id in (select unnest($ids))
)
select
    q.id, q.part, p.permit, p.permit_kind, p.state, p.applied_on, p.decided_on, p.address_text,
    p.authority_id,
    p.applicant_name, p.register, p.edition, p.record,
    row_number() over (
        partition by q.id
        order by coalesce(p.decided_on, p.applied_on) desc nulls last, p.permit_id, q.part
    ) as row_no
from party q
join v_permit p using (permit_id)
