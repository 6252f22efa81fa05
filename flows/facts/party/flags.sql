with related as ({related})
select
    r.id, r.scope, r.place, r.is_around,
    count(*) filter (where not r.is_around) over (partition by r.id) as own_n,
    f.flag_id, f.indicator, n.title, n.base_rate, n.n_flagged, n.n_not_flagged, f.weak, f.family,
    f.subject_id, f.subject_type, f.subject_name, f.subtype, f.reason, f.value, f.unit, f.threshold, f.peer_n,
    f.explanation, f.case_id, f.area_name, f.as_of, f.first_seen_on,
    row_number() over (
        partition by r.id order by r.place, f.weak, f.indicator, f.subject_id, f.flag_id
    ) as row_no
from related r
join v_flag f on f.subject_id = r.subject_id
left join v_indicator n on n.code = f.indicator
where f.state = 'flagged'
