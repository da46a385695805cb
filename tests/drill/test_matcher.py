"""500 weeks with all rules on: the plan costs exactly what the best of all choices costs."""

from tests.volunteers.test_matcher import test_the_plan_costs_exactly_what_the_best_of_all_choices_costs

__all__ = ["test_the_plan_costs_exactly_what_the_best_of_all_choices_costs"]
