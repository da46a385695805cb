"""Changes of the volunteers. Every answer, by whichever path, ends in `services.answers.answer`."""
