-- Of each case with an application that is not decided yet: the day of the first.
select m.case_id, min(p.applied_on) as applied_on
from v_permit p
join v_case_member m
  on m.subject_id in (p.premises_id, p.applicant_id)
where p.state = 'applied' and p.decided_on is null and p.applied_on is not null
group by m.case_id
order by m.case_id
