-- Parties on a list of debarred suppliers, and those that may be one. A list that binds this authority stops
-- a contract where the entry is mandatory: of candidates only for those that agree in number and country.
select
    d.party_id,
    d.is_candidate,
    bool_or(
        l.is_binding
        and contains(upper(concat_ws(' ', l.list_name, l.programme, l.topic)), 'MANDATORY')
        and (not d.is_candidate or s.party_kind = 'entity')
    ) as is_stopped,
    min(l.list_name) as list_name
from listed_party d
left join screening s on s.party_id = d.party_id and s.is_strong and d.is_candidate
join listing l
    on l.party_id = coalesce(s.listed_party_id, d.party_id) and l.is_open and l.listing_class = 'debarment'
where d.listing_class = 'debarment'
group by d.party_id, d.is_candidate
