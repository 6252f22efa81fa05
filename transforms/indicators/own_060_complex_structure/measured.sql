-- Legal entities above each active entity for each top holder: persons, and those who name nobody above them.
-- An entity with several industry codes counts in the lowest division.
with tops as (
    select subject_id, sum(n) as tops_n
    from graph_reach
    where mark in ('natural_person', 'protected_party', 'top_declares_nobody', 'top_elsewhere')
    group by subject_id
),
coded as (
    select company_id, unnest(industry_codes) as code from company where is_active
),
divisions as (
    select company_id, min(left(code, 2)) as division from coded group by company_id
)
select
    c.company_id,
    c.territory,
    c.legal_form_class,
    d.division,
    c.statement_id,
    coalesce(w.closure_entities_n, 0) as entities_n,
    coalesce(t.tops_n, 0) as tops_n,
    cast(w.closure_entities_n as double) / nullif(t.tops_n, 0) as ratio
from company c
left join divisions d using (company_id)
left join graph_network w on w.subject_id = c.company_id
left join tops t on t.subject_id = c.company_id
where c.is_active
