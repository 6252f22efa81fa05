select up.subject_id
from graph_reach up
left join graph_reach human
    on human.subject_id = up.subject_id
    and human.mark in (
        'natural_person', 'protected_party', 'protected_unnamed', 'public_or_exempt'
    )
where up.mark = 'legal_entity' and human.subject_id is null
    and up.subject_id not in (select subject_id from mark where mark = 'protected_unnamed')
