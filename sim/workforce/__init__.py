"""Who is on duty, and when: the roster that an engine staffs its pools from."""
