-- Holders that a chain does not pass: listed, public, and investment funds.
select entity_id as subject_id
from exempt
where exempt_class in ('listed', 'state', 'council')
union
select e.entity_id
from entity e
where e.is_listed
    or e.entity_type in ('state', 'stateBody')
    or exists (select 1 from fund_form f where upper(e.legal_form) like f.pattern)
