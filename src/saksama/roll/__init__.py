"""READ AND CHECK: a roll file becomes checked records. Step 1 of the main path; see docs/1-intake.md."""
