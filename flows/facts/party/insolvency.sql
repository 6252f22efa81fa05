select
    company_id as id, kind, kind_native, is_insolvency, began_on, register, edition,
    row_number() over (partition by company_id order by began_on desc nulls last, insolvency_id) as row_no
from v_insolvency
where company_id in (select unnest($ids))
