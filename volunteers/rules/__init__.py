"""Pure rules: values in, verdicts out."""
