-- The table `related`: the distinct subjects whose flags belong on the sheet, each with its nearest relation
-- (`scope`) to the subject asked about.
-- `is_around`: the subject has, or had, its own sheet, or is a contracting process with other bidders.
select
    id, subject_id, scope, place,
    scope in (
        'entity it controls', 'entity in it', 'entity that controls it', 'company seated there',
        'its proprietor', 'contracting process it bid in',
        'title it formerly held', 'property it formerly held', 'sale of a property it formerly held'
    ) as is_around
from ({scopes})
qualify row_number() over (partition by id, subject_id order by place, scope) = 1
