-- Parties on a list of debarred suppliers, and candidates for one. A list that binds this authority stops a
-- contract if the entry is mandatory; a candidate must agree in number and country. Such a list is named
-- before others.
with entry as (
    select
        d.party_id,
        d.is_candidate,
        l.list_name,
        l.is_binding
            and contains(upper(concat_ws(' ', l.list_name, l.programme, l.topic)), 'MANDATORY')
            and (not d.is_candidate or s.party_kind = 'entity') as is_stopped
    from listed_party d
    left join screening s on s.party_id = d.party_id and s.is_strong and d.is_candidate
    join listing l
        on l.party_id = coalesce(s.listed_party_id, d.party_id)
        and l.is_open
        and l.listing_class = 'debarment'
    where d.listing_class = 'debarment'
)
select
    party_id,
    is_candidate,
    bool_or(is_stopped) as is_stopped,
    coalesce(min(case when is_stopped then list_name end), min(list_name)) as list_name
from entry
group by party_id, is_candidate
