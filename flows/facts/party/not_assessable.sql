-- For the subject itself and what belongs to it; the entities around it have their own sheets.
select
    r.id, f.indicator, n.title, n.title_nl, f.reason, r.scope, count(*) as subjects_n,
    min(f.explanation) as explanation, min(f.explanation_nl) as explanation_nl,
    row_number() over (partition by r.id order by f.indicator, f.reason nulls first, r.scope) as row_no
from related r
join flag f on f.subject_id = r.subject_id
left join v_indicator n on n.code = f.indicator
where f.rowid in (from rows_of('flag.subject_id', (select list(subject_id) from related)))
    and f.state = 'not_assessable' and not r.is_around
group by r.id, f.indicator, n.title, n.title_nl, f.reason, r.scope
