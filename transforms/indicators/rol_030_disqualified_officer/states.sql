with counted as (
    select
        company_id,
        count(distinct party_id) filter (where is_barred and is_certain) as officers_n,
        count(*) filter (where is_barred and not is_certain) as uncertain_n,
        max(valid_to) filter (where is_barred and is_certain) as until_on
    from barred
    group by company_id
)
select
    company_id as subject_id,
    case
        when officers_n > 0 then 'flagged'
        when uncertain_n > 0 then 'not_assessable'
        else 'not_flagged'
    end as state,
    case when officers_n = 0 and uncertain_n > 0 then 'not_confirmed' end as reason,
    officers_n as value,
    'officers' as unit,
    1 as threshold,
    case when officers_n = 1 then 'officer' else 'officers' end as officers_word,
    case
        when until_on is null then 'without a last day that is stated'
        else concat_ws(' ', 'until', cast(until_on as varchar))
    end as until_words
from counted
