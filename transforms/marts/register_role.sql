-- Roles of every register that this version can read, as declared.
select register, territory, role, identifier_scheme, is_partial
from register_role_list
