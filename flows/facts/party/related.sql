-- The table `related`: each subject whose flags belong on the sheet, once, by its nearest relation
-- (`scope`) to what was asked.
-- `is_around`: it has, or had, a sheet of its own.
select
    id, subject_id, scope, place,
    scope in (
        'entity it controls', 'entity in it', 'entity that controls it', 'company seated there',
        'its proprietor',
        'title it formerly held', 'property it formerly held', 'sale of a property it formerly held'
    ) as is_around
from ({scopes})
qualify row_number() over (partition by id, subject_id order by place, scope) = 1
