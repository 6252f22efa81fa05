-- Themes of the cases: a company of the theme is a member, and a flag of the case is of an indicator that
-- counts for it. Reads `case_member` and `flag` as they are written.
select distinct m.case_id, t.theme
from case_member m
join company_theme t on t.company_id = m.subject_id
join flag f on f.case_id = m.case_id and f.state = 'flagged'
join theme_indicator i on i.theme = t.theme and starts_with(f.indicator, i.indicators)
order by m.case_id, t.theme
