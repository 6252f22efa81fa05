with place as ({place})
select
    q.id, 'applicant' as part, p.permit, p.permit_kind, p.state, p.applied_on, p.decided_on, p.address_text,
    p.authority_id, coalesce(e.name, p.applicant_name) as applicant_name, p.register, p.edition, p.record,
    row_number() over (
        partition by q.id order by coalesce(p.decided_on, p.applied_on) desc nulls last, p.permit_id
    ) as row_no
from place q
join v_permit p on p.premises_id = q.address_id
left join v_entity e on e.entity_id = p.applicant_id
