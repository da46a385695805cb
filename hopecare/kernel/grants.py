"""What the plain role may do to each table: everything, except where history is only appended."""

#: table → privileges of the plain role; tables not named get SELECT, INSERT, UPDATE, DELETE.
EXCEPTIONS: dict[str, str] = {
    "kernel_change": "SELECT, INSERT",
    "kernel_read": "SELECT, INSERT",
    "kernel_role": "SELECT",
    "kernel_rolepermission": "SELECT",
    "django_migrations": "SELECT",
}
