"""Named reads of the volunteers, viewer first."""
