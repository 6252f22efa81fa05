select
    r.id, r.scope, r.place, r.is_around,
    -- stop, act, look, data: numbers of the subject's own flags, and of flags around it.
    [
        count(*) filter (where not r.is_around and f.lane = 'stop') over (partition by r.id),
        count(*) filter (where not r.is_around and f.lane = 'act') over (partition by r.id),
        count(*) filter (where not r.is_around and f.lane = 'look') over (partition by r.id),
        count(*) filter (where not r.is_around and f.lane = 'data') over (partition by r.id)
    ] as own_lanes,
    [
        count(*) filter (where r.is_around and f.lane = 'stop') over (partition by r.id),
        count(*) filter (where r.is_around and f.lane = 'act') over (partition by r.id),
        count(*) filter (where r.is_around and f.lane = 'look') over (partition by r.id),
        count(*) filter (where r.is_around and f.lane = 'data') over (partition by r.id)
    ] as around_lanes,
    f.flag_id, f.indicator, n.title, n.title_nl, n.base_rate, n.n_flagged, n.n_not_flagged, f.lane, f.weak,
    f.family, f.subject_id, f.subject_type, f.subject_name, f.subtype, f.reason, f.value, f.unit,
    f.threshold, f.peer_n,
    f.explanation, f.explanation_nl, f.case_id, f.area_name, f.as_of, f.first_seen_on,
    row_number() over (
        partition by r.id
        order by
            r.place,
            list_position(['stop', 'act', 'look', 'data'], f.lane), f.indicator, f.subject_id, f.flag_id
    ) as row_no
from related r
join flag f on f.subject_id = r.subject_id
left join v_indicator n on n.code = f.indicator
where f.rowid in (from rows_of('flag.subject_id', (select list(subject_id) from related)))
    and f.state = 'flagged'
